#pragma once

/// What can be reduced to: how elements become a partial result, and partial results the whole.
///
/// A kind has `partial`, a wire type; `none()`, the partial result of no element; `add(partial, element, number)`, and
/// `add_row(partial, row, count, numbers)` for many, where a number is the element's place among those reduced;
/// `combine(a, b)` with the partial result of elements that come later; and `finish(partial, how many elements)`.

#include <armada/arrays/detail/exact_total.hpp>
#include <armada/arrays/detail/kept_sum.hpp>
#include <armada/core/located.hpp>
#include <armada/core/operation.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace armada::detail {

/// Elements are combined in this many chains, which the processor overlaps and the compiler vectorises, over blocks of
/// this many elements, so that rounding errors grow with the number of blocks only.
inline constexpr std::int64_t chains = 8, block_length = 1024;

/// Combines a row by any operation that may be reordered, from its `first`.
template <class Kept, class Row, class Combine>
[[nodiscard]] Kept combined_row(Kept none, Row const& row, std::int64_t count, Combine combine) {
  Kept total = none;
  for (std::int64_t begin = 0; begin < count; begin += block_length) {
    std::int64_t const end = std::min(begin + block_length, count);
    std::array<Kept, static_cast<std::size_t>(chains)> parts;
    parts.fill(none);
    std::int64_t i = begin;
    for (; i + chains <= end; i += chains)
      for (std::int64_t c = 0; c < chains; ++c) {
        auto& part = parts[static_cast<std::size_t>(c)];
        part = combine(part, static_cast<Kept>(row(i + c)));
      }
    for (; i < end; ++i) parts[0] = combine(parts[0], static_cast<Kept>(row(i)));
    for (std::size_t width = parts.size() / 2; width > 0; width /= 2)
      for (std::size_t c = 0; c < width; ++c) parts[c] = combine(parts[c], parts[c + width]);
    total = combine(total, parts[0]);
  }
  return total;
}

/// Kinds whose partial results are elements, combined by `Op`.
template <class T, class Kept, class Op>
struct plain_kind {
  static_assert(!std::same_as<T, std::byte>);
  using partial = Kept;
  static constexpr bool numbered = false, needs_some = false;

  [[nodiscard]] static auto operation() { return Op{}; }
  [[nodiscard]] static Kept combine(Kept const& a, Kept const& b) { return static_cast<Kept>(Op{}(a, b)); }
  static void add(Kept& into, auto const& x, std::int64_t) { into = combine(into, static_cast<Kept>(x)); }
};

template <class T>
struct total : plain_kind<T, typename kept_sum<T>::type, std::plus<>> {
  using kept = typename kept_sum<T>::type;
  [[nodiscard]] static kept none() { return kept{}; }
  static void add_row(kept& into, auto const& row, std::int64_t count, auto const&) {
    into = static_cast<kept>(into + combined_row(none(), row, count, total::combine));
  }
  [[nodiscard]] static sum_of_t<T> finish(kept const& all, std::int64_t) { return static_cast<sum_of_t<T>>(all); }
};

template <class T>
struct product : plain_kind<T, typename kept_sum<T>::type, std::multiplies<>> {
  using kept = typename kept_sum<T>::type;
  [[nodiscard]] static kept none() { return kept(1); }
  static void add_row(kept& into, auto const& row, std::int64_t count, auto const&) {
    into = static_cast<kept>(into * combined_row(none(), row, count, product::combine));
  }
  [[nodiscard]] static sum_of_t<T> finish(kept const& all, std::int64_t) { return static_cast<sum_of_t<T>>(all); }
};

/// The type of means: of integers, double.
template <class T>
using mean_of = std::conditional_t<std::integral<T>, double, T>;

template <class T>
struct average : total<std::conditional_t<std::integral<T>, double, T>> {
  using kept = typename average::partial;
  [[nodiscard]] static mean_of<T> finish(kept const& all, std::int64_t count) {
    if constexpr (is_complex<kept>)
      return static_cast<T>(all / static_cast<typename kept::value_type>(count));
    else
      return static_cast<mean_of<T>>(all / static_cast<kept>(count));
  }
};

/// A sum of 64-bit integers in two halves, neither of which overflows with fewer than 2^31 elements.
struct halves {
  std::int64_t high = 0; ///< in 2^32
  std::uint64_t low = 0;

  [[nodiscard]] double value() const {
    __extension__ using wide = __int128;
    return static_cast<double>(static_cast<wide>(high) * (wide{1} << 32) + static_cast<wide>(low));
  }
};

/// The mean of integers from their exact sum: the same in whatever order they come.
template <std::integral T>
struct exact_average {
  using partial = halves;
  static constexpr bool numbered = false, needs_some = false;

