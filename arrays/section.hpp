#pragma once

/// A slice of a distributed array: what `a(xt::range(10, 20), 3)` gives. Reading it is a one-sided get, assigning to it
/// a one-sided put, `+=` an atomic accumulate, whoever owns the elements. Local to the caller.

#include <armada/arrays/detail/section_buffer.hpp>
#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/detail/true_indices.hpp>
#include <armada/arrays/element.hpp>
#include <armada/arrays/selection.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace armada {

template <class Array, std::size_t M>
class masked;

/// M dimensions that slices kept of an array, or made. Must not outlive it; a temporary in most programs. In arithmetic
/// with numbers, tensors and other sections its elements are read first.
template <class Array, std::size_t M, class Box = box<Array::dimensions>>
class section {
  static constexpr bool writes = !std::is_const_v<Array>;

public:
  static constexpr std::size_t N = Array::dimensions;
  static constexpr std::size_t dimensions = M;
  using value_type = typename Array::value_type;
  using tensor = xt::xtensor<value_type, M>;

  section(Array& array, selection<N, M, Box> chosen) : array_(&array), chosen_(std::move(chosen)) {}
  /// What `choose()` gives, made in place.
  template <std::invocable Choose>
  section(Array& array, Choose choose) : array_(&array), chosen_(choose()) {}
  section(section const&) = default;

  [[nodiscard]] std::array<std::size_t, M> shape() const {
    std::array<std::size_t, M> result{};
    for (std::size_t m = 0; m < M; ++m) result[m] = static_cast<std::size_t>(chosen_.shape[m]);
    return result;
  }
  [[nodiscard]] std::int64_t size() const { return checked_volume(chosen_.shape); }
  [[nodiscard]] Array& array() const noexcept { return *array_; }
  [[nodiscard]] selection<N, M, Box> const& chosen() const noexcept { return chosen_; }

  /// A slice of the slice, which refers to the array. Throws `index_error` for what lies beyond this one.
  template <slice... Slices>
    requires(slices_of<M, Slices...>&& kept_dimensions<M, Slices...> > 0)
  [[nodiscard]] auto operator()(Slices const&... slices) const {
    auto inner = compose(chosen_, select(chosen_.shape, slices...));
    using made = decltype(inner);
    return section<Array, std::tuple_size_v<decltype(made::shape)>, decltype(made::selected)>(*array_,
                                                                                              std::move(inner));
  }
  /// Its elements where a mask of its first dimensions is true: see <armada/arrays/mask.hpp>.
  template <detail::mask_of<M> Mask>
  [[nodiscard]] masked<Array, detail::masked_dimensions<Mask, M>> operator()(Mask const& mask) const {
    return {*array_, detail::indices_where(mask, chosen_, "a section")};
  }
  /// One element of it.
  template <integer_slice... Index>
    requires(sizeof...(Index) == M)
  [[nodiscard]] decltype(auto) operator()(Index const&... index) const {
    auto const one = compose(chosen_, select(chosen_.shape, index...));
    index_array<N> at{};
    for (std::size_t d = 0; d < N; ++d) at[d] = detail::first_of(one.selected.dimensions[d]);
    return array_->at(at);
  }

  /// The elements, as a new tensor.
  operator tensor() const { // NOLINT(*-explicit-*): it stands for its elements
    tensor result = tensor::from_shape(shape());
    auto const dense = detail::section_buffer<value_type, M>{result.data(), row_major_strides(chosen_.shape)};
    if (!get_row(dense)) begin_get(dense).complete(window());
    return result;
  }

  /// The elements = those of an expression of the same shape. Throws `argument_error` with both shapes.
  template <class E>
  requires writes [[gnu::always_inline]] section const&
  operator=(xt::xexpression<E> const& expression) const { // NOLINT(*-assign*)
    check_shape("assignment", expression.derived_cast());
    if constexpr (detail::strided_expression<E const, value_type>)
      if (put_row(detail::buffer_of<M>(expression.derived_cast()))) return *this;
    put_pieces(expression.derived_cast());
    return *this;
  }
  /// Every element = value.
  section const& operator=(value_type const& value) const // NOLINT(*-assign*)
      requires writes {
    if (auto const row = near_row(); !row.empty())
      std::fill(row.begin(), row.end(), value_type(value)); // which may be one of them
    else
      detail::fill_selected(memory(), chosen_.selected, value).complete(window());
    return *this;
  }
  /// The elements = those of another section, also of the same array where the two overlap: all are read first.
  template <class Other, class OtherBox>
  requires writes section const& operator=(section<Other, M, OtherBox> const& other) const { // NOLINT(*-assign*)
    return *this = static_cast<typename section<Other, M, OtherBox>::tensor>(other);
  }
  section const& operator=(section const& other) const // NOLINT(*-assign*, cert-oop54-cpp)
      requires writes {
    return *this = static_cast<tensor>(other);
  }

