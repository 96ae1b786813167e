#include <armada/arrays/functions.hpp>

#include "tests/arrays/whole_arrays.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>

namespace armada {
namespace {

using support::all_cuts;
using support::whole_array;

/// Values of (0, 1), in (-2, 2), above 1.
double inner(std::int64_t n) { return 0.03 + static_cast<double>(n % 31) / 32; }
double around(std::int64_t n) { return static_cast<double>(n % 23) / 6 - 1.9; }
double above(std::int64_t n) { return 1.25 + static_cast<double>(n % 9); }

/// Expects that an expression has the elements f(row-major number).
template <class E, class F>
void expect(E const& e, F const& f) {
  distributed_array a = e;
  for_each_owned(a, [&](auto const& index, auto const& element) {
    auto const expected = f(support::number_of(index, a.shape()));
    static_assert(std::same_as<std::remove_cvref_t<decltype(element)>, std::remove_cvref_t<decltype(expected)>>);
    EXPECT_EQ(element, expected);
  });
}

class Functions : public testing::Test {
protected:
  index_array<2> shape{7, 9};
  whole_array<double> ins{world(), shape, all_cuts()[5], inner}, arounds{world(), shape, all_cuts()[5], around},
      aboves{world(), shape, all_cuts()[5], above};
  distributed_array<double, 2> const &x = ins.spread, &y = arounds.spread, &z = aboves.spread;
};

TEST_F(Functions, OfRealAndComplexNumbers) {
  expect(abs(y), [](auto n) { return std::abs(around(n)); });
  expect(fabs(y), [](auto n) { return std::abs(around(n)); });
  expect(exp(y), [](auto n) { return std::exp(around(n)); });
  expect(sqrt(x), [](auto n) { return std::sqrt(inner(n)); });
  expect(sin(y), [](auto n) { return std::sin(around(n)); });
  expect(cos(y), [](auto n) { return std::cos(around(n)); });
  expect(tan(y), [](auto n) { return std::tan(around(n)); });
  expect(asin(x), [](auto n) { return std::asin(inner(n)); });
  expect(acos(x), [](auto n) { return std::acos(inner(n)); });
  expect(atan(y), [](auto n) { return std::atan(around(n)); });
  expect(sinh(y), [](auto n) { return std::sinh(around(n)); });
  expect(cosh(y), [](auto n) { return std::cosh(around(n)); });
  expect(tanh(y), [](auto n) { return std::tanh(around(n)); });
  expect(asinh(y), [](auto n) { return std::asinh(around(n)); });
  expect(acosh(z), [](auto n) { return std::acosh(above(n)); });
  expect(atanh(x), [](auto n) { return std::atanh(inner(n)); });
  expect(log(x), [](auto n) { return std::log(inner(n)); });
  expect(log10(x), [](auto n) { return std::log10(inner(n)); });
}

TEST_F(Functions, OfRealNumbers) {
  expect(exp2(y), [](auto n) { return std::exp2(around(n)); });
  expect(expm1(y), [](auto n) { return std::expm1(around(n)); });
  expect(log2(x), [](auto n) { return std::log2(inner(n)); });
  expect(log1p(x), [](auto n) { return std::log1p(inner(n)); });
  expect(cbrt(y), [](auto n) { return std::cbrt(around(n)); });
  expect(erf(y), [](auto n) { return std::erf(around(n)); });
  expect(erfc(y), [](auto n) { return std::erfc(around(n)); });
  expect(tgamma(x), [](auto n) { return std::tgamma(inner(n)); });
  expect(lgamma(x), [](auto n) { return std::lgamma(inner(n)); });
  expect(ceil(y), [](auto n) { return std::ceil(around(n)); });
  expect(floor(y), [](auto n) { return std::floor(around(n)); });
  expect(trunc(y), [](auto n) { return std::trunc(around(n)); });
  expect(round(y), [](auto n) { return std::round(around(n)); });
  expect(nearbyint(y), [](auto n) { return std::nearbyint(around(n)); });
  expect(rint(y), [](auto n) { return std::rint(around(n)); });
}

TEST_F(Functions, OfTwo) {
  expect(pow(x, 2.5), [](auto n) { return std::pow(inner(n), 2.5); });
  expect(pow(2.0, y), [](auto n) { return std::pow(2.0, around(n)); });
  expect(atan2(y, x), [](auto n) { return std::atan2(around(n), inner(n)); });
  expect(hypot(y, x), [](auto n) { return std::hypot(around(n), inner(n)); });
  expect(fmod(z, x), [](auto n) { return std::fmod(above(n), inner(n)); });
  expect(remainder(z, x), [](auto n) { return std::remainder(above(n), inner(n)); });
  expect(copysign(z, y), [](auto n) { return std::copysign(above(n), around(n)); });
  expect(fmin(x, y), [](auto n) { return std::fmin(inner(n), around(n)); });
  expect(fmax(y, 0.5), [](auto n) { return std::fmax(around(n), 0.5); });
  expect(equal(y, x - x + around(4)), [](auto n) { return around(n) == around(4); });
  expect(not_equal(y, around(4)), [](auto n) { return around(n) != around(4); });
}

TEST_F(Functions, OfOwnMeaning) {
  expect(square(y), [](auto n) { return around(n) * around(n); });
  expect(sign(trunc(y)), [](auto n) { return static_cast<double>((around(n) >= 1) - (around(n) <= -1)); });
  expect(clip(y, -1, 0.5), [](auto n) { return std::clamp(around(n), -1.0, 0.5); });
  expect(cast<int>(z), [](auto n) { return static_cast<int>(above(n)); });
  expect(where(y < 0.0, x, -1.0), [](auto n) { return around(n) < 0 ? inner(n) : -1.0; });
  expect(where(y < 0.0, 1, 0.5), [](auto n) { return around(n) < 0 ? 1 : 0.5; });
  expect(isclose(x, x + 1e-9), [](auto) { return true; });
  expect(isclose(x, x * 1.001), [](auto) { return false; });
  expect(isclose(x, x * 1.001, 0.01), [](auto) { return true; });
}

TEST_F(Functions, OfWhatIsNoNumber) {
  double const none = std::numeric_limits<double>::quiet_NaN(), much = std::numeric_limits<double>::infinity();
  auto const odd = [=](std::int64_t n) { return n % 3 == 0 ? none : n % 3 == 1 ? much : around(n); };
  whole_array<double> odds(world(), shape, all_cuts()[2], odd);
  auto const& w = odds.spread;
  expect(isnan(w), [](auto n) { return n % 3 == 0; });
  expect(isinf(w), [](auto n) { return n % 3 == 1; });
  expect(isfinite(w), [](auto n) { return n % 3 == 2; });
  expect(signbit(y), [](auto n) { return std::signbit(around(n)); });
  expect(isnan(sign(w)), [](auto n) { return n % 3 == 0; });
  expect(fmin(w, 0.25), [&](auto n) { return std::fmin(odd(n), 0.25); });
  expect(fmax(0.25, w), [&](auto n) { return std::fmax(odd(n), 0.25); });
  expect(isclose(w, w), [](auto n) { return n % 3 != 0; });
}

TEST_F(Functions, OfComplexNumbers) {
  using complex = std::complex<double>;
  auto const value = [](std::int64_t n) { return complex(around(n), inner(n)); };
  distributed_array<complex, 2> a(world(), shape, all_cuts()[5]);
  a = x * complex(0, 1) + y;
  expect(real(a), [](auto n) { return around(n); });
  expect(imag(a), [](auto n) { return inner(n); });
  expect(conj(a), [&](auto n) { return std::conj(value(n)); });
  expect(arg(a), [&](auto n) { return std::arg(value(n)); });
  expect(abs(a), [&](auto n) { return std::abs(value(n)); });
  expect(exp(a), [&](auto n) { return std::exp(value(n)); });
  expect(sign(cast<std::uint8_t>(z)), [](auto) { return std::uint8_t{1}; });
}

} // namespace
} // namespace armada
