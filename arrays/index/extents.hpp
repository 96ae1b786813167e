#pragma once

/// Shapes, indices and row-major strides: the arithmetic that every distribution and slice is built of.

#include <array>
#include <cstddef>
#include <cstdint>

#include <armada/core/error.hpp>

namespace armada {

/// A shape, an index, or one stride per dimension (counted in elements).
template <std::size_t N>
using index_array = std::array<std::int64_t, N>;

/// The number of elements of `shape`; 1 for N = 0. Throws `argument_error`, naming the shape, on a negative extent, and
/// when the product of the extents times `element_size` (bytes per element, at least 1) is beyond 2^63 - 1. Extents of
/// zero count as one in that check, so that the strides of an accepted shape are representable as well.
template <std::size_t N>
[[nodiscard]] constexpr std::int64_t checked_volume(index_array<N> const& shape, std::int64_t element_size = 1) {
  std::int64_t bytes = element_size, volume = 1;
  bool too_large = false;
  for (std::int64_t const extent : shape) {
    if (extent < 0) throw argument_error(detail::text("shape ", detail::tuple_text(shape), " has a negative extent"));
    too_large |= __builtin_mul_overflow(bytes, extent == 0 ? 1 : extent, &bytes);
    volume = too_large ? 0 : volume * extent;
  }
  if (too_large)
    throw argument_error(detail::text("shape ", detail::tuple_text(shape), " with elements of ", element_size,
                                      " bytes needs more than 2^63 - 1 bytes"));
  return volume;
}

/// The distance in elements between neighbours of each dimension in a dense row-major array of `shape`, which
/// `checked_volume` must accept.
template <std::size_t N>
[[nodiscard]] constexpr index_array<N> row_major_strides(index_array<N> const& shape) {
  index_array<N> strides{};
  std::int64_t stride = 1;
  for (std::size_t d = N; d-- > 0;) {
    strides[d] = stride;
    stride *= shape[d];
  }
  return strides;
}

/// The offset of the element `index` from element (0, …, 0) in an array with `strides`; 0 for N = 0.
template <std::size_t N>
[[nodiscard]] constexpr std::int64_t dot(index_array<N> const& index, index_array<N> const& strides) {
  std::int64_t sum = 0;
  for (std::size_t d = 0; d < N; ++d) sum += index[d] * strides[d];
  return sum;
}

} // namespace armada
