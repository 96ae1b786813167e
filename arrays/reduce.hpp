#pragma once

/// Reductions of arrays and of expressions of arrays, in NumPy's and xtensor's words: `sum(a)`, `mean(a * b, 1)`,
/// `max(abs(a), axes(0, 2), keep_dims)`. All are collective over the arrays' communicator, and begin with a fence, so
/// that they see every access that any rank made before. An expression is computed on the way, without a temporary.
///
/// Without axes, the value is returned on every rank. Along axes (negative ones count from the end) it is a new array
/// of the other dimensions, or with `keep_dims` of all, where the reduced ones have extent 1. It is cut like the
/// dimensions that are left, where ranks lie along these alone, and then conforms with them: `a - mean(a, 1,
/// keep_dims)`. Otherwise it is cut in balanced blocks of whole rows.
///
/// Sums of integers have 64 bits, and sums of single precision are kept in double. On a given number of ranks results
/// are the same in every run; with `reproducible`, on any number. Throws `argument_error` on every rank for an axis
/// that is none or comes twice, and where operands do not conform.

#include <armada/arrays/detail/reduce_axes.hpp>
#include <armada/arrays/functions.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace armada {

/// The dimensions that a reduction removes: `sum(a, axes(0, 2))`.
template <std::size_t K>
struct axes_option {
  std::array<std::int64_t, K> values;
};
template <std::integral... Axes>
[[nodiscard]] constexpr axes_option<sizeof...(Axes)> axes(Axes... values) {
  return {{detail::index_of(values)...}};
}

struct keep_dims_t {};
/// Reduced dimensions stay, with extent 1.
inline constexpr keep_dims_t keep_dims{};

struct reproducible_t {};
/// Sums of real numbers that are the same, bit by bit, on any number of ranks and for any distribution: they are exact,
/// and rounded once. About 4 ns an element, eight times a plain sum.
inline constexpr reproducible_t reproducible{};

/// What variances take from the number of elements that they divide by: `var(a, ddof{1})`.
struct ddof {
  std::int64_t value = 0;
};

namespace detail {

template <class T>
inline constexpr bool is_axes = std::integral<T>;
template <std::size_t K>
inline constexpr bool is_axes<axes_option<K>> = true;

/// What may follow the operand of a reduction: an axis or axes, `keep_dims`, and words of the reduction's own.
template <class How, class... Own>
concept reduction_word = is_axes<How> || std::same_as<How, keep_dims_t> ||(std::same_as<How, Own> || ...);
template <class Word, class... How>
inline constexpr bool has_word = (std::same_as<Word, How> || ...);

/// The axes among the words.
template <class First, class... How>
[[nodiscard]] constexpr auto axes_in(First const& first, How const&... how) {
  if constexpr (std::integral<First>)
    return axes(first);
  else if constexpr (is_axes<First>)
    return first;
  else
    return axes_in(how...);
}

/// The value, or the array, that an operand reduces to.
template <class Kind, class E, class... How>
[[nodiscard]] auto reduce(char const* name, Kind const& kind, E&& e, How const&... how) {
  static_assert((int{is_axes<How>} + ... + 0) <= 1, "axes are given twice");
  auto const operand = operand_of(std::forward<E>(e));
  if constexpr ((is_axes<How> || ...)) {
    auto const given = axes_in(how...);
    constexpr std::size_t K = sizeof(given.values) / sizeof(std::int64_t), N = decltype(operand)::dimensions;
    static_assert(K <= N, "there are more axes than dimensions");
    if constexpr (K == N && !has_word<keep_dims_t, How...>) {
      static_cast<void>(reduced_axes<N, K>(name, given.values, frame_of(operand)));
      return reduce_all(operand, kind, name);
    } else {
      return reduce_along<has_word<keep_dims_t, How...>>(operand, given.values, kind, name);
    }
  } else {
    static_assert(!has_word<keep_dims_t, How...>, "keep_dims without axes");
    return reduce_all(operand, kind, name);
  }
}

template <class E>
using element_of = typename std::remove_cvref_t<E>::value_type;
template <class E>
concept summable = array_operand<E> &&(number<element_of<E>> || std::same_as<element_of<E>, bool>);
/// Whether sums of T are to be exact until they are rounded. Those of integers are by themselves.
template <class T, class... How>
[[nodiscard]] consteval bool exactly() {
  if constexpr (!has_word<reproducible_t, How...>) return false;
  static_assert(!has_word<reproducible_t, How...> || std::integral<T> || std::same_as<T, float> ||
                    std::same_as<T, double>,
                "reproducible sums are of integers, float and double; of complex numbers, take real and imag");
  return has_word<reproducible_t, How...> && std::floating_point<T>;
}
template <class T, class... How>
inline constexpr bool rounded_once = exactly<T, How...>();

template <class E>
concept comparable = array_operand<E> && std::is_arithmetic_v<element_of<E>>;
template <class E>
concept spreadable = comparable<E> ||(array_operand<E>&& is_complex<element_of<E>>);

} // namespace detail

