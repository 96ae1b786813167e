#include <armada/arrays/index/pieces.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

template <std::size_t N>
std::vector<piece<N>> pieces_of(distribution<N> const& spread, auto const& selected) {
  std::vector<piece<N>> pieces;
  for_each_piece(spread, selected, [&](piece<N> const& p) { pieces.push_back(p); });
  return pieces;
}

/// Calls `visit(index)` for every index of `shape` in row-major order.
template <std::size_t N>
void for_each_index(index_array<N> const& shape, auto const& visit) {
  std::int64_t const volume = checked_volume(shape);
  for (std::int64_t number = 0; number < volume; ++number) {
    index_array<N> index{};
    std::int64_t left = number;
    for (std::size_t d = N; d-- > 0; left /= shape[d]) index[d] = left % shape[d];
    visit(index);
  }
}

/// Compares the pieces, element by element, with where `locate` says that each element lives. `index_at(d, k)` is index
/// number k of dimension d.
template <std::size_t N>
void expect_exact_cover(distribution<N> const& spread, auto const& selected, auto index_at) {
  struct seen {
    int times = 0;
    element_place place{};
  };
  index_array<N> const shape = selected.shape(), strides = row_major_strides(shape);
  std::vector<seen> elements(static_cast<std::size_t>(checked_volume(shape)));
  for (piece<N> const& p : pieces_of(spread, selected)) {
    ASSERT_GT(checked_volume(p.count), 0);
    for_each_index(p.count, [&](index_array<N> k) {
      std::int64_t const offset = p.tile_offset + dot(k, p.tile_stride);
      std::int64_t const number = p.buffer_offset(strides) + dot(k, p.buffer_strides(strides));
      for (std::size_t d = 0; d < N; ++d) {
        k[d] = p.first[d] + k[d] * p.spacing[d];
        ASSERT_TRUE(p.spacing[d] > 0 && k[d] >= 0 && k[d] < shape[d]);
      }
      ASSERT_EQ(number, dot(k, strides));
      seen& element = elements[static_cast<std::size_t>(number)];
      ++element.times;
      element.place = {p.owner, offset};
    });
  }
  for_each_index(shape, [&](index_array<N> const& k) {
    index_array<N> index{};
    for (std::size_t d = 0; d < N; ++d) index[d] = index_at(d, k[d]);
    seen const& element = elements[static_cast<std::size_t>(dot(k, strides))];
    ASSERT_EQ(element.times, 1) << detail::tuple_text(index) << " of " << spread.describe();
    ASSERT_EQ(element.place, spread.locate(index)) << detail::tuple_text(index) << " of " << spread.describe();
  });
}

template <std::size_t N>
void expect_exact_cover(distribution<N> const& spread, box<N> const& selected) {
  expect_exact_cover(spread, selected, [&](std::size_t d, std::int64_t k) { return selected.dimensions[d][k]; });
  if (!spread.has_boxes()) return;
  for (std::size_t d = 0; d < N; ++d)
    if (spread.along(d).period() > 0) return;
  int previous = -1;
  for (piece<N> const& p : pieces_of(spread, selected)) {
    ASSERT_GT(p.owner, previous) << "once per owner, in rising order";
    previous = p.owner;
    for (auto const spacing : p.spacing) ASSERT_EQ(spacing, 1);
  }
}

TEST(pieces, every_interval_of_one_dimension) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (int const ranks : {1, 2, 3, 4, 7, 17, 19})
      for (std::int64_t step = -18; step < 19; ++step)
        for (std::int64_t first = 0; first < extent; ++first)
          for (std::int64_t count = 0; interval{first, count, step}.within(extent); ++count)
            expect_exact_cover<1>(distribution<1>({extent}, ranks), {interval{first, count, step}});
}

