#include <armada/arrays/reduce.hpp>

#include "tests/arrays/whole_arrays.hpp"
#include "tests/support/throws.hpp"

#include <armada/arrays/creation.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace armada {
namespace {

using support::all_cuts;
using support::all_shapes;
using support::throws;
using support::whole_array;

double const none = std::numeric_limits<double>::quiet_NaN();

/// Whole numbers, with repetitions and zeros.
std::int64_t number(std::int64_t n) { return (n * 7 + n / 4) % 9 - 4; }

using line = std::vector<double>;
using oracle = std::function<double(line const&)>;

double mean_of(line const& x) { return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size()); }
double variance_of(line const& x, double less) {
  if (static_cast<double>(x.size()) <= less) return none;
  double const middle = mean_of(x);
  return std::accumulate(x.begin(), x.end(), 0.0, [=](double s, double v) { return s + (v - middle) * (v - middle); }) /
         (static_cast<double>(x.size()) - less);
}
double place_of(line const& x, auto best) { return static_cast<double>(best(x.begin(), x.end()) - x.begin()); }

/// The elements of a tensor in lines along an axis.
std::vector<line> lines_along(xt::xtensor<double, 2> const& all, std::size_t axis) {
  std::vector<line> lines(all.shape()[1 - axis]);
  for (std::size_t i = 0; i < all.shape()[0]; ++i)
    for (std::size_t j = 0; j < all.shape()[1]; ++j) lines[axis == 0 ? j : i].push_back(all(i, j));
  return lines;
}

void expect_near(double found, double expected, std::string const& where) {
  if (expected != expected)
    EXPECT_TRUE(found != found) << found << " in " << where;
  else
    EXPECT_NEAR(found, expected, 1e-12 * std::max(1.0, std::abs(expected))) << where;
}

/// Expects that a reduction gives the oracle's answers: whole, along each axis, and with extents of 1 left.
template <class Reduce>
void expect_everywhere(char const* name, Reduce reduce, oracle const& expected, bool needs_some = false) {
  for (auto const& shape : all_shapes())
    for (auto const& cuts : all_cuts()) {
      bool const usual = shape == all_shapes().front() || cuts == all_cuts().back();
      if (!usual || (needs_some && shape[0] * shape[1] == 0)) continue;
      whole_array<double> a(world(), shape, cuts, number);
      auto const where = detail::text(name, " of ", a.spread.describe());
      line const all(a.serial.begin(), a.serial.end());
      expect_near(static_cast<double>(reduce(a.spread)), expected(all), where);
      for (std::size_t axis = 0; axis < 2; ++axis) {
        auto const lines = lines_along(a.serial, axis);
        auto const result = reduce(a.spread, static_cast<int>(axis) - 2);
        auto const kept = reduce(a.spread, axes(axis), keep_dims);
        ASSERT_EQ(result.shape(), index_array<1>{shape[1 - axis]}) << where;
        ASSERT_EQ(kept.shape(), (axis == 0 ? index_array<2>{1, shape[1]} : index_array<2>{shape[0], 1})) << where;
        for (std::size_t i = 0; i < lines.size(); ++i) {
          auto const at = detail::text(where, " along axis ", axis, " at ", i);
          expect_near(static_cast<double>(result(i)), expected(lines[i]), at);
          expect_near(static_cast<double>(axis == 0 ? kept(0, i) : kept(i, 0)), expected(lines[i]), at);
        }
        result.fence();
        kept.fence();
      }
    }
}

TEST(ReduceAxes, SumsAndProducts) {
  expect_everywhere(
      "sum", [](auto&&... x) { return sum(x...); },
      [](line const& x) { return std::accumulate(x.begin(), x.end(), 0.0); });
  expect_everywhere(
      "prod", [](auto const& a, auto... how) { return prod(a / 2.0 + 0.3, how...); },
      [](line const& x) {
        return std::accumulate(x.begin(), x.end(), 1.0, [](double p, double v) { return p * (v / 2 + 0.3); });
      });
  expect_everywhere(
      "exact sum", [](auto&&... x) { return sum(x..., reproducible); },
      [](line const& x) { return std::accumulate(x.begin(), x.end(), 0.0); });
}

