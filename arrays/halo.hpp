#pragma once

/// Ghost cells: copies of what neighbours own, around what a rank owns itself.

#include <armada/arrays/boundary.hpp>
#include <armada/arrays/detail/halo_exchange.hpp>
#include <armada/arrays/detail/halo_plan.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/core/agree.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace armada {

template <std::size_t N>
struct halo_options {
  /// Layers of ghost cells to fill, at most those of the array: `{1, 1}`, or `{{below…}, {above…}}`.
  ghost_cells<N> width;
  /// Whether both ends of a dimension are `boundary::periodic`: for short.
  std::array<bool, N> periodic{};
  /// What lies beyond the ends of each dimension: `{boundary::mirrored, boundary::fixed(0.0)}`.
  std::array<boundaries, N> boundary{};
  /// Whether cells beyond two and more sides are filled as well, which a nine-point stencil needs and a five-point
  /// stencil does not. Where the boundaries that meet differ, `open` comes first, then `fixed`.
  bool corners = false;
};

/// Fills the ghost cells of an array that has some, from the neighbours' tiles and by what lies beyond the array:
///
///   distributed_array<double, 2> a(world(), {rows, columns}, {block, block}, ghost_cells{1, 1});
///   halo<2> edges(a, {.width = {1, 1}, .periodic = {true, false}});
///   edges.exchange();
///
/// Only neighbours wait for each other; no barrier. An exchange hands on what each rank stored into its own tile
/// before; for what others put into it, fence first. It is none itself: elsewhere in the array nothing is ordered.
/// Of use while the array lives, also under another name. Move-only; destruction is collective where ranks are on
/// several hosts.
template <std::size_t N>
class halo {
public:
  /// Collective over the array's communicator, with the same options on every rank, but for fixed values. All ranks
  /// throw `argument_error` or none: where ghost cells are too few, a part has fewer indices than the width (one more
  /// for `reflected`), a dimension with a width is cyclic, or a fixed value is of another type.
  template <wire T, storage_order Order>
  halo(distributed_array<T, N, Order>& a, halo_options<N> const& options);

  /// Fills the ghost cells: start, then finish. To be called by all ranks equally often.
  void exchange() {
    start();
    finish();
  }
  /// Begins it. When it returns, this rank may change what it owns; its ghost cells are undefined until `finish`.
  /// Throws `lifecycle_error` when one is under way already, `finish` when none is.
  void start() { exchange_.start(); }
  void finish() { exchange_.finish(); }

  [[nodiscard]] ghost_cells<N> const& width() const noexcept { return width_; }
  /// Cells, by their places in this rank's tile, whose neighbours within the width are known between start and finish:
  /// all that no other rank's cells are near to.
  [[nodiscard]] box<N> const& inner() const noexcept { return inner_; }
  /// The other cells: few boxes that do not overlap.
  [[nodiscard]] std::vector<box<N>> const& boundary() const noexcept { return boundary_; }
  /// Whether it fills the ghost cells of this array.
  template <class Array>
  [[nodiscard]] bool is_of(Array const& a) const {
    return &exchange_.array() == &a.window();
  }

private:
  using rules = detail::halo_rules<N>;

  [[nodiscard]] static rules checked(communicator const& comm, distribution<N> const& spread,
                                     halo_options<N> const& options);
  template <class T>
  [[nodiscard]] static detail::halo_steps steps(distribution<N> const& spread, rules const& how, int rank);
  void divide(distribution<N> const& spread, rules const& how, int rank);

  ghost_cells<N> width_;
  box<N> inner_;
  std::vector<box<N>> boundary_;
  detail::halo_exchange exchange_;
};

} // namespace armada

#include <armada/arrays/detail/halo_impl.hpp> // IWYU pragma: export
