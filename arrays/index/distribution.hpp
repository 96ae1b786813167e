#pragma once

/// Which rank owns which element of an N-dimensional array, and where in its tile the element lies.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/dimension.hpp>
#include <armada/arrays/index/extents.hpp>
#include <armada/arrays/index/ghost_cells.hpp>
#include <armada/arrays/index/process_grid.hpp>
#include <armada/core/error.hpp>
#include <armada/core/storage_order.hpp>

namespace armada {

/// The rank that owns an element, and the element's offset in the memory of that rank's tile.
struct element_place {
  int rank;
  std::int64_t offset;

  friend constexpr bool operator==(element_place const&, element_place const&) = default;
};

/// A box of elements that one rank owns.
template <std::size_t N>
struct owned_box {
  int rank;
  box<N> range;

  friend constexpr bool operator==(owned_box const&, owned_box const&) = default;
};

/// An array of some shape spread over a process grid, each dimension cut in a way of its own. A rank owns the product
/// of its parts of all dimensions, and keeps it as one tile, row- or column-major, which is dense unless there are
/// ghost cells around it; tiles may be empty. A value that every rank computes alike, without communication; its size
/// is O(1), but for the boundaries of irregular dimensions.
template <std::size_t N>
  requires(N > 0)
class distribution {
public:
  /// Whole rows in balanced blocks. Throws as below.
  distribution(index_array<N> const& shape, int ranks) : distribution(shape, row_grid<N>(ranks), ranks) {}
  /// Balanced blocks in every dimension.
  distribution(index_array<N> const& shape, process_grid<N> const& grid, int ranks)
      : distribution(shape, cut_array<N>{}, grid, ranks) {}
  /// On a `balanced_grid`.
  distribution(index_array<N> const& shape, cut_array<N> const& cuts, int ranks,
               storage_order order = storage_order::row_major)
      : distribution(shape, cuts, balanced_grid(shape, cuts, ranks), ranks, order) {}

  /// Throws `argument_error` for a shape that `checked_volume` refuses, a grid that has not `ranks` places, and a
  /// dimension that cannot be cut so into that many parts.
  distribution(index_array<N> const& shape, cut_array<N> const& cuts, process_grid<N> const& grid, int ranks,
               storage_order order = storage_order::row_major, ghost_cells<N> const& ghosts = {})
      : shape_(shape), ghosts_(ghosts), cuts_(cuts), ranks_(ranks), order_(order) {
    static_cast<void>(checked_volume(shape));
    static_cast<void>(checked_volume(ghosts.around(shape)));
    check_grid(grid, ranks);
    plain_ = order == storage_order::row_major && ghosts.none();
    for (std::size_t d = 0; d < N; ++d) {
      dimensions_[d] = dimension(shape[d], grid.extents[d], cuts[d]);
      plain_ = plain_ && dimensions_[d].blocks() != nullptr;
    }
  }

  /// A move copies: what is moved from stays whole.
  distribution(distribution const&) = default;
  distribution& operator=(distribution const&) = default;

  [[nodiscard]] index_array<N> const& shape() const { return shape_; }
  [[nodiscard]] process_grid<N> grid() const {
    return process_grid<N>(each([](dimension const& axis, std::size_t) { return axis.parts(); }));
  }
  [[nodiscard]] int ranks() const { return ranks_; }
  [[nodiscard]] storage_order order() const { return order_; }
  /// The layers of cells around each tile that are in its memory, but no elements of the array.
  [[nodiscard]] ghost_cells<N> const& ghosts() const { return ghosts_; }
  [[nodiscard]] cut_array<N> const& cuts() const { return cuts_; }
  [[nodiscard]] dimension const& along(std::size_t d) const { return dimensions_[d]; }

  /// `block, whole on a (4, 1) grid`.
  [[nodiscard]] std::string describe() const {
    auto const cuts = detail::cuts_text(cuts_);
    return detail::text(cuts.substr(1, cuts.size() - 2), " on a ", detail::tuple_text(grid().extents), " grid",
                        order_ == storage_order::column_major ? ", column-major" : "",
                        ghosts_.none() ? "" : ", with ghost cells");
  }

