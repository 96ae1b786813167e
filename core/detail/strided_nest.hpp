#pragma once

/// The loops that visit two strided blocks of one shape together: index arithmetic without memory.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace armada {

/// One stride, extent or index per dimension.
template <std::size_t N>
using stride_array = std::array<std::int64_t, N>;

namespace detail {

struct strided_loop {
  std::int64_t count, dst, src;
};

/// Two loops of a block: `rows` steps least in the destination, `columns` in the source.
struct strided_plane {
  strided_loop rows, columns;
};

/// The loops that visit a block, the innermost last; extents of 1 are dropped, dense neighbours are merged, and the
/// destination runs forwards.
template <std::size_t N>
class strided_nest {
public:
  constexpr strided_nest(stride_array<N> const& dst, stride_array<N> const& src, stride_array<N> const& shape) {
    for (std::size_t d = 0; d < N; ++d) {
      if (shape[d] <= 0) empty_ = true;
      if (shape[d] > 1) insert(dst[d] < 0 ? turned(shape[d], dst[d], src[d]) : strided_loop{shape[d], dst[d], src[d]});
    }
    merge();
  }

  [[nodiscard]] constexpr strided_loop const& row() const { return loops_[depth_ - 1]; }

  /// Takes out the loops along which each side steps least, where these are two and long; what is left has a row of one
  /// element for each plane that they visit. Otherwise nothing changes.
  [[nodiscard]] constexpr std::optional<strided_plane> take_plane() {
    std::size_t dst = 0, src = 0;
    for (std::size_t d = 1; d < depth_; ++d) {
      if (loops_[d].dst <= loops_[dst].dst) dst = d;
      if (distance(loops_[d].src) <= distance(loops_[src].src)) src = d;
    }
    if (dst == src || std::min(loops_[dst].count, loops_[src].count) < shortest) return std::nullopt;
    strided_plane const plane{loops_[dst], loops_[src]};
    std::size_t kept = 0;
    for (std::size_t d = 0; d < depth_; ++d)
      if (d != dst && d != src) loops_[kept++] = loops_[d];
    loops_[kept] = {1, 1, 1};
    depth_ = kept + 1;
    return plane;
  }

  /// Calls `visit(dst offset, src offset, rows)` for rows that follow each other: the first element of the first of
  /// them, their number and the steps from one to the next. Not at all for an empty block.
  template <std::invocable<std::int64_t, std::int64_t, strided_loop const&> Visit>
  constexpr void for_each_rows(Visit visit) const {
    if (empty_) return;
    if (depth_ == 1) return static_cast<void>(visit(dst_, src_, strided_loop{1, 0, 0}));
    strided_loop const inner = loops_[depth_ - 2];
    std::int64_t dst = dst_, src = src_;
    std::array<std::int64_t, capacity> done{};
    for (std::size_t turned = 1; turned > 0;) {
      visit(dst, src, inner);
      for (turned = depth_ - 2; turned > 0; --turned) {
        strided_loop const& outer = loops_[turned - 1];
        dst += outer.dst, src += outer.src;
        if (++done[turned - 1] < outer.count) break;
        dst -= outer.count * outer.dst, src -= outer.count * outer.src;
        done[turned - 1] = 0;
      }
    }
  }

  /// Calls `visit(dst offset, src offset)` for the first element of every row; not at all for an empty block.
  template <std::invocable<std::int64_t, std::int64_t> Visit>
  constexpr void for_each_row(Visit visit) const {
    for_each_rows([&](std::int64_t dst, std::int64_t src, strided_loop const& rows) {
      for (std::int64_t i = 0; i < rows.count; ++i, dst += rows.dst, src += rows.src) visit(dst, src);
    });
  }

private:
  static constexpr std::size_t capacity = std::max<std::size_t>(N, 1);
  static constexpr std::int64_t shortest = 4; ///< loop that makes a plane worth while

  [[nodiscard]] static constexpr std::int64_t distance(std::int64_t step) { return step < 0 ? -step : step; }

  [[nodiscard]] constexpr strided_loop turned(std::int64_t count, std::int64_t dst, std::int64_t src) {
    dst_ += (count - 1) * dst;
    src_ += (count - 1) * src;
    return {count, -dst, -src};
  }

  /// Keeps the loops in falling order of the distances that they move by.
  constexpr void insert(strided_loop const& loop) {
    auto const reach = [](strided_loop const& l) { return l.dst + distance(l.src); };
    std::size_t at = depth_++;
    for (; at > 0 && reach(loops_[at - 1]) < reach(loop); --at) loops_[at] = loops_[at - 1];
    loops_[at] = loop;
  }

  constexpr void merge() {
    if (depth_ == 0) loops_[depth_++] = {1, 1, 1};
    std::size_t kept = 0;
    for (std::size_t d = 1; d < depth_; ++d) {
      strided_loop const inner = loops_[d];
      strided_loop& outer = loops_[kept];
      if (outer.dst == inner.count * inner.dst && outer.src == inner.count * inner.src)
        outer = {outer.count * inner.count, inner.dst, inner.src};
      else
        loops_[++kept] = inner;
    }
    depth_ = kept + 1;
  }

  std::array<strided_loop, capacity> loops_{};
  std::size_t depth_ = 0;
  std::int64_t dst_ = 0, src_ = 0;
  bool empty_ = false;
};

} // namespace detail
} // namespace armada
