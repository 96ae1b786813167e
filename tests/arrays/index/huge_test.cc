/// Selections of arrays with more elements than 32 bits count, planned without memory.

#include <armada/arrays/index/pieces.hpp>

#include <array>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::int64_t K = 1024;

/// Every piece has an owner and lies within its tile; all together have as many elements as the selection.
template <std::size_t N>
std::int64_t expect_within_tiles(distribution<N> const& spread, box<N> const& selected) {
  std::int64_t elements = 0, pieces = 0;
  for_each_piece(spread, selected, [&](piece<N> const& each) {
    ++pieces;
    elements += checked_volume(each.count);
    std::int64_t low = each.tile_offset, high = low;
    index_array<N> at{};
    for (std::size_t d = 0; d < N; ++d) {
      auto const reach = (each.count[d] - 1) * each.tile_stride[d];
      (reach < 0 ? low : high) += reach;
      auto const& along = selected.dimensions[d];
      at[d] = along[each.first[d]];
    }
    EXPECT_GE(low, 0);
    EXPECT_LT(high, spread.tile_volume(each.owner));
    EXPECT_EQ(spread.locate(at), (element_place{each.owner, each.tile_offset}));
  });
  EXPECT_EQ(elements, selected.volume());
  return pieces;
}

TEST(huge, planes_of_a_tebi_elements) {
  distribution<2> const rows({K * K, K * K}, 1000);
  EXPECT_EQ(rows.tile_volume(0), 1049 * K * K);
  EXPECT_EQ(expect_within_tiles(rows, whole_box<2>({K * K, K * K})), 1000);
  EXPECT_EQ(expect_within_tiles(rows, box<2>{{interval{K * K - 1, K * K / 2, -2}, interval{7, K * K / 4, 3}}}), 1000);
  distribution<2> const dealt({K * K, K * K}, {block_cyclic(64), cyclic}, process_grid<2>{30, 40}, 1200,
                              storage_order::column_major);
  EXPECT_EQ(expect_within_tiles(dealt, box<2>{{interval{K * K - 100, 100, 1}, interval{K * K - 1, 3, -K}}}), 2 * 3);
  EXPECT_EQ(dealt.locate({K * K - 1, K * K - 1}).rank, (K * K - 1) / 64 % 30 * 40 + (K * K - 1) % 40);
}

TEST(huge, seven_dimensions_of_a_tebi_elements) {
  index_array<7> const shape{64, 64, 64, 64, 64, 32, 32};
  ASSERT_EQ(checked_volume(shape), std::int64_t{1} << 40);
  distribution<7> const spread(shape, cut_array<7>{}, process_grid<7>{index_array<7>{2, 1, 2, 1, 2, 1, 2}}, 16);
  EXPECT_EQ(spread.tile_volume(15), std::int64_t{1} << 36);
  EXPECT_EQ(expect_within_tiles(spread, whole_box<7>(shape)), 16);
  box<7> backwards;
  for (std::size_t d = 0; d < 7; ++d) backwards.dimensions[d] = {shape[d] - 1, shape[d] / 3, -3};
  EXPECT_EQ(expect_within_tiles(spread, backwards), 16);
}

} // namespace
} // namespace armada
