#pragma once

/// Strided blocks between this rank's memory and a far part, in as few MPI calls as are quick. Complete at the flush.

#include <armada/core/datatype.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/block_types.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace armada::detail {

/// What happens to the elements of the far part.
enum class far_access { get, put, accumulate };

/// For bytes that are only moved: the widest type that fits is the quickest.
template <class T>
[[nodiscard]] element_layout moved_as() noexcept {
  if constexpr (sizeof(T) % 8 == 0)
    return {MPI_UINT64_T, sizeof(T) / 8, sizeof(T)};
  else if constexpr (sizeof(T) % 4 == 0)
    return {MPI_UINT32_T, sizeof(T) / 4, sizeof(T)};
  else if constexpr (sizeof(T) % 2 == 0)
    return {MPI_UINT16_T, sizeof(T) / 2, sizeof(T)};
  else
    return {MPI_BYTE, sizeof(T), sizeof(T)};
}

/// What all rows of one transfer have in common. Steps are in bytes; here they may be negative, or zero for one element
/// that is put many times.
struct row_layout {
  element_layout element;
  std::int64_t count; ///< elements in a row
  std::int64_t here_step, far_step;

  [[nodiscard]] std::int64_t bytes() const noexcept { return count * element.bytes; }
  [[nodiscard]] bool operator==(row_layout const& other) const noexcept {
    return element.bytes == other.element.bytes && count == other.count && here_step == other.here_step &&
           far_step == other.far_step;
  }
  [[nodiscard]] bool contiguous() const noexcept {
    return count == 1 || (here_step == element.bytes && far_step == element.bytes);
  }
};

/// Where rows begin, in bytes from the first: a gap, and a list only where they are not evenly spaced.
class row_places {
public:
  [[nodiscard]] std::int64_t count() const noexcept { return count_; }
  [[nodiscard]] bool even() const noexcept { return list_.empty(); }
  /// Whether they are evenly spaced with one more at `place`.
  [[nodiscard]] bool even_with(MPI_Aint place) const noexcept {
    return even() && (count_ < 2 || place == count_ * gap_);
  }
  /// From one to the next, where that is even.
  [[nodiscard]] MPI_Aint gap() const noexcept { return gap_; }
  [[nodiscard]] MPI_Aint operator[](std::int64_t i) const noexcept {
    return even() ? i * gap_ : list_[static_cast<std::size_t>(i)];
  }
  /// All of them, where they are not even.
  [[nodiscard]] MPI_Aint const* list() const noexcept { return list_.data(); }

  void add(MPI_Aint place) {
    if (count_ == 1) gap_ = place;
    if (even() && place != count_ * gap_)
      for (std::int64_t i = 0; i < count_; ++i) list_.push_back(i * gap_);
    if (!even()) list_.push_back(place);
    ++count_;
  }
  void clear() noexcept { assign(0, 0); }
  /// `count` of them, evenly spaced.
  void assign(std::int64_t count, MPI_Aint gap) noexcept {
    count_ = count;
    gap_ = count > 1 ? gap : 0;
    list_.clear();
  }

private:
  std::int64_t count_ = 0;
  MPI_Aint gap_ = 0;
  std::vector<MPI_Aint> list_;
};

/// Collects rows and hands them to MPI: contiguous rows that are long, or few, in calls of their own, all others many
/// at a time by derived datatypes. The choice is made here and nowhere else.
///
/// Measured with MPICH 4.0.2 ch4:ucx, two ranks on two cores, November 2026, doubles, in microseconds, MPI's shared
/// memory / TCP (MPIR_CVAR_NOLOCAL=1, and UCX_TLS=tcp,self); get and put differ little:
///
///   array of doubles           one call per row    one call per 256 KiB    one call for all
///   column of 4096                   668 / 26000              34 / 43              38 / 43
///   64 x 64, rows of 512 B             7 / 334                 4 / 13               4 / 13
///   64 x 256, rows of 2 KiB            8 / 336                14 / 39              80 / 40
///   64 x 1024, rows of 8 KiB          36 / 617                60 / 128             74 / 137
///   1024 x 1024, rows of 8 KiB       840 / 9600              927 / 2640          8760 / 9900
///   64 x 4096, rows of 32 KiB            / 2140                  / 540                / 2110
///   16 x 16384, rows of 128 KiB          / 1780                  / 520                / 1990
///   64 x 64, steps of 2             1780 / 27000               5 / 14               5 / 14
///   accumulate of 64 x 64           1253 / 44000               5 / 15
///
/// So elements never go one by one and no derived type covers more than 256 KiB. Contiguous rows go by themselves from
/// 8 KiB on where MPI shares the memory, which it copies at once, and from 64 KiB on elsewhere: over TCP they would be
/// quicker together however long they are, on a network that writes memory without the target from less on, which was
/// not measured. Never by the request-based calls: with derived types these complete too early (quirk 3).
class far_rows {
public:
  /// From here on `add` takes rows. `operation` is for `accumulate`. Rows stay readable, or writable, until the flush.
  far_rows(window_state& window, int rank, far_access access, row_layout const& layout,
           MPI_Op operation = MPI_OP_NULL) noexcept
      : window_(window), rank_(rank), access_(access), layout_(layout), alone_(goes_alone()), operation_(operation) {}