TEST(ReduceAxes, MeansAndVariances) {
  expect_everywhere(
      "mean", [](auto&&... x) { return mean(x...); }, mean_of);
  expect_everywhere(
      "exact mean", [](auto&&... x) { return mean(x..., reproducible); }, mean_of);
  expect_everywhere(
      "var", [](auto&&... x) { return var(x...); }, [](line const& x) { return variance_of(x, 0); });
  expect_everywhere(
      "stddev", [](auto&&... x) { return stddev(x..., ddof{1}); },
      [](line const& x) { return std::sqrt(variance_of(x, 1)); });
}

TEST(ReduceAxes, ExtremesAndTheirPlaces) {
  expect_everywhere(
      "min", [](auto&&... x) { return min(x...); }, [](line const& x) { return *std::min_element(x.begin(), x.end()); },
      true);
  expect_everywhere(
      "max", [](auto&&... x) { return max(x...); }, [](line const& x) { return *std::max_element(x.begin(), x.end()); },
      true);
  expect_everywhere(
      "argmin", [](auto&&... x) { return argmin(x...); },
      [](line const& x) { return place_of(x, [](auto b, auto e) { return std::min_element(b, e); }); }, true);
  expect_everywhere(
      "argmax", [](auto&&... x) { return argmax(x...); },
      [](line const& x) { return place_of(x, [](auto b, auto e) { return std::max_element(b, e); }); }, true);
}

TEST(ReduceAxes, Truths) {
  auto const positive = [](double v) { return v > 2; };
  expect_everywhere(
      "any", [](auto const& a, auto... how) { return any(a > 2.0, how...); },
      [&](line const& x) { return static_cast<double>(std::any_of(x.begin(), x.end(), positive)); });
  expect_everywhere(
      "all", [](auto const& a, auto... how) { return all(a <= 2.0, how...); },
      [&](line const& x) { return static_cast<double>(std::none_of(x.begin(), x.end(), positive)); });
  expect_everywhere(
      "count_nonzero", [](auto&&... x) { return count_nonzero(x...); },
      [](line const& x) {
        return static_cast<double>(x.size()) - static_cast<double>(std::count(x.begin(), x.end(), 0));
      });
}

TEST(ReduceAxes, Norms) {
  auto const sum_of = [](line const& x, auto f) {
    return std::accumulate(x.begin(), x.end(), 0.0, [=](double s, double v) { return s + f(v); });
  };
  auto const square = [](double v) { return v * v; };
  expect_everywhere(
      "norm", [](auto&&... x) { return norm(x...); }, [=](line const& x) { return std::sqrt(sum_of(x, square)); });
  expect_everywhere(
      "norm_sq", [](auto&&... x) { return norm_sq(x...); }, [=](line const& x) { return sum_of(x, square); });
  expect_everywhere(
      "norm_l1", [](auto&&... x) { return norm_l1(x...); },
      [=](line const& x) { return sum_of(x, [](double v) { return std::abs(v); }); });
  expect_everywhere(
      "norm_linf", [](auto&&... x) { return norm_linf(x...); },
      [](line const& x) {
        return std::abs(
            *std::max_element(x.begin(), x.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
      },
      true);
}

TEST(ReduceAxes, OfThreeDimensionsAlongTwo) {
  auto const value = [](std::int64_t i, std::int64_t j, std::int64_t k) { return i * 100 + j * 10 + k; };
  auto const a = from_function<std::int64_t>(world(), {4, 3, 5}, value, {block, cyclic, block_cyclic(2)});
  auto const over = sum(a, axes(0, 2));
  auto const place = argmax(-a, axes(2, 0), keep_dims);
  for (std::int64_t j = 0; j < 3; ++j) {
    std::int64_t expected = 0;
    for (std::int64_t i = 0; i < 4; ++i)
      for (std::int64_t k = 0; k < 5; ++k) expected += value(i, j, k);
    EXPECT_EQ(over(j), expected);
    EXPECT_EQ(place(0, j, 0), 0);
  }
  EXPECT_EQ(argmax(a, axes(0, 1, 2)), 4 * 3 * 5 - 1);
  EXPECT_EQ(argmax(a, axes(0, 2))(1), 4 * 5 - 1);
  over.fence();
}

TEST(ReduceAxes, OfColumnMajorTiles) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double, storage_order::column_major> a(world(), {7, 5}, cuts, number);
    line const all(a.serial.begin(), a.serial.end());
    EXPECT_EQ(argmin(a.spread), std::min_element(all.begin(), all.end()) - all.begin());
    auto const rows = sum(a.spread, 1);
    auto const lines = lines_along(a.serial, 1);
    for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(rows(i), std::accumulate(lines[i].begin(), lines[i].end(), 0.0));
    rows.fence();
  }
}

