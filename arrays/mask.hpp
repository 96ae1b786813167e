#pragma once

/// The elements of an array where a mask of its shape is true: what `a(mask)` gives.

#include <armada/arrays/element_list.hpp>
#include <armada/arrays/section_arithmetic.hpp>
#include <armada/rma/target.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// An expression of bool with N >= 2 dimensions, which the compiler knows: with one it is a slice.
template <class E, std::size_t N>
concept mask_of = N >= 2 &&
                  xt::is_xexpression<E>::value&& std::same_as<typename E::value_type, bool>&& list_dimensions<E>() == N;

/// The indices where a mask of this shape is true, in row-major order. Throws `index_error` with both shapes.
template <std::size_t N, class E>
[[nodiscard]] std::vector<index_array<N>> true_indices(E const& mask, index_array<N> const& shape) {
  bool fits = true;
  for (std::size_t d = 0; d < N; ++d) fits = fits && std::cmp_equal(mask.shape()[d], shape[d]);
  if (!fits)
    throw index_error(text("a mask of shape ", tuple_text(mask.shape()), " for an array of shape ", tuple_text(shape)));
  std::vector<index_array<N>> indices;
  index_array<N> index{};
  for (auto at = mask.template begin<xt::layout_type::row_major>();
       at != mask.template end<xt::layout_type::row_major>(); ++at) {
    if (*at) indices.push_back(index);
    for (std::size_t d = N; d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
  return indices;
}

} // namespace detail

/// Elements of `Array` in row-major order: reads as a tensor of one dimension, also in arithmetic, takes a value or a
/// tensor of the same length; `+=` and `-=` are atomic. Built on `gather`, `scatter` and `scatter_add`. Must not
/// outlive the array.
template <class Array>
class masked {
  static constexpr std::size_t N = Array::dimensions;
  static constexpr bool writes = !std::is_const_v<Array>;

public:
  using value_type = typename Array::value_type;
  using tensor = xt::xtensor<value_type, 1>;
  static constexpr std::size_t dimensions = 1;

  masked(Array& array, std::vector<index_array<N>> indices) : array_(&array), indices_(std::move(indices)) {}

  [[nodiscard]] std::int64_t size() const noexcept { return std::ssize(indices_); }
  [[nodiscard]] std::vector<index_array<N>> const& indices() const noexcept { return indices_; }
  [[nodiscard]] Array& array() const noexcept { return *array_; }

  operator tensor() const { return gather(*array_, indices_); } // NOLINT(*-explicit-*): it stands for its elements

  masked const& operator=(value_type const& value) const // NOLINT(*-assign*)
      requires writes {
    scatter(*array_, indices_, value);
    return *this;
  }
  template <class E>
  requires writes masked const& operator=(xt::xexpression<E> const& values) const { // NOLINT(*-assign*)
    scatter(*array_, indices_, tensor(values));
    return *this;
  }
  masked const& operator=(masked const& other) const // NOLINT(*-assign*, cert-oop54-cpp)
      requires writes {
    return *this = static_cast<tensor>(other);
  }
  template <detail::section_operand Other>
    requires(writes && !std::same_as<Other, masked>)
  masked const& operator=(Other const& other) const { // NOLINT(*-assign*)
    return *this = static_cast<typename Other::tensor>(other);
  }
  masked(masked const&) = default;

  masked const& operator+=(value_type const& value) const requires(writes&& accumulator<std::plus<>, value_type>) {
    scatter_add(*array_, indices_, value);
    return *this;
  }
  masked const& operator-=(value_type const& value) const requires(writes&& accumulator<std::plus<>, value_type>) {
    return *this += static_cast<value_type>(-value);
  }
  template <class E>
    requires(writes&& accumulator<std::plus<>, value_type>)
  masked const& operator+=(xt::xexpression<E> const& values) const {
    scatter_add(*array_, indices_, tensor(values));
    return *this;
  }
  template <class E>
    requires(writes&& accumulator<std::plus<>, value_type>)
  masked const& operator-=(xt::xexpression<E> const& values) const { return *this += -values.derived_cast(); }
  template <detail::section_operand Other>
    requires(writes&& accumulator<std::plus<>, value_type>)
  masked const& operator+=(Other const& other) const { return *this += static_cast<typename Other::tensor>(other); }
  template <detail::section_operand Other>
    requires(writes&& accumulator<std::plus<>, value_type>)
  masked const& operator-=(Other const& other) const { return *this -= static_cast<typename Other::tensor>(other); }

private:
  Array* array_;
  std::vector<index_array<N>> indices_;
};

template <class Array>
inline constexpr bool detail::is_section<masked<Array>> = true;

/// The elements where a mask is true, as a new tensor. With `nonblocking` a pending that gives it.
template <class Array, completion Mode = blocking_t>
[[nodiscard]] auto get(masked<Array> const& from, Mode mode = {}) {
  if constexpr (std::same_as<Mode, blocking_t>)
    return static_cast<typename masked<Array>::tensor>(from);
  else
    return gather(from.array(), from.indices(), mode);
}
/// The elements, into a buffer of the same length. Throws `argument_error` for one of another.
template <class Array, writable Buffer>
void get(masked<Array> const& from, Buffer&& into) {
  gather(from.array(), from.indices(), std::forward<Buffer>(into));
}

namespace detail {

/// A tensor of what an expression gives; anything else as it is.
template <class T, class Values>
[[nodiscard]] decltype(auto) listed_values(Values const& values) {
  if constexpr (xt::is_xexpression<Values>::value)
    return xt::xtensor<T, 1>(values);
  else
    return (values);
}
template <class Mode>
auto completed_already(auto const& array, Mode) {
  if constexpr (std::same_as<Mode, nonblocking_t>) return completed_later_with(array.memory().open_window(), {}, 0);
}

} // namespace detail

/// The elements = one value, or values of the same number. They have moved when this returns, whatever the mode.
template <class Array, class Values, access_mode Mode = blocking_t>
  requires(!std::is_const_v<Array>)
auto put(masked<Array> const& into, Values const& values, Mode mode = {}) {
  scatter(into.array(), into.indices(), detail::listed_values<typename Array::value_type>(values));
  return detail::completed_already(into.array(), mode);
}

/// Each element = op(element, the value for it), atomically. Values and modes as `put`.
template <class Array, class Values, accumulator<typename Array::value_type> Op, access_mode Mode = blocking_t>
  requires(!std::is_const_v<Array>)
auto accumulate(masked<Array> const& into, Values const& values, Op op, Mode mode = {}) {
  detail::update_elements("accumulate", into.array(), into.indices(),
                          detail::listed_values<typename Array::value_type>(values), op);
  return detail::completed_already(into.array(), mode);
}

} // namespace armada
