#pragma once

/// A slice of a distributed array: what `a(xt::range(10, 20), 3)` gives. Reading it is a one-sided get, assigning to it
/// a one-sided put, `+=` an atomic accumulate, whoever owns the elements. Local to the caller.

#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/slice.hpp>
#include <armada/core/buffer.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <functional>
#include <type_traits>

namespace armada {

/// M dimensions of `Array` that slices kept. Must not outlive the array; a temporary in most programs.
template <class Array, std::size_t M>
class section {
public:
  static constexpr std::size_t N = Array::dimensions;
  using value_type = typename Array::value_type;
  using tensor = xt::xtensor<value_type, M>;

  /// `kept[d]`: whether dimension d of the box is one of the section's.
  section(Array& array, box<N> const& selected, std::array<bool, N> const& kept)
      : array_(&array), selected_(selected), kept_(kept) {}
  section(section const&) = default;

  [[nodiscard]] std::array<std::size_t, M> shape() const {
    std::array<std::size_t, M> result{};
    std::size_t m = 0;
    for (std::size_t d = 0; d < N; ++d)
      if (kept_[d]) result[m++] = static_cast<std::size_t>(selected_.dimensions[d].count);
    return result;
  }
  [[nodiscard]] std::int64_t size() const { return selected_.volume(); }

  /// The elements, as a new tensor.
  operator tensor() const { // NOLINT(*-explicit-*): it stands for its elements
    tensor result = tensor::from_shape(shape());
    get_into(result.data());
    return result;
  }

  /// The elements, into a buffer of the same length (a tensor, vector, span …) in row-major order, without allocation
  /// unless the buffer is memory of the array itself. Throws `argument_error` with both lengths.
  template <writable Buffer>
    requires std::same_as<element_t<Buffer>, value_type>
  void get_into(Buffer&& buffer) const {
    auto const elements = view(buffer);
    check_length("get", static_cast<std::int64_t>(elements.size()));
    if (!array_->window().holds(elements.data())) return get_into(elements.data());
    tensor const copy = *this;
    std::copy(copy.storage().begin(), copy.storage().end(), elements.begin());
  }

  /// The elements = those of an expression of the same shape. Throws `argument_error` with both shapes.
  template <class E>
    requires(!std::is_const_v<Array>)
  section const& operator=(xt::xexpression<E> const& expression) const { // NOLINT(*-assign*)
    with_elements("assignment", expression, [&](value_type const* from) { put_from(from); });
    return *this;
  }
  /// Every element = value.
  section const& operator=(value_type const& value) const // NOLINT(*-assign*)
      requires(!std::is_const_v<Array>) {
    detail::fill_box(array_->window(), array_->distribution(), selected_, value);
    return *this;
  }
  /// The elements = those of another section, also of the same array where the two overlap: all are read first.
  template <class Other>
    requires(!std::is_const_v<Array>)
  section const& operator=(section<Other, M> const& other) const { // NOLINT(*-assign*)
    return *this = static_cast<typename section<Other, M>::tensor>(other);
  }
  section const& operator=(section const& other) const // NOLINT(*-assign*, cert-oop54-cpp)
      requires(!std::is_const_v<Array>) {
    return *this = static_cast<tensor>(other);
  }

  /// The elements from a buffer of the same length, in row-major order.
  template <source Buffer>
    requires(std::same_as<element_t<Buffer>, value_type> && !std::is_const_v<Array>)
  void put_from(Buffer&& buffer) const {
    auto const elements = view(buffer);
    check_length("put", static_cast<std::int64_t>(elements.size()));
    if (!array_->window().holds(elements.data())) return put_from(elements.data());
    tensor copy = tensor::from_shape(shape());
    std::copy(elements.begin(), elements.end(), copy.storage().begin());
    put_from(copy.data());
  }

  /// Each element = op(element, the expression's), atomically with respect to every other update.
  template <class E, accumulator<value_type> Op>
    requires(!std::is_const_v<Array>)
  void accumulate(xt::xexpression<E> const& expression, Op op) const {
    with_elements("accumulate", expression, [&](value_type const* from) {
      detail::accumulate_box(array_->window(), array_->distribution(), selected_, from, strides(), op);
    });
  }
  template <class E>
    requires(!std::is_const_v<Array> && accumulator<std::plus<>, value_type>)
  section const& operator+=(xt::xexpression<E> const& expression) const {
    accumulate(expression, std::plus<>{});
    return *this;
  }
  template <class E>
    requires(!std::is_const_v<Array> && accumulator<std::plus<>, value_type>)
  section const& operator-=(xt::xexpression<E> const& expression) const {
    accumulate(-expression.derived_cast(), std::plus<>{});
    return *this;
  }
  section const& operator+=(value_type const& value) const
      requires(!std::is_const_v<Array> && accumulator<std::plus<>, value_type>) {
    tensor const values = xt::xtensor<value_type, M>(shape(), value);
    return *this += values;
  }
  section const& operator-=(value_type const& value) const
      requires(!std::is_const_v<Array> && accumulator<std::plus<>, value_type>) {
    return *this += static_cast<value_type>(-value);
  }

private:
  [[nodiscard]] stride_array<N> strides() const { return row_major_strides(selected_.shape()); }

  void get_into(value_type* into) const {
    detail::get_box(array_->window(), array_->distribution(), selected_, into, strides());
  }

  void put_from(value_type const* from) const {
    detail::put_box(array_->window(), array_->distribution(), selected_, from, strides());
  }

  /// Calls `use(pointer)` with the expression's elements in row-major order: without a copy where they lie so, outside
  /// the array's own memory, which may change while they are read.
  template <class E, class Use>
  void with_elements(char const* operation, xt::xexpression<E> const& expression, Use use) const {
    auto const& values = expression.derived_cast();
    auto const mine = shape();
    if (values.dimension() != M || !std::equal(mine.begin(), mine.end(), values.shape().begin())) [[unlikely]]
      throw argument_error(detail::text(operation, " of shape ", detail::tuple_text(values.shape()),
                                        " to a section of shape ", detail::tuple_text(mine), " of ", array_->describe(),
                                        ", on rank ", array_->comm().rank()));
    if constexpr (requires { requires std::same_as<std::remove_cvref_t<decltype(*values.data())>, value_type>; } &&
                  E::static_layout == xt::layout_type::row_major) {
      value_type const* const elements = values.data() + values.data_offset(); // a view's data() is its whole tensor's
      if (!array_->window().holds(elements)) return use(elements);
    }
    tensor const copy = xt::cast<value_type>(values);
    use(copy.data());
  }

  void check_length(char const* operation, std::int64_t length) const {
    if (length != size())
      throw argument_error(detail::text(operation, " with a buffer of ", length, " elements and a section of shape ",
                                        detail::tuple_text(shape()), " of ", array_->describe(), ", on rank ",
                                        array_->comm().rank()));
  }

  Array* array_;
  box<N> selected_;
  std::array<bool, N> kept_;
};

/// The elements of a section, as a new tensor.
template <class Array, std::size_t M>
[[nodiscard]] auto get(section<Array, M> const& from) {
  return static_cast<typename section<Array, M>::tensor>(from);
}

/// The elements of a section, into a buffer of the same length, without allocation.
template <class Array, std::size_t M, writable Buffer>
void get(section<Array, M> const& from, Buffer&& into) {
  from.get_into(into);
}

/// The elements of a section = those of a buffer of the same length.
template <class Array, std::size_t M, source Buffer>
void put(section<Array, M> const& into, Buffer&& from) {
  into.put_from(from);
}

} // namespace armada
