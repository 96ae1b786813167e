#pragma once

/// One-sided access to sections of arrays: `get`, `put`, `accumulate`. Local to the caller, whoever owns the elements.
///
/// `blocking`: everything has moved when the call returns. `nonblocking`: when the pending has been waited for; what is
/// near has moved already. `deferred`: at the next `a.flush()` or `a.fence()`. Buffers that are lent stay as they are
/// until then. All throw `argument_error` for a buffer of another shape or length.

#include <armada/arrays/section.hpp>
#include <armada/rma/target.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// Whether something is a strided tensor or view with M dimensions of T, which may be written to.
template <class E, class T>
concept strided_target = strided_expression<std::remove_reference_t<E>, T> &&
    !std::is_const_v<std::remove_reference_t<decltype(*std::declval<E&>().data())>>;

/// Memory that a get may write: a strided tensor or view of the section's shape, or anything contiguous of its length.
template <class Section, class Buffer>
[[nodiscard]] auto writable_buffer(Section const& from, Buffer& buffer) {
  using T = typename Section::value_type;
  constexpr std::size_t M = Section::dimensions;
  if constexpr (strided_target<Buffer&, T>) {
    from.check_shape("get", buffer);
    return buffer_of<M>(buffer);
  } else {
    auto const elements = view(buffer);
    from.check_length("get", static_cast<std::int64_t>(elements.size()));
    return section_buffer<T, M>{elements.data(), row_major_strides(from.chosen().shape)};
  }
}

/// The same for memory that is read.
template <class Section, class Buffer>
[[nodiscard]] auto readable_buffer(char const* operation, Section const& into, Buffer const& buffer) {
  using T = typename Section::value_type;
  constexpr std::size_t M = Section::dimensions;
  if constexpr (xt::is_xexpression<Buffer>::value) {
    into.check_shape(operation, buffer);
    return readable(into, buffer);
  } else {
    auto const elements = view(buffer);
    into.check_length(operation, static_cast<std::int64_t>(elements.size()));
    section_buffer<T const, M> const there{elements.data(), row_major_strides(into.chosen().shape)};
    if (!into.array().window().holds(there.data)) return readable_values<T, M>(there);
    auto copy = xt::xtensor<T, M>::from_shape(into.shape());
    std::copy(elements.begin(), elements.end(), copy.storage().begin());
    return readable_values<T, M>(std::move(copy));
  }
}

/// `get` where the elements are more than a row.
template <class Section, class T, std::size_t M, class Mode>
[[gnu::noinline]] auto get_pieces(Section const& from, section_buffer<T, M> const& there, Mode) {
  auto const& window = from.array().memory().open_window();
  if (window->holds(there.data)) {
    typename Section::tensor const copy = from;
    strided_copy(there.data, there.strides, copy.data(), row_major_strides(from.chosen().shape), from.chosen().shape);
    if constexpr (std::same_as<Mode, nonblocking_t>) return completed_later_with(window, {}, 0);
  } else {
    auto touched = from.begin_get(there);
    if constexpr (std::same_as<Mode, nonblocking_t>)
      return completed_later_with(window, std::move(touched), 0);
    else if constexpr (std::same_as<Mode, blocking_t>)
      touched.complete(*window);
  }
}

template <class Buffer, class T>
concept element_target = strided_target<Buffer, T> ||(writable<Buffer>&& std::same_as<element_t<Buffer>, T>);
template <class Buffer, class T>
concept element_source = xt::is_xexpression<std::remove_cvref_t<Buffer>>::value ||
    (source<Buffer>&& std::same_as<element_t<Buffer>, T>);

