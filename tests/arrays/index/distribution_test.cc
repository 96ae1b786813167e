#include <armada/arrays/index/distribution.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(row_grid<3>(4) == process_grid{4, 1, 1});

distribution<2> quarters() { return {{5, 7}, process_grid{2, 2}, 4}; }

/// Lays every element of `shape` into tiles, part by part and in rising order of the indices, and compares every query.
template <std::size_t N>
void expect_definition(distribution<N> const& tried) {
  SCOPED_TRACE(tried.describe() + " of " + detail::tuple_text(tried.shape()));
  auto const grid = tried.grid().extents;
  std::int64_t covered = 0;
  for (int rank = 0; rank < tried.ranks(); ++rank) {
    std::array<std::vector<std::int64_t>, N> owned; // indices of each dimension
    std::int64_t rest = rank;
    for (std::size_t d = N; d-- > 0; rest /= grid[d])
      for (std::int64_t i = 0; i < tried.shape()[d]; ++i)
        if (tried.along(d).locate(i).part == rest % grid[d]) owned[d].push_back(i);
    index_array<N> count{};
    for (std::size_t d = 0; d < N; ++d) count[d] = std::ssize(owned[d]);
    ASSERT_EQ(tried.tile_shape(rank), count);
    std::int64_t const volume = checked_volume(count);
    ASSERT_EQ(tried.tile_volume(rank), volume);
    std::vector<index_array<N>> by_boxes;
    for (box<N> const& range : tried.boxes_of(rank)) {
      auto const shape = range.shape();
      ASSERT_FALSE(range.empty());
      for (std::int64_t k = 0; k < checked_volume(shape); ++k) {
        index_array<N> index{};
        std::int64_t left = k;
        for (std::size_t d = N; d-- > 0; left /= shape[d]) index[d] = range.dimensions[d][left % shape[d]];
        by_boxes.push_back(index);
      }
    }
    ASSERT_EQ(std::ssize(by_boxes), volume);
    std::set<index_array<N>> seen(by_boxes.begin(), by_boxes.end());
    ASSERT_EQ(std::ssize(seen), volume);
    if (tried.has_boxes()) {
      ASSERT_EQ(tried.range_of(rank).shape(), count);
      ASSERT_LE(tried.boxes_of(rank).size(), 1U);
      if (volume > 0) {
        ASSERT_EQ(tried.range_of(rank), tried.boxes_of(rank).front());
      }
    } else {
      EXPECT_THROW(static_cast<void>(tried.range_of(rank)), argument_error);
    }
    for (std::int64_t offset = 0; offset < volume; ++offset, ++covered) {
      index_array<N> local{}, index{};
      std::int64_t left = offset;
      for (std::size_t k = 0; k < N; ++k) {
        std::size_t const d = tried.order() == storage_order::row_major ? N - 1 - k : k;
        local[d] = left % count[d];
        left /= count[d];
        index[d] = owned[d][static_cast<std::size_t>(local[d])];
      }
      ASSERT_EQ(tried.locate(index), (element_place{rank, offset})) << detail::tuple_text(index);
      ASSERT_EQ(tried.owner(index), rank);
      ASSERT_EQ(tried.global(rank, local), index);
      ASSERT_EQ(dot(local, tried.tile_strides(count)), offset);
      ASSERT_TRUE(seen.contains(index));
    }
  }
  ASSERT_EQ(covered, checked_volume(tried.shape()));
}

TEST(distribution, blocks_spelt_out) {
  EXPECT_EQ(quarters().shape(), (index_array<2>{5, 7}));
  EXPECT_EQ(quarters().grid(), (process_grid{2, 2}));
  EXPECT_EQ(quarters().tile_shape(3), (index_array<2>{2, 3}));
  EXPECT_EQ(quarters().range_of(3), (box<2>{interval{3, 2, 1}, interval{4, 3, 1}}));
  EXPECT_EQ(quarters().owner({3, 4}), 3);
  EXPECT_EQ(quarters().locate({4, 6}), (element_place{3, 5}));
  EXPECT_EQ(quarters().describe(), "block, block on a (2, 2) grid");
  EXPECT_EQ((distribution<2>({5, 7}, 4).grid()), (process_grid{4, 1}));
  EXPECT_FALSE(distribution<2>({5, 7}, 4) == quarters());
  EXPECT_EQ((distribution<3>({9, 4, 4}, 5)), (distribution<3>({9, 4, 4}, process_grid{5, 1, 1}, 5)));
}

