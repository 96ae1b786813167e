#include <armada/arrays/redistribute.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;

int me() { return world().rank(); }
int ranks() { return world().size(); }

template <std::size_t N>
std::int64_t number(index_array<N> const& index) {
  std::int64_t result = 0;
  for (std::int64_t const each : index) result = 10 * result + each;
  return result;
}
template <std::size_t N, storage_order Order>
void number_elements(distributed_array<std::int64_t, N, Order>& a) {
  for_each_owned(a, [](index_array<N> const& index, std::int64_t& e) { e = number(index); });
  a.fence();
}

/// All cuts of an extent over the ranks.
std::vector<cut> cuts_of(std::int64_t extent) {
  std::vector<std::int64_t> boundaries{0};
  for (int r = 1; r < ranks(); ++r) boundaries.push_back(extent * r * r / (ranks() * ranks()));
  boundaries.push_back(extent);
  return {block, cyclic, block_cyclic(2), irregular(boundaries)};
}

/// Every distribution against every other.
TEST(redistribute, however_both_are_cut) {
  index_array<2> const shape{9, 7};
  std::vector<cut_array<2>> all_cuts;
  for (auto const& rows : cuts_of(9)) all_cuts.push_back({rows, whole});
  for (auto const& columns : cuts_of(7)) all_cuts.push_back({whole, columns});
  all_cuts.push_back({block_cyclic(2), cyclic});
  for (auto const& from : all_cuts) {
    distributed_array<std::int64_t, 2> a(world(), shape, from);
    number_elements(a);
    for (auto const& into : all_cuts) {
      auto const b = redistribute(a, into);
      ASSERT_EQ(b.distribution().cuts(), into);
      for_each_owned(b, [&](index_array<2> const& index, std::int64_t const& e) {
        ASSERT_EQ(e, number(index)) << a.describe() << " to " << b.describe();
      });
    }
  }
}

TEST(redistribute, between_orders_and_grids) {
  distributed_array<std::int64_t, 3> a(world(), {3, 4, 5}, {block, block, cyclic});
  number_elements(a);
  distributed_array<std::int64_t, 3, storage_order::column_major> b(world(), {3, 4, 5}, {whole, cyclic, whole});
  copy(a, b);
  for_each_owned(b, [](index_array<3> const& index, std::int64_t const& e) { EXPECT_EQ(e, number(index)); });
  a.local() = std::int64_t{-1}; // the copy is complete
  a.fence();
  EXPECT_EQ(b(2, 3, 4), 234);
  b.fence();
  auto const c = redistribute(b, {block, block, block}, process_grid<3>{1, 1, ranks()});
  EXPECT_EQ(c.distribution().grid(), (process_grid<3>{1, 1, ranks()}));
  EXPECT_EQ(c(1, 0, 2), 102);
  c.fence();
}

/// Arrays of one, two and three dimensions, cut in every way, some with fewer indices than ranks or none.
template <std::size_t N>
void expect_assigned(index_array<N> const& shape) {
  std::vector<cut_array<N>> all_cuts{cut_array<N>{}};
  for (std::size_t d = 0; d < N; ++d)
    for (auto const& along : cuts_of(shape[d])) {
      cut_array<N> cuts;
      cuts.fill(whole);
      cuts[d] = along;
      all_cuts.push_back(cuts);
    }
  using array = distributed_array<std::int64_t, N>;
  using turned = distributed_array<std::int64_t, N, storage_order::column_major>;
  std::vector<array> arrays;
  std::vector<turned> turned_arrays;
  for (auto const& cuts : all_cuts) {
    arrays.emplace_back(world(), shape, cuts);
    turned_arrays.emplace_back(world(), shape, cuts);
  }
  for (array& from : arrays)
    for (std::size_t k = 0; k < all_cuts.size(); ++k) {
      array& b = arrays[k];
      turned& c = turned_arrays[k];
      if (&b != &from) b.fill(-1);
      c.fill(-1);
      number_elements(from);
      b = from;
      c = b;
      auto const same = [&](index_array<N> const& index, std::int64_t const& e) {
        ASSERT_EQ(e, number(index)) << from.describe() << " to " << b.describe();
      };
      EXPECT_EQ(b.distribution().cuts(), all_cuts[k]);
      for_each_owned(b, same);
      for_each_owned(c, same);
    }
}
TEST(assignment, moves_the_elements_however_both_are_cut) {
  expect_assigned<1>({7});
  expect_assigned<1>({2});
  expect_assigned<2>({3, 5});
  expect_assigned<2>({0, 4});
  expect_assigned<3>({2, 3, 4});
}

static_assert(!std::is_copy_constructible_v<distributed_array<int, 2>>);
static_assert(std::is_copy_assignable_v<distributed_array<int, 2>>);
static_assert(std::is_nothrow_move_assignable_v<distributed_array<int, 2>>);
static_assert(!std::is_assignable_v<distributed_array<int, 2>&, distributed_array<int, 1> const&>);

TEST(assignment, of_an_array_that_is_given_up_rebinds) {
  distributed_array<std::int64_t, 2> a(world(), {4, 5}, {cyclic, whole}), b(world(), {2, 3});
  number_elements(a);
  auto const* const memory = a.local().data();
  b = std::move(a);
  EXPECT_EQ(b.shape(), (index_array<2>{4, 5}));
  EXPECT_EQ(b.local().data(), memory);
  EXPECT_EQ(b(3, 4), 34);
  b.fence();
}

TEST(assignment, to_itself) {
  distributed_array<std::int64_t, 1> a(world(), {7}, {cyclic});
  number_elements(a);
  auto const& same = a;
  a = same;
  for_each_owned(a, [](index_array<1> const& index, std::int64_t const& e) { EXPECT_EQ(e, index[0]); });
}

