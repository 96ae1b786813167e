#pragma once

/// Pictures of a distribution: who owns what. Local, pure, and quick for any shape and number of ranks: elements that
/// are not shown are not visited.

#include <armada/arrays/index/distribution.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace armada {

/// Characters across and lines down, without the first line; at least 8 and 3 are used.
struct drawing_size {
  int width = 80, height = 24;
};

namespace detail {

/// Two dimensions of a distribution, or one as a single row.
struct drawn_plane {
  dimension rows, columns;
  std::function<int(std::int64_t row, std::int64_t column)> owner;
  int ranks;
  std::string caption;
};

template <std::size_t N>
[[nodiscard]] drawn_plane plane_of(distribution<N> const& spread) {
  auto caption = text(tuple_text(spread.shape()), ", ", spread.describe());
  if constexpr (N > 2) caption += ", at index 0 of all but the first two dimensions";
  auto const owner = [&spread](std::int64_t row, std::int64_t column) {
    index_array<N> index{};
    index[0] = row;
    if constexpr (N == 1)
      index[0] = column;
    else
      index[1] = column;
    return spread.owner(index);
  };
  bool empty = false; // along a dimension that is not drawn
  for (std::size_t d = 2; d < N; ++d) empty |= spread.along(d).extent() == 0;
  if (empty) return {{}, {}, owner, spread.ranks(), std::move(caption)};
  if constexpr (N == 1)
    return {dimension(block_dimension(1, 1)), spread.along(0), owner, spread.ranks(), std::move(caption)};
  else
    return {spread.along(0), spread.along(1), owner, spread.ranks(), std::move(caption)};
}

[[nodiscard]] std::string draw(drawn_plane const& plane, drawing_size size);
[[nodiscard]] std::string draw_svg(drawn_plane const& plane);

} // namespace detail

/// The owner of each element as text, rows down and columns across, under a line that describes the distribution: one
/// character for each up to 62 ranks (0 to 9, a to z, A to Z), numbers beyond. Of what does not fit the beginning and
/// the end are shown, with dots between. Of more than two dimensions the first two, at index 0 of the others.
template <std::size_t N>
[[nodiscard]] std::string draw(distribution<N> const& spread, drawing_size size = {}) {
  return detail::draw(detail::plane_of(spread), size);
}

/// The same as a picture in SVG 1.1: blocks in colours of their owners, with their ranks. It has at most 4096 blocks:
/// of more, the first ones of a dimension that is dealt out in turns, and samples of one in blocks; it says so.
template <std::size_t N>
[[nodiscard]] std::string draw_svg(distribution<N> const& spread) {
  return detail::draw_svg(detail::plane_of(spread));
}

} // namespace armada
