#include <armada/core/cartesian.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;
using list = std::vector<int>;
using flags = std::vector<bool>;

static_assert(std::is_base_of_v<communicator, cartesian> && !std::is_copy_constructible_v<cartesian>);
static_assert(std::is_nothrow_move_constructible_v<cartesian>);
static_assert(!std::is_convertible_v<communicator, cartesian>, "not every communicator is a grid");

int places(list const& dims) { return std::accumulate(dims.begin(), dims.end(), 1, std::multiplies()); }

/// The coordinates of a rank, row by row.
list serial_coords(list const& dims, int rank) {
  list coords(dims.size());
  for (std::size_t i = dims.size(); i-- > 0; rank /= dims[i]) coords[i] = rank % dims[i];
  return coords;
}

/// Grids of one to three dimensions that the world's ranks can hold, with every choice of rings.
void for_each_grid(std::function<void(cartesian const&, list const&, flags const&)> const& visit) {
  int const size = world().size();
  std::vector<list> shapes = {{}, {size}, {1, size}, {size, 1, 1}, {1}};
  if (size % 2 == 0) shapes.insert(shapes.end(), {{2, size / 2}, {size / 2, 1, 2}});
  if (size > 2) shapes.push_back({size - 1});
  for (auto const& dims : shapes)
    for (unsigned bits = 0; bits < 1U << dims.size(); ++bits) {
      flags periodic;
      for (std::size_t i = 0; i < dims.size(); ++i) periodic.push_back((bits >> i & 1U) != 0);
      cartesian const grid(world(), {.dims = dims, .periodic = periodic});
      EXPECT_EQ(static_cast<bool>(grid), world().rank() < places(dims));
      if (grid) visit(grid, dims, periodic);
    }
}

TEST(cartesian, coordinates_count_row_by_row) {
  for_each_grid([](cartesian const& grid, list const& dims, flags const& periodic) {
    EXPECT_EQ(grid.size(), places(dims));
    EXPECT_EQ(grid.dims(), dims);
    EXPECT_EQ(grid.periodic(), periodic);
    EXPECT_EQ(grid.topology(), topology_kind::cartesian);
    EXPECT_EQ(grid.coords(), serial_coords(dims, grid.rank()));
    for (int rank = 0; rank < grid.size(); ++rank) {
      EXPECT_EQ(grid.coords(rank), serial_coords(dims, rank));
      EXPECT_EQ(grid.rank(serial_coords(dims, rank)), rank);
    }
  });
}

TEST(cartesian, rings_wrap_and_open_ends_throw) {
  for_each_grid([](cartesian const& grid, list const& dims, flags const& periodic) {
    for (std::size_t i = 0; i < dims.size(); ++i)
      for (int beyond : {-1, -5 * dims[i], dims[i], 2 * dims[i] + 1, 2'000'000'000, -2'000'000'000}) {
        auto coords = grid.coords();
        coords[i] = beyond;
        if (!periodic[i]) {
          EXPECT_TRUE(
              throws<index_error>([&] { return grid.rank(coords); },
                                  {"coordinate " + std::to_string(beyond) + " in dimension " + std::to_string(i) +
                                   " is not between 0 and " + std::to_string(dims[i] - 1)}));
          continue;
        }
        auto inside = coords;
        inside[i] = ((beyond % dims[i]) + dims[i]) % dims[i];
        EXPECT_EQ(grid.rank(coords), grid.rank(inside));
      }
  });
}

TEST(cartesian, shifts_are_those_of_mpi) {
  for_each_grid([](cartesian const& grid, list const& dims, flags const&) {
    list expected;
    for (int dim = 0; dim < static_cast<int>(dims.size()); ++dim)
      for (int displacement : {-3, -2, -1, 0, 1, 2, 5}) {
        int source = -1;
        int dest = -1;
        MPI_Cart_shift(grid.raw(), dim, displacement, &source, &dest);
        auto const shifted = grid.shift(dim, displacement);
        EXPECT_EQ(shifted.source, source) << "dimension " << dim << " by " << displacement;
        EXPECT_EQ(shifted.dest, dest) << "dimension " << dim << " by " << displacement;
        if (displacement == 1) expected.insert(expected.end(), {source, dest});
      }
    EXPECT_EQ(grid.neighbours(), expected);
  });
}

