#include <armada/arrays/tile_view.hpp>

#include "tests/support/throws.hpp"

#include <gtest/gtest.h>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xview.hpp>

#include <concepts>
#include <numeric>
#include <type_traits>
#include <vector>

namespace armada {
namespace {

using support::throws;

/// Memory for a tile of 3 x 4, with a guard on either side.
struct memory {
  memory() { std::iota(all.begin(), all.end(), -1.0); }
  [[nodiscard]] tile_view<double, 2> tile() { return {all.data() + 1, {3, 4}}; }
  [[nodiscard]] std::vector<double> inside() const { return {all.begin() + 1, all.end() - 1}; }
  ~memory() {
    EXPECT_EQ(all.front(), -1.0);
    EXPECT_EQ(all.back(), 12.0);
  }
  std::vector<double> all = std::vector<double>(14);
};

template <class Tile, class Value>
concept can_assign = requires(Tile& tile, Value const& value) {
  tile = value;
};
static_assert(can_assign<tile_view<double, 2>, tile_view<double, 2>> && can_assign<tile_view<double, 2>, double>);
static_assert(can_assign<tile_view<double, 2>, xt::xtensor<double, 2>>);
static_assert(!can_assign<tile_view<double const, 2>, double>, "a tile of a const array is not written");
static_assert(!can_assign<tile_view<double const, 2>, tile_view<double const, 2>>);
static_assert(!can_assign<tile_view<double const, 2>, xt::xtensor<double, 2>>);
static_assert(std::same_as<decltype(std::declval<tile_view<double const, 1>&>()(0)), double const&>);
static_assert(xt::is_xexpression<tile_view<double, 2>>::value);

TEST(tile_view, is_the_memory_itself) {
  memory m;
  auto tile = m.tile();
  EXPECT_EQ(tile.shape(), (std::array<std::size_t, 2>{3, 4}));
  EXPECT_EQ(tile(1, 2), 6.0);
  tile(1, 2) = 60.0;
  EXPECT_EQ(m.all[7], 60.0);
  EXPECT_EQ(tile.elements().data(), m.all.data() + 1);
  EXPECT_EQ(tile.elements().size(), 12U);
  EXPECT_EQ(tile.data(), m.all.data() + 1);
}

/// xtensor's own adaptors look at the other's memory after an assignment.
TEST(tile_view, assignment_assigns_elements_and_never_rebinds) {
  memory one, two;
  auto a = one.tile(), b = two.tile();
  b = b + 100.0;
  a = b;
  EXPECT_EQ(one.inside(), two.inside());
  b(0, 0) = -5.0;
  EXPECT_EQ(a(0, 0), 100.0);
  EXPECT_EQ(a.data(), one.all.data() + 1);
  a = a;
  EXPECT_EQ(a(2, 3), 111.0);
  a = std::move(b);
  EXPECT_EQ(a(0, 0), -5.0);
  EXPECT_EQ(a.data(), one.all.data() + 1);
}

TEST(tile_view, takes_expressions_that_read_the_tile_itself) {
  memory m;
  auto tile = m.tile();
  tile = 2.0 * tile + 1.0;
  EXPECT_EQ(tile(2, 3), 23.0);
  tile = xt::eval(xt::transpose(xt::eval(xt::transpose(tile))));
  EXPECT_EQ(tile(1, 0), 9.0);
  xt::xtensor<double, 1> const row = xt::view(tile, 0, xt::all());
  tile = xt::view(tile, 1, xt::all()) + 0.0; // a row of itself, broadcast over all rows
  EXPECT_EQ(tile(0, 0), 9.0);
  EXPECT_EQ(tile(2, 3), 15.0);
  xt::view(tile, xt::range(0, 2), xt::all()) = row;
  EXPECT_EQ(tile(1, 3), 7.0);
  EXPECT_EQ(tile(2, 3), 15.0);
}

TEST(tile_view, broadcasts) {
  memory m;
  auto tile = m.tile();
  tile = 7.0;
  EXPECT_EQ(m.inside(), std::vector<double>(12, 7.0));
  tile = xt::xtensor<double, 1>{1, 2, 3, 4};
  EXPECT_EQ(m.inside(), (std::vector<double>{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4}));
  tile = xt::xtensor<double, 2>{{1}, {2}, {3}};
  EXPECT_EQ(m.inside(), (std::vector<double>{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}));
  tile = xt::xtensor<int, 2>{{5}};
  EXPECT_EQ(m.inside(), std::vector<double>(12, 5.0));
}

TEST(tile_view, refuses_shapes_that_do_not_fit_and_keeps_its_elements) {
  memory m;
  auto tile = m.tile();
  auto const before = m.inside();
  auto const refuse = [&](auto const& values, std::string_view shape) {
    EXPECT_TRUE(throws<argument_error>([&] { tile = values; }, {shape, "to a tile of shape (3, 4)"}));
  };
  refuse(xt::xtensor<double, 1>{1, 2, 3}, "(3)");
  refuse(xt::xtensor<double, 2>{{1, 2, 3, 4}, {1, 2, 3, 4}}, "(2, 4)");
  refuse(xt::xtensor<double, 3>(std::array<std::size_t, 3>{1, 3, 4}), "(1, 3, 4)");
  refuse(xt::xtensor<double, 2>(std::array<std::size_t, 2>{0, 4}), "(0, 4)");
  EXPECT_THROW(tile += (xt::xtensor<double, 2>{{1, 2, 3, 4}, {1, 2, 3, 4}}), std::exception);
  EXPECT_EQ(m.inside(), before);
}

/// A compound assignment may not make the tile larger either.
TEST(tile_view, a_tile_of_one_row_does_not_grow) {
  std::vector<double> all{1, 2, 3};
  tile_view<double, 2> tile(all.data(), {1, 3});
  EXPECT_THROW(tile += (xt::xtensor<double, 2>{{1, 2, 3}, {1, 2, 3}}), std::exception);
  EXPECT_EQ(tile.shape(), (std::array<std::size_t, 2>{1, 3}));
  EXPECT_EQ(all, (std::vector<double>{1, 2, 3}));
}

TEST(tile_view, compound_assignments) {
  memory m;
  auto tile = m.tile();
  tile += 1.0;
  tile *= 2.0;
  tile -= tile / 2.0;
  EXPECT_EQ(tile(0, 0), 1.0);
  EXPECT_EQ(tile(2, 3), 12.0);
  tile += xt::xtensor<double, 1>{10, 20, 30, 40};
  EXPECT_EQ(tile(0, 0), 11.0);
  EXPECT_EQ(tile(2, 3), 52.0);
  tile /= tile;
  EXPECT_EQ(m.inside(), std::vector<double>(12, 1.0));
}

TEST(tile_view, noalias_writes_straight_into_the_memory) {
  memory m;
  auto tile = m.tile();
  xt::xtensor<double, 2> const other = xt::ones<double>({3, 4});
  xt::noalias(tile) = other + 1.0;
  EXPECT_EQ(m.inside(), std::vector<double>(12, 2.0));
  xt::noalias(tile) += other;
  EXPECT_EQ(m.inside(), std::vector<double>(12, 3.0));
}

TEST(tile_view, a_const_view_reads) {
  memory m;
  tile_view<double const, 2> const tile(m.all.data() + 1, {3, 4});
  EXPECT_EQ(tile(1, 1), 5.0);
  EXPECT_EQ(xt::sum(tile)(), 66.0);
  xt::xtensor<double, 2> const copy = 2.0 * tile;
  EXPECT_EQ(copy(2, 3), 22.0);
  EXPECT_EQ(tile.elements()[11], 11.0);
}

TEST(tile_view, may_be_empty) {
  tile_view<float, 2> tile(nullptr, {0, 4});
  EXPECT_EQ(tile.size(), 0U);
  EXPECT_TRUE(tile.elements().empty());
  tile = 3.0F;
  tile = xt::xtensor<float, 2>(std::array<std::size_t, 2>{0, 4});
  tile = xt::xtensor<float, 1>{1, 2, 3, 4};
  tile += 1.0F;
  EXPECT_EQ(xt::sum(tile)(), 0.0F);
}

TEST(tile_view, one_and_three_dimensions) {
  std::vector<int> all(24);
  std::iota(all.begin(), all.end(), 0);
  tile_view<int, 3> cube(all.data(), {2, 3, 4});
  EXPECT_EQ(cube(1, 2, 3), 23);
  xt::view(cube, xt::all(), 1, xt::all()) = 0;
  EXPECT_EQ(cube(0, 0, 3), 3);
  EXPECT_EQ(cube(1, 1, 0), 0);
  tile_view<int, 1> line(all.data(), {24});
  line = line + 1;
  EXPECT_EQ(cube(1, 2, 3), 24);
}

} // namespace
} // namespace armada
