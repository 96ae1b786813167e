#include <armada/arrays/element.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

namespace armada {
namespace {

using support::throws;

int me() { return world().rank(); }
int ranks() { return world().size(); }

static_assert(!std::is_copy_constructible_v<element<double>>, "auto e = a(0) would keep a reference to the array");
template <class T>
concept can_add = requires(element<T> const& e, T value) {
  e += value;
};
static_assert(can_add<double> && can_add<std::int8_t> && !can_add<bool> && !can_add<std::byte>);

/// Every element is written by one rank, in turns, and read by all.
template <class T>
void write_and_read() {
  distributed_array<T, 2> a(world(), {2 * ranks() + 1, 3});
  auto const value = [](std::int64_t i, std::int64_t j) {
    return static_cast<T>(static_cast<float>((10 * i + j) % 100));
  };
  for (std::int64_t i = 0; i < 2 * ranks() + 1; ++i)
    for (std::int64_t j = 0; j < 3; ++j)
      if ((i + j) % ranks() == me()) {
        EXPECT_EQ((a(i, j) = value(i, j)), value(i, j));
      }
  a.fence();
  auto const& constant = a;
  for (std::int64_t i = 0; i < 2 * ranks() + 1; ++i)
    for (std::int64_t j = 0; j < 3; ++j) {
      T const read = a(i, j);
      ASSERT_EQ(read, value(i, j)) << sizeof(T) << " bytes at " << i << ", " << j;
      ASSERT_EQ(constant(i, j), value(i, j));
      ASSERT_EQ(static_cast<T>(a(i - 2 * ranks() - 1, j - 3)), value(i, j)) << "from the end";
    }
  a.fence();
}

TEST(element, of_every_size_is_written_and_read_across_owners) {
  write_and_read<std::int8_t>();
  write_and_read<std::uint16_t>();
  write_and_read<float>();
  write_and_read<double>();
  write_and_read<long double>();
  write_and_read<std::complex<double>>();
}

TEST(element, stands_for_its_value) {
  distributed_array<double, 1> a(world(), {4});
  if (me() == 0) {
    a(0) = 3.0;
    a(1) = a(0);
    a(2) = a(0) * a(1) + 1.0;
    a(3) = a(2) = 5.0;
  }
  a.fence();
  EXPECT_EQ(a(1), 3.0);
  EXPECT_EQ(a(2), 5.0);
  EXPECT_EQ(a(3) - 1.0, 4.0);
  std::vector<double> values{a(0), a(1)};
  EXPECT_EQ(values, std::vector(2, 3.0));
  a.fence();
}

template <class T>
void sums_are_exact() {
  constexpr int rounds = 8;
  distributed_array<T, 1> a(world(), {ranks() + 1});
  a.fill(T(1));
  for (int round = 0; round < rounds; ++round)
    for (int i = 0; i <= ranks(); ++i) {
      a(i) += T(3);
      a(i) -= T(1);
    }
  a.fence();
  T wanted(1);
  for (int i = 0; i < rounds * ranks(); ++i) wanted = static_cast<T>(wanted + T(2));
  for (int i = 0; i <= ranks(); ++i) EXPECT_EQ(static_cast<T>(a(i)), wanted) << sizeof(T) << " bytes";
  a.fence();
}

TEST(element, updates_of_all_ranks_are_atomic) {
  sums_are_exact<std::int8_t>();
  sums_are_exact<std::uint32_t>();
  sums_are_exact<std::int64_t>();
  sums_are_exact<float>();
  sums_are_exact<double>();
  sums_are_exact<std::complex<float>>();
}

/// Every element of an array is handed out by each atomic call, once to each rank.
TEST(element, atomic_calls_reach_every_element) {
  std::int64_t const extent = 3 * ranks() + 2;
  std::vector<std::int64_t> boundaries(static_cast<std::size_t>(ranks()), 0); // all but the last have one or none
  if (ranks() > 2) boundaries.back() = 1;
  boundaries.push_back(extent);
  for (cut const& how : {cut(block), cut(cyclic), cut(block_cyclic(3)), cut(irregular(boundaries))}) {
    distributed_array<std::int64_t, 1> a(world(), {extent}, {how});
    SCOPED_TRACE(a.describe());
    for (int i = 0; i < extent; ++i) EXPECT_LT(a.fetch_add({i}, 1), ranks());
    a.fence();
    for (int i = 0; i < extent; ++i) EXPECT_EQ(a(i), ranks());
    a.fence();
    for (int i = 0; i < extent; ++i) static_cast<void>(a.fetch_and_op({i - extent}, me(), maximum{}));
    a.fence();
    for (int i = 0; i < extent; ++i) EXPECT_EQ(a.compare_and_swap({i}, -1, 99), std::max(ranks(), ranks() - 1));
    a.fence();
    int winners = 0;
    for (int i = 0; i < extent; ++i) winners += a.compare_and_swap({i}, ranks(), 100 + me()) == ranks() ? 1 : 0;
    EXPECT_EQ(allreduce(world(), winners, std::plus<>{}), extent);
    a.fence();
    std::int64_t taken = 0;
    for (int i = 0; i < extent; ++i) taken += a.exchange({i}, 0) >= 100 ? 1 : 0;
    EXPECT_EQ(allreduce(world(), taken, std::plus<>{}), extent);
    a.fence();
    EXPECT_TRUE(throws<index_error>([&] { return a.exchange({extent}, 1); }, {"extent"}));
    EXPECT_TRUE(throws<index_error>([&] { return a.compare_and_swap({-extent - 1}, 1, 1); }, {"extent"}));
    a.fence();
  }
}

/// 10^5 tickets, fewer through MPI, drawn by all ranks from two counters at once: each is drawn once.
TEST(element, tickets_are_handed_out_once) {
  distributed_array<std::int32_t, 2> counters(world(), {2, 1}, {cyclic, whole});
  int const each = (counters.window().all_near() ? 50'000 : 2'000) / ranks();
  std::vector<std::int32_t> drawn(2 * static_cast<std::size_t>(each) * static_cast<std::size_t>(ranks()));
  for (int k = 0; k < each; ++k)
    for (int c : {0, 1}) {
      auto const ticket = counters.fetch_add({c, 0}, 1);
      ASSERT_TRUE(ticket >= 0 && ticket < each * ranks()) << ticket;
      ++drawn[static_cast<std::size_t>(2 * ticket + c)];
    }
  allreduce(world(), in_place, drawn, std::plus<>{});
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), 1), std::ssize(drawn));
  EXPECT_EQ(counters(0, 0), each * ranks());
  counters.fence();
}

