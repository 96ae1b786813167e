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

/// Where the value of a cell comes from.
template <std::size_t N>
struct cell_source {
  enum kind { unwritten, fixed_end, element };
  kind what = element;
  index_array<N> index{};    ///< of an element
  std::size_t dimension = 0; ///< of a fixed end
  bool above = false;
};

/// That of the cell at `local` of a rank's tile after an exchange.
template <std::size_t N>
[[nodiscard]] cell_source<N> source_of(distribution<N> const& spread, halo_options<N> const& options, int rank,
                                       index_array<N> const& local) {
  using source = cell_source<N>;
  auto const at = spread.coordinates(rank), tile = spread.tile_shape(rank);
  source found;
  std::size_t sides = 0;
  bool open = false;
  for (std::size_t d = 0; d < N; ++d) {
    if (local[d] >= 0 && local[d] < tile[d]) continue;
    ++sides;
    if (local[d] < -options.width.lower[d] || local[d] >= tile[d] + options.width.upper[d]) return {source::unwritten};
  }
  for (std::size_t d = 0; d < N; ++d) {
    std::int64_t const nearest = std::clamp<std::int64_t>(local[d], 0, tile[d] - 1);
    auto& index = found.index[d] = spread.along(d).global(at[d], nearest) + local[d] - nearest;
    if (index >= 0 && index < spread.shape()[d]) continue;
    auto const& ends = options.boundary[d];
    auto const& end = local[d] < 0 ? ends.lower : ends.upper;
    if (auto const leads = led_to(index, spread.shape()[d], options.periodic[d] ? boundary::periodic : end))
      index = *leads;
    else if (end.is_fixed())
      found = {source::fixed_end, found.index, d, local[d] > 0};
    else
      open = true;
  }
  if (open || (sides > 1 && !options.corners)) return {source::unwritten};
  return found;
}

/// The cell at `local` of this rank's tile after an exchange.
template <std::size_t N>
[[nodiscard]] int expected_cell(distribution<N> const& spread, halo_options<N> const& options, int rank,
                                index_array<N> const& local, int round) {
  auto const source = source_of(spread, options, rank, local);
  if (source.what == cell_source<N>::unwritten) return untouched;
  return source.what == cell_source<N>::fixed_end ? fixed_value(source.dimension, source.above)
                                                  : element_value(source.index, round);
}

/// Whether every part has neighbours, and as many indices as the definition needs.
template <std::size_t N>
[[nodiscard]] bool parts_suffice(distribution<N> const& spread, halo_options<N> const& options) {
  for (std::size_t d = 0; d < N; ++d) {
    auto const& along = spread.along(d);
    auto const width = std::max(options.width.lower[d], options.width.upper[d]);
    if (width > 0 && along.period() > 0) return false;
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

/// Calls `use(local, cell)` for every cell of this rank's tile.
template <class Array>
void for_each_cell(Array const& a, auto use) {
  constexpr std::size_t N = Array::dimensions;
  auto const tile = a.padded();
  index_array<N> at{};
  for (auto const& cell : tile.elements()) {
    index_array<N> local = at;
    for (std::size_t d = 0; d < N; ++d) local[d] -= a.distribution().ghosts().lower[d];
    use(local, cell);
    for (std::size_t k = 0; k < N; ++k) {
      std::size_t const d = Array::order == storage_order::row_major ? N - 1 - k : k;
      if (++at[d] < static_cast<std::int64_t>(tile.shape()[d])) break;
      at[d] = 0;
    }
  }
}

/// Every cell of this rank's tile is what the definition says.
template <class Array, std::size_t N>
void expect_cells(Array const& a, halo_options<N> const& options, int round) {
  for_each_cell(a, [&](index_array<N> const& local, auto const& cell) {
    if (testing::Test::HasFatalFailure()) return; // one is enough
    ASSERT_EQ(static_cast<int>(cell), expected_cell(a.distribution(), options, a.comm().rank(), local, round))
        << "at " << detail::tuple_text(local) << " of rank " << a.comm().rank() << ", round " << round;
  });
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
  for (int round = 0; round < 3; ++round) {
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
