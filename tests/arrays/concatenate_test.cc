#include <armada/arrays/concatenate.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace armada {
namespace {

using support::throws;

/// Elements that say where they are and of which array.
template <std::size_t N, storage_order Order>
void number_elements(distributed_array<std::int64_t, N, Order>& a, std::int64_t which) {
  for_each_owned(a, [=](index_array<N> const& index, std::int64_t& e) {
    e = which;
    for (std::int64_t const each : index) e = 100 * e + each;
  });
  a.fence();
}
/// What `number_elements` made of the element that is at `index` of arrays of these lengths along `axis`.
template <std::size_t N>
std::int64_t expected_at(index_array<N> index, std::size_t axis, std::vector<std::int64_t> const& lengths) {
  std::size_t which = 0;
  for (; index[axis] >= lengths[which]; ++which) index[axis] -= lengths[which];
  auto result = static_cast<std::int64_t>(which + 1);
  for (std::int64_t const each : index) result = 100 * result + each;
  return result;
}

template <std::size_t N>
void expect_concatenated(index_array<N> shape) {
  std::vector<cut> const ways{block, cyclic, block_cyclic(2)};
  for (std::size_t axis = 0; axis < N; ++axis) {
    std::vector<std::int64_t> const lengths{3, 0, 5};
    for (std::size_t k = 0; k < ways.size(); ++k) {
      cut_array<N> from_cuts, into_cuts;
      from_cuts.fill(whole);
      into_cuts.fill(whole);
      from_cuts[0] = ways[k];
      into_cuts[N - 1] = ways[(k + axis + 1) % ways.size()];
      auto const make = [&](std::size_t which, cut_array<N> const& cuts) {
        shape[axis] = lengths[which];
        distributed_array<std::int64_t, N> a(world(), shape, cuts);
        number_elements(a, static_cast<std::int64_t>(which + 1));
        return a;
      };
      auto const a = make(0, from_cuts), b = make(1, into_cuts), c = make(2, into_cuts);
      auto const all = concatenate({&a, &b, &c}, static_cast<std::int64_t>(axis), into_cuts);
      shape[axis] = 8;
      ASSERT_EQ(all.shape(), shape);
      ASSERT_EQ(all.distribution().cuts(), into_cuts);
      for_each_owned(all, [&](index_array<N> const& index, std::int64_t const& e) {
        ASSERT_EQ(e, expected_at(index, axis, lengths)) << "axis " << axis << ", " << all.describe();
      });
    }
    shape[axis] = 2;
  }
}

TEST(concatenate, however_all_are_cut) {
  expect_concatenated<1>({0});
  expect_concatenated<2>({0, 7});
  expect_concatenated<3>({0, 2, 3});
}

TEST(concatenate, counts_axes_from_the_end_and_takes_an_array_twice) {
  distributed_array<std::int64_t, 2, storage_order::column_major> a(world(), {3, 2});
  number_elements(a, 1);
  auto const twice = concatenate({&a, &a}, -1);
  EXPECT_EQ(twice.distribution(), (distributed_array<std::int64_t, 2>(world(), {3, 4}).distribution()));
  for_each_owned(
      twice, [](index_array<2> const& at, std::int64_t const& e) { EXPECT_EQ(e, 10000 + 100 * at[0] + at[1] % 2); });
  a.fill(0); // it is a copy
  EXPECT_EQ(twice(2, 3), 10201);
  twice.fence();
}

TEST(concatenate, takes_as_many_arrays_as_a_range_has) {
  using array = distributed_array<std::int64_t, 2>;
  std::vector<array> arrays;
  std::vector<array const*> pointers;
  for (std::int64_t k = 0; k < 3; ++k) {
    arrays.emplace_back(world(), shape_option<2>{4, k + 1});
    number_elements(arrays.back(), k + 1);
  }
  for (array const& each : arrays) pointers.push_back(&each);
  auto const all = concatenate(arrays, 1);
  EXPECT_EQ(all.shape(), (index_array<2>{4, 6}));
  for_each_owned(all, [](index_array<2> const& at, std::int64_t const& e) {
    EXPECT_EQ(e, expected_at<2>(at, 1, {1, 2, 3}));
  });
  EXPECT_TRUE(armada::all(equal(all, concatenate(pointers, 1))));
  EXPECT_EQ(concatenate(pointers, -1, {cyclic, whole}).distribution().cuts(), (cut_array<2>{cyclic, whole}));
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate(std::vector<array>()); }, {"no array"}));
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate(arrays); }, {"(4, 1)", "(4, 2)"}));
}

TEST(concatenate, refuses_what_does_not_fit) {
  using array = distributed_array<int, 2>;
  array a(world(), {2, 3}), b(world(), {2, 4});
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate({&a, &b}, 0); }, {"(2, 3)", "(2, 4)", "axis 0"}));
  EXPECT_EQ(concatenate({&a, &b}, 1).shape(), (index_array<2>{2, 7}));
  EXPECT_TRUE(throws<index_error>([&] { return concatenate({&a}, 2); }, {"axis 2", "2 dimensions"}));
  EXPECT_TRUE(throws<index_error>([&] { return concatenate({&a}, -3); }, {"axis -3"}));
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate<int, 2, storage_order::row_major>({}); }, {"no array"}));
  array const* none = nullptr;
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate({&a, none}); }, {"null"}));
  auto const other = world().dup();
  array c(other, {2, 3});
  EXPECT_TRUE(throws<argument_error>([&] { return concatenate({&a, &c}); }, {"communicator"}));
}

} // namespace
} // namespace armada
