#pragma once

/// A shape or an index as an argument: integers of any type in braces, `{rows, cols}`, or what `shape()` gives.

#include <armada/arrays/index/extents.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace armada {

template <std::size_t N>
class shape_option {
public:
  template <std::integral... Extents>
    requires(sizeof...(Extents) == N)
  constexpr shape_option(Extents... extents) noexcept : value_{nearest(extents)...} {} // NOLINT(*-explicit-*)
  constexpr shape_option(index_array<N> const& extents) : value_(extents) {}           // NOLINT(*-explicit-*)

  [[nodiscard]] constexpr index_array<N> const& value() const noexcept { return value_; }

private:
  /// What does not fit becomes the largest: no shape has room for it, and no array reaches that far. So the one who
  /// knows what it is for refuses it, on every rank where it is a shape.
  static constexpr std::int64_t nearest(std::integral auto extent) noexcept {
    return std::in_range<std::int64_t>(extent) ? static_cast<std::int64_t>(extent)
                                               : std::numeric_limits<std::int64_t>::max();
  }
  index_array<N> value_;
};

} // namespace armada
