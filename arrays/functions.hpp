#pragma once

/// Functions of whole arrays, element by element, with the names of the standard library and of xtensor. Lazy, like the
/// operators of <armada/arrays/expression.hpp>, with the same operands: arrays and expressions, with which numbers,
/// tensors and sections are mixed.

#include <armada/arrays/expression.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

template <class A, class B>
[[nodiscard]] constexpr std::common_type_t<A, B> lesser(A const& a, B const& b) {
  return a != a || b < a ? static_cast<std::common_type_t<A, B>>(b) : static_cast<std::common_type_t<A, B>>(a);
}
template <class A, class B>
[[nodiscard]] constexpr std::common_type_t<A, B> greater(A const& a, B const& b) {
  return a != a || a < b ? static_cast<std::common_type_t<A, B>>(b) : static_cast<std::common_type_t<A, B>>(a);
}

/// Integers as numbers, whatever their types.
struct same {
  template <class A, class B>
  [[nodiscard]] constexpr bool operator()(A const& a, B const& b) const {
    if constexpr (compared_as_integers<A, B> && std::is_signed_v<A> != std::is_signed_v<B>)
      return std::cmp_equal(a, b);
    else
      return a == b;
  }
};
template <class T>
[[nodiscard]] double magnitude(T const& x) {
  if constexpr (is_complex<T>)
    return static_cast<double>(std::abs(x));
  else
    return std::abs(static_cast<double>(x));
}
struct distance {
  template <class A, class B>
  [[nodiscard]] double operator()(A const& a, B const& b) const {
    if constexpr (compared_as_integers<A, B>) {
      auto const x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
      return static_cast<double>(std::cmp_less(a, b) ? y - x : x - y);
    } else if constexpr (std::integral<A> && std::integral<B>) {
      return a == b ? 0 : 1; // one is bool, or a character
    } else {
      return magnitude(a - b);
    }
  }
};
/// A bound as a T: the least above it, or the largest below it, that there is.
template <class T, class Bound>
[[nodiscard]] T nearest(Bound const& bound, bool above) {
  using limits = std::numeric_limits<T>;
  if constexpr (compared_as_integers<T, Bound>) {
    return std::cmp_less(bound, limits::min())      ? limits::min()
           : std::cmp_greater(bound, limits::max()) ? limits::max()
                                                    : static_cast<T>(bound);
  } else if constexpr (std::integral<T> && std::floating_point<Bound>) {
    Bound const whole = above ? std::ceil(bound) : std::floor(bound);
    if (!(whole > static_cast<Bound>(limits::min()))) return limits::min();
    return whole < static_cast<Bound>(limits::max()) ? static_cast<T>(whole) : limits::max();
  } else {
    return static_cast<T>(bound);
  }
}

} // namespace detail

