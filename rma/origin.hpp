#pragma once

/// This rank's side of a one-sided transfer: a buffer, a buffer with a layout, or a strided view.

#include <armada/core/buffer.hpp>
#include <armada/core/strided_buffer.hpp>
#include <armada/rma/layout.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

/// A buffer whose elements are those of a layout: made by `laid_out`. Borrows the memory.
template <class T>
struct laid_out_buffer {
  std::span<T> memory;
  armada::layout layout;
};

/// Some of the elements of `buffer`, as `layout` says, in its order: `laid_out(matrix, strided(rows, columns))`. The
/// buffer outlives the transfer. Throws `index_error` for a layout that reaches beyond the buffer.
template <lasting_source Buffer>
[[nodiscard]] auto laid_out(Buffer&& buffer, layout arranged) {
  std::span const memory = view(buffer);
  if (arranged.lowest() < 0 || std::cmp_greater(arranged.end(), memory.size()))
    throw index_error(detail::text("laid_out: places ", arranged.lowest(), " to ", arranged.end() - 1,
                                   " of a buffer of ", memory.size(), " elements"));
  return laid_out_buffer<typename decltype(memory)::element_type>{memory, std::move(arranged)};
}

namespace detail {

template <class T>
inline constexpr bool is_laid_out = false;
template <class T>
inline constexpr bool is_laid_out<laid_out_buffer<T>> = true;

/// Elements of this rank's memory: `layout` is nothing when they lie one behind the other.
template <class T>
struct origin_elements {
  T* data;
  std::int64_t count;
  std::optional<armada::layout> layout = std::nullopt;
};

template <class T>
[[nodiscard]] origin_elements<T> origin_of(std::span<T> elements) noexcept {
  return {elements.data(), static_cast<std::int64_t>(elements.size())};
}

template <class T>
[[nodiscard]] origin_elements<T> origin_of(laid_out_buffer<T> const& buffer) {
  if (buffer.layout.is_contiguous()) return {buffer.memory.data(), buffer.layout.size()};
  return {buffer.memory.data(), buffer.layout.size(), buffer.layout};
}

/// A view of xtensor's, by its shape and strides.
template <class View>
[[nodiscard]] auto origin_of_strided(View& view) {
  std::vector<std::pair<std::int64_t, std::int64_t>> loops;
  auto stride = std::ranges::begin(view.strides());
  for (auto const extent : view.shape())
    loops.emplace_back(static_cast<std::int64_t>(extent), static_cast<std::int64_t>(*stride++));
  auto* const first = view.data() + static_cast<std::ptrdiff_t>(view.data_offset());
  using element = std::conditional_t<std::is_const_v<View>, std::remove_pointer_t<decltype(first)> const,
                                     std::remove_pointer_t<decltype(first)>>;
  auto arranged = nested(loops);
  auto const count = arranged.size();
  return origin_elements<element>{first, count, std::move(arranged)};
}

/// Whatever a one-sided call may be given, as elements.
template <class Buffer>
[[nodiscard]] auto origin_elements_of(Buffer& buffer) {
  if constexpr (source<Buffer>) {
    std::span const elements = view(buffer);
    return origin_of(elements);
  } else if constexpr (is_laid_out<std::remove_cv_t<Buffer>>) {
    return origin_of(buffer);
  } else {
    return origin_of_strided(buffer);
  }
}

template <class Buffer>
using origin_element_t =
    std::remove_pointer_t<decltype(origin_elements_of(std::declval<std::remove_reference_t<Buffer>&>()).data)>;

} // namespace detail

template <class T>
inline constexpr bool borrows_memory<laid_out_buffer<T>> = true;

/// What a one-sided call can read: a buffer, `laid_out(buffer, layout)`, a strided view.
template <class Buffer>
concept origin_source = source<Buffer> || detail::is_laid_out<std::remove_cvref_t<Buffer>> ||
    detail::strided_elements<std::remove_cvref_t<Buffer>>;

/// What a one-sided call can write.
template <class Buffer>
concept origin_target = origin_source<Buffer> && !std::is_const_v<detail::origin_element_t<Buffer>>;

/// The type of its elements.
template <origin_source Buffer>
using origin_value_t = std::remove_const_t<detail::origin_element_t<Buffer>>;

} // namespace armada
