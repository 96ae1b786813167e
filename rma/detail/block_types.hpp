#pragma once

/// The derived datatypes that a window used last. Making and freeing them takes MPI one or two microseconds, a tenth of
/// a small patch over TCP, and programs that move patches move many of one shape.

#include <armada/core/derived_datatype.hpp>
#include <armada/core/mpi.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace armada::detail {

/// What elements consist of for MPI: some of a predefined type.
struct element_layout {
  MPI_Datatype unit;
  int units;
  std::int64_t bytes; ///< of the element

  friend bool operator==(element_layout const&, element_layout const&) = default;
};

/// Evenly spaced rows of evenly spaced elements. Distances are in bytes; they may be negative or zero.
struct block_shape {
  element_layout element;
  std::int64_t count, step; ///< of the elements in a row
  std::int64_t rows, gap;

  [[nodiscard]] bool dense_rows() const noexcept { return count == 1 || step == element.bytes; }
  /// One element lies behind the other throughout: MPI needs no datatype of ours.
  [[nodiscard]] bool dense() const noexcept { return dense_rows() && (rows == 1 || gap == count * element.bytes); }
  /// Lets each row, or the rows, be met from the other end: returns how far away that is.
  std::int64_t turn_rows() noexcept {
    step = -step;
    return (1 - count) * step;
  }
  std::int64_t turn_gap() noexcept {
    gap = -gap;
    return (1 - rows) * gap;
  }

  friend bool operator==(block_shape const&, block_shape const&) = default;
};

class block_types {
public:
  /// A committed datatype. It is freed when `most` other shapes have been asked for since, or by `clear`: that does not
  /// disturb what is under way with it (MPI-4.0, 5.1.9).
  [[nodiscard]] MPI_Datatype of(block_shape const& shape);
  void clear() noexcept { made_.clear(); }

  static constexpr std::size_t most = 8;

private:
  std::vector<std::pair<block_shape, datatype>> made_; ///< the last that was used comes first
};

} // namespace armada::detail
