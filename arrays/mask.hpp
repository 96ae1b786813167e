#pragma once

/// The elements of an array, or of a section, where a mask is true: what `a(mask)` gives. A mask has two dimensions or
/// more, of the extents of the first ones that it is for (one of one dimension is a slice); the dimensions that remain
/// are taken whole. `a(xt::all(), 3, xt::all())(mask)` masks other ones.

#include <armada/arrays/detail/true_indices.hpp>
#include <armada/arrays/element_list.hpp>
#include <armada/arrays/section_arithmetic.hpp>
#include <armada/rma/target.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

/// Elements of `Array` seen as M dimensions, the first of which goes over the places where a mask is true, in row-major
/// order, and the others over what the mask leaves. Reads as a tensor, also in arithmetic; takes a value or a tensor of
/// the same shape; `+=` and `-=` are atomic. Built on `gather`, `scatter` and `scatter_add`. Must not outlive the
/// array.
template <class Array, std::size_t M>
class masked {
  static constexpr std::size_t N = Array::dimensions;
  static constexpr bool writes = !std::is_const_v<Array>;

public:
  using value_type = typename Array::value_type;
  using tensor = xt::xtensor<value_type, M>;
  static constexpr std::size_t dimensions = M;

  masked(Array& array, detail::true_indices<N, M> chosen) : array_(&array), chosen_(std::move(chosen)) {}

  [[nodiscard]] std::array<std::size_t, M> shape() const {
    std::array<std::size_t, M> result{};
    for (std::size_t m = 0; m < M; ++m) result[m] = static_cast<std::size_t>(chosen_.shape[m]);
    return result;
  }
  [[nodiscard]] std::int64_t size() const noexcept { return std::ssize(indices()); }
  /// In the row-major order of `shape()`.
  [[nodiscard]] std::vector<index_array<N>> const& indices() const noexcept { return chosen_.indices; }
  [[nodiscard]] Array& array() const noexcept { return *array_; }

  operator tensor() const { // NOLINT(*-explicit-*): it stands for its elements
    tensor result = tensor::from_shape(shape());
    detail::begin_gather(*array_, indices(), result.data()).complete(array_->window());
    return result;
  }

  masked const& operator=(value_type const& value) const // NOLINT(*-assign*)
      requires writes {
    scatter(*array_, indices(), value);
    return *this;
  }
  template <class E>
  requires writes masked const& operator=(xt::xexpression<E> const& values) const { // NOLINT(*-assign*)
    scatter(*array_, indices(), listed("assignment", values.derived_cast()));
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
    scatter_add(*array_, indices(), value);
    return *this;
  }
  masked const& operator-=(value_type const& value) const requires(writes&& accumulator<std::plus<>, value_type>) {
    return *this += static_cast<value_type>(-value);
  }
  template <class E>
    requires(writes&& accumulator<std::plus<>, value_type>)
  masked const& operator+=(xt::xexpression<E> const& values) const {
    scatter_add(*array_, indices(), listed("accumulate", values.derived_cast()));
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

  /// Values for the elements: a tensor of what an expression gives, anything else as it is. Throws `argument_error`,
  /// with both shapes, for an expression of another one.
  template <class Values>
  [[nodiscard]] decltype(auto) listed(char const* operation, Values const& values) const {
    if constexpr (xt::is_xexpression<Values>::value) {
      bool same = values.dimension() == M;
      for (std::size_t m = 0; same && m < M; ++m) same = std::cmp_equal(values.shape()[m], chosen_.shape[m]);
      if (!same)
        throw argument_error(detail::text(operation, " of shape ", detail::tuple_text(values.shape()),
                                          " to elements of shape ", detail::tuple_text(shape()), " under a mask of ",
                                          array_->describe(), ", on rank ", array_->comm().rank()));
      return tensor(values);
    } else {
      return (values);
    }
  }

private:
  Array* array_;
  detail::true_indices<N, M> chosen_;
};

template <class Array, std::size_t M>
inline constexpr bool detail::is_section<masked<Array, M>> = true;

/// The elements where a mask is true, as a new tensor. With `nonblocking` a pending that gives it.
template <class Array, std::size_t M, completion Mode = blocking_t>
[[nodiscard]] auto get(masked<Array, M> const& from, Mode = {}) {
  using tensor = typename masked<Array, M>::tensor;
  if constexpr (std::same_as<Mode, blocking_t>) {
    return static_cast<tensor>(from);
  } else {
    tensor values = tensor::from_shape(from.shape());
    auto touched = detail::begin_gather(from.array(), from.indices(), values.data());
    return detail::completed_later(from.array().memory().open_window(), std::move(touched), std::move(values));
  }
}
/// The elements, into a buffer of the same length. Throws `argument_error` for one of another.
template <class Array, std::size_t M, writable Buffer>
void get(masked<Array, M> const& from, Buffer&& into) {
  gather(from.array(), from.indices(), std::forward<Buffer>(into));
}

namespace detail {

template <class Mode>
auto completed_already(auto const& array, Mode) {
  if constexpr (std::same_as<Mode, nonblocking_t>) return completed_later_with(array.memory().open_window(), {}, 0);
}

} // namespace detail

/// The elements = one value, an expression of their shape, or a buffer of as many. They have moved when this returns,
/// whatever the mode.
template <class Array, std::size_t M, class Values, access_mode Mode = blocking_t>
  requires(!std::is_const_v<Array>)
auto put(masked<Array, M> const& into, Values const& values, Mode mode = {}) {
  scatter(into.array(), into.indices(), into.listed("put", values));
  return detail::completed_already(into.array(), mode);
}

/// Each element = op(element, the value for it), atomically. Values and modes as `put`.
template <class Array, std::size_t M, class Values, accumulator<typename Array::value_type> Op,
          access_mode Mode = blocking_t>
  requires(!std::is_const_v<Array>)
auto accumulate(masked<Array, M> const& into, Values const& values, Op op, Mode mode = {}) {
  detail::update_elements("accumulate", into.array(), into.indices(), into.listed("accumulate", values), op);
  return detail::completed_already(into.array(), mode);
}

} // namespace armada