TEST(distribution, one_dimension) {
  for (std::int64_t extent = 0; extent < 18; ++extent)
    for (int ranks = 1; ranks < 20; ++ranks)
      for (cut const& how : {cut(block), cut(cyclic), block_cyclic(3)}) expect_definition<1>({{extent}, {how}, ranks});
}

TEST(distribution, two_dimensions) {
  for (std::int64_t const rows : {0, 1, 4, 9, 17})
    for (std::int64_t const columns : {0, 1, 5, 16})
      for (process_grid<2> const& grid : {process_grid{1, 1}, {4, 1}, {1, 4}, {2, 2}, {3, 5}, {20, 1}})
        for (cut_array<2> const& cuts :
             {cut_array<2>{block, block}, {block_cyclic(2), block_cyclic(3)}, {cyclic, block}, {block, cyclic}})
          for (auto const order : {storage_order::row_major, storage_order::column_major})
            expect_definition<2>(
                {{rows, columns}, cuts, grid, static_cast<int>(grid.extents[0] * grid.extents[1]), order});
}

TEST(distribution, irregular_and_whole) {
  expect_definition<2>({{7, 5}, {irregular({0, 1, 1, 7}), whole}, 3});
  expect_definition<3>({{6, 7, 5}, {whole, irregular({0, 4, 7}), cyclic}, 4, storage_order::column_major});
  EXPECT_EQ((distribution<2>({7, 5}, {irregular({0, 1, 7}), block}, 6).grid()), (process_grid{2, 3}));
}

TEST(distribution, three_and_more_dimensions) {
  for (std::int64_t extent = 0; extent < 8; ++extent)
    for (process_grid<3> const& grid : {process_grid{1, 1, 1}, {2, 2, 2}, {1, 3, 2}, {5, 1, 1}, {1, 1, 9}})
      expect_definition<3>({{extent, 5, 6}, grid, static_cast<int>(checked_volume(grid.extents))});
  expect_definition<7>({{2, 3, 1, 4, 2, 1, 3}, {block, cyclic, block, block_cyclic(2), whole, block, cyclic}, 12});
}

TEST(distribution, ghost_cells_lie_around_each_tile) {
  ghost_cells<3> const ghosts({1, 0, 2}, {0, 3, 1});
  for (auto const order : {storage_order::row_major, storage_order::column_major}) {
    cut_array<3> const cuts{block, cyclic, irregular({0, 1, 6})};
    distribution<3> const dense({5, 4, 6}, cuts, process_grid{2, 2, 2}, 8, order);
    distribution<3> const padded({5, 4, 6}, cuts, process_grid{2, 2, 2}, 8, order, ghosts);
    EXPECT_EQ(padded.ghosts(), ghosts);
    EXPECT_FALSE(padded.is_plain());
    EXPECT_FALSE(padded == dense);
    EXPECT_TRUE(same_parts(padded, dense));
    EXPECT_TRUE(padded.describe().ends_with(", with ghost cells"));
    for (int rank = 0; rank < 8; ++rank) {
      auto const tile = dense.tile_shape(rank);
      ASSERT_EQ(padded.tile_shape(rank), tile);
      index_array<3> const memory{tile[0] + 1, tile[1] + 3, tile[2] + 3};
      ASSERT_EQ(padded.padded_shape(rank), memory);
      for (std::int64_t k = 0; k < dense.tile_volume(rank); ++k) {
        auto const local = dense.local_index(rank, k), index = dense.global(rank, local);
        std::int64_t const i = local[0] + 1, j = local[1], m = local[2] + 2;
        std::int64_t const offset = order == storage_order::row_major ? (i * memory[1] + j) * memory[2] + m
                                                                      : i + memory[0] * (j + memory[1] * m);
        ASSERT_EQ(padded.locate(index), (element_place{rank, offset}));
        ASSERT_EQ(padded.local_index(rank, offset), local);
        ASSERT_EQ(padded.tile_begin(tile) + dot(local, padded.tile_strides(tile)), offset);
      }
    }
  }
  distribution<2> const plain({4, 4}, {}, process_grid{2, 2}, 4, storage_order::row_major, ghost_cells{0, 0});
  EXPECT_TRUE(plain.is_plain());
  EXPECT_THROW((distribution<1>({4}, {}, process_grid<1>(1), 1, storage_order::row_major, ghost_cells{-1})),
               argument_error);
  auto const huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_THROW((distribution<1>({4}, {}, process_grid<1>(1), 1, storage_order::row_major, ghost_cells{huge})),
               argument_error);
}