  /// Each element = op(element, the expression's), atomically with respect to every other update.
  template <class E, accumulator<value_type> Op>
  requires writes void accumulate(xt::xexpression<E> const& expression, Op op) const {
    check_shape("accumulate", expression.derived_cast());
    auto const from = detail::readable(*this, expression.derived_cast());
    begin_accumulate(from, op).complete(window());
  }
  template <class E>
    requires(writes&& accumulator<std::plus<>, value_type>)
  section const& operator+=(xt::xexpression<E> const& expression) const {
    accumulate(expression, std::plus<>{});
    return *this;
  }
  template <class E>
    requires(writes&& accumulator<std::plus<>, value_type>)
  section const& operator-=(xt::xexpression<E> const& expression) const {
    accumulate(-expression.derived_cast(), std::plus<>{});
    return *this;
  }
  template <class Other, class OtherBox>
    requires(writes&& accumulator<std::plus<>, value_type>)
  section const& operator+=(section<Other, M, OtherBox> const& other) const {
    return *this += static_cast<typename section<Other, M, OtherBox>::tensor>(other);
  }
  template <class Other, class OtherBox>
    requires(writes&& accumulator<std::plus<>, value_type>)
  section const& operator-=(section<Other, M, OtherBox> const& other) const {
    return *this -= static_cast<typename section<Other, M, OtherBox>::tensor>(other);
  }
  section const& operator+=(value_type const& value) const requires(writes&& accumulator<std::plus<>, value_type>) {
    detail::accumulate_selected(memory(), chosen_.selected, &value, stride_array<N>{}, std::plus<>{})
        .complete(window());
    return *this;
  }
  section const& operator-=(value_type const& value) const requires(writes&& accumulator<std::plus<>, value_type>) {
    return *this += static_cast<value_type>(-value);
  }

  /// Moves the elements and returns true where they and the buffer's are a dense row of memory, also of the same
  /// memory.
  [[nodiscard, gnu::always_inline]] bool get_row(detail::section_buffer<value_type, M> const& into) const {
    auto const row = row_like(into.strides);
    if (!row.empty()) std::memmove(static_cast<void*>(into.data), row.data(), row.size_bytes());
    return !row.empty();
  }
  [[nodiscard, gnu::always_inline]] bool
  put_row(detail::section_buffer<value_type const, M> const& from) const requires writes {
    auto const row = row_like(from.strides);
    if (!row.empty()) std::memmove(static_cast<void*>(row.data()), from.data, row.size_bytes());
    return !row.empty();
  }

  /// For `get`, `put` and `accumulate`, which complete it: strides are those of this section's dimensions.
  [[nodiscard]] detail::touched_owners begin_get(detail::section_buffer<value_type, M> const& into) const {
    return detail::get_selected(memory(), chosen_.selected, into.data, over_box(into.strides));
  }
  [[nodiscard]] detail::touched_owners
  begin_put(detail::section_buffer<value_type const, M> const& from) const requires writes {
    return put_row(from) ? detail::touched_owners() : begin_put_pieces(from);
  }
  template <accumulator<value_type> Op>
  requires writes [[nodiscard]] detail::touched_owners
  begin_accumulate(detail::section_buffer<value_type const, M> const& from, Op op) const {
    return detail::accumulate_selected(memory(), chosen_.selected, from.data, over_box(from.strides), op);
  }

  /// Throws `argument_error`, with both shapes, unless an expression has the shape of this section.
  void check_shape(char const* operation, auto const& values) const {
    bool same = values.dimension() == M;
    for (std::size_t m = 0; same && m < M; ++m) same = std::cmp_equal(values.shape()[m], chosen_.shape[m]);
    if (!same) [[unlikely]]
      throw_shape(operation, detail::tuple_text(values.shape()));
  }
  /// Throws `argument_error`, with both lengths.
  void check_length(char const* operation, std::int64_t length) const {
    if (length != size()) [[unlikely]]
      throw_length(operation, length);
  }

private:
  [[noreturn, gnu::cold, gnu::noinline]] void throw_shape(char const* operation, std::string const& other) const {
    throw argument_error(detail::text(operation, " of shape ", other, " to a section of shape ",
                                      detail::tuple_text(shape()), " of ", array_->describe(), ", on rank ",
                                      array_->comm().rank()));
  }
  [[noreturn, gnu::cold, gnu::noinline]] void throw_length(char const* operation, std::int64_t length) const {
    throw argument_error(detail::text(operation, " with a buffer of ", length, " elements and a section of shape ",
                                      detail::tuple_text(shape()), " of ", array_->describe(), ", on rank ",
                                      array_->comm().rank()));
  }
  [[gnu::noinline]] void put_pieces(auto const& values) const {
    auto const from = detail::readable(*this, values);
    begin_put_pieces(from).complete(window());
  }
  [[nodiscard]] detail::touched_owners
  begin_put_pieces(detail::section_buffer<value_type const, M> const& from) const requires writes {
    return detail::put_selected(memory(), lasting(), from.data, over_box(from.strides));
  }
  [[nodiscard, gnu::always_inline]] std::span<value_type> near_row() const {
    return detail::near_row<value_type>(memory(), chosen_.selected);
  }
  /// The elements, where they are a row whose neighbours are neighbours in a buffer with these strides as well.
  [[nodiscard, gnu::always_inline]] std::span<value_type> row_like(stride_array<M> const& strides) const {
    for (std::size_t m = 0; m < M; ++m)
      if (chosen_.axes[m] == static_cast<int>(N) - 1 && strides[m] != 1) return {};
    return near_row();
  }
  [[nodiscard]] auto const& memory() const noexcept { return array_->memory(); }
  [[nodiscard]] detail::window_state& window() const { return *memory().open_window(); }
  /// What an assignment writes, without elements that it would write again.
  [[nodiscard]] decltype(auto) lasting() const {
    if constexpr (std::same_as<Box, listed_box<N>>)
      return chosen_.selected.last_of_each();
    else
      return (chosen_.selected);
  }
  /// Strides of this section's dimensions as those of the array's.
  [[nodiscard]] stride_array<N> over_box(stride_array<M> const& strides) const {
    stride_array<N> result{};
    for (std::size_t m = 0; m < M; ++m)
      if (chosen_.axes[m] >= 0) result[static_cast<std::size_t>(chosen_.axes[m])] = strides[m];
    return result;
  }

  Array* array_;
  selection<N, M, Box> chosen_;
};

} // namespace armada
