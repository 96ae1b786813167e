#pragma once

/// The slices of an array: integers drop a dimension, `xt::range` and `xt::all` keep one. NumPy's meaning, but nothing
/// is clamped.

#include <armada/arrays/index/box.hpp>

#include <xtensor/xslice.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

template <class T>
inline constexpr bool is_range = false;
template <class First, class Last, class Step>
inline constexpr bool is_range<xt::xrange_adaptor<First, Last, Step>> = true;

/// An index of any integer type. What does not fit becomes the largest, which is beyond every extent: an unsigned
/// n - 1 that has wrapped is an error, and not the last index.
[[nodiscard]] constexpr std::int64_t index_of(std::integral auto index) noexcept {
  if (!std::in_range<std::int64_t>(index)) [[unlikely]]
    return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(index);
}

/// A bound that an integer gives, or an open one.
template <class Bound>
[[nodiscard]] constexpr slice_bound bound_of(Bound const& bound) {
  if constexpr (std::integral<Bound>)
    return index_of(bound);
  else
    return std::nullopt;
}

} // namespace detail

/// What selects one position of a dimension.
template <class T>
concept integer_slice = std::integral<std::remove_cvref_t<T>> && !std::same_as<std::remove_cvref_t<T>, bool>;

/// What selects several: `xt::all()`, `xt::range(first, last[, step])`, with `xt::placeholders::_` for an open end.
template <class T>
concept range_slice = std::same_as<std::remove_cvref_t<T>, xt::xall_tag> || detail::is_range<std::remove_cvref_t<T>>;

template <class T>
concept slice = integer_slice<T> || range_slice<T>;

/// The indices that one slice selects of a dimension. Throws `index_error` for what lies beyond it.
template <slice Slice>
[[nodiscard]] constexpr interval resolve(Slice const& selected, std::int64_t extent, std::size_t axis) {
  if constexpr (integer_slice<Slice>)
    return {resolve_index(detail::index_of(selected), extent, axis), 1, 1};
  else if constexpr (detail::is_range<Slice>) {
    std::int64_t step = 1;
    if constexpr (std::integral<decltype(selected.step())>) step = static_cast<std::int64_t>(selected.step());
    return resolve(detail::bound_of(selected.start()), detail::bound_of(selected.stop()), step, extent, axis);
  } else
    return {0, extent, 1};
}

/// The box that one slice per dimension selects.
template <slice... Slices>
[[nodiscard]] constexpr box<sizeof...(Slices)> resolve_all(index_array<sizeof...(Slices)> const& shape,
                                                           Slices const&... slices) {
  std::size_t axis = 0;
  auto const one = [&](auto const& each) {
    auto const at = axis++;
    return resolve(each, shape[at], at);
  };
  return {std::array<interval, sizeof...(Slices)>{one(slices)...}};
}

/// The number of dimensions that slices keep.
template <slice... Slices>
inline constexpr std::size_t kept_dimensions = (std::size_t{range_slice<Slices>} + ... + 0);

} // namespace armada