TEST(distribution, the_balanced_grid_shortens_the_longest) {
  auto const grid = [](index_array<2> const& shape, int ranks, cut_array<2> const& cuts = {}) {
    return balanced_grid(shape, cuts, ranks).extents;
  };
  EXPECT_EQ(grid({100, 100}, 4), (index_array<2>{2, 2}));
  EXPECT_EQ(grid({100, 100}, 6), (index_array<2>{3, 2}));
  EXPECT_EQ(grid({100, 10}, 6), (index_array<2>{6, 1}));
  EXPECT_EQ(grid({10, 100}, 7), (index_array<2>{1, 7}));
  EXPECT_EQ(grid({100, 100}, 1), (index_array<2>{1, 1}));
  EXPECT_EQ(grid({100, 10}, 6, {whole, block}), (index_array<2>{1, 6}));
  EXPECT_EQ(grid({0, 0}, 4), (index_array<2>{4, 1}));
  for (int ranks = 1; ranks < 300; ++ranks) EXPECT_EQ(checked_volume(grid({1000, 800}, ranks)), ranks);
}

TEST(distribution, tiles_name_every_owner) {
  auto const tiles = distribution<1>({10}, {block_cyclic(3)}, 2).tiles();
  EXPECT_EQ(
      tiles,
      (std::vector<owned_box<1>>{
          {0, {interval{0, 3, 1}}}, {0, {interval{6, 3, 1}}}, {1, {interval{3, 3, 1}}}, {1, {interval{9, 1, 1}}}}));
  EXPECT_EQ((distribution<1>({5}, {cyclic}, 2).tiles()),
            (std::vector<owned_box<1>>{{0, {interval{0, 3, 2}}}, {1, {interval{1, 2, 2}}}}));
  EXPECT_TRUE((distribution<1>({0}, {cyclic}, 2).tiles().empty()));
}

/// Memory and answers do not grow with the ranks.
TEST(distribution, a_hundred_thousand_ranks) {
  static_assert(sizeof(distribution<2>) <= 512);
  for (cut_array<2> const& cuts : {cut_array<2>{block, block}, {block_cyclic(64), cyclic}}) {
    distribution<2> const tried({1'000'003, 2'000'003}, cuts, process_grid{250, 400}, 100'000);
    for (int rank = 0; rank < 100'000; rank += 997) {
      index_array<2> const shape = tried.tile_shape(rank);
      EXPECT_EQ(tried.locate(tried.global(rank, {0, 0})), (element_place{rank, 0}));
      EXPECT_EQ(tried.locate(tried.global(rank, {shape[0] - 1, shape[1] - 1})),
                (element_place{rank, shape[0] * shape[1] - 1}));
    }
  }
}

template <std::size_t N>
std::string refusal(index_array<N> const& shape, index_array<N> const& grid, int ranks) {
  try {
    static_cast<void>(distribution<N>(shape, process_grid<N>(grid), ranks));
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
  EXPECT_THROW(static_cast<void>(distribution<1>({4}, 0)), argument_error);
}

TEST(distribution, cuts_without_a_grid_are_refused) {
  try {
    static_cast<void>(distribution<2>({6, 4}, {irregular({0, 2, 4, 6}), block}, 4));
    ADD_FAILURE() << "accepted";
  } catch (argument_error const& e) {
    EXPECT_STREQ(e.what(), "there is no grid of 4 ranks for the cuts (irregular(0, 2, 4, 6), block)");
  }
  EXPECT_THROW(static_cast<void>(distribution<2>({6, 4}, {whole, whole}, 2)), argument_error);
}

TEST(distribution, bad_shapes_and_ranks_are_refused) {
  EXPECT_EQ(refusal<2>({4, -1}, {2, 2}, 4), "shape (4, -1) has a negative extent");
  EXPECT_NE(refusal<2>({std::int64_t{1} << 32, std::int64_t{1} << 32}, {2, 2}, 4), "accepted");
  for (int const rank : {-1, 4}) try {
      static_cast<void>(quarters().tile_shape(rank));
      ADD_FAILURE() << "rank " << rank << " was accepted";
    } catch (argument_error const& e) {
      EXPECT_EQ(e.what(), "rank " + std::to_string(rank) + " is not one of the 4 ranks of a distribution");
    }
}

} // namespace
} // namespace armada
