#include <armada/arrays/mask.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xview.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using cube = xt::xtensor<int, 3>;
using matrix = xt::xtensor<int, 2>;
using row = xt::xtensor<int, 1>;

template <class Array, class Value>
concept can_assign = requires(Array& a, xt::xtensor<bool, 2> const& mask, Value const& value) {
  a(mask) = value;
};
static_assert(can_assign<distributed_array<int, 2>, int> && can_assign<distributed_array<int, 2>, row>);
static_assert(!can_assign<distributed_array<int, 2> const, int> && !can_assign<distributed_array<int, 1>, int>);

TEST(mask, reads_and_writes_where_it_is_true) {
  distributed_array<int, 2> a(world(), {3, 4}, {cyclic, block});
  matrix e{{0, 1, 2, 3}, {10, 11, 12, 13}, {20, 21, 22, 23}};
  if (world().rank() == 0) a(all(), all()) = e;
  a.fence();
  xt::xtensor<bool, 2> const odd = xt::equal(e % 2, 1);
  EXPECT_EQ(get(a(odd)), (row{1, 3, 11, 13, 21, 23}));
  row const large = a(e > 20);
  EXPECT_EQ(large, (row{21, 22, 23}));
  EXPECT_EQ(a(e > 100).size(), 0);
  a.fence();
  if (world().rank() == world().size() - 1) {
    a(odd) = -1;
    a(e >= 20 && xt::equal(e % 2, 0)) = row{5, 6};
  }
  a.fence();
  a(e < 3) += 1;
  a(e < 2) -= row{1, 2};
  a.fence();
  int const n = world().size();
  EXPECT_EQ(get(a(all(), all())), (matrix{{0, -1 + n - 2 * n, 2 + n, -1}, {10, -1, 12, -1}, {5, -1, 6, -1}}));
  a.fence();
}

TEST(mask, moves_between_arrays_of_three_dimensions) {
  xt::xtensor<int, 3> const numbers = xt::reshape_view(xt::arange<int>(30), {2, 3, 5});
  distributed_array<int, 3> from(world(), {2, 3, 5}, {block, cyclic, block});
  distributed_array<int, 3, storage_order::column_major> into(world(), {2, 3, 5}, {whole, whole, block_cyclic(2)});
  if (world().rank() == 0) from(all(), all(), all()) = numbers;
  from.fence();
  xt::xtensor<bool, 3, xt::layout_type::column_major> const chosen = xt::equal(numbers % 7, 3);
  EXPECT_EQ(get(from(chosen)), (row{3, 10, 17, 24}));
  if (world().rank() == world().size() - 1) {
    into(chosen) = std::as_const(from)(numbers > 25);
    from(numbers < 3) = from(numbers > 26);
  }
  into.fence();
  EXPECT_EQ(get(into(chosen)), (row{26, 27, 28, 29}));
  EXPECT_EQ(xt::sum(get(into(all(), all(), all())))(), 26 + 27 + 28 + 29);
  from.fence();
  EXPECT_EQ(get(from(numbers < 4)), (row{27, 28, 29, 3}));
  from.fence();
}

TEST(mask, goes_with_every_mode_buffer_and_operation) {
  using numbers = xt::xtensor<std::uint64_t, 1>;
  distributed_array<std::uint64_t, 2> a(world(), {3, 4}, {cyclic, block});
  xt::xtensor<std::uint64_t, 2> const e = xt::reshape_view(xt::arange<std::uint64_t>(12), {3, 4});
  xt::xtensor<bool, 2> const third = xt::equal(e % 3U, 0U);
  bool const last = world().rank() == world().size() - 1;
  if (last) a(all(), all()) = e;
  a.fence();
  std::vector<std::uint64_t> buffer(4);
  get(a(third), buffer);
  EXPECT_EQ(buffer, (std::vector<std::uint64_t>{0, 3, 6, 9}));
  EXPECT_EQ(get(a(third), nonblocking).wait(), (numbers{0, 3, 6, 9}));
  EXPECT_EQ(numbers(2U * a(third) + a(third) / 3U), (numbers{0, 7, 14, 21}));
  EXPECT_EQ(numbers(a(third) - a(xt::range(0, 1), all())(0, all())), (numbers{0, 2, 4, 6}));
  a.fence();
  if (last) {
    put(a(third), numbers{1, 2, 3, 4});
    a(third) += a(third);
    put(a(e > 10U), std::uint64_t{50}, nonblocking).wait();
    put(a(xt::equal(e, 10U)), numbers{40} + 1U, deferred);
  }
  a.fence();
  EXPECT_EQ(get(a(third)), (numbers{2, 4, 6, 8}));
  EXPECT_EQ(get(a(e > 9U)), (numbers{41, 50}));
  a.fence();
  // 2^63 and more: what is taken as signed becomes less than 2.
  accumulate(a(third), numbers{1, std::uint64_t{1} << 63, 3, 9}, maximum{});
  accumulate(a(e > 9U), std::uint64_t{4}, std::bit_or<>{}, nonblocking).wait();
  accumulate(a(e > 9U), std::uint64_t{7}, no_op{});
  a.fence();
  EXPECT_EQ(get(a(third)), (numbers{2, std::uint64_t{1} << 63, 6, 9}));
  EXPECT_EQ(get(a(e > 9U)), (numbers{45, 54}));
  a.fence();
  if (last) a(third) -= a(third);
  if (last) accumulate(a(third), numbers{5, 6, 7, 8}, replace{});
  a.fence();
  EXPECT_EQ(get(a(third)), (numbers{5, 6, 7, 8}));
  std::vector<std::uint64_t> small(3);
  EXPECT_TRUE(throws<argument_error>([&] { get(a(third), small); }, {"4 elements", "3"}));
  EXPECT_TRUE(throws<argument_error>([&] { accumulate(a(third), numbers{1}, minimum{}); }, {"shape (1)", "shape (4)"}));
  a.fence();
}

