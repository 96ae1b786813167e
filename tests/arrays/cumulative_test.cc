#include <armada/arrays/cumulative.hpp>

#include "tests/arrays/whole_arrays.hpp"
#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace armada {
namespace {

using support::all_cuts;
using support::all_shapes;
using support::expect_same;
using support::throws;
using support::whole_array;

template <class T, class Op>
xt::xtensor<T, 2> scanned(xt::xtensor<T, 2> all, std::size_t axis, Op op) {
  for (std::size_t i = 0; i < all.shape()[0]; ++i)
    for (std::size_t j = 0; j < all.shape()[1]; ++j)
      if (axis == 0 ? i > 0 : j > 0) all(i, j) = op(axis == 0 ? all(i - 1, j) : all(i, j - 1), all(i, j));
  return all;
}

TEST(Cumulative, SumsAlongEachAxisHoweverItIsCut) {
  for (auto const& shape : all_shapes())
    for (auto const& cuts : all_cuts()) {
      whole_array<std::int64_t> a(world(), shape, cuts, [](std::int64_t n) { return n * n % 11 - 4; });
      expect_same(cumsum(a.spread, 0), scanned(a.serial, 0, std::plus<>{}));
      expect_same(cumsum(a.spread, -1), scanned(a.serial, 1, std::plus<>{}));
      EXPECT_EQ(cumsum(a.spread, 0).distribution(), a.spread.distribution());
    }
}

TEST(Cumulative, MultipliesExpressionsOfBothOrders) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double, storage_order::column_major> a(world(), {5, 7}, cuts,
                                                       [](std::int64_t n) { return static_cast<double>(n % 3) - 1; });
    xt::xtensor<double, 2> const doubled = 2.0 * a.serial;
    expect_same(cumprod(2.0 * a.spread, 0), scanned(doubled, 0, std::multiplies<>{}));
    expect_same(cumprod(2.0 * a.spread, 1), scanned(doubled, 1, std::multiplies<>{}));
  }
}

TEST(Cumulative, OfOneDimensionNeedsNoAxisAndSmallIntegersDoNotWrap) {
  for (cut const& how : {cut(block), cut(cyclic), cut(block_cyclic(3))}) {
    distributed_array<std::int8_t, 1> a(world(), {50}, {how});
    a.fill(100);
    auto const sums = cumsum(a);
    static_assert(std::same_as<decltype(sums)::value_type, std::int64_t>);
    xt::xtensor<std::int64_t, 1> expected = xt::zeros<std::int64_t>({50});
    for (std::size_t i = 0; i < 50; ++i) expected(i) = 100 * (static_cast<std::int64_t>(i) + 1);
    expect_same(sums, expected);
    EXPECT_EQ(cumprod(a - 99)(-1), 1);
  }
}

TEST(Cumulative, RefusesAxesThatAreNone) {
  distributed_array<int, 2> a(world(), {4, 4});
  EXPECT_TRUE(throws<argument_error>([&] { return cumsum(a, 2); }, {"cumsum", "(2)", "(4, 4)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return cumprod(a, -3); }, {"cumprod", "(-3)"}));
}

} // namespace
} // namespace armada
