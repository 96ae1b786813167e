#pragma once

/// What ghost cells must hold, cell by cell, from the definition alone.

#include <armada/arrays/halo.hpp>
#include <armada/arrays/iteration.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace armada {

/// Of cells that nothing is written to.
inline constexpr int untouched = -1;
/// Of what lies beyond a fixed end of dimension d, when the value below is 50 + d, and 60 + d above.
[[nodiscard]] inline int fixed_value(std::size_t d, bool above) { return (above ? 60 : 50) + static_cast<int>(d); }

/// The value of an element, small enough for a byte, in one of several rounds.
template <std::size_t N>
[[nodiscard]] int element_value(index_array<N> const& index, int round) {
  std::int64_t value = round;
  for (std::size_t d = 0; d < N; ++d) value = value * 7 + index[d];
  return static_cast<int>(value % 47);
}

/// Where index i beyond [0, extent) leads to; nothing where the end is open or fixed.
[[nodiscard]] inline std::optional<std::int64_t> led_to(std::int64_t i, std::int64_t extent, boundary const& end) {
  if (end.is_fixed() || end.what() == boundary::open) return std::nullopt;
  if (end.what() == boundary::periodic) return (i + extent) % extent;
  std::int64_t const shift = end.what() == boundary::mirrored ? 1 : 0;
  return i < 0 ? -i - shift : 2 * (extent - 1) - i + shift;
}

/// The cell at `local` of this rank's tile after an exchange.
template <std::size_t N>
[[nodiscard]] int expected_cell(distribution<N> const& spread, halo_options<N> const& options, int rank,
                                index_array<N> const& local, int round) {
  auto const tile = spread.tile_shape(rank), origin = spread.global(rank, index_array<N>{});
  index_array<N> index{};
  std::size_t sides = 0;
  std::optional<int> fixed;
  bool open = false;
  for (std::size_t d = 0; d < N; ++d) {
    index[d] = origin[d] + local[d];
    if (local[d] >= 0 && local[d] < tile[d]) continue;
    ++sides;
    if (local[d] < -options.width.lower[d] || local[d] >= tile[d] + options.width.upper[d]) return untouched;
    if (index[d] >= 0 && index[d] < spread.shape()[d]) continue;
    auto const& ends = options.boundary[d];
    auto const& end = local[d] < 0 ? ends.lower : ends.upper;
    auto const leads = led_to(index[d], spread.shape()[d], options.periodic[d] ? boundary(boundary::periodic) : end);
    if (leads)
      index[d] = *leads;
    else if (end.is_fixed())
      fixed = fixed_value(d, local[d] > 0);
    else
      open = true;
  }
  if (open || (sides > 1 && !options.corners)) return untouched;
  return fixed ? *fixed : element_value(index, round);
}

/// Whether every part has as many indices as the definition needs.
template <std::size_t N>
[[nodiscard]] bool parts_suffice(distribution<N> const& spread, halo_options<N> const& options) {
  for (std::size_t d = 0; d < N; ++d) {
    auto const& along = spread.along(d);
    auto const width = std::max(options.width.lower[d], options.width.upper[d]);
    auto const at_end = [&](boundary const& end, std::int64_t side) {
      return side > 0 && !options.periodic[d] && end.what() == boundary::reflected ? width + 1 : width;
    };
    for (std::int64_t p = 0; p < along.parts(); ++p)
      if (width > 0 && along.count(p) < width) return false;
    if (along.count(0) < at_end(options.boundary[d].lower, options.width.lower[d]) ||
        along.count(along.parts() - 1) < at_end(options.boundary[d].upper, options.width.upper[d]))
      if (width > 0) return false;
  }
  return true;
}

/// Every cell of this rank's tile is what the definition says.
template <class Array, std::size_t N>
void expect_cells(Array const& a, halo_options<N> const& options, int round) {
  auto const& spread = a.distribution();
  auto const tile = a.padded();
  index_array<N> at{};
  for (auto const& cell : tile.elements()) {
    index_array<N> local = at;
    for (std::size_t d = 0; d < N; ++d) local[d] -= spread.ghosts().lower[d];
    ASSERT_EQ(static_cast<int>(cell), expected_cell(spread, options, a.comm().rank(), local, round))
        << "at " << detail::tuple_text(local) << " of rank " << a.comm().rank() << ", round " << round;
    for (std::size_t k = 0; k < N; ++k) {
      std::size_t const d = Array::order == storage_order::row_major ? N - 1 - k : k;
      if (++at[d] < static_cast<std::int64_t>(tile.shape()[d])) break;
      at[d] = 0;
    }
  }
}

/// New elements, and nothing in the ghost cells.
template <class Array>
void renew(Array& a, int round) {
  using T = typename Array::value_type;
  a.padded() = static_cast<T>(untouched);
  for_each_owned(a, [&](auto const& index, T& element) { element = static_cast<T>(element_value(index, round)); });
}

/// Exchanges several times with changing elements, or is refused where parts are too small.
template <wire T, std::size_t N, storage_order Order = storage_order::row_major>
void expect_halo(index_array<N> const& shape, cut_array<N> const& cuts, ghost_cells<N> const& room,
                 halo_options<N> const& options) {
  distributed_array<T, N, Order> a(world(), shape, cuts, room);
  SCOPED_TRACE(a.describe() + ", width " + detail::tuple_text(options.width.lower) + " and " +
               detail::tuple_text(options.width.upper));
  if (!parts_suffice(a.distribution(), options)) {
    EXPECT_THROW(halo<N>(a, options), argument_error);
    return;
  }
  halo<N> edges(a, options);
  for (int round = 0; round < 4; ++round) {
    renew(a, round);
    if (round % 2 == 0) {
      edges.exchange();
    } else {
      edges.start();
      for (box<N> const& part : edges.boundary()) ASSERT_FALSE(part.empty());
      edges.finish();
    }
    expect_cells(a, options, round);
  }
}

} // namespace armada
