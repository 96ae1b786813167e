#pragma once

/// Which rank owns which element of an N-dimensional array, and where in its tile the element lies.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <armada/arrays/index/block.hpp>
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

/// The grid {ranks, 1, …}, which gives each rank whole rows.
template <std::size_t N>
  requires(N > 0)
[[nodiscard]] constexpr process_grid<N> row_grid(int ranks) {
  index_array<N> extents{};
  extents.fill(1);
  extents[0] = ranks;
  return process_grid<N>(extents);
}

/// The rank that owns an element, and the element's row-major offset in the tile of that rank.
struct element_place {
  int rank;
  std::int64_t offset;

  friend constexpr bool operator==(element_place const&, element_place const&) = default;
};

/// An array of some shape cut into one rectangular tile per rank, by balanced blocks in each dimension; tiles may be
/// empty. A value of O(1) size that every rank computes alike, without communication.
template <std::size_t N>
  requires(N > 0)
class block_distribution {
public:
  /// Whole rows: the grid {ranks, 1, …}. Throws as below.
  constexpr block_distribution(index_array<N> const& shape, int ranks)
      : block_distribution(shape, row_grid<N>(ranks), ranks) {}

  /// Throws `argument_error` for a shape that `checked_volume` refuses, and, naming grid and ranks, unless every
  /// extent of the grid is at least 1 and their product is `ranks`.
  constexpr block_distribution(index_array<N> const& shape, process_grid<N> const& grid, int ranks) : ranks_(ranks) {
    static_cast<void>(checked_volume(shape));
    check(grid, ranks);
    for (std::size_t d = 0; d < N; ++d) dimensions_[d] = block_dimension(shape[d], grid.extents[d]);
  }

  [[nodiscard]] constexpr index_array<N> shape() const {
    return each([](block_dimension const& dimension, std::size_t) { return dimension.extent(); });
  }
  [[nodiscard]] constexpr process_grid<N> grid() const {
    return process_grid<N>(each([](block_dimension const& dimension, std::size_t) { return dimension.parts(); }));
  }
  [[nodiscard]] constexpr int ranks() const { return ranks_; }
  [[nodiscard]] constexpr block_dimension const& dimension(std::size_t d) const { return dimensions_[d]; }

  /// The position of `rank` in the grid. This and the tile queries throw `argument_error` for a rank beyond ranks().
  [[nodiscard]] constexpr index_array<N> coordinates(int rank) const {
    if (rank < 0 || rank >= ranks_)
      throw argument_error(detail::text("rank ", rank, " is not one of the ", ranks_, " ranks of a distribution"));
    index_array<N> result{};
    std::int64_t rest = rank;
    for (std::size_t d = N; d-- > 0; rest /= dimensions_[d].parts()) result[d] = rest % dimensions_[d].parts();
    return result;
  }
  /// The global index of the first element of the tile of `rank`.
  [[nodiscard]] constexpr index_array<N> tile_first(int rank) const {
    index_array<N> const at = coordinates(rank);
    return each([&](block_dimension const& dimension, std::size_t d) { return dimension.first(at[d]); });
  }
  [[nodiscard]] constexpr index_array<N> tile_shape(int rank) const {
    index_array<N> const at = coordinates(rank);
    return each([&](block_dimension const& dimension, std::size_t d) { return dimension.count(at[d]); });
  }
  [[nodiscard]] constexpr std::int64_t tile_volume(int rank) const { return checked_volume(tile_shape(rank)); }
  /// The largest tile_volume of any rank, which is that of rank 0.
  [[nodiscard]] constexpr std::int64_t max_tile_volume() const { return tile_volume(0); }

  /// Owner and offset of the element at `index`, which must lie within shape() and is not checked here.
  [[nodiscard]] constexpr element_place locate(index_array<N> const& index) const {
    std::int64_t rank = 0, offset = 0;
    for (std::size_t d = 0; d < N; ++d) {
      block_place const place = dimensions_[d].locate(index[d]);
      rank = rank * dimensions_[d].parts() + place.part;
      offset = offset * place.count + place.local;
    }
    return {static_cast<int>(rank), offset};
  }
  [[nodiscard]] constexpr int owner(index_array<N> const& index) const { return locate(index).rank; }

  friend constexpr bool operator==(block_distribution const&, block_distribution const&) = default;

private:
  [[nodiscard]] constexpr index_array<N> each(auto query) const {
    index_array<N> result{};
    for (std::size_t d = 0; d < N; ++d) result[d] = query(dimensions_[d], d);
    return result;
  }

  static constexpr void check(process_grid<N> const& grid, int ranks) {
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

  std::array<block_dimension, N> dimensions_;
  int ranks_;
};

} // namespace armada
