#include <armada/arrays/sweep.hpp>

#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <xtensor/xtensor.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace armada {
namespace {

using ints = xt::xtensor<int, 2>;

int me() { return world().rank(); }

/// One step of a stencil over all of a periodic (11, 8) plane, serially.
ints stepped(ints const& from) {
  ints into = from;
  for (std::size_t i = 0; i < 11; ++i)
    for (std::size_t j = 0; j < 8; ++j)
      into(i, j) = 2 * from((i + 10) % 11, j) - from((i + 1) % 11, j) + 3 * from(i, (j + 7) % 8) +
                   from((i + 1) % 11, (j + 1) % 8) + from(i, j) % 5;
  return into;
}

ints begin() {
  ints plane = xt::zeros<int>({11, 8});
  for (std::size_t i = 0; i < 11; ++i)
    for (std::size_t j = 0; j < 8; ++j) plane(i, j) = static_cast<int>(i * i + 3 * j);
  return plane;
}

template <storage_order Order>
void steps_as_serially() {
  for (cut_array<2> const& cuts : {cut_array<2>{block, whole}, {whole, block}, {block, block}}) {
    using plane = distributed_array<int, 2, Order>;
    plane a(world(), {11, 8}, cuts, ghost_cells{1, 1}), b(world(), {11, 8}, cuts, ghost_cells{1, 1});
    halo_options<2> const options{.width = {1, 1}, .periodic = {true, true}, .corners = true};
    halo<2> of_a(a, options), of_b(b, options);
    ints expected = begin();
    for_each_owned(a, [&](auto const& index, int& cell) { cell = expected(index[0], index[1]); });
    for (int step = 0; step < 3; ++step) {
      sweep(
          of_a, b, [](auto const& u) { return 2 * u(-1, 0) - u(1, 0) + 3 * u(0, -1) + u(1, 1) + u() % 5; }, a);
      std::swap(a, b);
      std::swap(of_a, of_b);
      expected = stepped(expected);
    }
    for_each_owned(
        a, [&](auto const& index, int const& cell) { ASSERT_EQ(cell, expected(index[0], index[1])) << a.describe(); });
  }
}

TEST(sweep, steps_as_serially_by_rows) { steps_as_serially<storage_order::row_major>(); }
TEST(sweep, steps_as_serially_by_columns) { steps_as_serially<storage_order::column_major>(); }

TEST(sweep, reads_several_arrays_and_tells_the_index_once_for_each_cell) {
  distributed_array<double, 2> into(world(), {9, 5}, ghost_cells{0, 2});
  distributed_array<int, 2> a(world(), {9, 5}, ghost_cells{1, 1}), b(world(), {9, 5});
  a.fill(3);
  b.fill(4);
  int calls = 0;
  sweep(
      into,
      [&](auto const& index, auto const& u, auto const& v) {
        ++calls;
        return 10.0 * static_cast<double>(index[0]) + static_cast<double>(index[1]) + u() * v(0, 0) + 0.5;
      },
      a, b);
  EXPECT_EQ(calls, into.distribution().tile_volume(me()));
  for_each_owned(into, [](auto const& index, double const& cell) {
    ASSERT_EQ(cell, 10.0 * static_cast<double>(index[0]) + static_cast<double>(index[1]) + 12.5);
  });
  sweep(into, [](auto const& index) { return index[1]; });
  for_each_owned(into, [](auto const& index, double const& cell) { ASSERT_EQ(cell, static_cast<double>(index[1])); });
}

TEST(sweep, a_part_of_the_tile_in_three_dimensions) {
  distributed_array<int, 3> a(world(), {4, 3, 5}), b(world(), {4, 3, 5});
  a.fill(7);
  auto const tile = b.distribution().tile_shape(me());
  if (tile[0] > 0) {
    sweep(
        box<3>{{{{0, 1, 1}, {1, 2, 1}, {2, 3, 1}}}}, b, [](auto const& u) { return u(); }, a);
    std::int64_t seen = 0;
    for (int const each : b.local()) seen += each;
    EXPECT_EQ(seen, 6 * 7);
    EXPECT_EQ(b.local()(0, 2, 4), 7);
    EXPECT_THROW(sweep(
                     box<3>{{{{0, 1, 1}, {1, 3, 1}, {2, 3, 1}}}}, b, [](auto const& u) { return u(); }, a),
                 index_error);
  }
  sweep(
      box<3>{}, b, [](auto const& u) { return u(); }, a); // nothing
}

TEST(sweep, a_look_beyond_the_ghost_cells_throws) {
  distributed_array<int, 2> a(world(), {8, 8}, ghost_cells<2>({1, 1}, {1, 2})), b(world(), {8, 8});
  auto const look = [&](int i, int j) {
    sweep(
        b, [=](auto const& u) { return u(i, j); }, a);
  };
  EXPECT_NO_THROW(look(1, 2));
  EXPECT_THROW(look(2, 0), index_error);
  EXPECT_THROW(look(0, 3), index_error);
  EXPECT_THROW(look(0, -2), index_error);
  try {
    look(-2, 0);
    ADD_FAILURE() << "accepted";
  } catch (index_error const& e) {
    EXPECT_STREQ(e.what(), "sweep: a look at (-2, 0) from a cell, where there are (1, 1) ghost cells below and (1, 2) "
                           "above");
  }
}

TEST(sweep, arrays_that_do_not_conform_are_refused) {
  auto const same = [](auto const& u) { return u(); };
  distributed_array<int, 2> a(world(), {8, 8}, ghost_cells{1, 1}), b(world(), {8, 8}), small(world(), {8, 7});
  EXPECT_THROW(sweep(a, same, a), argument_error);
  EXPECT_THROW(sweep(b, same, small), argument_error);
  halo<2> edges(a, {.width = {1, 1}});
  distributed_array<int, 2> c(world(), {8, 8}, ghost_cells{1, 1});
  EXPECT_THROW(sweep(edges, b, same, c), argument_error);
  EXPECT_NO_THROW(sweep(edges, b, same, a));
  if (world().size() > 1) {
    distributed_array<int, 1> dealt(world(), {8}, {cyclic}), other(world(), {8}, {cyclic});
    EXPECT_THROW(sweep(dealt, same, other), argument_error);
  }
}

template <class Update>
concept sweeps = requires(distributed_array<int, 1>& into, Update update, distributed_array<int, 1> const& from) {
  sweep(into, update, from);
};
static_assert(sweeps<decltype([](auto const& u) { return u(1); })>);
static_assert(!sweeps<decltype([](auto const&, auto const&, auto const&) { return 0; })>);

} // namespace
} // namespace armada
