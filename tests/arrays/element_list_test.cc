#include <armada/arrays/element_list.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <array>
#include <complex>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

namespace armada {
namespace {

using support::throws;

int me() { return world().rank(); }
int ranks() { return world().size(); }

template <class List, class Values>
concept can_scatter = requires(distributed_array<double, 2>& a, List const& list, Values const& values) {
  scatter(a, list, values);
};
using pairs = std::vector<std::array<int, 2>>;
static_assert(can_scatter<pairs, double> && can_scatter<pairs, int> && can_scatter<pairs, std::vector<double>>);
static_assert(!can_scatter<pairs, std::vector<float>> && !can_scatter<std::vector<int>, double>);
static_assert(!can_scatter<std::vector<std::array<int, 3>>, double> &&
              !can_scatter<std::vector<std::array<double, 2>>, double>);
template <class Array, class List = pairs, class Value = double>
concept can_change = requires(Array& a, List const& list, Value const& value) {
  scatter(a, list, value);
};
static_assert(can_change<distributed_array<double, 2>> && !can_change<distributed_array<double, 2> const>);
template <class Array, class List, class Value>
concept can_add = requires(Array& a, List const& list, Value const& value) {
  scatter_add(a, list, value);
};
static_assert(can_add<distributed_array<double, 2>, pairs, double>);

/// Lists of a 2-D array, from either end, with repetitions.
pairs random_list(std::mt19937& random, index_array<2> const& shape, int length) {
  pairs list;
  auto const below = [&](std::int64_t n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
  for (int k = 0; k < length; ++k)
    list.push_back(
        {below(2 * shape[0]) - static_cast<int>(shape[0]), below(2 * shape[1]) - static_cast<int>(shape[1])});
  return list;
}
std::size_t place(index_array<2> const& shape, std::array<int, 2> const& index) {
  auto const wrapped = [&](std::size_t d) { return (index[d] + shape[d]) % shape[d]; };
  return static_cast<std::size_t>(wrapped(0) * shape[1] + wrapped(1));
}

template <class T, storage_order Order>
void agrees_with_a_serial_copy(cut_array<2> const& cuts) {
  index_array<2> const shape{9, 7};
  distributed_array<T, 2, Order> a(world(), shape, cuts);
  SCOPED_TRACE(a.describe());
  std::vector<T> serial(63);
  for (int k = 0; k < 63; ++k) serial[static_cast<std::size_t>(k)] = static_cast<T>(static_cast<float>(k));
  for_each_owned(a, [&](index_array<2> const& i, T& e) { e = serial[static_cast<std::size_t>(i[0] * 7 + i[1])]; });
  a.fence();
  std::mt19937 random(17);
  for (int const length : {0, 1, 5, 64, 200}) {
    for (int rank = 0; rank < ranks(); ++rank) {
      auto const list = random_list(random, shape, length);
      auto const values = [&] {
        std::vector<T> some(list.size());
        for (auto& each : some) each = static_cast<T>(static_cast<float>(random() % 100));
        return some;
      }();
      bool const adds = rank % 2 == 0;
      if (rank == me()) {
        auto const found = gather(a, list);
        ASSERT_EQ(found.size(), list.size());
        ASSERT_EQ(gather(a, list, nonblocking).wait(), found);
        for (std::size_t k = 0; k < list.size(); ++k) ASSERT_EQ(found(k), serial[place(shape, list[k])]);
        if (adds)
          scatter_add(a, list, values);
        else
          scatter(a, list, values);
      }
      for (std::size_t k = 0; k < list.size(); ++k) {
        T& element = serial[place(shape, list[k])];
        element = adds ? static_cast<T>(element + values[k]) : values[k];
      }
      a.fence();
    }
    for_each_owned(a, [&](index_array<2> const& i, T const& e) {
      EXPECT_EQ(e, serial[static_cast<std::size_t>(i[0] * 7 + i[1])]) << detail::tuple_text(i);
    });
    a.fence();
  }
}

TEST(element_list, agrees_with_a_serial_copy) {
  using enum storage_order;
  agrees_with_a_serial_copy<double, row_major>({block, whole});
  std::vector<std::int64_t> boundaries(static_cast<std::size_t>(ranks()) + 1, 9); // all but the first two have nothing
  boundaries[0] = 0;
  if (ranks() > 1) boundaries[1] = 4;
  agrees_with_a_serial_copy<double, row_major>({irregular(boundaries), whole});
  agrees_with_a_serial_copy<std::int16_t, row_major>({block_cyclic(2), cyclic});
  agrees_with_a_serial_copy<std::complex<float>, column_major>({block, cyclic});
}

TEST(element_list, of_one_dimension_and_one_value) {
  distributed_array<std::int64_t, 1> a(world(), {20 * ranks()}, {cyclic});
  std::deque<unsigned> const own{static_cast<unsigned>(me()), static_cast<unsigned>(19 * ranks() + me())};
  scatter(a, own, 7);
  a.fence();
  scatter_add(a, std::vector{0, 0, -1}, 1);
  a.fence();
  EXPECT_EQ(a(0), 7 + 2 * ranks());
  EXPECT_EQ(a(19 * ranks()), ranks() == 1 ? 7 + ranks() : 7);
  EXPECT_EQ(a(-1), 7 + ranks());
  std::vector<std::int64_t> into(3, -1);
  gather(a, std::vector<std::int8_t>{0, 1, 0}, into);
  EXPECT_EQ(into[0], a(0));
  EXPECT_EQ(into[1], a(1));
  EXPECT_EQ(into[2], a(0));
  a.fence();
}

TEST(element_list, updates_of_all_ranks_are_all_there) {
  distributed_array<double, 1> a(world(), {50});
  std::vector<int> list;
  for (int k = 0; k < 1000; ++k) list.push_back(k * k % 50);
  for (int round = 0; round < 10; ++round) scatter_add(a, list, 0.5);
  a.fence();
  std::vector<double> expected(50);
  for (int const i : list) expected[static_cast<std::size_t>(i)] += 5.0 * ranks();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(a(i), expected[static_cast<std::size_t>(i)]);
  a.fence();
}

/// Neighbours that are many go in messages of their own, between others that are few.
TEST(element_list, of_neighbours) {
  constexpr int per_rank = 3000;
  int const extent = per_rank * ranks();
  distributed_array<double, 1> a(world(), {extent});
  std::vector<int> list{5, 3};
  for (int i = 10; i < extent; ++i) list.push_back(i);
  for (int i : {1, 0, 9, 8, 8}) list.push_back(i);
  std::vector<double> values, expected(static_cast<std::size_t>(extent));
  for (int i : list) {
    values.push_back(i + 0.5 * static_cast<double>(values.size()));
    expected[static_cast<std::size_t>(i)] = values.back();
  }
  if (me() == ranks() - 1) scatter(a, list, values);
  a.fence();
  for (int i = 0; i < extent; ++i) ASSERT_EQ(a(i), expected[static_cast<std::size_t>(i)]) << i;
  auto const found = gather(a, list, nonblocking).wait();
  for (std::size_t k = 0; k < list.size(); ++k) ASSERT_EQ(found(k), expected[static_cast<std::size_t>(list[k])]) << k;
  a.fence();
  scatter_add(a, list, 1);
  a.fence();
  for (int i = 0; i < extent; ++i) {
    int const listed = i == 8 ? 2 : i >= 9 || i == 0 || i == 1 || i == 3 || i == 5 ? 1 : 0;
    ASSERT_EQ(a(i), expected[static_cast<std::size_t>(i)] + listed * ranks()) << i;
  }
  a.fence();
}

struct particle {
  std::array<double, 3> place;
  std::int16_t kind; // and six bytes of padding
  friend bool operator==(particle const&, particle const&) = default;
};
static_assert(can_change<distributed_array<particle, 1>, std::vector<int>, particle> &&
              !can_add<distributed_array<particle, 1>, std::vector<int>, particle>);

TEST(element_list, of_aggregates) {
  distributed_array<particle, 1> a(world(), {10}, {cyclic});
  std::vector<particle> const values{{{1, 2, 3}, 4}, {{5, 6, 7}, 8}, {{9, 10, 11}, 12}};
  if (me() == 0) scatter(a, std::vector{7, 2, 7}, values);
  a.fence();
  auto const found = gather(a, std::vector{2, 3, 7});
  EXPECT_EQ(found(0), values[1]);
  EXPECT_EQ(found(1), particle{});
  EXPECT_EQ(found(2), values[2]);
  a.fence();
}

TEST(element_list, values_may_be_the_arrays_own) {
  distributed_array<int, 1> a(self(), {4});
  a.local() = xt::xtensor<int, 1>{0, 1, 2, 3};
  scatter(a, std::vector{1, 2, 3, 0}, a.local().elements());
  EXPECT_EQ(get(a(xt::all())), (xt::xtensor<int, 1>{3, 0, 1, 2}));
  scatter_add(a, std::vector{1, 1, 2, 3}, a.local().elements());
  EXPECT_EQ(get(a(xt::all())), (xt::xtensor<int, 1>{3, 3, 2, 4}));
}

TEST(element_list, may_be_read_into_the_arrays_own_memory) {
  distributed_array<int, 1> a(self(), {4});
  a.local() = xt::xtensor<int, 1>{0, 1, 2, 3};
  gather(a, std::vector{3, 2, 1, 0}, a.local().elements());
  EXPECT_EQ(get(a(xt::all())), (xt::xtensor<int, 1>{3, 2, 1, 0}));
}

TEST(element_list, what_lies_beyond_is_refused_and_nothing_moves) {
  distributed_array<double, 2> a(world(), {5, 4});
  pairs const wrong{{0, 0}, {4, -4}, {0, 4}};
  std::vector<double> into(3, -1);
  auto const beyond = [&](auto call) {
    EXPECT_TRUE(throws<index_error>(call, {"index 4", "number 2", "extent 4", "axis 1", "(5, 4)"}));
  };
  beyond([&] { gather(a, wrong, into); });
  beyond([&] { scatter(a, wrong, 1.0); });
  beyond([&] { scatter_add(a, wrong, 1.0); });
  beyond([&] { return gather(a, wrong, nonblocking); });
  EXPECT_TRUE(throws<index_error>([&] { return gather(a, pairs{{-6, 0}}); }, {"index -6", "axis 0"}));
  EXPECT_TRUE(throws<argument_error>([&] { gather(a, pairs{{0, 0}}, into); }, {"1 elements", "buffer of 3"}));
  EXPECT_TRUE(throws<argument_error>([&] { scatter(a, pairs{{0, 0}}, into); }, {"scatter of 3 values to 1"}));
  EXPECT_EQ(into, std::vector<double>(3, -1));
  a.fence();
  for (double const each : a.local().elements()) EXPECT_EQ(each, 0.0);
}

} // namespace
} // namespace armada