// Of real and complex numbers.
template <array_operand E>
[[nodiscard]] auto abs(E&& e) {
  return elementwise(
      []<class T>(T const& x) {
        if constexpr (std::is_unsigned_v<T>)
          return x;
        else
          return std::abs(x);
      },
      std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto exp(E&& e) {
  return elementwise([](auto const& x) { return std::exp(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto sqrt(E&& e) {
  return elementwise([](auto const& x) { return std::sqrt(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto sin(E&& e) {
  return elementwise([](auto const& x) { return std::sin(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto cos(E&& e) {
  return elementwise([](auto const& x) { return std::cos(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto tan(E&& e) {
  return elementwise([](auto const& x) { return std::tan(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto asin(E&& e) {
  return elementwise([](auto const& x) { return std::asin(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto acos(E&& e) {
  return elementwise([](auto const& x) { return std::acos(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto atan(E&& e) {
  return elementwise([](auto const& x) { return std::atan(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto sinh(E&& e) {
  return elementwise([](auto const& x) { return std::sinh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto cosh(E&& e) {
  return elementwise([](auto const& x) { return std::cosh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto tanh(E&& e) {
  return elementwise([](auto const& x) { return std::tanh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto asinh(E&& e) {
  return elementwise([](auto const& x) { return std::asinh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto acosh(E&& e) {
  return elementwise([](auto const& x) { return std::acosh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto atanh(E&& e) {
  return elementwise([](auto const& x) { return std::atanh(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto log(E&& e) {
  return elementwise([](auto const& x) { return std::log(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto log10(E&& e) {
  return elementwise([](auto const& x) { return std::log10(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto fabs(E&& e) {
  return abs(std::forward<E>(e));
}

// Of real numbers.
template <array_operand E>
[[nodiscard]] auto exp2(E&& e) {
  return elementwise([](auto const& x) { return std::exp2(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto expm1(E&& e) {
  return elementwise([](auto const& x) { return std::expm1(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto log2(E&& e) {
  return elementwise([](auto const& x) { return std::log2(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto log1p(E&& e) {
  return elementwise([](auto const& x) { return std::log1p(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto cbrt(E&& e) {
  return elementwise([](auto const& x) { return std::cbrt(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto erf(E&& e) {
  return elementwise([](auto const& x) { return std::erf(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto erfc(E&& e) {
  return elementwise([](auto const& x) { return std::erfc(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto tgamma(E&& e) {
  return elementwise([](auto const& x) { return std::tgamma(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto lgamma(E&& e) {
  return elementwise([](auto const& x) { return std::lgamma(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto ceil(E&& e) {
  return elementwise([](auto const& x) { return std::ceil(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto floor(E&& e) {
  return elementwise([](auto const& x) { return std::floor(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto trunc(E&& e) {
  return elementwise([](auto const& x) { return std::trunc(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto round(E&& e) {
  return elementwise([](auto const& x) { return std::round(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto nearbyint(E&& e) {
  return elementwise([](auto const& x) { return std::nearbyint(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto rint(E&& e) {
  return elementwise([](auto const& x) { return std::rint(x); }, std::forward<E>(e));
}

// Of complex numbers, and of real ones as such.
template <array_operand E>
[[nodiscard]] auto real(E&& e) {
  return elementwise([](auto const& x) { return std::real(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto imag(E&& e) {
  return elementwise([](auto const& x) { return std::imag(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto arg(E&& e) {
  return elementwise([](auto const& x) { return std::arg(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto conj(E&& e) {
  return elementwise([](auto const& x) { return std::conj(x); }, std::forward<E>(e));
}

// Truths.
template <array_operand E>
[[nodiscard]] auto isnan(E&& e) {
  return elementwise([](auto const& x) { return std::isnan(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto isinf(E&& e) {
  return elementwise([](auto const& x) { return std::isinf(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto isfinite(E&& e) {
  return elementwise([](auto const& x) { return std::isfinite(x); }, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto signbit(E&& e) {
  return elementwise([](auto const& x) { return std::signbit(x); }, std::forward<E>(e));
}

// Of two.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto pow(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::pow(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto atan2(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::atan2(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto hypot(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::hypot(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto fmod(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::fmod(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto remainder(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::remainder(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto copysign(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return std::copysign(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
/// The smaller of two; the other one where one is not a number.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto fmin(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return detail::lesser(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
/// The larger of two; the other one where one is not a number.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto fmax(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return detail::greater(x, y); }, std::forward<L>(l),
                     std::forward<R>(r));
}
/// Whether two elements are the same; not `==`, which NumPy's users may expect, but a C++ programmer does not.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto equal(L&& l, R&& r) {
  return elementwise(detail::mixed<detail::same>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto not_equal(L&& l, R&& r) {
  return elementwise([](auto const& x, auto const& y) { return !detail::mixed<detail::same>{}(x, y); },
                     std::forward<L>(l), std::forward<R>(r));
}
/// |x - y| <= atol + rtol × |y|, or both the same infinity; nothing else is close to an infinity, and nothing to what
/// is not a number.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto isclose(L&& l, R&& r, double rtol = 1e-5, double atol = 1e-8) {
  return elementwise(
      [=](auto const& x, auto const& y) {
        double const reach = atol + rtol * detail::magnitude(y);
        return detail::mixed<detail::same>{}(x, y) ||
               (std::isfinite(reach) && detail::mixed<detail::distance>{}(x, y) <= reach);
      },
      std::forward<L>(l), std::forward<R>(r));
}

/// x × x.
template <array_operand E>
[[nodiscard]] auto square(E&& e) {
  return elementwise([](auto const& x) { return x * x; }, std::forward<E>(e));
}
/// -1, 0 or 1, of the type of the elements; what is not a number stays.
template <array_operand E>
[[nodiscard]] auto sign(E&& e) {
  return elementwise(
      []<class T>(T const& x) {
        if constexpr (std::is_unsigned_v<T>)
          return static_cast<T>(x > 0);
        else
          return x != x ? x : static_cast<T>((x > T(0)) - (x < T(0)));
      },
      std::forward<E>(e));
}
/// The elements moved into [low, high], as far as their type has numbers there.
template <array_operand E, class Low, class High>
  requires detail::number_operand<Low> && detail::number_operand<High>
[[nodiscard]] auto clip(E&& e, Low const& low, High const& high) {
  return elementwise(
      []<class T>(T const& x, auto const& l, auto const& h) {
        T const least = detail::nearest<T>(l, true), most = detail::nearest<T>(h, false);
        return x < least ? least : most < x ? most : x;
      },
      std::forward<E>(e), low, high);
}
/// The elements as numbers of another type.
template <class T, array_operand E>
[[nodiscard]] auto cast(E&& e) {
  return elementwise([](auto const& x) { return static_cast<T>(x); }, std::forward<E>(e));
}
/// One where a condition is true, the other one elsewhere.
template <expression_operand Condition, expression_operand L, expression_operand R>
  requires(array_operand<Condition> || array_operand<L> || array_operand<R>)
[[nodiscard]] auto where(Condition&& condition, L&& l, R&& r) {
  return elementwise([](bool chosen, auto const& x, auto const& y) { return chosen ? x : y; },
                     std::forward<Condition>(condition), std::forward<L>(l), std::forward<R>(r));
}

} // namespace armada
