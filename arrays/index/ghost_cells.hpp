#pragma once

/// Room beside what a rank owns, for copies of what its neighbours own.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>

namespace armada {

/// Layers of cells below the first and above the last index of a tile, along each dimension: `ghost_cells{1, 1}` is one
/// layer on all four sides in two dimensions, `ghost_cells<2>({1, 0}, {2, 0})` below and above.
template <std::size_t N>
struct ghost_cells {
  index_array<N> lower{}, upper{};

  constexpr ghost_cells() = default;
  /// The same number on both sides.
  template <std::integral... Widths>
    requires(sizeof...(Widths) == N && N > 0)
  constexpr ghost_cells(Widths... widths) // NOLINT(*-explicit-*)
      : lower{nearest(widths)...}, upper(lower) {}
  constexpr ghost_cells(index_array<N> const& below, index_array<N> const& above) : lower(below), upper(above) {}

  [[nodiscard]] constexpr bool none() const { return *this == ghost_cells{}; }

  /// The shape of a tile of `shape` and its ghost cells. Throws `argument_error` for negative widths, and for a shape
  /// beyond 63 bits.
  [[nodiscard]] constexpr index_array<N> around(index_array<N> shape) const {
    for (std::size_t d = 0; d < N; ++d)
      if (lower[d] < 0 || upper[d] < 0 || __builtin_add_overflow(shape[d], lower[d], &shape[d]) ||
          __builtin_add_overflow(shape[d], upper[d], &shape[d]))
        throw argument_error(detail::text("ghost cells ", detail::tuple_text(lower), " below and ",
                                          detail::tuple_text(upper), " above: negative, or too many"));
    return shape;
  }

  friend constexpr bool operator==(ghost_cells const&, ghost_cells const&) = default;

private:
  static constexpr std::int64_t nearest(std::integral auto width) {
    return std::in_range<std::int64_t>(width) ? static_cast<std::int64_t>(width)
                                              : std::numeric_limits<std::int64_t>::max();
  }
};

template <std::integral... Widths>
ghost_cells(Widths...) -> ghost_cells<sizeof...(Widths)>;

} // namespace armada
