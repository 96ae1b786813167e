#include "tests/arrays/linalg/reference.hpp"

#include <armada/arrays/linalg/matvec.hpp>
#include <armada/core/communicator.hpp>

#include <type_traits>

namespace armada {
namespace {

using reference::error_of;

/// All process grids of as many places as there are ranks.
std::vector<process_grid<2>> grids() {
  std::vector<process_grid<2>> result;
  for (int rows = 1; rows <= world().size(); ++rows)
    if (world().size() % rows == 0) result.emplace_back(rows, world().size() / rows);
  return result;
}

template <class T>
class Matvec : public testing::Test {};
using element_types = testing::Types<double, float, std::complex<double>, std::complex<float>, int>;
TYPED_TEST_SUITE(Matvec, element_types);

TYPED_TEST(Matvec, IsTheSerialProductOnEveryGrid) {
  using T = TypeParam;
  std::pair<std::int64_t, std::int64_t> const shapes[] = {{1, 1}, {3, 2}, {33, 20}, {1, 40}, {40, 1}};
  for (auto const& grid : grids())
    for (auto const& [rows, columns] : shapes) {
      auto const what = detail::text(rows, " × ", columns, " on ", detail::tuple_text(grid.extents));
      auto const elements = reference::random_values<T>(rows * columns, 1);
      auto const vector = reference::random_values<T>(columns, 2);
      distributed_array<T, 2> a(world(), {rows, columns}, grid);
      distributed_array<T, 1> x(world(), {columns}), y(world(), {rows});
      reference::scatter(a, elements);
      reference::scatter(x, vector);
      y.local() = T(99);
      matvec(a, x, y);
      auto const expected = reference::product(rows, columns, elements, vector);
      reference::expect_tile(y, expected, what);
      reference::expect_tile(matvec(a, x), expected, what);
    }
}

TEST(MatvecOfNothing, IsZero) {
  for (auto const& grid : grids()) {
    distributed_array<double, 2> const none(world(), {0, 0}, grid), wide(world(), {0, 3}, grid),
        tall(world(), {3, 0}, grid);
    distributed_array<double, 1> nothing(world(), {0}), three(world(), {3});
    three.fill(7);
    EXPECT_EQ(matvec(none, nothing).shape()[0], 0);
    EXPECT_EQ(matvec(wide, three).shape()[0], 0);
    matvec(tall, nothing, three);
    for (double const value : three.local().elements()) EXPECT_EQ(value, 0);
  }
}

TEST(MatvecOrder, SeesWhatOtherRanksWroteJustBefore) {
  constexpr std::int64_t n = 23;
  for (auto const& grid : grids()) {
    distributed_array<double, 2> a(world(), {n, n}, grid);
    distributed_array<double, 1> x(world(), {n}), y(world(), {n});
    for (int round = 1; round <= 5; ++round) {
      if (world().rank() == (round % world().size())) {
        a(xt::all(), xt::all()) = static_cast<double>(round);
        x(xt::all()) = 2.0;
      }
      matvec(a, x, y);
      x.local() = -1.0; // at once: the product has what it needs
      for (double const value : y.local().elements()) ASSERT_EQ(value, 2.0 * round * n);
      x.fence();
    }
  }
}

TEST(MatvecAlias, TheResultMayReplaceTheVector) {
  constexpr std::int64_t n = 17;
  auto const elements = reference::random_values<double>(n * n, 5), vector = reference::random_values<double>(n, 6);
  for (auto const& grid : grids()) {
    distributed_array<double, 2> a(world(), {n, n}, grid);
    distributed_array<double, 1> x(world(), {n});
    reference::scatter(a, elements);
    reference::scatter(x, vector);
    matvec(a, x, x);
    reference::expect_tile(x, reference::product(n, n, elements, vector), "x = A x");
  }
}

TEST(MatvecErrors, NameBothShapesAndTheCommunicator) {
  distributed_array<double, 2> const a(world(), {4, 6});
  distributed_array<double, 1> const x(world(), {5}), right(world(), {6});
  distributed_array<double, 1> y(world(), {4}), wrong(world(), {6});
  auto const text = error_of<argument_error>([&] { matvec(a, x, y); });
  EXPECT_NE(text.find("of (4, 6)"), std::string::npos) << text;
  EXPECT_NE(text.find("of (5)"), std::string::npos) << text;
  EXPECT_NE(error_of<argument_error>([&] { matvec(a, right, wrong); }), "");
  auto const other = world().dup();
  distributed_array<double, 1> const elsewhere(other, {6});
  EXPECT_NE(error_of<argument_error>([&] { matvec(a, elsewhere, y); }).find("communicator"), std::string::npos);
}

} // namespace
} // namespace armada