/// Runs `begin(elements)` with those of a buffer or expression, and completes it as the mode says. What a pending reads
/// later, a copy or an rvalue, it owns.
template <class Section, class Buffer, class Mode, class Begin>
auto move_from(char const* operation, Section const& into, Buffer&& buffer, Mode, Begin begin) {
  auto const& window = into.array().memory().open_window();
  if constexpr (std::same_as<Mode, nonblocking_t> && !std::is_lvalue_reference_v<Buffer>) {
    auto kept = std::make_unique<std::remove_cvref_t<Buffer>>(std::forward<Buffer>(buffer));
    auto values = readable_buffer(operation, into, *kept);
    auto touched = begin(values);
    return completed_later_with(window, std::move(touched), std::pair(std::move(kept), std::move(values)));
  } else {
    auto values = readable_buffer(operation, into, buffer);
    touched_owners touched = begin(values);
    if constexpr (std::same_as<Mode, nonblocking_t>)
      return completed_later_with(window, std::move(touched), std::move(values));
    else if (std::same_as<Mode, blocking_t> || values.is_copy())
      touched.complete(*window);
  }
}

} // namespace detail

/// Modes of one-sided access to arrays.
template <class Mode>
concept array_mode = access_mode<Mode>;

/// The elements of a section, as a new tensor. With `nonblocking` a pending that gives it.
template <class Array, std::size_t M, class Box, completion Mode = blocking_t>
[[nodiscard]] auto get(section<Array, M, Box> const& from, Mode = {}) {
  using tensor = typename section<Array, M, Box>::tensor;
  if constexpr (std::same_as<Mode, blocking_t>) {
    return static_cast<tensor>(from);
  } else {
    auto values = tensor::from_shape(from.shape());
    auto touched = from.begin_get(detail::buffer_of<M>(values));
    return detail::completed_later(from.array().memory().open_window(), std::move(touched), std::move(values));
  }
}

/// The elements, into a buffer of the same length, in row-major order, or a tensor or strided view of the same shape;
/// without allocation, unless it is memory of the array itself, which takes `blocking`.
template <class Array, std::size_t M, class Box,
          detail::element_target<typename section<Array, M, Box>::value_type> Buffer, array_mode Mode = blocking_t>
  requires(std::same_as<Mode, blocking_t> || outlives_call<Buffer>)
[[gnu::always_inline]] inline auto get(section<Array, M, Box> const& from, Buffer&& into, Mode mode = {}) {
  auto const there = detail::writable_buffer(from, into);
  if (!from.get_row(there)) return detail::get_pieces(from, there, mode);
  if constexpr (std::same_as<Mode, nonblocking_t>)
    return detail::completed_later_with(from.array().memory().open_window(), {}, 0);
}

/// The elements of a section = those of a buffer of the same length, in row-major order, or of an expression of the
/// same shape. With `nonblocking` a pending, which owns an rvalue.
template <class Array, std::size_t M, class Box,
          detail::element_source<typename section<Array, M, Box>::value_type> Buffer, array_mode Mode = blocking_t>
  requires(!std::is_const_v<Array> && (!std::same_as<Mode, deferred_t> || outlives_call<Buffer>))
auto put(section<Array, M, Box> const& into, Buffer&& from, Mode mode = {}) {
  return detail::move_from("put", into, std::forward<Buffer>(from), mode,
                           [&](auto const& values) { return into.begin_put(values); });
}

/// Each element = op(element, the buffer's), atomically with respect to every other update. Buffers and modes as `put`.
template <class Array, std::size_t M, class Box,
          detail::element_source<typename section<Array, M, Box>::value_type> Buffer,
          accumulator<typename section<Array, M, Box>::value_type> Op, array_mode Mode = blocking_t>
  requires(!std::is_const_v<Array> && (!std::same_as<Mode, deferred_t> || outlives_call<Buffer>))
auto accumulate(section<Array, M, Box> const& into, Buffer&& from, Op op, Mode mode = {}) {
  return detail::move_from("accumulate", into, std::forward<Buffer>(from), mode,
                           [&](auto const& values) { return into.begin_accumulate(values, op); });
}

} // namespace armada
