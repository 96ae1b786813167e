/// The snippets of docs/arrays.md on whole arrays, in their order; tests/snippets_test.sh compares page and programs.

#include <armada/arrays/creation.hpp>
#include <armada/arrays/cumulative.hpp>
#include <armada/arrays/functions.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace armada {
namespace {

TEST(WholeTutorial, Expressions) {
  distributed_array<double, 2> a(world(), {60, 40}), b(world(), {60, 40}), c(world(), {60, 40});
  xt::xtensor<double, 1> const weights = xt::ones<double>({40});
  a = 2.0 * b + sin(c); // each rank computes what it owns, in one pass
  a += b * weights;     // a tensor that every rank has, broadcast like NumPy's
  a = where(b > 0.0 && b < c, b, clip(c, -1.0, 1.0));
  distributed_array d = sqrt(abs(a)) / (1.0 + b);                              // a new array, cut like a
  auto const later = a - b;                                                    // nothing is computed yet
  a = elementwise([](double x, double y) { return x < y ? y : x; }, later, c); // any function
  EXPECT_EQ(d(0, 0), 0.0);
}

TEST(WholeTutorial, Reductions) {
  auto a = from_function<double>(world(), {60, 40}, [](auto i, auto j) { return static_cast<double>(i + j); });
  auto b = ones<double>(world(), {60, 40});
  double const total = sum(a), product = dot(a, b), length = norm(a - b);
  std::int64_t const place = argmax(a); // its row-major number; the first of equal ones
  auto const columns = sum(a, 0);       // an array of 40: also mean, var, min, max, any, all, …
  auto const both = max(a, axes(0, 1)); // of all that is left, a number
  a = a - mean(a, 1, keep_dims);        // (60, 1) is broadcast
  auto const deviation = stddev(a, 1, ddof{1});
  double const same = sum(a, reproducible); // the same bits on any number of ranks
  auto const running = cumsum(b, 0);
  EXPECT_EQ(total, 60 * 40 * 49.0);
  EXPECT_EQ(product, total);
  EXPECT_GT(length, 0);
  EXPECT_EQ(place, 60 * 40 - 1);
  EXPECT_EQ(columns(0), 59 * 30.0);
  EXPECT_EQ(both, 98.0);
  EXPECT_GT(deviation(3), 0);
  EXPECT_EQ(same, 0.0);
  EXPECT_EQ(running(-1, 0), 60.0);
  running.fence();
}

} // namespace
} // namespace armada