/// A linked list of all ranks' tickets, pushed by compare-and-swap: each is in it once.
TEST(element, a_list_is_built_by_all_ranks) {
  constexpr int each = 200;
  distributed_array<std::int64_t, 1> next(world(), {1 + each * ranks()}, {cyclic});
  for (int k = 0; k < each; ++k) {
    std::int64_t const node = 1 + me() * each + k;
    for (std::int64_t head = next.fetch_and_op({0}, std::int64_t{0}, no_op{});;) {
      next(node) = head;
      auto const seen = next.compare_and_swap({0}, head, node);
      if (seen == head) break;
      head = seen;
    }
  }
  next.fence();
  std::vector<int> met(static_cast<std::size_t>(1 + each * ranks()));
  for (std::int64_t at = next(0); at != 0; at = next(at)) ++met[static_cast<std::size_t>(at)];
  EXPECT_EQ(std::count(met.begin() + 1, met.end(), 1), each * ranks());
  next.fence();
}

TEST(element, beyond_the_shape_throws_with_index_extent_and_axis) {
  distributed_array<int, 2> a(world(), {4, 5});
  a.fill(7);
  EXPECT_TRUE(throws<index_error>([&] { a(4, 0) = 1; }, {"index 4", "extent 4", "axis 0"}));
  EXPECT_TRUE(throws<index_error>([&] { a(0, 5) += 1; }, {"index 5", "extent 5", "axis 1"}));
  EXPECT_TRUE(throws<index_error>([&] { a(-5, 0) = 1; }, {"index -5"}));
  EXPECT_TRUE(throws<index_error>([&] { return static_cast<int>(a(0, -6)); }, {"index -6"}));
  std::size_t const nothing = 0;
  EXPECT_TRUE(throws<index_error>([&] { a(nothing - 1, 0) = 1; }, {"extent 4", "axis 0"}));
  EXPECT_TRUE(throws<index_error>([&] { return a.owner(nothing - 1, 0); }));
  auto const& constant = a;
  EXPECT_TRUE(throws<index_error>([&] { return constant(0, std::numeric_limits<std::int64_t>::max()); }));
  EXPECT_TRUE(throws<index_error>([&] { return constant(std::numeric_limits<std::int64_t>::min(), 0); }));
  a.fence();
  for (int value : a.local().elements()) EXPECT_EQ(value, 7);
  a.fence();
}

} // namespace
} // namespace armada
