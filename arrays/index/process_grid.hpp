#pragma once

/// How ranks are arranged along the dimensions of an array.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <armada/arrays/index/cut.hpp>
#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>

namespace armada {

/// The number of ranks along each dimension, as in `process_grid{2, 3}`; ranks are numbered row-major over the grid.
template <std::size_t N>
struct process_grid {
  index_array<N> extents{};

  constexpr explicit process_grid(index_array<N> const& ranks_along) : extents(ranks_along) {}

  template <std::integral... Extents>
    requires(sizeof...(Extents) == N && N > 0)
  constexpr explicit(N == 1) process_grid(Extents... ranks_along)
      : extents{static_cast<std::int64_t>(ranks_along)...} {}

  friend constexpr bool operator==(process_grid const&, process_grid const&) = default;
};

template <std::integral... Extents>
process_grid(Extents...) -> process_grid<sizeof...(Extents)>;

/// One cut for each dimension.
template <std::size_t N>
using cut_array = std::array<cut, N>;

/// The cuts of whole rows: the first dimension in blocks, the others not cut.
template <std::size_t N>
[[nodiscard]] cut_array<N> row_cuts() {
  cut_array<N> cuts;
  for (std::size_t d = 1; d < N; ++d) cuts[d] = whole;
  return cuts;
}

/// The grid {ranks, 1, …}, which gives each rank whole rows.
template <std::size_t N>
  requires(N > 0)
[[nodiscard]] constexpr process_grid<N> row_grid(int ranks) {
  index_array<N> extents{};
  extents.fill(1);
  extents[0] = ranks;
  return process_grid<N>(extents);
}

/// Throws `argument_error`, naming grid and ranks, unless every extent of the grid is at least 1 and their product is
/// `ranks`.
template <std::size_t N>
constexpr void check_grid(process_grid<N> const& grid, int ranks) {
  std::int64_t places = 1;
  bool fits = true;
  for (std::int64_t const extent : grid.extents) {
    if (extent < 1)
      throw argument_error(detail::text("process grid ", detail::tuple_text(grid.extents), " for ", ranks,
                                        " ranks: every extent must be at least 1"));
    fits = fits && extent <= std::numeric_limits<int>::max() / places;
    places = fits ? places * extent : 1;
  }
  if (!fits || places != ranks)
    throw argument_error(detail::text("process grid ", detail::tuple_text(grid.extents),
                                      " does not have as many places as there are ranks, ", ranks));
}

namespace detail {

/// `(block, cyclic)`.
template <std::size_t N>
[[nodiscard]] std::string cuts_text(cut_array<N> const& cuts) {
  std::array<std::string, N> texts;
  for (std::size_t d = 0; d < N; ++d) texts[d] = cuts[d].text();
  return tuple_text(texts);
}

/// Of n > 1.
[[nodiscard]] constexpr std::int64_t largest_prime_factor(std::int64_t n) {
  for (std::int64_t factor = 2; factor * factor <= n; ++factor)
    while (n % factor == 0 && n > factor) n /= factor;
  return n;
}

} // namespace detail

/// A grid of `ranks` for an array of `shape` cut so: dimensions that fix their parts get these, and the ranks that are
/// left go, prime factor by prime factor, the greatest first, to the dimension with the longest parts. Throws
/// `argument_error`, naming cuts and ranks, when there is none.
template <std::size_t N>
  requires(N > 0)
[[nodiscard]] process_grid<N> balanced_grid(index_array<N> const& shape, cut_array<N> const& cuts, int ranks) {
  index_array<N> extents{};
  std::int64_t rest = ranks;
  bool fits = ranks > 0, free = false;
  for (std::size_t d = 0; d < N; ++d) {
    std::int64_t const fixed = cuts[d].fixed_parts();
    free |= fixed == 0;
    extents[d] = std::max<std::int64_t>(fixed, 1);
    fits = fits && rest % extents[d] == 0;
    rest = fits ? rest / extents[d] : 1;
  }
  if (!fits || (rest > 1 && !free))
    throw argument_error(detail::text("there is no grid of ", ranks, " ranks for the cuts ", detail::cuts_text(cuts)));
  while (rest > 1) {
    std::int64_t const factor = detail::largest_prime_factor(rest);
    std::size_t longest = N;
    for (std::size_t d = 0; d < N; ++d)
      if (cuts[d].fixed_parts() == 0 && (longest == N || shape[d] / extents[d] > shape[longest] / extents[longest]))
        longest = d;
    extents[longest] *= factor;
    rest /= factor;
  }
  return process_grid<N>(extents);
}

} // namespace armada