  [[nodiscard]] static auto operation() {
    return commutative([](halves const& a, halves const& b) { return combine(a, b); });
  }
  [[nodiscard]] static halves combine(halves const& a, halves const& b) { return {a.high + b.high, a.low + b.low}; }
  [[nodiscard]] static halves none() { return {}; }
  static void add(halves& into, T const& x, std::int64_t) {
    using wide = std::conditional_t<std::is_unsigned_v<T>, std::uint64_t, std::int64_t>;
    auto const value = static_cast<wide>(x);
    into.high += static_cast<std::int64_t>(value >> 32);
    into.low += static_cast<std::uint64_t>(value) & 0xffffffffU;
  }
  static void add_row(halves& into, auto const& row, std::int64_t count, auto const&) {
    for (std::int64_t i = 0; i < count; ++i) add(into, row(i), i);
  }
  [[nodiscard]] static double finish(halves const& all, std::int64_t count) {
    return all.value() / static_cast<double>(count);
  }
};

/// The type of magnitudes: of integers, double.
template <class T>
using magnitude_of = typename std::conditional_t<is_complex<T>, T, std::complex<mean_of<T>>>::value_type;

/// The square of a number's magnitude.
template <class T>
[[nodiscard]] constexpr auto magnitude_squared(T const& x) {
  if constexpr (is_complex<T>)
    return x.real() * x.real() + x.imag() * x.imag();
  else
    return x * x;
}

/// How many elements, their mean, and the sum of their squared distances from it. `Mean` is double, or complex. (Chan,
/// Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.)
template <class Mean>
struct moments {
  std::int64_t count = 0;
  Mean mean{};
  double squares = 0;

  [[nodiscard]] static moments combine(moments const& a, moments const& b) {
    if (a.count == 0 || b.count == 0) return a.count == 0 ? b : a;
    auto const mine = static_cast<double>(a.count), others = static_cast<double>(b.count), all = mine + others;
    Mean const between = b.mean - a.mean;
    return {a.count + b.count, a.mean + between * (others / all),
            a.squares + b.squares + magnitude_squared(between) * (mine * others / all)};
  }
};

/// The variance, or its root. Of complex numbers it is real.
template <class T>
struct spread {
  using mean = std::conditional_t<is_complex<T>, std::complex<double>, double>;
  using partial = moments<mean>;
  static constexpr bool numbered = false, needs_some = false;
  std::int64_t degrees = 0; ///< that are taken from the number of elements
  bool root = false;

  [[nodiscard]] static auto operation() {
    return commutative([](partial const& a, partial const& b) { return combine(a, b); });
  }
  [[nodiscard]] static partial combine(partial const& a, partial const& b) { return partial::combine(a, b); }
  [[nodiscard]] static partial none() { return {}; }
  static void add(partial& into, T const& x, std::int64_t) {
    mean const between = static_cast<mean>(x) - into.mean;
    into.mean += between / static_cast<double>(++into.count);
    mean const rest = static_cast<mean>(x) - into.mean; // none of the first, however large
    if constexpr (is_complex<mean>)
      into.squares += between.real() * rest.real() + between.imag() * rest.imag();
    else
      into.squares += between * rest;
  }
  static void add_row(partial& into, auto const& row, std::int64_t count, auto const&) {
    for (std::int64_t begin = 0; begin < count; begin += block_length) {
      std::int64_t const here = std::min(block_length, count - begin);
      auto const value = [&](std::int64_t i) { return static_cast<mean>(row(begin + i)); };
      partial block{here, combined_row(mean{}, value, here, std::plus<>{}) / static_cast<double>(here), 0};
      auto const square = [&](std::int64_t i) { return magnitude_squared(value(i) - block.mean); };
      block.squares = combined_row(0.0, square, here, std::plus<>{});
      into = combine(into, block);
    }
  }
  [[nodiscard]] magnitude_of<T> finish(partial const& all, std::int64_t count) const {
    double const variance =
        count > degrees ? all.squares / static_cast<double>(count - degrees) : std::numeric_limits<double>::quiet_NaN();
    return static_cast<magnitude_of<T>>(root ? std::sqrt(variance) : variance);
  }
};

/// Whether b takes a's place as the smallest, or the largest; what is not a number takes every number's, as in NumPy.
template <bool Largest, class T>
[[nodiscard]] constexpr bool beats(T const& b, T const& a) {
  if constexpr (std::floating_point<T>)
    return (a == a) & !(Largest ? b <= a : a <= b); // without a branch: the loops around it become vectors
  else
    return Largest ? a < b : b < a;
}
/// What every value beats, or equals.
template <bool Largest, class T>
[[nodiscard]] constexpr T beaten() {
  using limits = std::numeric_limits<T>;
  if constexpr (limits::has_infinity)
    return Largest ? -limits::infinity() : limits::infinity();
  else
    return Largest ? limits::lowest() : limits::max();
}

template <class T, bool Largest>
struct extreme {
  using partial = T;
  static constexpr bool numbered = false, needs_some = true;

  [[nodiscard]] static auto operation() {
    return commutative([](partial const& a, partial const& b) { return combine(a, b); });
  }
  [[nodiscard]] static T combine(T const& a, T const& b) { return beats<Largest>(b, a) ? b : a; }
  [[nodiscard]] static T none() { return beaten<Largest, T>(); }
  static void add(T& into, T const& x, std::int64_t) { into = combine(into, x); }
  static void add_row(T& into, auto const& row, std::int64_t count, auto const&) {
    into = combine(into, combined_row(none(), row, count, combine));
  }
  [[nodiscard]] static T finish(T const& all, std::int64_t) { return all; }
};

