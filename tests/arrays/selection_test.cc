#include <armada/arrays/selection.hpp>

#include "tests/support/throws.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using xt::ellipsis;
using xt::newaxis;
using xt::range;
using xt::placeholders::_;

constexpr index_array<3> extents{4, 5, 6};

TEST(selection, one_slice_for_each_dimension_makes_a_box) {
  auto const s = select(extents, 2, range(1, 5, 2), all());
  EXPECT_EQ(s.selected, (box<3>{interval{2, 1, 1}, interval{1, 2, 2}, interval{0, 6, 1}}));
  EXPECT_EQ(s.shape, (index_array<2>{2, 6}));
  EXPECT_EQ(s.axes, (std::array{1, 2}));
  EXPECT_TRUE(throws<index_error>([] { return select(extents, 0, 5, all()); }, {"index 5", "axis 1"}));
}

TEST(selection, missing_slices_select_all) {
  EXPECT_EQ(select(extents, 1).shape, (index_array<2>{5, 6}));
  EXPECT_EQ(select(extents).shape, extents);
  EXPECT_EQ(select(extents, ellipsis(), 1).shape, (index_array<2>{4, 5}));
  EXPECT_EQ(select(extents, ellipsis(), 1).axes, (std::array{0, 1}));
  EXPECT_EQ(select(extents, -1, ellipsis(), range(0, 2)).shape, (index_array<2>{5, 2}));
  EXPECT_EQ(select(extents, 0, ellipsis(), 1, 2).shape, (index_array<0>{}));
  EXPECT_EQ(select(extents, 0, 1, 2, ellipsis()).shape, (index_array<0>{}));
}

TEST(selection, new_dimensions_have_extent_one) {
  auto const s = select(extents, newaxis(), 1, newaxis(), ellipsis(), newaxis());
  EXPECT_EQ(s.shape, (index_array<5>{1, 1, 5, 6, 1}));
  EXPECT_EQ(s.axes, (std::array{-1, -1, 1, 2, -1}));
}

TEST(selection, lists_select_products) {
  auto const s = select(extents, std::vector<int>{3, 0, 3}, 4, range(_, _, -2));
  EXPECT_EQ(s.shape, (index_array<2>{3, 3}));
  EXPECT_EQ(s.selected.dimensions[0].indices(), (std::vector<std::int64_t>{3, 0, 3}));
  EXPECT_EQ(s.selected.dimensions[1].indices(), (std::vector<std::int64_t>{4}));
  EXPECT_EQ(s.selected.dimensions[2].indices(), (std::vector<std::int64_t>{5, 3, 1}));
}

TEST(selection, a_slice_of_a_slice_selects_of_what_that_selected) {
  auto const outer = select(extents, range(_, _, -1), 2, range(1, 6, 2)); // rows 3 2 1 0, columns 1 3 5
  auto const inner = compose(outer, select(outer.shape, range(1, 3), range(2, 0, -1)));
  EXPECT_EQ(inner.selected, (box<3>{interval{2, 2, -1}, interval{2, 1, 1}, interval{5, 2, -2}}));
  EXPECT_EQ(inner.shape, (index_array<2>{2, 2}));
  auto const row = compose(outer, select(outer.shape, 1, newaxis(), std::vector<int>{2, 0}));
  EXPECT_EQ(row.shape, (index_array<2>{1, 2}));
  EXPECT_EQ(row.axes, (std::array{-1, 2}));
  EXPECT_EQ(row.selected.dimensions[0].indices(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(row.selected.dimensions[2].indices(), (std::vector<std::int64_t>{5, 1}));
  EXPECT_TRUE(throws<index_error>([&] { return select(outer.shape, 4, all()); }, {"index 4", "extent 4"}));
}

TEST(selection, a_slice_of_a_new_dimension) {
  auto const outer = select(extents, newaxis(), range(1, 3), 0, 0);
  auto const dropped = compose(outer, select(outer.shape, 0, all()));
  EXPECT_EQ(dropped.shape, (index_array<1>{2}));
  EXPECT_EQ(dropped.selected, outer.selected);
  auto const nothing = compose(outer, select(outer.shape, range(0, 0), all()));
  EXPECT_EQ(nothing.shape, (index_array<2>{0, 2}));
  EXPECT_TRUE(nothing.selected.empty());
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return compose(outer, select(outer.shape, std::vector<int>{0, 0}, all()));
      },
      {"slice of 2"}));
}

} // namespace
} // namespace armada