/// The sum of the elements; 0 of none. Takes `reproducible` where elements are floating-point numbers.
template <detail::summable E, detail::reduction_word<reproducible_t>... How>
[[nodiscard]] auto sum(E&& e, How const&... how) {
  using T = detail::element_of<E>;
  if constexpr (detail::rounded_once<T, How...>)
    return detail::reduce("sum", detail::exact<T, false>{}, std::forward<E>(e), how...);
  else
    return detail::reduce("sum", detail::total<T>{}, std::forward<E>(e), how...);
}

/// The product of the elements; 1 of none.
template <detail::summable E, detail::reduction_word... How>
[[nodiscard]] auto prod(E&& e, How const&... how) {
  return detail::reduce("prod", detail::product<detail::element_of<E>>{}, std::forward<E>(e), how...);
}

/// The arithmetic mean; of integers, as double; not a number of no element. Takes `reproducible` as `sum` does.
template <detail::summable E, detail::reduction_word<reproducible_t>... How>
[[nodiscard]] auto mean(E&& e, How const&... how) {
  using T = detail::element_of<E>;
  if constexpr (detail::rounded_once<T, How...>)
    return detail::reduce("mean", detail::exact<T, true>{}, std::forward<E>(e), how...);
  else if constexpr (std::integral<T> && detail::has_word<reproducible_t, How...>)
    return detail::reduce("mean", detail::exact_average<T>{}, std::forward<E>(e), how...);
  else
    return detail::reduce("mean", detail::average<T>{}, std::forward<E>(e), how...);
}

namespace detail {

[[nodiscard]] constexpr std::int64_t degrees_in() { return 0; }
template <class First, class... How>
[[nodiscard]] constexpr std::int64_t degrees_in(First const& first, How const&... how) {
  if constexpr (std::same_as<First, ddof>)
    return first.value;
  else
    return degrees_in(how...);
}

} // namespace detail

/// The variance: the mean of the squared distances from the mean, also of complex numbers; with `ddof{1}`, divided by
/// one less than there are elements. Not a number where that leaves nothing to divide by.
template <detail::spreadable E, detail::reduction_word<ddof>... How>
[[nodiscard]] auto var(E&& e, How const&... how) {
  detail::spread<detail::element_of<E>> const kind{detail::degrees_in(how...), false};
  return detail::reduce("var", kind, std::forward<E>(e), how...);
}
/// Its square root, the standard deviation.
template <detail::spreadable E, detail::reduction_word<ddof>... How>
[[nodiscard]] auto stddev(E&& e, How const&... how) {
  detail::spread<detail::element_of<E>> const kind{detail::degrees_in(how...), true};
  return detail::reduce("stddev", kind, std::forward<E>(e), how...);
}

/// The smallest element; not a number, if one is. Throws `argument_error` on every rank where there is none, as the
/// next three.
template <detail::comparable E, detail::reduction_word... How>
[[nodiscard]] auto min(E&& e, How const&... how) {
  return detail::reduce("min", detail::extreme<detail::element_of<E>, false>{}, std::forward<E>(e), how...);
}
/// The largest element.
template <detail::comparable E, detail::reduction_word... How>
[[nodiscard]] auto max(E&& e, How const&... how) {
  return detail::reduce("max", detail::extreme<detail::element_of<E>, true>{}, std::forward<E>(e), how...);
}
/// The place of the smallest element, of equal ones the first: along one axis its index there; along several, or
/// without axes, its number in row-major order of these dimensions.
template <detail::comparable E, detail::reduction_word... How>
[[nodiscard]] auto argmin(E&& e, How const&... how) {
  return detail::reduce("argmin", detail::extreme_place<detail::element_of<E>, false>{}, std::forward<E>(e), how...);
}
/// The place of the largest element.
template <detail::comparable E, detail::reduction_word... How>
[[nodiscard]] auto argmax(E&& e, How const&... how) {
  return detail::reduce("argmax", detail::extreme_place<detail::element_of<E>, true>{}, std::forward<E>(e), how...);
}

