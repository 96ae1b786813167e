#pragma once

/// Where ghost cells come from: pure arithmetic.

#include <armada/arrays/boundary.hpp>
#include <armada/arrays/detail/halo_exchange.hpp>
#include <armada/arrays/index/distribution.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace armada::detail {

/// What a halo does, along each dimension.
template <std::size_t N>
struct halo_rules {
  ghost_cells<N> width;
  std::array<boundaries, N> ends;
  bool corners = false;
};

/// Along one dimension: number `first` of `part` on, forwards or backwards.
struct ghost_origin {
  std::int64_t part, first, step;
  boundary const* end = nullptr; ///< beyond the array: open or fixed, and the rest means nothing
};

/// Of the ghost cells of `part`, `width` of them, below it (side -1) or above (1); of its own cells (0).
[[nodiscard]] inline ghost_origin origin_of(dimension const& along, std::int64_t part, std::int64_t side,
                                            std::int64_t width, boundaries const& ends) {
  if (side == 0) return {part, 0, 1};
  std::int64_t const last = along.parts() - 1, beyond = part + side;
  if (beyond >= 0 && beyond <= last) return {beyond, side < 0 ? along.count(beyond) - width : 0, 1};
  boundary const& end = side < 0 ? ends.lower : ends.upper;
  if (end.is_fixed() || end.what() == boundary::open) return {part, 0, 1, &end};
  if (end.what() == boundary::periodic) {
    std::int64_t const other = last - part;
    return {other, side < 0 ? along.count(other) - width : 0, 1};
  }
  std::int64_t const skipped = end.what() == boundary::reflected ? 1 : 0;
  return {part, side < 0 ? width - 1 + skipped : along.count(part) - 1 - skipped, -1};
}

/// The ghost cells of one rank in one direction.
template <std::size_t N>
struct ghost_region {
  int source = -1;                 ///< the rank that owns what they copy
  index_array<N> first{}, step{};  ///< in its tile
  index_array<N> begin{}, shape{}; ///< of the cells: places in the tile around which they lie
  boundary const* end = nullptr;   ///< open or fixed instead
};

template <std::size_t N>
class halo_planner {
public:
  halo_planner(distribution<N> const& spread, halo_rules<N> const& rules, std::int64_t element_bytes)
      : spread_(spread), rules_(rules), size_(element_bytes) {}

  /// Calls `visit(direction, number of the direction)`: -1, 0 or 1 along each dimension.
  template <class Visit>
  void for_each_direction(Visit visit) const {
    int directions = 1;
    for (std::size_t d = 0; d < N; ++d) directions *= 3;
    for (int number = 0; number < directions; ++number) {
      index_array<N> direction{};
      std::size_t sides = 0;
      for (int rest = number; std::int64_t & side : direction) {
        side = rest % 3 - 1;
        rest /= 3;
        sides += side != 0 ? 1 : 0;
      }
      if (sides == 1 || (sides > 1 && rules_.corners)) visit(direction, number);
    }
  }

  [[nodiscard]] ghost_region<N> region(index_array<N> const& at, index_array<N> const& direction) const {
    ghost_region<N> found;
    std::int64_t rank = 0;
    for (std::size_t d = 0; d < N; ++d) {
      auto const& along = spread_.along(d);
      std::int64_t const side = direction[d], count = along.count(at[d]);
      std::int64_t const width = side < 0 ? rules_.width.lower[d] : rules_.width.upper[d];
      auto const from = origin_of(along, at[d], side, width, rules_.ends[d]);
      rank = rank * along.parts() + from.part;
      found.first[d] = from.first;
      found.step[d] = from.step;
      found.shape[d] = side == 0 ? count : width;
      found.begin[d] = side < 0 ? -width : side > 0 ? count : 0;
      bool const open = found.end != nullptr && !found.end->is_fixed();
      if (from.end != nullptr && !open) found.end = from.end; // open before fixed; of several values the last
    }
    found.source = static_cast<int>(rank);
    return found;
  }

