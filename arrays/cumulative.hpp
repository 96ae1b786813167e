#pragma once

/// Running sums and products of arrays along a dimension.

#include <armada/arrays/detail/reductions.hpp>
#include <armada/arrays/expression.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reduce.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// The loops over a tile across one dimension: those before it, its own, and those after it in memory.
struct lines {
  std::int64_t outer = 1, length = 0, inner = 1;
};
template <std::size_t N>
[[nodiscard]] lines lines_of(index_array<N> const& tile, std::size_t axis, storage_order order) {
  lines result{1, tile[axis], 1};
  for (std::size_t d = 0; d < N; ++d)
    if (d != axis) ((d < axis) == (order == storage_order::row_major) ? result.outer : result.inner) *= tile[d];
  return result;
}

/// element = op(the one before it along the lines, element), in a dense tile.
template <class T, class Op>
void scan_lines(T* data, lines const& all, Op op) {
  for (std::int64_t o = 0; o < all.outer; ++o)
    for (std::int64_t k = 1; k < all.length; ++k) {
      T* const row = data + (o * all.length + k) * all.inner;
      for (std::int64_t i = 0; i < all.inner; ++i) row[i] = static_cast<T>(op(row[i - all.inner], row[i]));
    }
}

/// The array with op applied from the front along one dimension, of which each rank has one stretch.
template <class T, std::size_t N, storage_order Order, class Op>
void scan_in_place(distributed_array<T, N, Order>& a, std::size_t axis, Op op) {
  auto const& spread = a.distribution();
  int const rank = a.comm().rank();
  auto const tile = spread.tile_shape(rank);
  lines const all = lines_of(tile, axis, Order);
  T* const data = a.local().data();
  scan_lines(data, all, op);

  // The last element of each line of each part, from which the parts behind it go on.
  auto shape = a.shape();
  auto cuts = spread.cuts();
  auto const grid = spread.grid();
  if (grid.extents[axis] == 1) return a.fence();
  shape[axis] = grid.extents[axis];
  cuts[axis] = block;
  distributed_array<T, N, Order> ends(a.comm(), shape, cuts, grid);
  T* const mine = ends.local().data();
  auto const last_of = [&](std::int64_t o) { return data + (o * all.length + all.length - 1) * all.inner; };
  if (all.length > 0)
    for (std::int64_t o = 0; o < all.outer; ++o) std::copy_n(last_of(o), all.inner, mine + o * all.inner);
  ends.fence();

  auto const& spread_of_ends = ends.distribution();
  std::int64_t const part = spread.coordinates(rank)[axis];
  auto const strides = spread_of_ends.tile_strides(spread_of_ends.tile_shape(rank));
  std::vector<T> before(static_cast<std::size_t>(all.outer * all.inner)), next(before.size());
  bool begun = false;
  for (std::int64_t p = 0; p < part && all.length > 0; ++p) {
    if (spread.along(axis).count(p) == 0) continue;
    for (box<N> const& owned : spread_of_ends.boxes_of(rank)) {
      box<N> wanted = owned;
      wanted.dimensions[axis] = {p, 1, 1};
      index_array<N> corner{};
      for (std::size_t d = 0; d < N; ++d) corner[d] = owned.dimensions[d].first;
      T* const there = next.data() + spread_of_ends.locate(corner).offset;
      get_selected(ends.memory(), wanted, there, strides).complete(ends.window());
    }
    if (!std::exchange(begun, true))
      before = next;
    else
      for (std::size_t i = 0; i < before.size(); ++i) before[i] = static_cast<T>(op(before[i], next[i]));
  }
  for (std::int64_t o = 0; begun && o < all.outer; ++o)
    for (std::int64_t k = 0; k < all.length; ++k) {
      T* const row = data + (o * all.length + k) * all.inner;
      T const* const from = before.data() + o * all.inner;
      for (std::int64_t i = 0; i < all.inner; ++i) row[i] = static_cast<T>(op(from[i], row[i]));
    }
  ends.fence(); // everybody has read
  a.fence();
}

template <class T, array_operand E, class Op>
[[nodiscard]] auto scanned(char const* name, E&& e, std::int64_t axis, Op op) {
  constexpr std::size_t N = std::remove_cvref_t<E>::dimensions;
  auto result = [&] {
    distributed_array values(elementwise([](auto const& x) { return static_cast<T>(x); }, std::forward<E>(e)));
    return values;
  }();
  reduced_axes<N, 1> const along(name, {axis}, result);
  auto const d = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(N) : axis);
  if (result.distribution().along(d).period() == 0) {
    scan_in_place(result, d, op);
    return result;
  }
  auto cuts = result.distribution().cuts();
  cuts[d] = block;
  auto stretched = redistribute(result, cuts, result.distribution().grid());
  scan_in_place(stretched, d, op);
  copy(stretched, result);
  return result;
}

} // namespace detail

/// The sums of the elements up to each one along an axis, which an array of one dimension need not name; sums of
/// integers have 64 bits. Negative axes count from the end. A new array, cut like the first one of the expression that
/// has its shape; an axis that is dealt out is brought together meanwhile. Collective; fences before and after. Throws
/// `argument_error` on every rank for an axis that is none, and where operands do not conform.
template <detail::summable E>
[[nodiscard]] auto cumsum(E&& e, std::int64_t axis) {
  return detail::scanned<detail::sum_of_t<detail::element_of<E>>>("cumsum", std::forward<E>(e), axis, std::plus<>{});
}
template <detail::summable E>
  requires(std::remove_cvref_t<E>::dimensions == 1)
[[nodiscard]] auto cumsum(E&& e) { return cumsum(std::forward<E>(e), 0); }

/// The products of the elements up to each one.
template <detail::summable E>
[[nodiscard]] auto cumprod(E&& e, std::int64_t axis) {
  return detail::scanned<detail::sum_of_t<detail::element_of<E>>>("cumprod", std::forward<E>(e), axis,
                                                                  std::multiplies<>{});
}
template <detail::summable E>
  requires(std::remove_cvref_t<E>::dimensions == 1)
[[nodiscard]] auto cumprod(E&& e) { return cumprod(std::forward<E>(e), 0); }

} // namespace armada
