#pragma once

/// Stencils: every cell becomes a function of the cells around it.

#include <armada/arrays/detail/sweep_rows.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/halo.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace armada {

/// A cell of an array, and what lies around it: `u(-1, 0)` is the cell above it, `u(0, 0)` and `u()` are itself. What a
/// `sweep` calls its function with; take it as `auto`, for it has several types.
template <class T, std::size_t N, storage_order Order>
class stencil_view {
public:
  stencil_view(T const* cell, index_array<N> const& strides) noexcept : cell_(cell), strides_(strides) {
    strides_[nearest] = 1;
  }

  template <std::integral... Offsets>
    requires(sizeof...(Offsets) == N || sizeof...(Offsets) == 0)
  [[nodiscard]] T const& operator()(Offsets... offsets) const noexcept {
    if constexpr (sizeof...(Offsets) == 0)
      return *cell_;
    else
      return cell_[dot(index_array<N>{static_cast<std::int64_t>(offsets)...}, strides_)];
  }

  /// That of the k-th next cell in a row of memory.
  [[nodiscard]] stencil_view next(std::int64_t k) const noexcept { return {cell_ + k, strides_}; }
  /// That of the cell at these offsets.
  [[nodiscard]] stencil_view moved(index_array<N> const& offsets) const noexcept {
    return {cell_ + dot(offsets, strides_), strides_};
  }

private:
  static constexpr std::size_t nearest = Order == storage_order::row_major ? N - 1 : 0;
  T const* cell_;
  index_array<N> strides_;
};

/// into = update(u…) for the cells of a box: places in this rank's tile, as in `halo::inner`. `update` gets a
/// `stencil_view` in each array of `from`, and before them, if it takes that, the index in the whole array:
///
///   sweep(b, [](auto const& u) { return (u(-1, 0) + u(1, 0) + u(0, -1) + u(0, 1)) / 4; }, a);
///
/// The arrays have the same shape, communicator and owners, in blocks; `into` is none of `from`. How far `update` may
/// look is how many ghost cells an array has: looking further throws `index_error` for the first cell of the box, and
/// is not checked for others. Local; loads and stores, which a fence or a halo orders between ranks. Throws
/// `argument_error` for arrays that do not conform, `index_error` for a box that is not within the tile.
template <wire T, std::size_t N, storage_order Order, class Update, wire... U>
  requires detail::cell_update<Update, N, stencil_view<U, N, Order>...>
void sweep(box<N> const& part, distributed_array<T, N, Order>& into, Update update,
           distributed_array<U, N, Order> const&... from) {
  (detail::check_sweep(into, from), ...);
  detail::sweep_rows(part, into, update, from...);
}

/// For all cells of this rank.
template <wire T, std::size_t N, storage_order Order, class Update, wire... U>
  requires detail::cell_update<Update, N, stencil_view<U, N, Order>...>
void sweep(distributed_array<T, N, Order>& into, Update update, distributed_array<U, N, Order> const&... from) {
  sweep(whole_box(into.distribution().tile_shape(into.comm().rank())), into, std::move(update), from...);
}

/// For all cells, with an exchange of ghost cells while those are computed that do not need them: `edges` is a halo of
/// one of `from`. Called by all ranks.
template <wire T, std::size_t N, storage_order Order, class Update, wire... U>
  requires detail::cell_update<Update, N, stencil_view<U, N, Order>...>
void sweep(halo<N>& edges, distributed_array<T, N, Order>& into, Update update,
           distributed_array<U, N, Order> const&... from) {
  (detail::check_sweep(into, from), ...);
  if (!(edges.is_of(from) || ...))
    throw argument_error(
        detail::text("sweep into ", into.describe(), ": the halo is of none of the arrays that are read"));
  edges.start();
  detail::sweep_rows(edges.inner(), into, update, from...);
  edges.finish();
  for (box<N> const& part : edges.boundary()) detail::sweep_rows(part, into, update, from...);
}

} // namespace armada
