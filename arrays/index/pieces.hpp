#pragma once

/// Cuts a box of a distributed array into the parts that each rank owns: the plan of a one-sided transfer.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>

namespace armada {

/// The elements of a box that lie in the tile of one rank. The element at position k, 0 <= k < count, of the piece is
/// at tile_offset + dot(k, tile_stride) in the tile of `owner`, and at first + k in the box.
template <std::size_t N>
struct piece {
  int owner;
  index_array<N> count;
  /// In elements, from the beginning of the owner's tile.
  std::int64_t tile_offset;
  /// In elements; negative where the box runs backwards.
  index_array<N> tile_stride;
  /// The position in the box, not in the array: 0 <= first < count of the box.
  index_array<N> first;
};

namespace detail {

/// The elements of an interval that lie in one part of a dimension. `begin` numbers them in rising order of the index.
struct segment {
  block_place place;
  std::int64_t begin;
  std::int64_t count;
};

/// An interval walked segment by segment in rising order of the parts, whatever the sign of its step.
class segment_walk {
public:
  constexpr segment_walk() = default;
  /// `selected` is not empty, and lies within the dimension.
  constexpr segment_walk(block_dimension const& dimension, interval const& selected)
      : dimension_(&dimension), backwards_(selected.step < 0), count_(selected.count) {
    if (selected.count > 1) stride_ = backwards_ ? -selected.step : selected.step;
    low_ = backwards_ ? selected[selected.count - 1] : selected.first;
    current_ = at(0);
  }

  [[nodiscard]] constexpr segment const& current() const { return current_; }
  [[nodiscard]] constexpr std::int64_t parts() const { return dimension_->parts(); }

  /// Goes to the next segment; after the last one to the first again, and returns false.
  constexpr bool advance() {
    std::int64_t const next = current_.begin + current_.count;
    if (next == current_.count && next == count_) return false;
    current_ = at(next < count_ ? next : 0);
    return next < count_;
  }

  /// The step from one element of the segment to the next, in the order of the interval.
  [[nodiscard]] constexpr std::int64_t step() const { return backwards_ ? -stride_ : stride_; }
  /// Where, within its part, the segment's first element in the order of the interval lies.
  [[nodiscard]] constexpr std::int64_t local() const {
    return current_.place.local + (backwards_ ? (current_.count - 1) * stride_ : 0);
  }
  /// The number of that element in the interval.
  [[nodiscard]] constexpr std::int64_t position() const {
    return backwards_ ? count_ - current_.begin - current_.count : current_.begin;
  }

private:
  [[nodiscard]] constexpr segment at(std::int64_t begin) const {
    block_place const place = dimension_->locate(low_ + begin * stride_);
    std::int64_t const room = place.count - place.local;
    return {place, begin, std::min(count_ - begin, stride_ == 1 ? room : (room - 1) / stride_ + 1)};
  }

  block_dimension const* dimension_ = nullptr;
  bool backwards_ = false;
  std::int64_t count_ = 0;
  std::int64_t low_ = 0;
  std::int64_t stride_ = 1;
  segment current_{};
};

template <std::size_t N>
[[nodiscard]] constexpr piece<N> piece_at(std::array<segment_walk, N> const& walks) {
  piece<N> result{};
  std::int64_t owner = 0, stride = 1;
  for (std::size_t d = 0; d < N; ++d) owner = owner * walks[d].parts() + walks[d].current().place.part;
  for (std::size_t d = N; d-- > 0;) {
    result.count[d] = walks[d].current().count;
    result.first[d] = walks[d].position();
    result.tile_offset += walks[d].local() * stride;
    result.tile_stride[d] = result.count[d] == 1 ? stride : walks[d].step() * stride;
    stride *= walks[d].current().place.count;
  }
  result.owner = static_cast<int>(owner);
  return result;
}

/// The box as one piece, if one rank owns all of it: the commonest slice of all, planned without a walk.
template <std::size_t N>
[[nodiscard]] constexpr bool single_piece(block_distribution<N> const& distribution, box<N> const& selected,
                                          piece<N>& whole) {
  std::int64_t owner = 0, stride = 1;
  std::array<block_place, N> places{};
  for (std::size_t d = 0; d < N; ++d) {
    interval const& i = selected.dimensions[d];
    places[d] = distribution.dimension(d).locate(i.first);
    std::int64_t const last = places[d].local + (i.count - 1) * i.step;
    if (last < 0 || last >= places[d].count) return false;
    owner = owner * distribution.dimension(d).parts() + places[d].part;
  }
  whole.owner = static_cast<int>(owner);
  whole.tile_offset = 0;
  for (std::size_t d = N; d-- > 0; stride *= places[d].count) {
    interval const& i = selected.dimensions[d];
    whole.count[d] = i.count;
    whole.first[d] = 0;
    whole.tile_offset += places[d].local * stride;
    whole.tile_stride[d] = i.count == 1 ? stride : i.step * stride;
  }
  return true;
}

} // namespace detail

/// Calls `visitor(piece)` once for each rank that owns elements of `selected`, in rising order of rank; the pieces
/// cover the box exactly. Local; allocates nothing; the cost is proportional to the number of pieces, and ranks whose
/// tiles the box misses or steps over are not visited. Throws `index_error` before the first visit if the box is not
/// within the shape of the distribution.
template <std::size_t N, std::invocable<piece<N> const&> Visitor>
constexpr void for_each_piece(block_distribution<N> const& distribution, box<N> const& selected, Visitor&& visitor) {
  for (std::size_t d = 0; d < N; ++d)
    if (interval const& i = selected.dimensions[d]; !i.within(distribution.dimension(d).extent())) [[unlikely]]
      detail::throw_beyond(detail::text("box with ", i.count, " indices from ", i.first, " in steps of ", i.step),
                           distribution.dimension(d).extent(), d);
  if (selected.empty()) return;
  if (piece<N> whole{}; detail::single_piece(distribution, selected, whole)) {
    visitor(std::as_const(whole));
    return;
  }
  std::array<detail::segment_walk, N> walks;
  for (std::size_t d = 0; d < N; ++d)
    walks[d] = detail::segment_walk(distribution.dimension(d), selected.dimensions[d]);
  for (std::size_t turned = N; turned > 0;) {
    visitor(detail::piece_at(walks));
    for (turned = N; turned > 0 && !walks[turned - 1].advance();) --turned;
  }
}

} // namespace armada
