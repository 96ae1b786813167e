/// The snippets of docs/arrays.md on whole arrays, in their order; tests/snippets_test.sh compares page and programs.

#include <armada/arrays/chunks.hpp>
#include <armada/arrays/creation.hpp>
#include <armada/arrays/cumulative.hpp>
#include <armada/arrays/functions.hpp>
#include <armada/arrays/halo.hpp>
#include <armada/arrays/histogram.hpp>
#include <armada/arrays/owned.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/arrays/sort.hpp>
#include <armada/arrays/sweep.hpp>
#include <armada/arrays/task_pool.hpp>
#include <armada/arrays/unique.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

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
  auto const columns = sum(a, 0);       // one for each column: also mean, var, min, max, any, all, …
  auto const both = max(a, axes(0, 1)); // of all that is left, a number
  a = a - mean(a, 1, keep_dims);        // a column is broadcast
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

TEST(WholeTutorial, SortingAndCounting) {
  auto const a = from_function<double>(world(), {1000}, [](auto i) { return static_cast<double>(i * 7 % 10) / 10; });
  auto b = redistribute(a, {cyclic});
  auto const c = from_function<int>(world(), {20, 5}, [](auto i, auto j) { return i % 4 + j % 2; });
  auto const sorted = sort(a);                    // distributed as a is; NaN comes last
  auto const places = argsort(a);                 // the indices of the elements in order; those of equal ones rise
  sort_in_place(b, std::greater<>{});             // in any strict weak order
  auto const [values, counts] = unique_counts(a); // or unique(a): the distinct ones, in balanced blocks
  std::vector<std::int64_t> const tenths = histogram(a, 10, {0, 1}); // ten bins of equal width, on every rank
  auto const parts = histogram(a, {0, 0.5, 0.9, 1});                 // bins between edges
  auto const times = bincount(c);                                    // of whole numbers: how often 0, 1, … is there
  EXPECT_EQ(sorted(-1), 0.9);
  EXPECT_EQ(places(1), 10);
  EXPECT_EQ(b(0), 0.9);
  EXPECT_EQ(values.size(), 10);
  EXPECT_EQ(counts(3), 100);
  EXPECT_EQ(tenths[0], 100);
  EXPECT_EQ(parts, (std::vector<std::int64_t>{500, 400, 100}));
  EXPECT_EQ(times.size(), 5U);
  b.fence();
}

TEST(WholeTutorial, Halos) {
  distributed_array<double, 2> u(world(), {400, 300}, {block, block}, ghost_cells{1, 1});
  halo<2> edges(u, {.width = {1, 1}, .boundary = {boundary::fixed(0.0), boundary::periodic}});
  edges.exchange();           // only neighbours wait for each other
  auto cells = u.padded();    // what I own, and the ghost cells around it
  cells(1, 1) += cells(0, 1); // my first cell, and what lies above it
  owned(u) = 1.0;
  distributed_array<double, 2> next(world(), {400, 300}, {block, block}, ghost_cells{1, 1});
  auto const mean = [](auto const& v) { return (v(-1, 0) + v(1, 0) + v(0, -1) + v(0, 1)) / 4; };
  sweep(edges, next, mean, u);
  next.fence();
  EXPECT_EQ(next(0, 7), 0.75);
  EXPECT_EQ(next(200, 0), 1.0);
  next.fence();
  edges.start();
  sweep(edges.inner(), next, mean, u); // what needs nobody else's cells
  edges.finish();
  for (auto const& part : edges.boundary()) sweep(part, next, mean, u);
  next.fence();
  EXPECT_EQ(next(399, 7), 0.75);
}

TEST(WholeTutorial, SharedWork) {
  distributed_array<double, 2> a(world(), {100, 80});
  distributed_array<std::int64_t, 1> squares(world(), {100});
  for_each_chunk(a, {16, 32}, [&](box<2> const& part) { // on one rank or another
    section_of(a, part) = static_cast<double>(part.volume());
  });
  for_each_task(world(), 100, [&](std::int64_t task) { squares(task) = task * task; });
  EXPECT_EQ(a(0, 0), 16 * 32);
  EXPECT_EQ(a(-1, -1), 4 * 16);
  EXPECT_EQ(squares(9), 81);
}

} // namespace
} // namespace armada
