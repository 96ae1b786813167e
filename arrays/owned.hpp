#pragma once

/// The elements that this rank owns, as a view that may step over ghost cells.

#include <armada/arrays/distributed_array.hpp>

#include <xtensor/xview.hpp>

#include <cstddef>
#include <utility>

namespace armada {

/// An xtensor view of what this rank owns, without a copy, for arrays with ghost cells and without: `owned(a) = 1.0`.
/// Where there are none, `a.local()` is quicker. Valid while the array lives. Local; loads and stores, which a fence
/// orders between ranks.
template <class Array>
[[nodiscard]] auto owned(Array& a) {
  auto const& spread = a.distribution();
  auto const tile = spread.tile_shape(a.comm().rank()), first = spread.ghosts().lower;
  return [&]<std::size_t... D>(std::index_sequence<D...>) {
    return xt::view(a.padded(), xt::range(first[D], first[D] + tile[D])...);
  }
  (std::make_index_sequence<Array::dimensions>());
}

} // namespace armada