/// The place of the smallest, or largest; of equal ones, the first.
template <class T, bool Largest>
struct extreme_place {
  using partial = located<T, std::int64_t>;
  static constexpr bool numbered = true, needs_some = true;

  [[nodiscard]] static auto operation() {
    return commutative([](partial const& a, partial const& b) { return combine(a, b); });
  }
  [[nodiscard]] static partial combine(partial const& a, partial const& b) {
    bool const same = !beats<Largest>(a.value, b.value) && !beats<Largest>(b.value, a.value);
    return same ? (b.index < a.index ? b : a) : beats<Largest>(b.value, a.value) ? b : a;
  }
  [[nodiscard]] static partial none() { return {beaten<Largest, T>(), std::numeric_limits<std::int64_t>::max()}; }
  static void add(partial& into, T const& x, std::int64_t number) { into = combine(into, {x, number}); }
  static void add_row(partial& into, auto const& row, std::int64_t count, auto const& numbers) {
    for (std::int64_t begin = 0; begin < count; begin += block_length) { // finds the value, then where it is
      std::int64_t const here = std::min(block_length, count - begin);
      auto const value = [&](std::int64_t i) { return static_cast<T>(row(begin + i)); };
      T const best = combined_row(beaten<Largest, T>(), value, here, extreme<T, Largest>::combine);
      if (beats<Largest>(into.value, best)) continue;
      std::int64_t at = 0;
      while (at + 1 < here && beats<Largest>(best, value(at))) ++at;
      into = combine(into, {best, numbers(begin + at)});
    }
  }
  [[nodiscard]] static std::int64_t finish(partial const& all, std::int64_t) { return all.index; }
};

/// Whether any, or every, element is not zero.
template <class T, bool Every>
struct truth_of {
  using partial = std::uint8_t;
  static constexpr bool numbered = false, needs_some = false;

  [[nodiscard]] static auto operation() {
    if constexpr (Every)
      return std::logical_and<>{};
    else
      return std::logical_or<>{};
  }
  [[nodiscard]] static partial combine(partial a, partial b) { return Every ? a & b : a | b; }
  [[nodiscard]] static partial none() { return Every; }
  static void add(partial& into, T const& x, std::int64_t) { into = combine(into, x != T{}); }
  static void add_row(partial& into, auto const& row, std::int64_t count, auto const&) {
    for (std::int64_t i = 0; i < count && (into != 0) == Every; ++i) into = combine(into, row(i) != T{});
  }
  [[nodiscard]] static bool finish(partial all, std::int64_t) { return all != 0; }
};

/// Sums of the real numbers T that have the same bits on any number of ranks; `Mean` divides them.
template <class T, bool Mean>
struct exact {
  using partial = exact_total;
  static constexpr bool numbered = false, needs_some = false;

  [[nodiscard]] static auto operation() {
    return commutative([](partial const& a, partial const& b) { return combine(a, b); });
  }
  [[nodiscard]] static exact_total combine(exact_total a, exact_total const& b) {
    a.add(b);
    return a;
  }
  [[nodiscard]] static exact_total none() { return {}; }
  static void add(exact_total& into, T const& x, std::int64_t) { into.add(static_cast<double>(x)); }
  static void add_row(exact_total& into, auto const& row, std::int64_t count, auto const&) {
    for (std::int64_t i = 0; i < count; ++i) into.add(static_cast<double>(row(i)));
  }
  [[nodiscard]] static T finish(exact_total const& all, std::int64_t count) {
    return static_cast<T>(Mean ? all.value() / static_cast<double>(count) : all.value());
  }
};

/// What numbers are squared in: those of single precision, and integers, would overflow.
template <class T>
using squared_in = std::conditional_t<std::same_as<magnitude_of<T>, long double>, long double, double>;

/// A kind of sum of `squared_in<T>`, of the squared magnitudes of T; or the root of the sum.
template <class T, class Sum, bool Root>
struct of_squares : Sum {
  using partial = typename Sum::partial;

  [[nodiscard]] static squared_in<T> square(T const& x) {
    using wide = squared_in<T>;
    if constexpr (is_complex<T>)
      return magnitude_squared(std::complex<wide>(x));
    else
      return magnitude_squared(static_cast<wide>(x));
  }
  static void add(partial& into, T const& x, std::int64_t number) { Sum::add(into, square(x), number); }
  static void add_row(partial& into, auto const& row, std::int64_t count, auto const& numbers) {
    Sum::add_row(
        into, [&](std::int64_t i) { return square(row(i)); }, count, numbers);
  }
  [[nodiscard]] static magnitude_of<T> finish(partial const& all, std::int64_t count) {
    auto const sum = Sum::finish(all, count);
    return static_cast<magnitude_of<T>>(Root ? std::sqrt(sum) : sum);
  }
};

} // namespace armada::detail
