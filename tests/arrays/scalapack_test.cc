#include <armada/arrays/scalapack.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace armada {
namespace {

using support::throws;
constexpr auto columns_first = storage_order::column_major;

// ScaLAPACK's own arithmetic, with the first process 0; indices from 0 as in C.
int indxg2p(int index, int block, int processes) { return index / block % processes; }
int indxg2l(int index, int block, int processes) { return index / (block * processes) * block + index % block; }
int numroc(int extent, int block, int process, int processes) {
  int count = 0;
  for (int i = 0; i < extent; ++i)
    if (indxg2p(i, block, processes) == process) ++count;
  return count;
}

/// Every rank's descriptor, and every element's place by it, against the distribution's own.
void expect_same(distribution<2> const& spread) {
  SCOPED_TRACE(spread.describe());
  auto const shape = spread.shape(), grid = spread.grid().extents;
  auto const rows = static_cast<int>(grid[0]), columns = static_cast<int>(grid[1]);
  for (int rank = 0; rank < spread.ranks(); ++rank) {
    auto const d = scalapack_descriptor(spread, rank, 77);
    EXPECT_EQ(d[0], 1);
    EXPECT_EQ(d[1], 77);
    EXPECT_EQ(d[2], shape[0]);
    EXPECT_EQ(d[3], shape[1]);
    ASSERT_GE(d[4], 1);
    ASSERT_GE(d[5], 1);
    EXPECT_EQ(d[6], 0);
    EXPECT_EQ(d[7], 0);
    EXPECT_EQ(d[8], std::max(1, numroc(d[2], d[4], rank / columns, rows)));
    EXPECT_EQ(spread.tile_shape(rank)[1], numroc(d[3], d[5], rank % columns, columns));
    for (int i = 0; i < shape[0]; ++i)
      for (int j = 0; j < shape[1]; ++j) {
        int const owner = indxg2p(i, d[4], rows) * columns + indxg2p(j, d[5], columns);
        if (owner != rank) continue;
        int const offset = indxg2l(i, d[4], rows) + indxg2l(j, d[5], columns) * d[8];
        EXPECT_EQ(spread.locate({i, j}), (element_place{owner, offset})) << i << ", " << j;
      }
  }
  int owned = 0; // by ScaLAPACK's arithmetic every element has one owner, so that none was left out
  for (int rank = 0; rank < spread.ranks(); ++rank) {
    auto const tile = spread.tile_shape(rank);
    owned += static_cast<int>(tile[0] * tile[1]);
  }
  EXPECT_EQ(owned, shape[0] * shape[1]);
}

TEST(scalapack, nine_numbers) {
  distribution<2> const spread({1000, 70}, {block_cyclic(64), block_cyclic(32)}, process_grid{2, 3}, 6, columns_first);
  EXPECT_EQ(scalapack_descriptor(spread, 0, 5), (std::array{1, 5, 1000, 70, 64, 32, 0, 0, 512}));
  EXPECT_EQ(scalapack_descriptor(spread, 5, 5), (std::array{1, 5, 1000, 70, 64, 32, 0, 0, 488}));
}

TEST(scalapack, places_agree_with_its_arithmetic) {
  std::vector<cut> const cuts{block, cyclic, block_cyclic(2), block_cyclic(5), irregular({0, 4, 8, 12, 13})};
  for (auto const& shape : {index_array<2>{13, 12}, index_array<2>{13, 3}, index_array<2>{13, 0}})
    for (cut const& along_rows : cuts)
      for (cut const& along_columns : {cut(cyclic), cut(block_cyclic(3)), cut(block)})
        for (auto const& grid : {process_grid{4, 1}, process_grid{4, 3}}) {
          if (along_rows.what() == cut::kind::balanced) continue; // 13 rows on 4: see below
          expect_same({shape,
                       {along_rows, along_columns},
                       grid,
                       static_cast<int>(grid.extents[0] * grid.extents[1]),
                       columns_first});
        }
  expect_same({{12, 9}, {block, whole}, process_grid{4, 1}, 4, columns_first});
  expect_same({{15, 9}, {block, block}, process_grid{4, 1}, 4, columns_first});
  expect_same({{3, 9}, {block, block}, process_grid{4, 2}, 8, columns_first}); // more ranks than rows
  expect_same({{13, 9}, {whole, block_cyclic(100)}, process_grid{1, 3}, 3, columns_first});
}

TEST(scalapack, what_it_cannot_say) {
  auto const refused = [](distribution<2> const& spread, std::initializer_list<std::string_view> parts) {
    return throws<unsupported>([&] { return scalapack_descriptor(spread, 0, 0); }, parts);
  };
  EXPECT_TRUE(refused({{13, 4}, {block, whole}, process_grid{4, 1}, 4, columns_first},
                      {"scalapack_descriptor", "dimension 0", "block in 4 parts", "(4, 1) grid"}));
  EXPECT_TRUE(refused({{4, 13}, {block, irregular({0, 3, 13})}, process_grid{2, 2}, 4, columns_first},
                      {"dimension 1", "irregular(0, 3, 13)"}));
  EXPECT_TRUE(refused({{8, 8}, {cyclic, cyclic}, process_grid{2, 2}, 4}, {"row-major", "column_major"}));
  EXPECT_TRUE(refused({{std::int64_t{1} << 31, 1}, {cyclic, cyclic}, process_grid{2, 2}, 4, columns_first},
                      {"rows", "2147483648"}));
  EXPECT_TRUE(throws<argument_error>(
      [] {
        return scalapack_descriptor({{8, 8}, {cyclic, cyclic}, process_grid{2, 2}, 4, columns_first}, 4, 0);
      },
      {"rank 4"}));
}

TEST(scalapack, of_an_array) {
  int const ranks = world().size();
  distributed_array<double, 2, columns_first> const a(world(), {40, 30}, {block_cyclic(4), block_cyclic(8)},
                                                      process_grid{1, ranks});
  EXPECT_EQ(scalapack_descriptor(a, 3), (std::array{1, 3, 40, 30, 4, 8, 0, 0, 40}));
  distributed_array<float, 2> const rows(world(), {40, 30});
  EXPECT_TRUE(throws<unsupported>([&] { return scalapack_descriptor(rows, 0); }, {rows.describe(), "row-major"}));
}

} // namespace
} // namespace armada
