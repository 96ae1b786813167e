#pragma once

/// Cuts a selection of a distributed array into the parts that each rank owns: the plan of a one-sided transfer.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/arrays/index/extents.hpp>
#include <armada/arrays/index/index_list.hpp>
#include <armada/arrays/index/runs.hpp>
#include <armada/core/error.hpp>

namespace armada {

/// Elements of a selection that lie in the tile of one rank. The element at position k, 0 <= k < count, of the piece is
/// at tile_offset + dot(k, tile_stride) in the memory of the tile of `owner`, and at first + k * spacing (in each
/// dimension) of the selection.
template <std::size_t N>
struct piece {
  int owner;
  index_array<N> count;
  /// In elements, from the beginning of the owner's tile.
  std::int64_t tile_offset;
  /// In elements; negative where the selection runs backwards.
  index_array<N> tile_stride;
  /// The position in the selection, not in the array: 0 <= first < count of the selection.
  index_array<N> first;
  /// At least 1.
  index_array<N> spacing;

  /// The offset of the piece's first element in a buffer of the whole selection that has these strides.
  [[nodiscard]] constexpr std::int64_t buffer_offset(index_array<N> const& strides) const {
    return dot(first, strides);
  }
  /// The strides of the piece's elements in it.
  [[nodiscard]] constexpr index_array<N> buffer_strides(index_array<N> strides) const {
    for (std::size_t d = 0; d < N; ++d) strides[d] *= spacing[d];
    return strides;
  }
};

namespace detail {

template <std::size_t N>
[[nodiscard]] piece<N> piece_at(distribution<N> const& spread, std::array<run_walk, N> const& walks) {
  piece<N> result{};
  std::int64_t owner = 0;
  index_array<N> tile{};
  for (std::size_t d = 0; d < N; ++d) {
    owner = owner * walks[d].along().parts() + walks[d].current().part;
    tile[d] = walks[d].current().part_count;
  }
  index_array<N> const strides = spread.tile_strides(tile);
  for (std::size_t d = 0; d < N; ++d) {
    run const& along = walks[d].current();
    result.count[d] = along.count;
    result.first[d] = along.position;
    result.spacing[d] = along.spacing;
    result.tile_offset += (along.local + spread.ghosts().lower[d]) * strides[d];
    result.tile_stride[d] = along.count == 1 ? strides[d] : along.local_step * strides[d];
  }
  result.owner = static_cast<int>(owner);
  return result;
}

/// The box as one piece, if one rank owns all of it and it is seen at once: the commonest slice of all, planned without
/// a walk.
template <std::size_t N>
[[nodiscard]] bool single_piece(distribution<N> const& spread, box<N> const& selected, piece<N>& single) {
  bool const plain = spread.is_plain();
  std::int64_t owner = 0;
  std::array<place, N> places{};
  for (std::size_t d = 0; d < N; ++d) {
    interval const& i = selected.dimensions[d];
    dimension const& along = spread.along(d);
    places[d] = plain ? along.blocks()->locate(i.first) : along.locate(i.first);
    std::int64_t const last = places[d].local + (i.count - 1) * i.step;
    if (i.count > 1 && (last < 0 || last >= places[d].count || (!plain && along.period() > 0))) return false;
    owner = owner * (plain ? along.blocks()->parts() : along.parts()) + places[d].part;
  }
  single.owner = static_cast<int>(owner);
  single.tile_offset = 0;
  bool const rows = plain || spread.order() == storage_order::row_major;
  ghost_cells<N> const& ghosts = spread.ghosts();
  std::int64_t stride = 1;
  for (std::size_t k = 0; k < N; ++k) {
    std::size_t const d = rows ? N - 1 - k : k;
    interval const& i = selected.dimensions[d];
    single.count[d] = i.count;
    single.first[d] = 0;
    single.spacing[d] = 1;
    single.tile_offset += (places[d].local + ghosts.lower[d]) * stride;
    single.tile_stride[d] = i.count == 1 ? stride : i.step * stride;
    stride *= places[d].count + ghosts.lower[d] + ghosts.upper[d];
  }
  return true;
}

template <std::size_t N>
void check_within(distribution<N> const& spread, interval const& i, std::size_t d) {
  if (!i.within(spread.shape()[d])) [[unlikely]]
    throw_beyond(text("box with ", i.count, " indices from ", i.first, " in steps of ", i.step), spread.shape()[d], d);
}

template <std::size_t N, class Visitor>
void walk_pieces(distribution<N> const& spread, std::array<std::span<placed_interval const>, N> const& selected,
                 Visitor& visitor) {
  std::array<run_walk, N> walks;
  for (std::size_t d = 0; d < N; ++d) walks[d] = run_walk(spread.along(d), selected[d]);
  for (std::size_t turned = N; turned > 0;) {
    piece<N> const next = piece_at(spread, walks);
    visitor(next);
    for (turned = N; turned > 0 && !walks[turned - 1].advance();) --turned;
  }
}

} // namespace detail

/// Calls `visitor(piece)` for pieces that together are the box, each element once. Where parts are contiguous there is
/// one for each rank that owns elements of it, in rising order of rank. Local; allocates nothing; the cost is
/// proportional to the number of pieces, and ranks whose tiles the box misses or steps over are not visited. Throws
/// `index_error` before the first visit if the box is not within the shape of the distribution.
template <std::size_t N, std::invocable<piece<N> const&> Visitor>
void for_each_piece(distribution<N> const& spread, box<N> const& selected, Visitor&& visitor) {
  for (std::size_t d = 0; d < N; ++d) detail::check_within(spread, selected.dimensions[d], d);
  if (selected.empty()) return;
  if (piece<N> single{}; detail::single_piece(spread, selected, single)) {
    visitor(std::as_const(single));
    return;
  }
  std::array<placed_interval, N> intervals;
  std::array<std::span<placed_interval const>, N> spans;
  for (std::size_t d = 0; d < N; ++d) {
    intervals[d] = {selected.dimensions[d], 0};
    spans[d] = std::span(&intervals[d], 1);
  }
  detail::walk_pieces(spread, spans, visitor);
}

/// The same for a product of index lists. Elements that lists repeat are visited as often.
template <std::size_t N, std::invocable<piece<N> const&> Visitor>
void for_each_piece(distribution<N> const& spread, listed_box<N> const& selected, Visitor&& visitor) {
  std::array<std::span<placed_interval const>, N> spans;
  bool empty = false;
  for (std::size_t d = 0; d < N; ++d) {
    spans[d] = selected.dimensions[d].intervals();
    for (auto const& each : spans[d]) detail::check_within(spread, each.range, d);
    empty |= spans[d].empty();
  }
  if (!empty) detail::walk_pieces(spread, spans, visitor);
}

/// Who owns what of a selection: boxes of the array's indices, in rising order of rank.
template <std::size_t N, class Selected>
[[nodiscard]] std::vector<owned_box<N>> locate(distribution<N> const& spread, Selected const& selected) {
  std::vector<owned_box<N>> found;
  for_each_piece(spread, selected, [&](piece<N> const& each) {
    index_array<N> const strides = spread.tile_strides(spread.tile_shape(each.owner));
    index_array<N> local = spread.local_index(each.owner, each.tile_offset);
    owned_box<N> owned{each.owner, {}};
    index_array<N> const first = spread.global(each.owner, local);
    for (std::size_t d = 0; d < N; ++d) {
      local[d] += each.count[d] > 1 ? each.tile_stride[d] / strides[d] : 0;
      std::int64_t const next = spread.global(each.owner, local)[d];
      owned.range.dimensions[d] = {first[d], each.count[d], each.count[d] > 1 ? next - first[d] : 1};
    }
    found.push_back(owned);
  });
  std::stable_sort(found.begin(), found.end(),
                   [](owned_box<N> const& a, owned_box<N> const& b) { return a.rank < b.rank; });
  return found;
}

} // namespace armada
