#pragma once

/// The types of sums.

#include <complex>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace armada::detail {

/// What sums of T are given as: NumPy's 64 bits for every integer, so that small ones do not wrap.
template <class T>
struct sum_of {
  using type = T;
};
template <std::integral T>
struct sum_of<T> {
  using type = std::conditional_t<std::is_unsigned_v<T> && !std::same_as<T, bool>, std::uint64_t, std::int64_t>;
};
template <class T>
using sum_of_t = typename sum_of<T>::type;
/// And what they are kept in meanwhile: single precision loses its digits soon.
template <class T>
struct kept_sum : sum_of<T> {};
template <>
struct kept_sum<float> {
  using type = double;
};
template <>
struct kept_sum<std::complex<float>> {
  using type = std::complex<double>;
};

} // namespace armada::detail
