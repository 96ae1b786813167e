#include <armada/arrays/index/pieces.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::int64_t volume_of_pieces(block_distribution<2> const& distribution, box<2> const& selected) {
  std::int64_t sum = 0;
  for_each_piece(distribution, selected, [&](piece<2> const& p) { sum += p.count[0] * p.count[1]; });
  return sum;
}
static_assert(volume_of_pieces({{10, 7}, {2, 2}, 4}, whole_box(index_array<2>{10, 7})) == 70);

template <std::size_t N>
std::vector<piece<N>> pieces_of(block_distribution<N> const& distribution, box<N> const& selected) {
  std::vector<piece<N>> pieces;
  for_each_piece(distribution, selected, [&](piece<N> const& p) { pieces.push_back(p); });
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

/// Compares the pieces, element by element, with where `locate` says that each element of the box lives.
template <std::size_t N>
void expect_exact_cover(block_distribution<N> const& distribution, box<N> const& selected) {
  struct seen {
    int times = 0;
    element_place place{};
  };
  index_array<N> const shape = selected.shape(), strides = row_major_strides(shape);
  std::vector<seen> elements(static_cast<std::size_t>(checked_volume(shape)));
  int previous = -1;
  for (piece<N> const& p : pieces_of(distribution, selected)) {
    ASSERT_GT(p.owner, previous) << "once per owner, in rising order";
    previous = p.owner;
    ASSERT_GT(checked_volume(p.count), 0);
    for_each_index(p.count, [&](index_array<N> k) {
      std::int64_t const offset = p.tile_offset + dot(k, p.tile_stride);
      for (std::size_t d = 0; d < N; ++d) {
        k[d] += p.first[d];
        ASSERT_TRUE(k[d] >= 0 && k[d] < shape[d]);
      }
      seen& element = elements[static_cast<std::size_t>(dot(k, strides))];
      ++element.times;
      element.place = {p.owner, offset};
    });
  }
  for_each_index(shape, [&](index_array<N> const& k) {
    index_array<N> index{};
    for (std::size_t d = 0; d < N; ++d) index[d] = selected.dimensions[d][k[d]];
    seen const& element = elements[static_cast<std::size_t>(dot(k, strides))];
    ASSERT_EQ(element.times, 1) << detail::tuple_text(index);
    ASSERT_EQ(element.place, distribution.locate(index)) << detail::tuple_text(index);
  });
}

TEST(pieces, every_interval_of_one_dimension) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (int const ranks : {1, 2, 3, 4, 7, 17, 19})
      for (std::int64_t step = -18; step < 19; ++step)
        for (std::int64_t first = 0; first < extent; ++first)
          for (std::int64_t count = 0; interval{first, count, step}.within(extent); ++count)
            expect_exact_cover<1>(block_distribution<1>({extent}, ranks), {interval{first, count, step}});
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
      int const ranks = static_cast<int>(checked_volume(grid));
      expect_exact_cover(block_distribution<N>(shape, process_grid<N>(grid), ranks), selected);
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

TEST(pieces, one_piece_spelt_out) {
  block_distribution<2> const distribution({10, 10}, {2, 2}, 4);
  auto const pieces = pieces_of(distribution, {interval{8, 3, -2}, interval{1, 3, 3}});
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
  block_distribution<2> const distribution({rows, 3}, 1'000'000'000);
  auto const pieces = pieces_of(distribution, {interval{rows - 1, 2, 1 - rows}, interval{0, 3, 1}});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].owner, 0);
  EXPECT_EQ(pieces[0].first, (index_array<2>{1, 0}));
  EXPECT_EQ(pieces[1].owner, 999'999'999);
  EXPECT_EQ(pieces[1].tile_offset, 999 * 3);
}

TEST(pieces, the_step_of_a_single_index_does_not_matter) {
  std::int64_t const lowest = std::numeric_limits<std::int64_t>::min();
  expect_exact_cover<2>(block_distribution<2>({9, 9}, {2, 2}, 4), {interval{7, 1, lowest}, interval{0, 9, 1}});
  expect_exact_cover<2>(block_distribution<2>({9, 9}, {2, 2}, 4), {interval{7, 1, 0}, interval{0, 9, 1}});
}

TEST(pieces, a_box_beyond_the_shape_is_refused_before_any_visit) {
  block_distribution<2> const distribution({10, 10}, 4);
  int visits = 0;
  try {
    for_each_piece(distribution, {interval{0, 10, 1}, interval{4, 4, 2}}, [&](piece<2> const&) { ++visits; });
    ADD_FAILURE() << "accepted";
  } catch (index_error const& e) {
    EXPECT_STREQ(e.what(), "box with 4 indices from 4 in steps of 2 is beyond extent 10 of axis 1");
  }
  EXPECT_EQ(visits, 0);
}

} // namespace
} // namespace armada
