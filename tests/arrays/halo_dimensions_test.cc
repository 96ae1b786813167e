#include "padded_oracle.hpp"
#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>

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

/// Whatever ends, widths and parts come together.
TEST(halo_dimensions, random_halos_in_three_dimensions) {
  std::mt19937 random(7); // the same on every rank
  auto const below = [&](int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); };
  auto const end = [&](std::size_t d, bool above) -> boundary {
    int const chosen = below(5);
    return chosen == 4 ? boundary::fixed(fixed_value(d, above)) : boundary(static_cast<boundary::kind>(chosen));
  };
  for (int trial = 0; trial < 60; ++trial) {
    halo_options<3> options;
    index_array<3> shape{};
    cut_array<3> cuts;
    ghost_cells<3> room;
    int const uncut = below(3);
    for (std::size_t d = 0; d < 3; ++d) {
      shape[d] = 2 + below(7);
      if (static_cast<int>(d) == uncut) cuts[d] = whole;
      options.width.lower[d] = below(3);
      options.width.upper[d] = below(3);
      room.lower[d] = options.width.lower[d] + below(2);
      room.upper[d] = options.width.upper[d] + below(2);
      options.boundary[d] = {end(d, false), end(d, true)};
    }
    options.corners = below(2) == 0;
    SCOPED_TRACE(trial);
    expect_halo<double, 3, storage_order::column_major>(shape, cuts, room, options);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(halo_dimensions, seven_dimensions) {
  expect_halo<signed char, 7>({4, 2, 1, 4, 1, 2, 2}, {block, whole, whole, block, whole, whole, whole},
                              ghost_cells{1, 1, 0, 1, 0, 0, 1},
                              {.width = {1, 1, 0, 1, 0, 0, 1},
                               .periodic = {true, true, false, true},
                               .boundary = {{{}, {}, {}, {}, {}, {}, boundary::mirrored}},
                               .corners = true});
}

TEST(halo_dimensions, fixed_values_are_numbers_that_the_elements_can_hold) {
  EXPECT_EQ(boundary::fixed(-128).value<std::int8_t>(), -128);
  EXPECT_EQ(boundary::fixed(255).value<std::uint8_t>(), 255);
  EXPECT_EQ(boundary::fixed(1).value<bool>(), true);
  EXPECT_EQ(boundary::fixed(7).value<float>(), 7.0F);
  EXPECT_EQ(boundary::fixed(0.1).value<float>(), 0.1F);
  double const infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(boundary::fixed(-infinity).value<float>(), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(boundary::fixed(std::nan("")).value<float>()));
  EXPECT_THROW(static_cast<void>(boundary::fixed(300).value<std::int8_t>()), argument_error);
  EXPECT_THROW(static_cast<void>(boundary::fixed(-1).value<std::uint32_t>()), argument_error);
  EXPECT_THROW(static_cast<void>(boundary::fixed(2).value<bool>()), argument_error);
  EXPECT_THROW(static_cast<void>(boundary::fixed(1e300).value<float>()), argument_error);
  distributed_array<std::int8_t, 1> a(world(), {4 * world().size()}, ghost_cells{1});
  EXPECT_TRUE(support::throws<argument_error>(
      [&] { return halo<1>(a, {.width = {1}, .boundary = {boundary::fixed(300)}}); }, {"cannot hold 300"}));
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