  /// What `rank` does; `bytes_of(boundary)` are those of a fixed value.
  template <class Bytes>
  [[nodiscard]] halo_steps steps(int rank, Bytes bytes_of) const {
    halo_steps made{.in = {}, .out = outgoing(rank), .copies = {}, .fills = {}, .outbox = 0};
    made.outbox = outbox_of(made.out);
    auto const at = spread_.coordinates(rank);
    std::map<int, std::vector<halo_message>> sent; // by the ranks that this one receives from
    for_each_direction([&](index_array<N> const& direction, int number) {
      auto const found = region(at, direction);
      bool const nothing = checked_volume(found.shape) == 0;
      if (nothing || (found.end != nullptr && !found.end->is_fixed())) return;
      halo_block const to = block(at, found.begin, all_forwards());
      if (found.end != nullptr) {
        made.fills.push_back({shape_of(found), to, bytes_of(*found.end)});
      } else if (found.source == rank) {
        made.copies.push_back({shape_of(found), to, block(at, found.first, found.step)});
      } else {
        auto const [known, fresh] = sent.try_emplace(found.source);
        if (fresh) known->second = outgoing(found.source);
        for (halo_message const& each : known->second)
          if (each.peer == rank && each.tag == number)
            made.in.push_back({found.source, number, shape_of(found), to, each.packed, each.bytes, each.place,
                               outbox_of(known->second)});
      }
    });
    return made;
  }

private:
  [[nodiscard]] static constexpr index_array<N> all_forwards() {
    index_array<N> ones{};
    ones.fill(1);
    return ones;
  }
  [[nodiscard]] byte_strides shape_of(ghost_region<N> const& found) const {
    byte_strides shape{1, 1, 1, 1, 1, 1, 1, size_};
    for (std::size_t d = 0; d < N; ++d) shape[d] = found.shape[d];
    return shape;
  }
  [[nodiscard]] halo_block block(index_array<N> const& at, index_array<N> const& first,
                                 index_array<N> const& step) const {
    index_array<N> tile{};
    for (std::size_t d = 0; d < N; ++d) tile[d] = spread_.along(d).count(at[d]);
    auto const strides = spread_.tile_strides(tile);
    halo_block result{(spread_.tile_begin(tile) + dot(first, strides)) * size_, {0, 0, 0, 0, 0, 0, 0, 1}};
    for (std::size_t d = 0; d < N; ++d) result.strides[d] = strides[d] * step[d] * size_;
    return result;
  }
  /// Dense, in the order of the tiles' memory.
  [[nodiscard]] byte_strides packed(index_array<N> const& shape) const {
    byte_strides strides{0, 0, 0, 0, 0, 0, 0, 1};
    std::int64_t next = size_;
    for (std::size_t k = 0; k < N; ++k) {
      std::size_t const d = spread_.order() == storage_order::row_major ? N - 1 - k : k;
      strides[d] = next;
      next *= shape[d];
    }
    return strides;
  }

  /// What `rank` gives to others, in an order that every rank finds.
  [[nodiscard]] std::vector<halo_message> outgoing(int rank) const {
    std::vector<halo_message> all;
    std::int64_t place = 0;
    auto const at = spread_.coordinates(rank);
    for_each_direction([&](index_array<N> const& direction, int number) {
      for_each_reader(at, direction, [&](index_array<N> const& reader, int peer) {
        auto const found = region(reader, direction);
        std::int64_t const bytes = checked_volume(found.shape) * size_;
        if (peer == rank || found.end != nullptr || found.source != rank || bytes == 0) return;
        all.push_back(
            {peer, number, shape_of(found), block(at, found.first, found.step), packed(found.shape), bytes, place, 0});
        place += bytes;
      });
    });
    return all;
  }
  [[nodiscard]] static std::int64_t outbox_of(std::vector<halo_message> const& messages) {
    constexpr std::int64_t line = 64;
    return messages.empty() ? 0 : (messages.back().place + messages.back().bytes + line - 1) / line * line;
  }
  /// Calls `visit(coordinates, rank)` for those whose ghost cells in this direction may copy cells of `at`.
  template <class Visit>
  void for_each_reader(index_array<N> const& at, index_array<N> const& direction, Visit visit) const {
    std::array<std::array<std::int64_t, 2>, N> places{};
    std::array<std::size_t, N> count{};
    for (std::size_t d = 0; d < N; ++d) {
      std::int64_t const parts = spread_.along(d).parts(), next = (at[d] - direction[d] + parts) % parts;
      places[d] = {at[d], next}; // itself at an end that is a mirror
      count[d] = next == at[d] ? 1 : 2;
    }
    for (index_array<N> chosen{};;) {
      index_array<N> reader{};
      std::int64_t rank = 0;
      for (std::size_t d = 0; d < N; ++d) {
        reader[d] = places[d][static_cast<std::size_t>(chosen[d])];
        rank = rank * spread_.along(d).parts() + reader[d];
      }
      visit(reader, static_cast<int>(rank));
      std::size_t d = 0;
      for (; d < N && ++chosen[d] == static_cast<std::int64_t>(count[d]); ++d) chosen[d] = 0;
      if (d == N) return;
    }
  }

  distribution<N> const& spread_;
  halo_rules<N> const& rules_;
  std::int64_t size_;
};

} // namespace armada::detail
