#include <armada/arrays/reshape.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;

int ranks() { return world().size(); }

template <class Array>
void number_elements(Array& a) {
  auto const strides = row_major_strides(a.shape());
  for_each_owned(a, [&](auto const& index, std::int64_t& e) { e = dot(index, strides); });
  a.fence();
}
template <class Array>
void expect_numbered(Array const& a) {
  auto const strides = row_major_strides(a.shape());
  std::int64_t seen = 0;
  for_each_owned(a, [&](auto const& index, std::int64_t const& e) {
    ASSERT_EQ(e, dot(index, strides)) << a.describe();
    ++seen;
  });
  EXPECT_EQ(seen, a.distribution().tile_volume(a.comm().rank()));
}

template <std::size_t N>
std::vector<cut_array<N>> all_cuts() {
  std::vector<cut_array<N>> result{cut_array<N>{}};
  for (cut const& along : {cut(block), cut(cyclic), block_cyclic(3)}) {
    result.emplace_back().fill(whole);
    result.back()[along.what() == cut::kind::balanced ? N - 1 : 0] = along;
  }
  return result;
}

/// Every distribution of one shape to every distribution of another, and from both orders.
template <std::size_t N, std::size_t M>
void expect_reshaped(index_array<N> const& from, index_array<M> const& into) {
  for (auto const& cuts : all_cuts<N>()) {
    distributed_array<std::int64_t, N> a(world(), from, cuts);
    distributed_array<std::int64_t, N, storage_order::column_major> c(world(), from, cuts);
    number_elements(a);
    number_elements(c);
    for (auto const& wanted : all_cuts<M>()) {
      auto const b = reshape(a, into, wanted);
      ASSERT_EQ(b.shape(), into);
      ASSERT_EQ(b.distribution().cuts(), wanted);
      expect_numbered(b);
    }
    expect_numbered(reshape(c, into));
    expect_numbered(a);
    expect_numbered(reshape(std::move(a), into));
  }
}

TEST(reshape, keeps_the_order_of_the_elements_however_both_are_cut) {
  expect_reshaped<1, 2>({30}, {5, 6});
  expect_reshaped<2, 1>({5, 6}, {30});
  expect_reshaped<2, 3>({5, 6}, {3, 2, 5});
  expect_reshaped<3, 2>({2, 3, 4}, {6, 4});
  expect_reshaped<2, 2>({1, 3}, {3, 1});
  expect_reshaped<2, 1>({0, 6}, {0});
}

TEST(reshape, computes_an_extent_of_minus_one) {
  distributed_array<std::int64_t, 1> a(world(), {24});
  number_elements(a);
  auto const b = reshape(a, {2, -1, 4});
  EXPECT_EQ(b.shape(), (index_array<3>{2, 3, 4}));
  expect_numbered(b);
}

/// Whether a reshape of an array that is given up left its elements where they are.
template <std::size_t M, class Array>
bool in_place(Array a, index_array<M> const& shape) {
  number_elements(a);
  auto const* const memory = a.local().data();
  auto const b = reshape(std::move(a), shape);
  EXPECT_EQ(b.shape(), shape);
  expect_numbered(b);
  EXPECT_EQ(get(b(xt::ellipsis())).data()[b.size() - 1], b.size() - 1);
  b.fence();
  return b.local().data() == memory;
}

TEST(reshape, moves_nothing_where_no_element_leaves_its_rank) {
  std::int64_t const n = ranks();
  using rows = distributed_array<std::int64_t, 2>;
  EXPECT_TRUE(in_place<1>(rows(world(), {2 * n, 6}), {12 * n}));
  EXPECT_TRUE(in_place<3>(rows(world(), {2 * n, 6}), {2 * n, 3, 2}));
  EXPECT_TRUE(in_place<2>(rows(world(), {2 * n, 6}), {n, 12}));
  EXPECT_TRUE(in_place<2>(rows(world(), {1, 6 * n}, {whole, block}), {1, 6 * n}));
  EXPECT_TRUE(in_place<3>(rows(world(), {2 * n + 1, 6}), {1, 2 * n + 1, 6})) << "boundaries of the first rows";
  auto const uneven = reshape(rows(world(), {2 * n + 1, 6}), {12 * n + 6}); // the first rank has a row more
  EXPECT_EQ(uneven.distribution().tile_volume(0), 18);
  EXPECT_EQ(ranks() == 1, in_place<2>(rows(world(), {2 * n, 5}, {cyclic, whole}), {n, 10}));
  EXPECT_EQ(ranks() == 1, in_place<2>(rows(world(), {n, 10 * n}, {whole, block}), {5 * n, 2 * n}));
  EXPECT_EQ(ranks() == 1, in_place<2>(rows(world(), {5 * n, 1}), {5, n})) << "a boundary within a row";
  EXPECT_FALSE(
      in_place<1>(distributed_array<std::int64_t, 2, storage_order::column_major>(world(), {2 * n, 3}), {6 * n}));
}

TEST(reshape, of_an_array_that_is_watched_names_the_new_elements) {
  distributed_array<std::int64_t, 1> a(world(), {12});
  number_elements(a);
  a.count_traffic();
  auto const b = reshape(std::move(a), {4, 3});
  EXPECT_EQ(b(3, 2), 11);
  b.fence();
}

TEST(reshape, refuses_another_number_of_elements) {
  distributed_array<int, 2> a(world(), {4, 3});
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(a, {13}); }, {"reshape of", "(4, 3)", "(13)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(a, {5, -1}); }, {"(4, 3)", "(5, "}));
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(a, {-1, -1}); }, {"(-1, -1)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(a, {-2, -6}); }, {"(-2, -6)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(std::move(a), {13}); }, {"(4, 3)", "(13)"}));
  EXPECT_EQ(a.shape(), (index_array<2>{4, 3})) << "it is still there";
  if (ranks() > 1) {
    index_array<2> const odd = world().rank() == 0 ? index_array<2>{3, 4} : index_array<2>{6, 2};
    EXPECT_TRUE(throws<argument_error>([&] { return reshape(a, odd); }, {"rank 1", "reshape"}));
    EXPECT_TRUE(throws<argument_error>([&] { return reshape(std::move(a), odd); }, {"rank 1", "reshape"}));
    EXPECT_EQ(a.shape(), (index_array<2>{4, 3}));
  }
  distributed_array<int, 1> none(world(), {0});
  EXPECT_TRUE(throws<argument_error>([&] { return reshape(none, {0, -1}); }, {"(0)", "(0, -1)"}));
}

} // namespace
} // namespace armada
