#pragma once

/// What the products are compared with: plain serial computation, of the same numbers on every rank.

#include <armada/arrays/distributed_array.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace reference {

using armada::distributed_array;

template <class T>
T random_value(std::mt19937_64& random) {
  auto const one = [&] { return std::uniform_real_distribution<>(-1, 1)(random); };
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(std::uniform_int_distribution<int>(-9, 9)(random));
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(one());
  else
    return T(static_cast<typename T::value_type>(one()), static_cast<typename T::value_type>(one()));
}

template <class T>
std::vector<T> random_values(std::int64_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (auto& value : values) value = random_value<T>(random);
  return values;
}

/// Each rank writes its own tile from what all ranks know.
template <class T, std::size_t N>
void scatter(distributed_array<T, N>& into, std::vector<T> const& all) {
  auto const range = into.local_range();
  auto const mine = into.local().elements();
  auto const strides = armada::row_major_strides(into.shape());
  auto const tile = armada::row_major_strides(range.shape());
  for (std::size_t k = 0; k < mine.size(); ++k) {
    std::int64_t at = 0, rest = static_cast<std::int64_t>(k);
    for (std::size_t d = 0; d < N; ++d) {
      at += (range.dimensions[d].first + rest / tile[d]) * strides[d];
      rest %= tile[d];
    }
    mine[k] = all[static_cast<std::size_t>(at)];
  }
}

template <class T>
std::vector<T> product(std::int64_t rows, std::int64_t columns, std::vector<T> const& a, std::vector<T> const& x) {
  std::vector<T> y(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      y[static_cast<std::size_t>(i)] =
          static_cast<T>(y[static_cast<std::size_t>(i)] +
                         a[static_cast<std::size_t>(i * columns + j)] * x[static_cast<std::size_t>(j)]);
  return y;
}

template <class T>
double tolerance() {
  if constexpr (std::is_integral_v<T>)
    return 0;
  else
    return sizeof(T) == sizeof(float) || std::is_same_v<T, std::complex<float>> ? 1e-4 : 1e-12;
}

/// This rank's tile of a vector is its part of `expected`, relative to the largest element.
template <class T>
void expect_tile(distributed_array<T, 1> const& actual, std::vector<T> const& expected, std::string const& what) {
  ASSERT_EQ(actual.shape()[0], static_cast<std::int64_t>(expected.size())) << what;
  double scale = 1;
  for (auto const& value : expected) scale = std::max(scale, static_cast<double>(std::abs(value)));
  auto const first = static_cast<std::size_t>(actual.local_range().dimensions[0].first);
  auto const mine = actual.local().elements();
  for (std::size_t i = 0; i < mine.size(); ++i)
    ASSERT_LE(static_cast<double>(std::abs(mine[i] - expected[first + i])), tolerance<T>() * scale)
        << what << ", element " << first + i;
}

/// The text of the error that a call throws on this rank; empty when it throws none.
template <class Error>
std::string error_of(auto const& call) {
  try {
    call();
  } catch (Error const& e) {
    return e.what();
  }
  return {};
}

} // namespace reference