  /// The place of `rank` in the grid. Throws `argument_error` for a rank that is none, as all that follow.
  [[nodiscard]] index_array<N> coordinates(int rank) const {
    if (rank < 0 || rank >= ranks_)
      throw argument_error(detail::text("rank ", rank, " is not one of the ", ranks_, " ranks of a distribution"));
    index_array<N> result{};
    std::int64_t rest = rank;
    for (std::size_t d = N; d-- > 0; rest /= dimensions_[d].parts()) result[d] = rest % dimensions_[d].parts();
    return result;
  }
  /// The shape of the tile of `rank`.
  [[nodiscard]] index_array<N> tile_shape(int rank) const {
    index_array<N> const at = coordinates(rank);
    return each([&](dimension const& axis, std::size_t d) { return axis.count(at[d]); });
  }
  [[nodiscard]] std::int64_t tile_volume(int rank) const { return checked_volume(tile_shape(rank)); }
  /// The same with the ghost cells around it: what is in its memory.
  [[nodiscard]] index_array<N> padded_shape(int rank) const { return ghosts_.around(tile_shape(rank)); }
  /// The distance in memory between neighbours of a tile of this shape.
  [[nodiscard]] index_array<N> tile_strides(index_array<N> const& tile) const {
    index_array<N> strides{};
    std::int64_t stride = 1;
    for (std::size_t k = 0; k < N; ++k) {
      std::size_t const d = inner(k);
      strides[d] = stride;
      stride *= tile[d] + ghosts_.lower[d] + ghosts_.upper[d];
    }
    return strides;
  }
  /// Where in the memory of a tile of this shape its first element is: behind the ghost cells below it.
  [[nodiscard]] std::int64_t tile_begin(index_array<N> const& tile) const {
    return dot(ghosts_.lower, tile_strides(tile));
  }
  /// The place in the tile of `rank` of the element at `offset` in its memory, which must lie within it.
  [[nodiscard]] index_array<N> local_index(int rank, std::int64_t offset) const {
    index_array<N> const tile = tile_shape(rank), memory = ghosts_.around(tile), strides = tile_strides(tile);
    return each([&](dimension const&, std::size_t d) { return offset / strides[d] % memory[d] - ghosts_.lower[d]; });
  }
  /// The global index of the element at `local` in the tile of `rank`, which must lie within its shape.
  [[nodiscard]] index_array<N> global(int rank, index_array<N> const& local) const {
    index_array<N> const at = coordinates(rank);
    return each([&](dimension const& axis, std::size_t d) { return axis.global(at[d], local[d]); });
  }

  /// Whether the elements of every rank are a box: all but block-cyclic dimensions in blocks of two and more.
  [[nodiscard]] bool has_boxes() const {
    for (dimension const& axis : dimensions_)
      if (axis.spacing() == 0) return false;
    return true;
  }
  /// The elements of `rank` as a box, in the order of its tile. Throws `argument_error` unless `has_boxes`.
  [[nodiscard]] box<N> range_of(int rank) const {
    index_array<N> const at = coordinates(rank);
    box<N> range;
    for (std::size_t d = 0; d < N; ++d) {
      dimension const& axis = dimensions_[d];
      if (axis.spacing() == 0)
        throw argument_error(detail::text("what a rank owns of ", describe(), " is not a box, but several"));
      std::int64_t const count = axis.count(at[d]);
      range.dimensions[d] = {count > 0 ? axis.global(at[d], 0) : 0, count, axis.spacing()};
    }
    return range;
  }
  /// The elements of `rank` as few boxes, in the order of its tile; none for an empty tile.
  [[nodiscard]] std::vector<box<N>> boxes_of(int rank) const {
    index_array<N> const at = coordinates(rank);
    std::vector<box<N>> boxes{box<N>{}};
    for (std::size_t d = 0; d < N; ++d) {
      std::vector<box<N>> longer;
      for (box<N> const& begun : boxes)
        for (interval const& run : intervals_of(dimensions_[d], at[d])) {
          longer.push_back(begun);
          longer.back().dimensions[d] = run;
        }
      boxes = std::move(longer);
    }
    return boxes;
  }
  /// Who owns what: the boxes of all ranks, in rising order of rank. As long as there are boxes.
  [[nodiscard]] std::vector<owned_box<N>> tiles() const {
    std::vector<owned_box<N>> all;
    for (int rank = 0; rank < ranks_; ++rank)
      for (box<N> const& range : boxes_of(rank)) all.push_back({rank, range});
    return all;
  }

