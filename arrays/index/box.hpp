#pragma once

/// Regular sets of indices: what a slice selects, after its bounds were checked against the extents.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>

namespace armada {

/// The `count` indices first, first + step, …; the step may be negative, and is not zero.
struct interval {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t step = 1;

  [[nodiscard]] constexpr std::int64_t operator[](std::int64_t position) const { return first + position * step; }

  /// Whether every index of this interval lies in [0, extent); true for an empty one. False for a negative count, and
  /// for a step of zero with more than one index.
  [[nodiscard]] constexpr bool within(std::int64_t extent) const {
    if (count <= 0) return count == 0;
    std::int64_t last = first;
    if (count > 1 &&
        (step == 0 || __builtin_mul_overflow(count - 1, step, &last) || __builtin_add_overflow(last, first, &last)))
      return false;
    return first >= 0 && first < extent && last >= 0 && last < extent;
  }

  friend constexpr bool operator==(interval const&, interval const&) = default;
};

/// The product of one interval per dimension: a rectangular, regularly stepped subset of an N-dimensional array.
template <std::size_t N>
struct box {
  std::array<interval, N> dimensions{};

  [[nodiscard]] constexpr index_array<N> shape() const {
    index_array<N> counts{};
    for (std::size_t d = 0; d < N; ++d) counts[d] = dimensions[d].count;
    return counts;
  }
  /// The number of elements; 1 for N = 0.
  [[nodiscard]] constexpr std::int64_t volume() const { return checked_volume(shape()); }
  [[nodiscard]] constexpr bool empty() const {
    for (interval const& dimension : dimensions)
      if (dimension.count == 0) return true;
    return false;
  }

  friend constexpr bool operator==(box const&, box const&) = default;
};

/// The box of all elements of an array of `shape`.
template <std::size_t N>
[[nodiscard]] constexpr box<N> whole_box(index_array<N> const& shape) {
  box<N> all;
  for (std::size_t d = 0; d < N; ++d) all.dimensions[d] = {0, shape[d], 1};
  return all;
}

/// A bound of a slice; `std::nullopt` leaves that end open.
using slice_bound = std::optional<std::int64_t>;

namespace detail {

/// Writes a slice as its user wrote it, `range(2, _, -1)` for an open end.
[[nodiscard]] inline std::string slice_text(slice_bound first, slice_bound last, std::int64_t step) {
  auto const bound = [](slice_bound b) { return b ? std::to_string(*b) : std::string("_"); };
  return text("range(", bound(first), ", ", bound(last), ", ", step, ")");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_beyond(std::string const& what, std::int64_t extent,
                                                                std::size_t axis) {
  throw index_error(text(what, " is beyond extent ", extent, " of axis ", axis));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_index_beyond(std::int64_t index, std::int64_t extent,
                                                                      std::size_t axis) {
  throw_beyond(text("index ", index), extent, axis);
}

} // namespace detail

/// The position in [0, extent) of `index`, which counts from the end if negative. Throws `index_error`, naming index,
/// extent and axis, unless -extent <= index < extent.
[[nodiscard]] constexpr std::int64_t resolve_index(std::int64_t index, std::int64_t extent, std::size_t axis) {
  std::int64_t const position = index < 0 ? index + extent : index;
  if (position < 0 || position >= extent) [[unlikely]]
    detail::throw_index_beyond(index, extent, axis);
  return position;
}

/// The indices that the half-open slice `range(first, last, step)` selects from [0, extent), with NumPy's meaning of
/// negative bounds (from the end), negative steps and open ends; but nothing is clamped. Throws `index_error`, naming
/// slice, extent and axis, for a bound outside [-extent, extent] and when the first selected index would be `extent`
/// itself; `argument_error` for a step of zero. Empty results have `first` 0.
[[nodiscard]] constexpr interval resolve(slice_bound first, slice_bound last, std::int64_t step, std::int64_t extent,
                                         std::size_t axis) {
  if (step == 0)
    throw argument_error(detail::text(detail::slice_text(first, last, step), " on axis ", axis, " has step 0"));
  auto const inside = [&](slice_bound bound) { return !bound || (*bound >= -extent && *bound <= extent); };
  if (!inside(first) || !inside(last)) detail::throw_beyond(detail::slice_text(first, last, step), extent, axis);
  auto const position = [&](slice_bound bound, std::int64_t open) {
    return !bound ? open : *bound < 0 ? *bound + extent : *bound;
  };
  std::int64_t const begin = position(first, step > 0 ? 0 : extent - 1);
  std::int64_t const end = position(last, step > 0 ? extent : -1);
  if (step > 0 ? begin >= end : begin <= end) return {0, 0, step};
  if (begin >= extent) detail::throw_beyond(detail::slice_text(first, last, step), extent, axis);
  if (step == 1) return {begin, end - begin, 1};
  return {begin, (step > 0 ? end - begin - 1 : end - begin + 1) / step + 1, step};
}

} // namespace armada