TEST(ReduceAxes, KeptDimensionsConform) {
  whole_array<double> a(world(), {7, 5}, all_cuts()[0], number);
  distributed_array<double, 2> centred = a.spread - mean(a.spread, 1, keep_dims);
  auto const sums = sum(centred, 1);
  for (int i = 0; i < 7; ++i) EXPECT_NEAR(sums(i), 0, 1e-12);
  sums.fence();
}

TEST(ReduceAxes, SmallIntegersDoNotWrapAndHaveMeans) {
  distributed_array<std::int8_t, 2> a(world(), {40, 3});
  a.fill(100);
  EXPECT_EQ(sum(a), 12000);
  EXPECT_EQ(sum(a, 0)(2), 4000);
  EXPECT_EQ(mean(a + a), 200.0);
  EXPECT_EQ(var(a), 0.0);
  EXPECT_EQ(max(a), 100);
  static_assert(std::same_as<decltype(max(a)), std::int8_t> && std::same_as<decltype(mean(a, 1))::value_type, double>);
}

TEST(ReduceAxes, WhatIsNoNumberWins) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double> a(world(), {7, 5}, cuts, [](std::int64_t n) { return n == 13 || n == 20 ? none : double(n); });
    EXPECT_TRUE(std::isnan(min(a.spread)));
    EXPECT_TRUE(std::isnan(max(a.spread)));
    EXPECT_EQ(argmin(a.spread), 13);
    EXPECT_EQ(argmax(a.spread), 13);
    EXPECT_TRUE(std::isnan(sum(a.spread, reproducible)));
    auto const rows = max(a.spread, 1);
    EXPECT_TRUE(std::isnan(rows(2)));
    EXPECT_EQ(rows(3), 19.0);
    rows.fence();
  }
}

TEST(ReduceAxes, VariancesKeepTheirDigits) {
  auto const a =
      from_function<double>(world(), {100'000}, [](std::int64_t i) { return 1e9 + static_cast<double>(i % 2); });
  EXPECT_NEAR(var(a), 0.25, 1e-10);
  EXPECT_NEAR(var(a, 0, ddof{1}), 0.25 * 100'000 / 99'999, 1e-9);
}

/// The same bits on every number of ranks: those of a sum in 128 bits.
TEST(ReduceAxes, ReproducibleSumsAreTheSameEverywhere) {
  std::mt19937_64 random(3);
  std::vector<double> values(4000);
  __int128 exact = 0;
  for (double& x : values) {
    auto const mantissa = static_cast<std::int64_t>(random() >> 12) * (random() % 2 == 0 ? 1 : -1);
    auto const shift = static_cast<int>(random() % 55);
    x = std::ldexp(static_cast<double>(mantissa), shift - 90);
    exact += static_cast<__int128>(mantissa) << shift;
  }
  double const expected = std::ldexp(static_cast<double>(exact), -90);
  for (auto const& cuts : all_cuts()) {
    whole_array<double> a(world(), {50, 80}, cuts, [&](std::int64_t n) { return values[static_cast<std::size_t>(n)]; });
    EXPECT_EQ(std::bit_cast<std::uint64_t>(sum(a.spread, reproducible)), std::bit_cast<std::uint64_t>(expected));
    EXPECT_EQ(mean(a.spread, reproducible), expected / 4000);
    EXPECT_EQ(dot(a.spread, ones<double>(world(), {50, 80}, cuts), reproducible), expected);
  }
}

TEST(ReduceAxes, RefusesWhatHasNoAnswer) {
  distributed_array<double, 2> a(world(), {4, 4}), empty(world(), {0, 4});
  EXPECT_TRUE(throws<argument_error>([&] { return sum(a, 2); }, {"sum over axes (2)", "(4, 4)", "rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { return mean(a, axes(0, -2)); }, {"mean over axes (0, -2)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return max(empty); }, {"max of no element", "(0, 4)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return argmin(empty, 0); }, {"argmin of no element"}));
  EXPECT_EQ(max(empty, 1).size(), 0);
  EXPECT_EQ(sum(empty), 0.0);
  EXPECT_TRUE(std::isnan(mean(empty)));
}

} // namespace
} // namespace armada