  /// Owner and offset of the element at `index`, which must lie within shape() and is not checked here.
  [[nodiscard]] element_place locate(index_array<N> const& index) const {
    std::int64_t rank = 0, offset = 0;
    if (!plain_) [[unlikely]]
      return locate_any(index);
    for (std::size_t d = 0; d < N; ++d) {
      block_dimension const& axis = *dimensions_[d].blocks();
      place const at = axis.locate(index[d]);
      rank = rank * axis.parts() + at.part;
      offset = offset * at.count + at.local;
    }
    return {static_cast<int>(rank), offset};
  }
  [[nodiscard]] int owner(index_array<N> const& index) const { return locate(index).rank; }

  /// Every element has the same owner and the same place in memory.
  friend bool operator==(distribution const& a, distribution const& b) {
    return same_parts(a, b) && a.order_ == b.order_ && a.ghosts_ == b.ghosts_;
  }
  /// Every element has the same owner.
  friend bool same_parts(distribution const& a, distribution const& b) {
    return a.dimensions_ == b.dimensions_ && a.ranks_ == b.ranks_;
  }

  /// Balanced blocks in every dimension, and dense row-major tiles: what most arrays are, and the quickest.
  [[nodiscard]] bool is_plain() const { return plain_; }

private:
  [[nodiscard]] element_place locate_any(index_array<N> const& index) const {
    std::int64_t rank = 0, offset = 0, stride = 1;
    std::array<place, N> places{};
    for (std::size_t d = 0; d < N; ++d) {
      places[d] = dimensions_[d].locate(index[d]);
      rank = rank * dimensions_[d].parts() + places[d].part;
    }
    for (std::size_t k = 0; k < N; ++k) {
      std::size_t const d = inner(k);
      offset += (places[d].local + ghosts_.lower[d]) * stride;
      stride *= places[d].count + ghosts_.lower[d] + ghosts_.upper[d];
    }
    return {static_cast<int>(rank), offset};
  }
  /// The dimension whose neighbours are k-th nearest to each other in a tile's memory.
  [[nodiscard]] std::size_t inner(std::size_t k) const { return order_ == storage_order::row_major ? N - 1 - k : k; }
  [[nodiscard]] index_array<N> each(auto query) const {
    index_array<N> result{};
    for (std::size_t d = 0; d < N; ++d) result[d] = query(dimensions_[d], d);
    return result;
  }
  [[nodiscard]] static std::vector<interval> intervals_of(dimension const& axis, std::int64_t part) {
    std::vector<interval> runs;
    std::int64_t const count = axis.count(part);
    if (std::int64_t const spacing = axis.spacing(); spacing > 0) {
      if (count > 0) runs.push_back({axis.global(part, 0), count, spacing});
      return runs;
    }
    for (std::int64_t local = 0; local < count;) {
      std::int64_t const first = axis.global(part, local), length = axis.together(first, axis.locate(first));
      runs.push_back({first, length, 1});
      local += length;
    }
    return runs;
  }

  std::array<dimension, N> dimensions_;
  index_array<N> shape_;
  ghost_cells<N> ghosts_;
  cut_array<N> cuts_;
  int ranks_;
  storage_order order_;
  bool plain_ = false;
};

} // namespace armada
