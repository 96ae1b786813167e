#include "padded_oracle.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <cstdint>

namespace armada {
namespace {

TEST(halo_dimensions, one_dimension_of_small_elements) {
  for (int width = 0; width <= 3; ++width)
    for (auto const& ends : {boundaries(boundary::periodic), boundaries(boundary::mirrored),
                             boundaries(boundary::fixed(50), boundary::fixed(60))})
      expect_halo<short, 1>({13}, {block}, ghost_cells{3}, {.width = {width}, .boundary = {ends}});
}

TEST(halo_dimensions, three_dimensions_by_columns) {
  for (bool const corners : {false, true})
    expect_halo<double, 3, storage_order::column_major>(
        {5, 6, 7}, {block, whole, block}, ghost_cells{2, 1, 1},
        {.width = {2, 1, 1},
         .boundary = {boundary::periodic, boundary::reflected, boundary::mirrored},
         .corners = corners});
}

TEST(halo_dimensions, seven_dimensions) {
  expect_halo<signed char, 7>({4, 2, 1, 4, 1, 2, 2}, {block, whole, whole, block, whole, whole, whole},
                              ghost_cells{1, 1, 0, 1, 0, 0, 1},
                              {.width = {1, 1, 0, 1, 0, 0, 1},
                               .periodic = {true, true, false, true},
                               .boundary = {{{}, {}, {}, {}, {}, {}, boundary::mirrored}},
                               .corners = true});
}

TEST(halo_dimensions, structures) {
  struct cell {
    float density;
    std::int64_t count;
  };
  distributed_array<cell, 1> a(world(), {8}, ghost_cells{1});
  for_each_owned(a, [](auto const& index, cell& element) { element = {0.5F, index[0]}; });
  halo<1> edges(a, {.width = {1}, .boundary = {boundaries(boundary::fixed(cell{2.5F, -3}), boundary::mirrored)}});
  edges.exchange();
  auto const tile = a.padded();
  auto const [first, count, step] = a.local_range().dimensions[0];
  EXPECT_EQ(tile(0).count, first == 0 ? -3 : first - 1);
  EXPECT_EQ(tile(0).density, first == 0 ? 2.5F : 0.5F);
  EXPECT_EQ(tile(static_cast<std::size_t>(count) + 1).count, std::min<std::int64_t>(first + count, 7));
}

} // namespace
} // namespace armada
