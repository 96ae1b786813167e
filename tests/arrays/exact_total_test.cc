#include <armada/arrays/detail/exact_total.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace armada::detail {
namespace {

using limits = std::numeric_limits<double>;

double sum_of(std::vector<double> const& values) {
  exact_total all;
  for (double const x : values) all.add(x);
  return all.value();
}

TEST(ExactTotal, OfOneIsTheOne) {
  for (double const x : {0.0, 1.0, -1.0, 0.1, -3.7e200, 5e-324, -5e-324, limits::min(), limits::max(), limits::lowest(),
                         std::nextafter(limits::min(), 0.0), 0x1.fffffffffffffp+31, 0x1p-1022})
    EXPECT_EQ(sum_of({x}), x);
  EXPECT_EQ(sum_of({}), 0.0);
}

TEST(ExactTotal, LosesNothing) {
  EXPECT_EQ(sum_of({1e300, 1.0, -1e300}), 1.0);
  EXPECT_EQ(sum_of({1e16, 1.0, -1e16, 1.0}), 2.0);
  EXPECT_EQ(sum_of({limits::max(), limits::max(), -limits::max()}), limits::max());
  EXPECT_EQ(sum_of({5e-324, -1e300, 5e-324, 1e300}), 1e-323);
  EXPECT_EQ(sum_of({-1e300, -5e-324, 1e300}), -5e-324);
  EXPECT_EQ(sum_of({1.0, -1.0}), 0.0);
}

TEST(ExactTotal, RoundsOnceAndTiesToEven) {
  double const half = 0x1p-53;
  EXPECT_EQ(sum_of({1.0, half}), 1.0);
  EXPECT_EQ(sum_of({1.0 + 2 * half, half}), 1.0 + 4 * half);
  EXPECT_EQ(sum_of({1.0, half, 5e-324}), 1.0 + 2 * half);
  EXPECT_EQ(sum_of({1.0, half, -5e-324}), 1.0);
  EXPECT_EQ(sum_of({-1.0, -half, -5e-324}), -1.0 - 2 * half);
}

TEST(ExactTotal, OverflowsOnlyInTheEnd) {
  EXPECT_EQ(sum_of({limits::max(), limits::max()}), limits::infinity());
  EXPECT_EQ(sum_of({-limits::max(), -limits::max()}), -limits::infinity());
}

TEST(ExactTotal, KnowsWhatIsNoNumber) {
  double const none = limits::quiet_NaN(), much = limits::infinity();
  EXPECT_TRUE(std::isnan(sum_of({1.0, none, 2.0})));
  EXPECT_EQ(sum_of({1.0, much, -limits::max()}), much);
  EXPECT_EQ(sum_of({1.0, -much}), -much);
  EXPECT_TRUE(std::isnan(sum_of({much, -much})));
}

/// Sums of whole numbers scaled by powers of two, which 128 bits hold exactly.
TEST(ExactTotal, AgreesWithIntegersInAnyOrderAndInParts) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values;
    __int128 exact = 0;
    for (int i = 0; i < 100; ++i) {
      auto const mantissa = static_cast<std::int64_t>(random() >> 11) * (random() % 2 == 0 ? 1 : -1);
      auto const shift = static_cast<int>(random() % 60);
      values.push_back(std::ldexp(static_cast<double>(mantissa), shift - 200));
      exact += static_cast<__int128>(mantissa) << shift;
    }
    double const expected =
        std::ldexp(static_cast<double>(exact), -200); // gcc rounds 128 bits to nearest, ties to even
    ASSERT_EQ(sum_of(values), expected);
    std::shuffle(values.begin(), values.end(), random);
    exact_total first, second;
    for (std::size_t i = 0; i < values.size(); ++i) (i % 3 == 0 ? first : second).add(values[i]);
    first.add(second);
    ASSERT_EQ(first.value(), expected);
  }
}

TEST(ExactTotal, CarriesInTime) {
  exact_total all;
  all.since_carry = (std::int64_t{1} << 30) - 3;
  for (int i = 0; i < 8; ++i) all.add(limits::max());
  EXPECT_LT(all.since_carry, 8);
  for (int i = 0; i < 8; ++i) all.add(-limits::max());
  EXPECT_EQ(all.value(), 0.0);
}

} // namespace
} // namespace armada::detail