TEST(pieces, every_interval_of_a_block_cyclic_dimension) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (int const ranks : {2, 3, 7})
      for (std::int64_t const length : {1, 2, 3, 20})
        for (std::int64_t step = -7; step < 8; ++step)
          for (std::int64_t first = 0; first < extent; ++first)
            for (std::int64_t count = 0; interval{first, count, step}.within(extent); ++count)
              expect_exact_cover<1>(distribution<1>({extent}, {block_cyclic(length)}, ranks),
                                    {interval{first, count, step}});
}

/// A cyclic dimension is cut into one run for each owner, however long it is; blocks of many into one for each block.
TEST(pieces, dealt_out_dimensions_are_cut_into_as_few_runs_as_they_can) {
  distribution<1> const single({1'000'000}, {cyclic}, 4);
  EXPECT_EQ(pieces_of(single, box<1>{interval{0, 1'000'000, 1}}).size(), 4U);
  EXPECT_EQ(pieces_of(single, box<1>{interval{999'999, 250'000, -4}}).size(), 1U);
  EXPECT_EQ(pieces_of(single, box<1>{interval{0, 500'000, 2}}).size(), 2U);
  distribution<1> const blocks({64'000}, {block_cyclic(64)}, 2);
  EXPECT_EQ(pieces_of(blocks, box<1>{interval{0, 6400, 1}}).size(), 100U);
  EXPECT_EQ(pieces_of(blocks, box<1>{interval{0, 64'000, 1}}).size(), 128U);
  EXPECT_EQ(pieces_of(blocks, box<1>{interval{70, 20, 1}}).size(), 1U);
}

/// A distribution of this shape: cut in any way, on a grid, in either order.
template <std::size_t N>
distribution<N> random_distribution(std::mt19937_64& random, index_array<N> const& shape, index_array<N> const& grid) {
  auto const below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  cut_array<N> cuts;
  for (std::size_t d = 0; d < N; ++d) {
    auto const kind = below(4);
    if (kind == 1) cuts[d] = cyclic;
    if (kind == 2) cuts[d] = block_cyclic(1 + below(5));
    if (kind == 3) {
      std::vector<std::int64_t> boundaries{0, shape[d]};
      for (std::int64_t p = 1; p < grid[d]; ++p) boundaries.push_back(below(shape[d] + 1));
      std::sort(boundaries.begin(), boundaries.end());
      cuts[d] = irregular(boundaries);
    }
  }
  return {shape, cuts, process_grid<N>(grid), static_cast<int>(checked_volume(grid)),
          below(2) == 0 ? storage_order::row_major : storage_order::column_major};
}

/// A random interval within an extent, often whole or long.
interval random_interval(std::mt19937_64& random, std::int64_t extent) {
  auto const below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  if (extent == 0 || below(16) == 0) return {0, 0, 1};
  std::int64_t const length = 1 + below(extent), low = below(extent - length + 1), stride = 1 + below(below(4) + 1);
  std::int64_t const count = (length - 1) / stride + 1;
  return below(2) == 0 ? interval{low, count, stride} : interval{low + (count - 1) * stride, count, -stride};
}

template <std::size_t N>
void expect_random_boxes_covered(std::vector<index_array<N>> const& grids, std::int64_t extents, std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (index_array<N> const& grid : grids)
    for (int round = 0; round < 1500; ++round) {
      index_array<N> shape{};
      box<N> selected;
      for (std::size_t d = 0; d < N; ++d) {
        shape[d] = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(extents));
        selected.dimensions[d] = random_interval(random, shape[d]);
      }
      expect_exact_cover(distribution<N>(shape, process_grid<N>(grid), static_cast<int>(checked_volume(grid))),
                         selected);
      expect_exact_cover(random_distribution<N>(random, shape, grid), selected);
      if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(pieces, random_boxes_of_two_dimensions) {
  expect_random_boxes_covered<2>({{1, 1}, {4, 1}, {1, 4}, {2, 2}, {3, 5}, {19, 2}}, 18, 1);
}

TEST(pieces, random_boxes_of_three_and_four_dimensions) {
  expect_random_boxes_covered<3>({{1, 1, 1}, {2, 2, 2}, {1, 3, 2}, {5, 1, 1}}, 10, 2);
  expect_random_boxes_covered<4>({{1, 1, 1, 1}, {2, 1, 2, 3}}, 6, 3);
}

TEST(pieces, index_lists) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 2000; ++round) {
    index_array<2> const shape{1 + static_cast<std::int64_t>(random() % 12),
                               1 + static_cast<std::int64_t>(random() % 9)};
    std::array<std::vector<std::int64_t>, 2> indices;
    listed_box<2> selected;
    for (std::size_t d = 0; d < 2; ++d) {
      for (auto left = random() % 8; left > 0; --left)
        indices[d].push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(shape[d])));
      selected.dimensions[d] = index_list(indices[d]);
      ASSERT_EQ(selected.dimensions[d].indices(), indices[d]);
    }
    expect_exact_cover(random_distribution<2>(random, shape, {2, 3}), selected,
                       [&](std::size_t d, std::int64_t k) { return indices[d][static_cast<std::size_t>(k)]; });
  }
  listed_box<1> const beyond{index_list(std::vector<std::int64_t>{1, 10})};
  EXPECT_THROW(pieces_of(distribution<1>({10}, 2), beyond), index_error);
}

TEST(pieces, one_piece_spelt_out) {
  distribution<2> const spread({10, 10}, process_grid{2, 2}, 4);
  auto const pieces = pieces_of(spread, box<2>{interval{8, 3, -2}, interval{1, 3, 3}});
  ASSERT_EQ(pieces.size(), 4U);
  piece<2> const& p = pieces[2]; // rows 8 and 6, columns 1 and 4: rank 2 owns rows 5 to 9, columns 0 to 4
  EXPECT_EQ(p.owner, 2);
  EXPECT_EQ(p.count, (index_array<2>{2, 2}));
  EXPECT_EQ(p.tile_offset, 3 * 5 + 1);
  EXPECT_EQ(p.tile_stride, (index_array<2>{-10, 3}));
  EXPECT_EQ(p.first, (index_array<2>{0, 0}));
  EXPECT_EQ(pieces[0].first, (index_array<2>{2, 0}));
  EXPECT_EQ(pieces[1].first, (index_array<2>{2, 2}));
}

TEST(pieces, steps_over_whole_tiles_cost_nothing) {
  std::int64_t const rows = 1'000'000'000'000;
  distribution<2> const spread({rows, 3}, 1'000'000'000);
  auto const pieces = pieces_of(spread, box<2>{interval{rows - 1, 2, 1 - rows}, interval{0, 3, 1}});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].owner, 0);
  EXPECT_EQ(pieces[0].first, (index_array<2>{1, 0}));
  EXPECT_EQ(pieces[1].owner, 999'999'999);
  EXPECT_EQ(pieces[1].tile_offset, 999 * 3);
}

TEST(pieces, the_step_of_a_single_index_does_not_matter) {
  std::int64_t const lowest = std::numeric_limits<std::int64_t>::min();
  expect_exact_cover<2>(distribution<2>({9, 9}, process_grid{2, 2}, 4), {interval{7, 1, lowest}, interval{0, 9, 1}});
  expect_exact_cover<2>(distribution<2>({9, 9}, process_grid{2, 2}, 4), {interval{7, 1, 0}, interval{0, 9, 1}});
}

TEST(pieces, a_box_beyond_the_shape_is_refused_before_any_visit) {
  distribution<2> const spread({10, 10}, 4);
  int visits = 0;
  try {
    for_each_piece(spread, box<2>{interval{0, 10, 1}, interval{4, 4, 2}}, [&](piece<2> const&) { ++visits; });
    ADD_FAILURE() << "accepted";
  } catch (index_error const& e) {
    EXPECT_STREQ(e.what(), "box with 4 indices from 4 in steps of 2 is beyond extent 10 of axis 1");
  }
  EXPECT_EQ(visits, 0);
}

} // namespace
} // namespace armada
