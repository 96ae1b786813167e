#include <armada/arrays/section_arithmetic.hpp>

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xview.hpp>

#include <complex>

namespace armada {
namespace {

using xt::all;
using xt::range;

using array2 = distributed_array<double, 2>;
using matrix = xt::xtensor<double, 2>;

array2 numbered() {
  array2 a(world(), {4, 3});
  for_each_owned(a, [](index_array<2> const& i, double& e) { e = static_cast<double>(10 * i[0] + i[1]); });
  a.fence();
  return a;
}
matrix numbers() { return {{0, 1, 2}, {10, 11, 12}, {20, 21, 22}, {30, 31, 32}}; }

TEST(section_arithmetic, reads_sections_first) {
  auto const a = numbered();
  auto const twice = 2.0 * a(range(0, 3), all()); // owns what it needs
  EXPECT_EQ(matrix(twice), matrix(2.0 * xt::view(numbers(), range(0, 3), all())));
  EXPECT_EQ(matrix(a(all(), all()) + a(all(), all())), matrix(2.0 * numbers()));
  EXPECT_EQ(matrix(a(all(), all()) - numbers()), matrix(0.0 * numbers()));
  EXPECT_EQ(matrix(numbers() * a(all(), all())), matrix(numbers() * numbers()));
  EXPECT_EQ(matrix(a(all(), all()) / 2), matrix(numbers() / 2));
  EXPECT_EQ(matrix(-a(range(1, 2), all())), (matrix{{-10, -11, -12}}));
  EXPECT_EQ(matrix(a(all(), all()) + a(0, all())), matrix(numbers() + xt::view(numbers(), 0, all()))) << "broadcast";
  matrix const several = 1.0 + 2.0 * a(all(), all()) - a(all(), all()) * numbers();
  EXPECT_EQ(several, matrix(1.0 + 2.0 * numbers() - numbers() * numbers()));
}

TEST(section_arithmetic, results_are_assigned_to_sections) {
  auto a = numbered();
  a.fence();
  if (world().rank() == 0) {
    a(0, all()) = a(1, all()) + a(2, all());
    a(3, all()) += 0.5 * a(1, all());
    a(range(1, 3), all()) -= a(range(1, 3), all());
  }
  a.fence();
  EXPECT_EQ(get(a(all(), all())), (matrix{{30, 32, 34}, {0, 0, 0}, {0, 0, 0}, {35, 36.5, 38}}));
  a.fence();
}

TEST(section_arithmetic, of_complex_elements) {
  using number = std::complex<double>;
  distributed_array<number, 1> a(world(), {3});
  a.fill({1, 2});
  xt::xtensor<number, 1> const turned = number(0, 1) * a(all());
  EXPECT_EQ(turned, (xt::xtensor<number, 1>{number(-2, 1), number(-2, 1), number(-2, 1)}));
}

} // namespace
} // namespace armada
