#pragma once

/// How a halo is checked and planned.

#include <armada/arrays/halo.hpp>

#include <algorithm>

namespace armada {
namespace detail {

/// Throws `argument_error` unless every part of dimension d can give so many cells.
template <std::size_t N>
void check_halo_dimension(distribution<N> const& spread, halo_rules<N> const& rules, std::size_t d) {
  auto const& along = spread.along(d);
  std::int64_t const below = rules.width.lower[d], above = rules.width.upper[d];
  auto const refuse = [&](auto const&... why) {
    throw argument_error(text("halo of ", tuple_text(spread.shape()), " elements, ", spread.describe(), ": ", why...));
  };
  if (below < 0 || above < 0 || below > spread.ghosts().lower[d] || above > spread.ghosts().upper[d])
    refuse("width ", below, " below and ", above, " above in dimension ", d, ", where there are ",
           spread.ghosts().lower[d], " and ", spread.ghosts().upper[d], " ghost cells");
  std::int64_t const width = std::max(below, above), parts = along.parts();
  if (width == 0) return;
  if (along.period() > 0) refuse("dimension ", d, " is dealt out, its parts have no neighbours");
  std::int64_t ranks_behind = 1;
  for (std::size_t e = d + 1; e < N; ++e) ranks_behind *= spread.along(e).parts();
  auto const reflects = [](std::int64_t side, boundary const& end) {
    return side > 0 && !end.is_fixed() && end.what() == boundary::reflected;
  };
  for (std::int64_t part = 0; part < parts; ++part) {
    bool const one_more = (part == 0 && reflects(below, rules.ends[d].lower)) ||
                          (part == parts - 1 && reflects(above, rules.ends[d].upper));
    if (along.count(part) < width + (one_more ? 1 : 0))
      refuse("extent ", along.count(part), " of rank ", part * ranks_behind, " along dimension ", d,
             " is too small for width ", width, one_more ? ", reflected" : "");
  }
}

} // namespace detail

template <std::size_t N>
detail::halo_rules<N> halo<N>::checked(communicator const& comm, distribution<N> const& spread,
                                       halo_options<N> const& options) {
  rules how{options.width, options.boundary, options.corners};
  std::array<std::int64_t, 2 * N + 2> kinds{};
  kinds[2 * N] = options.corners ? 1 : 0;
  bool twice = false;
  for (std::size_t d = 0; d < N; ++d) {
    boundaries& ends = how.ends[d];
    auto const kind = [](armada::boundary const& end) { return end.is_fixed() ? -1 : std::int64_t{end.what()}; };
    twice = twice || (options.periodic[d] && (kind(ends.lower) != 0 || kind(ends.upper) != 0));
    if (options.periodic[d]) ends = boundary::periodic;
    kinds[2 * d] = kind(ends.lower);
    kinds[2 * d + 1] = kind(ends.upper);
  }
  kinds[2 * N + 1] = twice ? 1 : 0;
  std::array<detail::named_values, 3> const all{{{"width of a halo, below", how.width.lower},
                                                 {"width of a halo, above", how.width.upper},
                                                 {"boundaries of a halo", kinds}}};
  detail::check_same_everywhere(comm, all);
  if (twice) throw argument_error("halo: a dimension that is periodic has another boundary as well");
  for (std::size_t d = 0; d < N; ++d) detail::check_halo_dimension(spread, how, d); // the same on every rank
  return how;
}

template <std::size_t N>
template <class T>
detail::halo_steps halo<N>::steps(distribution<N> const& spread, rules const& how, int rank) {
  detail::halo_planner<N> const planner(spread, how, static_cast<std::int64_t>(sizeof(T)));
  return planner.steps(rank, [](armada::boundary const& end) {
    std::vector<std::byte> bytes(sizeof(T));
    T const value = end.template value<T>();
    std::memcpy(bytes.data(), static_cast<void const*>(&value), sizeof(T));
    return bytes;
  });
}

/// The cells that wait for other ranks are slabs along the sides; those along the first dimension have the edges.
template <std::size_t N>
void halo<N>::divide(distribution<N> const& spread, rules const& how, int rank) {
  auto const at = spread.coordinates(rank), tile = spread.tile_shape(rank);
  inner_ = whole_box(tile);
  for (std::size_t d = 0; d < N; ++d) {
    auto const waits_for = [&](std::int64_t side, std::int64_t width) {
      auto const from = detail::origin_of(spread.along(d), at[d], side, width, how.ends[d]);
      return from.end == nullptr && from.part != at[d] ? std::min(width, tile[d]) : 0;
    };
    std::int64_t const below = waits_for(-1, how.width.lower[d]);
    std::int64_t const above = std::min(waits_for(1, how.width.upper[d]), tile[d] - below);
    auto const slab = [&](std::int64_t first, std::int64_t count) {
      box<N> part = inner_;
      part.dimensions[d] = {first, count, 1};
      if (!part.empty()) boundary_.push_back(part);
    };
    slab(0, below);
    slab(tile[d] - above, above);
    inner_.dimensions[d] = {below, tile[d] - below - above, 1};
  }
}

template <std::size_t N>
template <wire T, storage_order Order>
halo<N>::halo(distributed_array<T, N, Order>& a, halo_options<N> const& options)
    : width_(options.width), exchange_([&] {
        auto const& spread = a.distribution();
        rules const how = checked(a.comm(), spread, options);
        return detail::halo_exchange(a.comm(), a.memory().open_window(), agree(a.comm(), [&] {
                                       divide(spread, how, a.comm().rank());
                                       return steps<T>(spread, how, a.comm().rank());
                                     }));
      }()) {}

} // namespace armada
