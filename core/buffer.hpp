#pragma once

/// Buffers: what MPI reads and writes in place. A scalar, a C array, a contiguous range of wire elements.

#include <armada/core/datatype.hpp>

#include <concepts>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

/// One element rather than a range of them.
template <class T>
concept scalar = wire<std::remove_cvref_t<T>> && !std::ranges::range<std::remove_cvref_t<T>>;

namespace detail {

/// A container, array or view whose elements lie one behind the other; not a C array.
template <class T>
concept contiguous_elements = std::ranges::contiguous_range<T> && std::ranges::sized_range<T> && !std::is_array_v<T> &&
                              wire<std::ranges::range_value_t<T>>;

} // namespace detail

/// How a type is seen as a buffer; the one place where a container of your own becomes one. Specialise it with either
///   `element` and `view(value)`, a span over its elements, for elements that lie one behind the other, or
///   `describe(value)`, a `described_buffer`: an address, a count and a datatype (core/described_buffer.hpp).
/// The primary template says that T is no buffer.
template <class T>
struct buffer_traits {};

template <scalar T>
struct buffer_traits<T> {
  using element = T;
  static constexpr std::span<T> view(T& value) noexcept { return {&value, 1}; }
  static constexpr std::span<T const> view(T const& value) noexcept { return {&value, 1}; }
};

template <wire T, std::size_t N>
struct buffer_traits<T[N]> {
  using element = T;
  static constexpr std::span<T> view(T (&values)[N]) noexcept { return values; }
  static constexpr std::span<T const> view(T const (&values)[N]) noexcept { return values; }
};

template <detail::contiguous_elements Range>
struct buffer_traits<Range> {
  using element = std::ranges::range_value_t<Range>;
  static constexpr auto view(Range& range) noexcept {
    return std::span(std::ranges::data(range), static_cast<std::size_t>(std::ranges::size(range)));
  }
  static constexpr auto view(Range const& range) noexcept {
    return std::span(std::ranges::data(range), static_cast<std::size_t>(std::ranges::size(range)));
  }
};

/// A type that MPI can read in place.
template <class T>
concept source = requires(std::remove_reference_t<T>& value) {
  buffer_traits<std::remove_cvref_t<T>>::view(value);
};

/// The element type of a buffer.
template <source T>
using element_t = typename buffer_traits<std::remove_cvref_t<T>>::element;

/// A buffer that MPI can write in place.
template <class T>
concept writable = source<T> && requires(std::remove_reference_t<T>& value) {
  { buffer_traits<std::remove_cvref_t<T>>::view(value) } -> std::convertible_to<std::span<element_t<T>>>;
};

/// Has a length in each of its dimensions, which can change: a tensor.
template <class T>
concept reshapable = requires(std::remove_reference_t<T>& value) {
  value.resize(value.shape());
};

/// A contiguous container of wire elements that can take another length: a vector, a string.
template <class T>
concept resizable = writable<T> && !reshapable<T> && requires(std::remove_reference_t<T> & value, std::size_t n) {
  value.resize(n);
};

/// A buffer that keeps its length.
template <class T>
concept fixed_length = writable<T> && !resizable<T>;

/// The input is already in the output: reductions and gathers that replace their buffer. MPI-4.0, section 6.2.3.
struct in_place_t {};
inline constexpr in_place_t in_place{};

template <class T>
concept in_place_tag = std::same_as<std::remove_cvref_t<T>, in_place_t>;

/// What a collective may be given to send.
template <class T>
concept source_or_in_place = source<T> || in_place_tag<T>;

/// The span of a buffer's elements.
template <source T>
[[nodiscard]] constexpr auto view(T&& buffer) noexcept {
  return buffer_traits<std::remove_cvref_t<T>>::view(buffer);
}

/// A buffer cut into one block per rank, of lengths and places of the caller's choice: the v-forms of MPI.
/// Owns the lengths and places, borrows the elements.
template <wire T>
struct ragged_buffer {
  std::span<T> elements;
  std::vector<MPI_Count> counts;       ///< elements of each rank's block
  std::vector<MPI_Aint> displacements; ///< where each block begins, in elements
};

/// Elements that can be overwritten.
template <class T>
concept writable_wire = wire<T> && !std::is_const_v<T>;

template <class T>
inline constexpr bool is_ragged = false;
template <class T>
inline constexpr bool is_ragged<ragged_buffer<T>> = true;

/// Whether a T shows memory that somebody else owns, so that a temporary T may be lent to a communication.
template <class T>
inline constexpr bool borrows_memory = false;

/// A buffer that lives on after the call: an lvalue, or a view of memory that somebody else owns.
template <class T>
concept outlives_call = std::is_lvalue_reference_v<T> || std::ranges::borrowed_range<T> || in_place_tag<T> ||
    is_ragged<std::remove_cvref_t<T>> || borrows_memory<std::remove_cvref_t<T>>;

/// A buffer that a ragged one can borrow.
template <class T>
concept lasting_source = source<T> && outlives_call<T>;

/// Cuts `range` into blocks of `counts[r]` elements, one behind the other. The range outlives the communication.
template <lasting_source Range, std::ranges::input_range Counts>
[[nodiscard]] auto ragged(Range&& range, Counts const& counts) {
  std::span const elements = view(range);
  ragged_buffer<typename decltype(elements)::element_type> result{elements, {}, {}};
  MPI_Aint next = 0;
  for (auto const count : counts) {
    result.counts.push_back(static_cast<MPI_Count>(count));
    result.displacements.push_back(next);
    next += static_cast<MPI_Aint>(count);
  }
  return result;
}

/// The same with the place of each block, in elements from the range's first: blocks may leave gaps.
template <lasting_source Range, std::ranges::input_range Counts, std::ranges::input_range Displacements>
[[nodiscard]] auto ragged(Range&& range, Counts const& counts, Displacements const& displacements) {
  auto result = ragged(range, counts);
  result.displacements.clear();
  for (auto const place : displacements) result.displacements.push_back(static_cast<MPI_Aint>(place));
  return result;
}

} // namespace armada
