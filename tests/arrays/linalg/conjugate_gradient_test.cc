#include "tests/arrays/linalg/reference.hpp"

#include <armada/arrays/linalg/conjugate_gradient.hpp>
#include <armada/arrays/linalg/sparse_matrix.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/core/communicator.hpp>

#include <limits>
#include <numbers>

namespace armada {
namespace {

using reference::error_of;

/// The second difference on n points, with a diagonal that varies by `spread`.
sparse_matrix<double> laplace(std::int64_t n, double spread = 0) {
  return sparse_matrix<double>::from_rows(world(), {n, n}, [&](std::int64_t row, auto add) {
    add(row, 2.0 + spread * static_cast<double>(row % 7));
    if (row > 0) add(row - 1, -1.0);
    if (row + 1 < n) add(row + 1, -1.0);
  });
}

sparse_matrix<double> diagonal_matrix(std::vector<double> const& values) {
  auto const n = static_cast<std::int64_t>(values.size());
  return sparse_matrix<double>::from_rows(
      world(), {n, n}, [&](std::int64_t row, auto add) { add(row, values[static_cast<std::size_t>(row)]); });
}

double relative_residual(sparse_matrix<double> const& a, distributed_array<double, 1> const& x,
                         distributed_array<double, 1> const& b) {
  auto rest = matvec(a, x);
  rest.local() = b.local() - rest.local();
  return norm(rest) / norm(b);
}

TEST(ConjugateGradient, ReachesTheResidualThatItSays) {
  for (std::int64_t const n : {1, 2, 3, 10, 150}) {
    auto const a = laplace(n, 0.01);
    distributed_array<double, 1> b(world(), {n});
    reference::scatter(b, reference::random_values<double>(n, 3));
    auto const result = conjugate_gradient(a, b, {.tolerance = 1e-10});
    EXPECT_TRUE(result.converged) << n;
    EXPECT_LE(result.residual, 1e-10);
    EXPECT_LE(result.iterations, 2 * n);
    EXPECT_NEAR(relative_residual(a, result.x, b), result.residual, 1e-12);
  }
}

TEST(ConjugateGradient, FindsTheAnalyticSolution) { // -u'' = f with u = sin(pi s)
  constexpr std::int64_t n = 199;
  constexpr double h = 1.0 / (n + 1);
  auto const a = laplace(n);
  distributed_array<double, 1> b(world(), {n});
  auto const first = b.local_range().dimensions[0].first;
  auto const u = [&](std::int64_t i) { return std::sin(std::numbers::pi * h * static_cast<double>(i + 1)); };
  for (std::int64_t k = 0; auto& value : b.local().elements())
    value = h * h * std::numbers::pi * std::numbers::pi * u(first + k++);
  auto const result = conjugate_gradient(a, b);
  ASSERT_TRUE(result.converged);
  for (std::int64_t k = 0; double const value : result.x.local().elements()) ASSERT_NEAR(value, u(first + k++), 1e-4);
}

TEST(ConjugateGradient, NothingOnTheRightIsSolvedByNothing) {
  auto const a = laplace(9);
  distributed_array<double, 1> const zero(world(), {9});
  auto const result = conjugate_gradient(a, zero);
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(result.iterations, 0);
  EXPECT_EQ(norm(result.x), 0);
  distributed_array<double, 1> const none(world(), {0});
  EXPECT_TRUE(conjugate_gradient(laplace(0), none).converged);
}

TEST(ConjugateGradient, CallsBackAfterEachIterationAndStopsAtTheLast) {
  auto const a = laplace(200);
  distributed_array<double, 1> b(world(), {200});
  b.fill(1);
  std::int64_t calls = 0;
  auto const result =
      conjugate_gradient(a, b, {.max_iterations = 7, .on_iteration = [&](std::int64_t k, double residual) {
                                  EXPECT_EQ(k, ++calls);
                                  EXPECT_GT(residual, 0);
                                }});
  EXPECT_EQ(calls, 7);
  EXPECT_EQ(result.iterations, 7);
  EXPECT_FALSE(result.converged);
  EXPECT_NEAR(result.residual, relative_residual(a, result.x, b), 1e-12);
}

TEST(ConjugateGradient, DoesNotTakeTheRecurrenceForTheTruth) { // condition 1e14: the two drift apart
  std::vector<double> values(100);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::pow(10.0, -14.0 * static_cast<double>(i) / 99);
  auto const n = static_cast<std::int64_t>(values.size());
  auto const a = sparse_matrix<double>::from_rows(world(), {n, n}, [&](std::int64_t row, auto add) {
    add(row, 1 + values[static_cast<std::size_t>(row)]); // the preconditioner is of no use
    if (row > 0) add(row - 1, -0.5);
    if (row + 1 < n) add(row + 1, -0.5);
  });
  distributed_array<double, 1> b(world(), {n});
  reference::scatter(b, reference::random_values<double>(n, 8));
  auto const result = conjugate_gradient(a, b, {.tolerance = 1e-15});
  EXPECT_NEAR(result.residual, relative_residual(a, result.x, b), 1e-14);
  EXPECT_EQ(result.converged, result.residual <= 1e-15);
}

TEST(ConjugateGradientErrors, NameTheRowOfABadDiagonal) {
  for (double const bad : {0.0, -2.0, std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<double> values(11, 1.0);
    values[6] = values[9] = bad;
    distributed_array<double, 1> b(world(), {11});
    b.fill(1);
    auto const text =
        error_of<numeric_error>([&] { static_cast<void>(conjugate_gradient(diagonal_matrix(values), b)); });
    EXPECT_NE(text.find("row 6 "), std::string::npos) << text;
  }
}

TEST(ConjugateGradientErrors, NameTheIterationOfNegativeCurvature) {
  auto const a = sparse_matrix<double>::from_rows(world(), {2, 2}, [](std::int64_t row, auto add) {
    add(row, 1.0);
    add(1 - row, 2.0); // eigenvalues 3 and -1
  });
  distributed_array<double, 1> b(world(), {2});
  reference::scatter(b, {1.0, -1.0});
  auto const text = error_of<numeric_error>([&] { static_cast<void>(conjugate_gradient(a, b)); });
  EXPECT_NE(text.find("not positive definite: in iteration 1 "), std::string::npos) << text;
  EXPECT_NE(text.find("-2"), std::string::npos) << text;
}

TEST(ConjugateGradientErrors, RefuseWhatIsNotFiniteNotSquareOrDoesNotConform) {
  auto const a = laplace(8);
  distributed_array<double, 1> b(world(), {8}), other(world(), {9});
  b.fill(std::numeric_limits<double>::infinity());
  EXPECT_NE(error_of<numeric_error>([&] { static_cast<void>(conjugate_gradient(a, b)); }), "");
  EXPECT_NE(error_of<argument_error>([&] { static_cast<void>(conjugate_gradient(a, other)); }), "");
  auto const wide = sparse_matrix<double>::from_triplets(world(), {8, 9}, {});
  EXPECT_NE(error_of<argument_error>([&] { static_cast<void>(conjugate_gradient(wide, other)); }).find("square"),
            std::string::npos);
}

} // namespace
} // namespace armada