TEST(assignment, what_does_not_conform_is_refused_everywhere) {
  distributed_array<int, 2> a(world(), {4, 5}), b(world(), {5, 4});
  a.fill(7);
  EXPECT_TRUE(throws<argument_error>([&] { a = b; }, {"assignment of", "(5, 4)", "(4, 5)"}));
  EXPECT_EQ(a(0, 0), 7);
  auto const other = world().dup();
  distributed_array<int, 2> c(other, {4, 5});
  EXPECT_TRUE(throws<argument_error>([&] { a = c; }, {"communicator"}));
}

TEST(copy, is_cut_alike_and_apart) {
  for (auto const& rows : cuts_of(9)) {
    distributed_array<std::int64_t, 2, storage_order::column_major> a(world(), {9, 4}, {rows, whole});
    number_elements(a);
    auto const b = copy(a);
    a.fill(-1);
    EXPECT_EQ(b.distribution(), a.distribution());
    for_each_owned(b, [](index_array<2> const& index, std::int64_t const& e) { EXPECT_EQ(e, number(index)); });
  }
}

TEST(swap, exchanges_what_names_stand_for) {
  distributed_array<std::int64_t, 1> a(world(), {4}), b(world(), {6}, {cyclic});
  number_elements(b);
  swap(a, b);
  EXPECT_EQ(a.shape()[0], 6);
  EXPECT_EQ(b.shape()[0], 4);
  EXPECT_EQ(a(5), 5);
  a.fence();
}

TEST(redistribute, what_does_not_conform_is_refused_everywhere) {
  distributed_array<int, 1> a(world(), {4}), b(world(), {5});
  EXPECT_TRUE(throws<argument_error>([&] { copy(a, b); }, {"copy of", "(4)", "(5)"}));
  auto const other = world().dup();
  distributed_array<int, 1> c(other, {4});
  EXPECT_TRUE(throws<argument_error>([&] { copy(a, c); }, {"communicator"}));
}

TEST(transpose, of_odd_shapes) {
  for (index_array<2> const& shape : {index_array<2>{7, 3}, {1, 5}, {5, 1}, {0, 4}, {8, 8}}) {
    distributed_array<std::int64_t, 2> a(world(), shape, {block_cyclic(2), block});
    number_elements(a);
    auto const t = transpose(a);
    ASSERT_EQ(t.shape(), (index_array<2>{shape[1], shape[0]}));
    for_each_owned(t, [](index_array<2> const& index, std::int64_t const& e) {
      ASSERT_EQ(e, number(index_array<2>{index[1], index[0]}));
    });
  }
}

TEST(transpose, of_any_axes) {
  distributed_array<std::int64_t, 3, storage_order::column_major> a(world(), {2, 3, 4}, {cyclic, whole, block});
  number_elements(a);
  auto const t = transpose(a, {2, 0, 1}, {cyclic, whole, whole});
  ASSERT_EQ(t.shape(), (index_array<3>{4, 2, 3}));
  for_each_owned(t, [](index_array<3> const& index, std::int64_t const& e) {
    ASSERT_EQ(e, number(index_array<3>{index[1], index[2], index[0]}));
  });
  EXPECT_TRUE(throws<argument_error>([&] { return transpose(a, {0, 1, 1}); }, {"axes (0, 1, 1)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return transpose(a, {0, 1, 3}); }, {"axes (0, 1, 3)"}));
}

TEST(transpose, into_an_array) {
  distributed_array<std::int64_t, 2> a(world(), {37, 21}, {block_cyclic(3), block});
  distributed_array<std::int64_t, 2> b(world(), {21, 37}, {whole, cyclic}), other(world(), {37, 21});
  distributed_array<std::int64_t, 2, storage_order::column_major> c(world(), {21, 37});
  for (std::int64_t const change : {0, 5}) {
    for_each_owned(a, [=](index_array<2> const& at, std::int64_t& e) { e = 100 * at[0] + at[1] + change; });
    transpose(a, b);
    transpose(a, {1, 0}, c);
    auto const expect = [=](index_array<2> const& at, std::int64_t const& e) {
      ASSERT_EQ(e, 100 * at[1] + at[0] + change);
    };
    for_each_owned(b, expect);
    for_each_owned(c, expect);
  }
  EXPECT_TRUE(throws<argument_error>([&] { transpose(a, other); }, {"transpose of", "(37, 21)", "axes (1, 0)"}));
  EXPECT_TRUE(throws<argument_error>([&] { transpose(a, {0, 1}, b); }, {"(37, 21)", "(21, 37)"}));
  EXPECT_TRUE(throws<argument_error>([&] { transpose(a, {1, 1}, b); }, {"axes (1, 1)"}));
  EXPECT_TRUE(throws<argument_error>([&] { transpose(a, {0, 1}, a); }, {"the same array"}));
}

TEST(to_serial, gives_everything_to_one_rank) {
  distributed_array<std::int64_t, 2> a(world(), {3, 4}, {cyclic, block});
  number_elements(a);
  for (int root = 0; root < ranks(); ++root) {
    auto const found = to_serial(a, root);
    ASSERT_EQ(found.has_value(), me() == root);
    if (found) {
      EXPECT_EQ(*found, (xt::xtensor<std::int64_t, 2>{{0, 1, 2, 3}, {10, 11, 12, 13}, {20, 21, 22, 23}}));
    }
  }
  EXPECT_TRUE(throws<argument_error>([&] { return to_serial(a, -1); }, {"-1"}));
}

} // namespace
} // namespace armada
