#pragma once

/// A box of cells, row by row of memory.

#include <armada/arrays/distributed_array.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace armada {

template <class T, std::size_t N, storage_order Order>
class stencil_view;

namespace detail {

/// What gives a cell's new value from the cells around it, and perhaps from its index.
template <class Update, std::size_t N, class... Around>
concept cell_update = std::invocable<Update&, Around const&...> || std::invocable < Update&,
        index_array<N>
const&, Around const&... > ;

template <std::size_t N, class Update, class... Around>
decltype(auto) updated(Update& update, index_array<N> const& index, Around const&... around) {
  if constexpr (std::invocable<Update&, Around const&...>)
    return update(around...);
  else
    return update(index, around...);
}

/// The cells around the first one of a box, where every look is checked against the ghost cells that there are.
template <class T, std::size_t N, storage_order Order>
class checked_stencil_view {
public:
  checked_stencil_view(stencil_view<T, N, Order> const& cells, ghost_cells<N> const& ghosts)
      : cells_(&cells), ghosts_(&ghosts) {}

  template <std::integral... Offsets>
    requires(sizeof...(Offsets) == N || sizeof...(Offsets) == 0)
  [[nodiscard]] T const& operator()(Offsets... offsets) const {
    if constexpr (sizeof...(Offsets) > 0) {
      index_array<N> const to{static_cast<std::int64_t>(offsets)...};
      for (std::size_t d = 0; d < N; ++d)
        if (-to[d] > ghosts_->lower[d] || to[d] > ghosts_->upper[d])
          throw index_error(text("sweep: a look at ", tuple_text(to), " from a cell, where there are ",
                                 tuple_text(ghosts_->lower), " ghost cells below and ", tuple_text(ghosts_->upper),
                                 " above"));
    }
    return (*cells_)(offsets...);
  }

private:
  stencil_view<T, N, Order> const* cells_;
  ghost_cells<N> const* ghosts_;
};

template <class Into, class From>
void check_sweep(Into const& into, From const& from) {
  bool const conform = same_parts(into.distribution(), from.distribution()) && into.shape() == from.shape() &&
                       into.comm().state() == from.comm().state();
  if (!conform) throw argument_error(text("sweep: ", into.describe(), " and ", from.describe(), " do not conform"));
  if (&into.window() == &from.window()) throw argument_error(text("sweep into ", into.describe(), ", which is read"));
  for (std::size_t d = 0; d < Into::dimensions; ++d)
    if (into.distribution().along(d).period() > 0)
      throw argument_error(text("sweep into ", into.describe(), ": dimension ", d, " is not in blocks"));
}

/// Cells first to last of a row. A function of its own, so that the compiler believes that nothing else writes there.
template <std::size_t Nearest, class T, std::size_t N, class Update, class... Around>
[[gnu::noinline]] void sweep_row(T* __restrict into, std::int64_t first, std::int64_t last, Update& update,
                                 index_array<N> const& begin, Around... around) {
  for (std::int64_t k = first; k < last; ++k) {
    index_array<N> index = begin;
    index[Nearest] += k;
    into[k] = static_cast<T>(updated<N>(update, index, around.next(k)...));
  }
}

/// The first element that a rank owns.
template <class Array>
[[nodiscard]] auto* first_cell(Array& a) {
  auto const& spread = a.distribution();
  return a.padded().data() + spread.tile_begin(spread.tile_shape(a.comm().rank()));
}

template <class T, std::size_t N, storage_order Order, class Update, class... U>
void sweep_rows(box<N> const& part, distributed_array<T, N, Order>& into, Update& update,
                distributed_array<U, N, Order> const&... from) {
  constexpr std::size_t nearest = Order == storage_order::row_major ? N - 1 : 0;
  auto const& spread = into.distribution();
  int const rank = into.comm().rank();
  index_array<N> const tile = spread.tile_shape(rank);
  for (std::size_t d = 0; d < N; ++d) {
    auto const& along = part.dimensions[d];
    if (!along.within(tile[d]) || (along.step != 1 && along.count > 1))
      throw_beyond(text("box with ", along.count, " cells from ", along.first, " in steps of ", along.step), tile[d],
                   d);
  }
  if (part.empty()) return;
  index_array<N> const strides = spread.tile_strides(tile), origin = spread.global(rank, index_array<N>{});
  T* const cells = first_cell(into);
  auto const count = part.dimensions[nearest].count;
  bool checked = false;
  auto const row = [&](index_array<N> const& local, auto const&... around) {
    index_array<N> index = local;
    for (std::size_t d = 0; d < N; ++d) index[d] += origin[d];
    T* const to = cells + dot(local, strides);
    if (!checked)
      *to = static_cast<T>(
          updated<N>(update, index, checked_stencil_view<U, N, Order>(around, from.distribution().ghosts())...));
    sweep_row<nearest>(to, checked ? 0 : 1, count, update, index, around...);
    checked = true;
  };
  auto const rows = [&](auto const&... first) {
    index_array<N> local{};
    for (std::size_t d = 0; d < N; ++d) local[d] = part.dimensions[d].first;
    for (std::size_t turned = 0; turned < N;) {
      row(local, first.moved(local)...);
      for (turned = 0; turned < N; ++turned) {
        std::size_t const d = Order == storage_order::row_major ? N - 1 - turned : turned;
        if (d == nearest) continue;
        if (++local[d] < part.dimensions[d].first + part.dimensions[d].count) break;
        local[d] = part.dimensions[d].first;
      }
    }
  };
  rows(stencil_view<U, N, Order>(first_cell(from), from.distribution().tile_strides(tile))...);
}

} // namespace detail
} // namespace armada