TEST(cartesian, a_long_shift_does_not_overflow) {
  cartesian const ring(world(), {.dims = {world().size()}, .periodic = {true}});
  auto const [source, dest] = ring.shift(0, 2'147'483'647);
  std::int64_t const size = world().size();
  EXPECT_EQ(dest, (world().rank() + std::int64_t{2'147'483'647}) % size);
  EXPECT_EQ((source + std::int64_t{2'147'483'647}) % size, world().rank());
  cartesian const line(world(), {.dims = {world().size()}});
  EXPECT_EQ(line.shift(0, -2'147'483'647 - 1).dest, MPI_PROC_NULL);
}

TEST(cartesian, zeros_are_chosen) {
  cartesian const grid(world(), {.dims = {0, 0}, .periodic = {true, false}});
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid.dims(), dims_create(world().size(), {0, 0}));
  EXPECT_EQ(grid.name(), "world/grid");
}

TEST(cartesian, a_fixed_extent_leaves_ranks_over) {
  int const size = world().size();
  for (int fixed = 1; fixed <= size; ++fixed) {
    cartesian const grid(world(), {.dims = {0, fixed}});
    EXPECT_EQ(static_cast<bool>(grid), world().rank() < size / fixed * fixed);
    if (grid) {
      EXPECT_EQ(grid.dims(), (list{size / fixed, fixed}));
    } else {
      EXPECT_TRUE(throws<lifecycle_error>([&] { return grid.raw(); }));
    }
  }
}

TEST(cartesian, parts_hold_the_ranks_with_equal_coordinates) {
  for_each_grid([](cartesian const& grid, list const& dims, flags const& periodic) {
    for (unsigned bits = 0; bits < 1U << dims.size(); ++bits) {
      flags keep;
      list kept_dims;
      list kept_coords;
      flags kept_rings;
      for (std::size_t i = 0; i < dims.size(); ++i) {
        keep.push_back((bits >> i & 1U) != 0);
        if (!keep.back()) continue;
        kept_dims.push_back(dims[i]);
        kept_coords.push_back(grid.coords()[i]);
        kept_rings.push_back(periodic[i]);
      }
      cartesian const part = grid.sub(keep);
      EXPECT_EQ(part.dims(), kept_dims);
      EXPECT_EQ(part.periodic(), kept_rings);
      EXPECT_EQ(part.coords(), kept_coords);
      int sum = grid.rank() - part.rank();
      int const mine = sum;
      MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_MAX, part.raw());
      if (bits + 1 == 1U << dims.size()) {
        EXPECT_EQ(sum, mine) << "all of the grid";
      }
    }
  });
}

TEST(cartesian, a_duplicate_is_a_grid_again) {
  cartesian const grid(world(), {.dims = {world().size()}, .periodic = {true}});
  communicator copy = grid.dup();
  EXPECT_EQ(copy.topology(), topology_kind::cartesian);
  MPI_Comm const raw = copy.raw();
  cartesian const again(std::move(copy));
  EXPECT_EQ(again.raw(), raw);
  EXPECT_EQ(again.dims(), grid.dims());
  EXPECT_EQ(again.periodic(), grid.periodic());
  EXPECT_EQ(cartesian(communicator::borrow(grid.raw())).dims(), grid.dims());
  EXPECT_TRUE(throws<argument_error>([] { return cartesian(world().dup()).size(); }, {"\"world\"", "it is no grid"}));
}

TEST(cartesian, wrong_options_throw_on_every_rank) {
  int const size = world().size();
  auto make = [](grid_options const& options) { return cartesian(world(), options).size(); };
  EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = {size + 1}}); },
                                     {"has more than " + std::to_string(size) + " places"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = {100'000, 100'000, 100'000}}); }, {"has more than"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = {1, -2}}); }, {"dims are (1, -2)"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return make({.dims = {1, 1}, .periodic = {true}});
      },
      {"periodic has 1 entries for 2 dimensions"}));
  bool const odd = world().rank() == size - 1;
  EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = {odd ? -1 : 1}}); },
                                     {size > 1 ? "rank " + std::to_string(size - 1) + ": " : "cartesian"}));
  if (size > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = odd ? list{1} : list{1, 1}}); }, {"length"}));
    EXPECT_TRUE(throws<argument_error>([&] { return make({.dims = {1}, .periodic = {odd}}); }, {"the options of"}));
  }
}

TEST(cartesian, wrong_questions_are_named) {
  cartesian const grid(world(), {.dims = {world().size()}});
  EXPECT_TRUE(throws<argument_error>([&] { return grid.rank(list{0, 0}); }, {"2 coordinates for 1 dimensions"}));
  EXPECT_TRUE(throws<argument_error>([&] { return grid.coords(world().size()); }, {"coords", "is not a rank of"}));
  EXPECT_TRUE(throws<argument_error>([&] { return grid.shift(1, 1).dest; }, {"dimension 1 of 1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return grid.shift(-1, 1).dest; }));
  EXPECT_TRUE(throws<argument_error>([&] { return grid.sub({true, false}).size(); }, {"keep has 2 entries"}));
}

TEST(cartesian, dims_create_is_even) {
  EXPECT_EQ(dims_create(12, {0, 0}), (list{4, 3}));
  EXPECT_EQ(dims_create(12, {0, 2, 0}), (list{3, 2, 2}));
  EXPECT_EQ(dims_create(7, {0}), list{7});
  EXPECT_EQ(dims_create(6, {2, 3}), (list{2, 3}));
  EXPECT_EQ(dims_create(1, {}), list{});
  EXPECT_TRUE(throws<argument_error>([] { return dims_create(7, {2, 0}); }, {"7 nodes do not fill (2, 0)"}));
  EXPECT_TRUE(throws<argument_error>([] { return dims_create(6, {2, 2}); }));
  EXPECT_TRUE(throws<argument_error>([] { return dims_create(0, {0}); }));
  EXPECT_TRUE(throws<argument_error>([] { return dims_create(6, {-2, 0}); }, {"may not be negative"}));
}

TEST(cartesian, cart_map_names_a_place_or_none) {
  int const size = world().size();
  auto const whole = cart_map(world(), {.dims = {size}});
  ASSERT_TRUE(whole.has_value());
  std::vector<int> all(static_cast<std::size_t>(size));
  MPI_Allgather(&*whole, 1, MPI_INT, all.data(), 1, MPI_INT, world().raw());
  std::sort(all.begin(), all.end());
  for (int rank = 0; rank < size; ++rank) EXPECT_EQ(all[static_cast<std::size_t>(rank)], rank);
  int placed = cart_map(world(), {.dims = {1}}).has_value() ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &placed, 1, MPI_INT, MPI_SUM, world().raw());
  EXPECT_EQ(placed, 1);
}

TEST(cartesian, an_empty_one_converts_to_false) {
  cartesian grid;
  EXPECT_FALSE(grid);
  grid = cartesian(world(), {.dims = {0}, .reorder = true});
  EXPECT_EQ(grid.size(), world().size());
}

} // namespace
} // namespace armada
