#include <armada/arrays/index/distribution.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr block_distribution<2> quarters({5, 7}, {2, 2}, 4);
static_assert(quarters.shape() == index_array<2>{5, 7} && quarters.grid() == process_grid{2, 2});
static_assert(quarters.tile_first(3) == index_array<2>{3, 4} && quarters.tile_shape(3) == index_array<2>{2, 3});
static_assert(quarters.tile_volume(0) == 12 && quarters.max_tile_volume() == 12);
static_assert(quarters.owner({3, 4}) == 3 && quarters.locate({4, 6}) == element_place{3, 5});
static_assert(row_grid<3>(4) == process_grid{4, 1, 1});
static_assert(block_distribution<2>({5, 7}, 4).grid() == process_grid{4, 1});
static_assert(block_distribution<2>({5, 7}, 4) != quarters);

/// Lays every element of `shape` into the tiles by the definition of balanced blocks, and compares every query.
template <std::size_t N>
void expect_definition(index_array<N> const& shape, index_array<N> const& grid) {
  std::int64_t const ranks = checked_volume(grid);
  block_distribution<N> const distribution(shape, process_grid<N>(grid), static_cast<int>(ranks));
  SCOPED_TRACE(detail::tuple_text(shape) + " on " + detail::tuple_text(grid));
  ASSERT_EQ(distribution.ranks(), ranks);
  ASSERT_EQ(distribution.shape(), shape);
  index_array<N> const strides = row_major_strides(shape);
  std::int64_t covered = 0, largest_tile = 0;
  for (int rank = 0; rank < ranks; ++rank) {
    index_array<N> first{}, count{};
    std::int64_t rest = rank;
    for (std::size_t d = N; d-- > 0; rest /= grid[d]) {
      std::int64_t const p = rest % grid[d];
      for (std::int64_t q = 0; q <= p; ++q) {
        first[d] += count[d];
        count[d] = shape[d] / grid[d] + (q < shape[d] % grid[d] ? 1 : 0);
      }
    }
    ASSERT_EQ(distribution.tile_first(rank), first);
    ASSERT_EQ(distribution.tile_shape(rank), count);
    std::int64_t const volume = checked_volume(count);
    ASSERT_EQ(distribution.tile_volume(rank), volume);
    for (std::int64_t offset = 0; offset < volume; ++offset, ++covered) {
      index_array<N> index = first;
      std::int64_t left = offset;
      for (std::size_t d = N; d-- > 0; left /= count[d]) index[d] += left % count[d];
      ASSERT_EQ(distribution.locate(index), (element_place{rank, offset})) << dot(index, strides);
      ASSERT_EQ(distribution.owner(index), rank);
    }
    largest_tile = std::max(largest_tile, volume);
  }
  ASSERT_EQ(covered, checked_volume(shape));
  ASSERT_EQ(distribution.max_tile_volume(), largest_tile);
}

TEST(distribution, one_dimension) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (std::int64_t ranks = 1; ranks < 20; ++ranks) expect_definition<1>({extent}, {ranks});
}

TEST(distribution, two_dimensions) {
  for (std::int64_t rows = 0; rows < 18; ++rows)
    for (std::int64_t columns = 0; columns < 18; ++columns)
      for (index_array<2> const grid : {index_array<2>{1, 1}, {4, 1}, {1, 4}, {2, 2}, {3, 5}, {20, 1}})
        expect_definition<2>({rows, columns}, grid);
}

TEST(distribution, three_dimensions) {
  for (std::int64_t extent = 0; extent < 8; ++extent)
    for (index_array<3> const grid : {index_array<3>{1, 1, 1}, {2, 2, 2}, {1, 3, 2}, {5, 1, 1}, {1, 1, 9}})
      expect_definition<3>({extent, 5, 6}, grid);
}

TEST(distribution, rows_are_the_default) {
  EXPECT_EQ((block_distribution<3>({9, 4, 4}, 5)), (block_distribution<3>({9, 4, 4}, {5, 1, 1}, 5)));
}

TEST(distribution, a_hundred_thousand_ranks) {
  block_distribution<2> const distribution({1'000'003, 2'000'003}, {250, 400}, 100'000);
  static_assert(sizeof(distribution) <= 512);
  for (int rank = 0; rank < 100'000; rank += 997) {
    index_array<2> const first = distribution.tile_first(rank), shape = distribution.tile_shape(rank);
    EXPECT_EQ(distribution.locate(first), (element_place{rank, 0}));
    EXPECT_EQ(distribution.locate({first[0] + shape[0] - 1, first[1] + shape[1] - 1}),
              (element_place{rank, shape[0] * shape[1] - 1}));
  }
}

template <std::size_t N>
std::string refusal(index_array<N> const& shape, index_array<N> const& grid, int ranks) {
  try {
    static_cast<void>(block_distribution<N>(shape, process_grid<N>(grid), ranks));
  } catch (argument_error const& e) {
    return e.what();
  }
  return "accepted";
}

TEST(distribution, a_grid_that_does_not_fit_is_refused) {
  EXPECT_EQ(refusal<2>({4, 4}, {2, 3}, 4), "process grid (2, 3) does not have as many places as there are ranks, 4");
  EXPECT_EQ(refusal<2>({4, 4}, {1, 3}, 4), "process grid (1, 3) does not have as many places as there are ranks, 4");
  EXPECT_EQ(refusal<2>({4, 4}, {0, 4}, 4), "process grid (0, 4) for 4 ranks: every extent must be at least 1");
  EXPECT_EQ(refusal<2>({4, 4}, {-2, -2}, 4), "process grid (-2, -2) for 4 ranks: every extent must be at least 1");
  std::int64_t const half = std::int64_t{1} << 32;
  EXPECT_EQ(refusal<2>({4, 4}, {half, half}, 0),
            "process grid (4294967296, 4294967296) does not have as many places as there are ranks, 0");
  EXPECT_EQ(refusal<2>({4, 4}, {half + 4, 1}, 4),
            "process grid (4294967300, 1) does not have as many places as there are ranks, 4");
  EXPECT_THROW(static_cast<void>(block_distribution<1>({4}, 0)), argument_error);
}

TEST(distribution, bad_shapes_and_ranks_are_refused) {
  EXPECT_EQ(refusal<2>({4, -1}, {2, 2}, 4), "shape (4, -1) has a negative extent");
  EXPECT_NE(refusal<2>({std::int64_t{1} << 32, std::int64_t{1} << 32}, {2, 2}, 4), "accepted");
  for (int const rank : {-1, 4}) try {
      static_cast<void>(quarters.tile_shape(rank));
      ADD_FAILURE() << "rank " << rank << " was accepted";
    } catch (argument_error const& e) {
      EXPECT_EQ(e.what(), "rank " + std::to_string(rank) + " is not one of the 4 ranks of a distribution");
    }
}

} // namespace
} // namespace armada