  /// The row that begins at `here`, which `get` writes, and `there` bytes into the far part.
  void add(std::byte const* here, std::int64_t there);
  /// So many rows, and how far it is from one to the next.
  void add(std::byte const* here, std::int64_t there, std::int64_t rows, std::int64_t here_gap, std::int64_t there_gap);
  /// Hands over what is left.
  void finish();
  /// From here on rows are of this shape.
  void reshape(row_layout const& layout) {
    if (layout == layout_) return;
    finish();
    layout_ = layout;
    alone_ = goes_alone();
  }

  [[nodiscard]] element_layout const& element() const noexcept { return layout_.element; }

  static constexpr std::int64_t most_together = std::int64_t{256} << 10;
  /// With so much of evenly spaced rows together, a get does not add one that would make the spacing uneven: planes of
  /// 64 x 64 out of a cube then came with 2.8 GB/s instead of 1.6. Puts are quicker with all together, 4.2 and 2.5.
  static constexpr std::int64_t enough_together = std::int64_t{16} << 10;
  /// From here on contiguous rows go by themselves: where MPI shares the memory, and elsewhere.
  static constexpr std::int64_t long_shared_row = std::int64_t{8} << 10, long_row = std::int64_t{64} << 10;

private:
  class call_type;

  void one_row(std::byte const* here, std::int64_t there);
  void together();
  void blocks(std::byte const* here, block_shape mine, std::int64_t there, block_shape theirs);
  void call_mpi(std::byte const* here, call_type const& mine, std::int64_t there, call_type const& theirs);
  [[nodiscard]] std::int64_t limit() const noexcept;
  [[nodiscard]] bool goes_alone() const noexcept;

  window_state& window_;
  int rank_;
  far_access access_;
  row_layout layout_;
  bool alone_; ///< each row goes by itself
  MPI_Op operation_;
  std::byte const* first_here_ = nullptr; ///< of the rows that wait
  std::int64_t first_there_ = 0;
  row_places here_, there_;
};

/// Moves the block of `shape` between `here` and the elements from byte `there` on of `rank`'s part. For `get` the
/// memory here is written; for `put`, strides of zero put one element everywhere.
template <class T, std::size_t N>
void far_block_at(window_state& window, int rank, far_access access, T const* here, stride_array<N> const& here_strides,
                  std::int64_t there, stride_array<N> const& far_strides, stride_array<N> const& shape,
                  element_layout const& element, MPI_Op operation) {
  strided_nest<N> const nest(far_strides, here_strides, shape);
  strided_loop const row = nest.row();
  far_rows rows(window, rank, access, row_layout{element, row.count, row.src * element.bytes, row.dst * element.bytes},
                operation);
  nest.for_each_rows([&](std::int64_t far, std::int64_t near, strided_loop const& next) {
    rows.add(reinterpret_cast<std::byte const*>(here + near), there + far * element.bytes, next.count,
             next.src * element.bytes, next.dst * element.bytes);
  });
  rows.finish();
}

/// The same from element number `there` on.
template <class T, std::size_t N>
void far_block(window_state& window, int rank, far_access access, T const* here, stride_array<N> const& here_strides,
               std::int64_t there, stride_array<N> const& far_strides, stride_array<N> const& shape,
               element_layout const& element = moved_as<T>(), MPI_Op operation = MPI_OP_NULL) {
  far_block_at(window, rank, access, here, here_strides, there * element.bytes, far_strides, shape, element, operation);
}

} // namespace armada::detail