TEST(mask, of_fewer_dimensions_takes_the_others_whole) {
  cube const numbers = xt::reshape_view(xt::arange<int>(30), {2, 3, 5});
  distributed_array<int, 3> a(world(), {2, 3, 5}, {block, cyclic, block_cyclic(2)});
  bool const last = world().rank() == world().size() - 1;
  if (last) a(all(), all(), all()) = numbers;
  a.fence();
  xt::xtensor<bool, 2> const chosen{{false, true, false}, {true, false, true}};
  auto const under = std::as_const(a)(chosen);
  EXPECT_EQ(under.shape(), (std::array<std::size_t, 2>{3, 5}));
  EXPECT_EQ(under.size(), 15);
  matrix const expected{{5, 6, 7, 8, 9}, {15, 16, 17, 18, 19}, {25, 26, 27, 28, 29}};
  EXPECT_EQ(get(under), expected);
  EXPECT_EQ(get(under, nonblocking).wait(), expected);
  EXPECT_EQ(matrix(2 * under - expected), expected);
  std::vector<int> buffer(15);
  get(under, buffer);
  EXPECT_TRUE(std::equal(buffer.begin(), buffer.end(), expected.begin()));
  EXPECT_EQ(get(a(xt::zeros<bool>({2, 3}))).shape(), (matrix::shape_type{0, 5}));
  a.fence();
  if (last) {
    a(chosen) = -expected;
    put(a(chosen), std::vector<int>(15, 7), nonblocking).wait();
  }
  a.fence();
  a(chosen) += expected;
  accumulate(a(chosen), 1, std::plus<>{}, deferred);
  a.fence();
  cube all_of_it = numbers;
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      if (chosen(i, j)) xt::view(all_of_it, i, j) = 7 + world().size() * (xt::view(numbers, i, j) + 1);
  EXPECT_EQ(get(a(all(), all(), all())), all_of_it);
  EXPECT_TRUE(throws<argument_error>([&] { a(chosen) = row{1, 2}; }, {"shape (2)", "shape (3, 5)"}));
  EXPECT_TRUE(throws<argument_error>([&] { put(a(chosen), std::vector<int>(3)); }, {"3 values to 15 elements"}));
  EXPECT_TRUE(throws<index_error>([&] { a(xt::ones<bool>({3, 5})) = 1; }, {"shape (3, 5)", "shape (2, 3, 5)"}));
  a.fence();
}

TEST(mask, of_a_section_chooses_among_what_that_shows) {
  cube const numbers = xt::reshape_view(xt::arange<int>(60), {3, 4, 5});
  distributed_array<int, 3, storage_order::column_major> a(world(), {3, 4, 5}, {cyclic, block, whole});
  bool const last = world().rank() == world().size() - 1;
  if (last) a(all(), all(), all()) = numbers;
  a.fence();
  // The last dimensions, some of them backwards, with a list, and with a new one.
  xt::xtensor<bool, 2> const chosen{{true, false}, {false, true}, {true, true}};
  EXPECT_EQ(get(a(2, xt::range(3, 0, -1), xt::keep(4, 0))(chosen)), (row{59, 50, 49, 45}));
  EXPECT_EQ(get(a(all(), 1, xt::range(1, 3))(chosen)), (row{6, 27, 46, 47}));
  EXPECT_EQ(get(a(all(), xt::range(0, 2), xt::range(3, 5))(chosen)), (matrix{{3, 4}, {28, 29}, {43, 44}, {48, 49}}));
  auto const widened = a(xt::newaxis(), all(), 0, 4)(xt::xtensor<bool, 2>{{true, false, true}});
  EXPECT_EQ(get(widened), (row{4, 44}));
  EXPECT_EQ(get(a(all(), xt::range(2, 2), all())(xt::ones<bool>({3, 0}))).shape(), (matrix::shape_type{0, 5}));
  EXPECT_EQ(get(a(all(), all(), xt::range(2, 2))(xt::ones<bool>({3, 4}))).shape(), (matrix::shape_type{12, 0}));
  a.fence();
  if (last) {
    a(1, all(), xt::keep(2, 2))(xt::ones<bool>({4, 2})) = xt::arange<int>(8); // of repeated ones the last stays
    a(1, all(), xt::keep(0, 0))(xt::ones<bool>({4, 2})) += 1;                 // and all are added
  }
  a.fence();
  EXPECT_EQ(get(a(1, all(), 2)), (row{1, 3, 5, 7}));
  EXPECT_EQ(get(a(1, all(), 0)), (row{22, 27, 32, 37}));
  EXPECT_TRUE(throws<index_error>(
      [&] {
        a(1)(xt::ones<bool>({4, 4})) = 1;
      },
      {"mask of shape (4, 4)", "section of shape (4, 5)"}));
  a.fence();
}

TEST(mask, of_another_shape_or_length_is_refused) {
  distributed_array<int, 2> a(world(), {3, 4});
  xt::xtensor<bool, 2> const wrong = xt::ones<bool>({4, 3}), right = xt::ones<bool>({3, 4});
  EXPECT_TRUE(throws<index_error>([&] { a(wrong) = 1; }, {"mask of shape (4, 3)", "array of shape (3, 4)"}));
  EXPECT_TRUE(throws<argument_error>([&] { a(right) = row{1, 2}; }, {"shape (2)", "shape (12)"}));
  a.fence();
  EXPECT_EQ(a(0, 0), 0);
  a.fence();
}

} // namespace
} // namespace armada