/// Whether any element is not zero.
template <array_operand E, detail::reduction_word... How>
[[nodiscard]] auto any(E&& e, How const&... how) {
  return detail::reduce("any", detail::truth_of<detail::element_of<E>, false>{}, std::forward<E>(e), how...);
}
/// Whether every element is not zero; of none, yes.
template <array_operand E, detail::reduction_word... How>
[[nodiscard]] auto all(E&& e, How const&... how) {
  return detail::reduce("all", detail::truth_of<detail::element_of<E>, true>{}, std::forward<E>(e), how...);
}
/// How many elements are not zero.
template <array_operand E, detail::reduction_word... How>
[[nodiscard]] auto count_nonzero(E&& e, How const&... how) {
  using T = detail::element_of<E>;
  return sum(elementwise([](T const& x) { return x != T{}; }, std::forward<E>(e)), how...);
}
/// Whether all elements of two operands are close to each other: see `isclose`.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] bool allclose(L&& l, R&& r, double rtol = 1e-5, double atol = 1e-8) {
  return all(isclose(std::forward<L>(l), std::forward<R>(r), rtol, atol));
}

namespace detail {

template <class E>
concept normed = array_operand<E> &&(std::is_arithmetic_v<element_of<E>> || is_complex<element_of<E>>);

template <class E>
[[nodiscard]] auto magnitudes(E&& e) {
  return elementwise(
      []<class T>(T const& x) {
        if constexpr (std::integral<T>)
          return std::abs(static_cast<double>(x));
        else
          return std::abs(x);
      },
      std::forward<E>(e));
}
template <bool Root, class E, class... How>
[[nodiscard]] auto norm_of_squares(char const* name, E&& e, How const&... how) {
  using T = element_of<E>;
  using wide = squared_in<T>;
  using sum = std::conditional_t<rounded_once<magnitude_of<T>, How...>, exact<wide, false>, total<wide>>;
  return reduce(name, of_squares<T, sum, Root>{}, std::forward<E>(e), how...);
}

} // namespace detail

/// The sum of the squared magnitudes; of integers, as double. Takes `reproducible`, as the other norms.
template <detail::normed E, detail::reduction_word<reproducible_t>... How>
[[nodiscard]] auto norm_sq(E&& e, How const&... how) {
  return detail::norm_of_squares<false>("norm_sq", std::forward<E>(e), how...);
}
/// Its square root, the Euclidean or Frobenius norm, of all elements or along axes.
template <detail::normed E, detail::reduction_word<reproducible_t>... How>
[[nodiscard]] auto norm(E&& e, How const&... how) {
  return detail::norm_of_squares<true>("norm", std::forward<E>(e), how...);
}
/// The sum of the magnitudes.
template <detail::normed E, detail::reduction_word<reproducible_t>... How>
[[nodiscard]] auto norm_l1(E&& e, How const&... how) {
  return sum(detail::magnitudes(std::forward<E>(e)), how...);
}
/// The largest magnitude.
template <detail::normed E, detail::reduction_word... How>
[[nodiscard]] auto norm_linf(E&& e, How const&... how) {
  return max(detail::magnitudes(std::forward<E>(e)), how...);
}

namespace detail {

/// Integers as what their sums are given as.
template <class T>
[[nodiscard]] constexpr auto widened(T const& x) {
  if constexpr (std::integral<T>)
    return static_cast<sum_of_t<T>>(x);
  else
    return x;
}

} // namespace detail

/// The sum of the products of elements at the same index, of integers in 64 bits; of conj(a) and b where elements are
/// complex. Takes `reproducible`.
template <detail::summable A, detail::summable B, std::same_as<reproducible_t>... How>
[[nodiscard]] auto dot(A&& a, B&& b, How const&... how) {
  return sum(elementwise(
                 []<class T>(T const& x, auto const& y) {
                   if constexpr (detail::is_complex<T>)
                     return detail::mixed<std::multiplies<>>{}(std::conj(x), y);
                   else
                     return detail::mixed<std::multiplies<>>{}(detail::widened(x), detail::widened(y));
                 },
                 std::forward<A>(a), std::forward<B>(b)),
             how...);
}

} // namespace armada
