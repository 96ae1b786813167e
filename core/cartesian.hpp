#pragma once

/// Ranks arranged as a grid.

#include <armada/core/communicator.hpp>

#include <optional>
#include <vector>

namespace armada {

/// A grid to be made.
struct grid_options {
  /// Ranks in each dimension; a 0 is chosen, so that the grid takes as many ranks as it can and is as even as it can.
  std::vector<int> dims;
  /// Whether the dimensions close to a ring; empty: none does.
  std::vector<bool> periodic = {};
  /// MPI may give ranks other numbers, to suit the machine.
  bool reorder = false;
};

/// A communicator whose ranks have coordinates, row by row: the last one runs fastest. Everything is local but where
/// it says collective. MPI-4.0, section 8.5.
class cartesian : public communicator {
public:
  /// No grid: what ranks beyond its end have. Converts to false.
  cartesian() noexcept = default;

  /// Arranges the first ranks of `comm`; those beyond the grid get an empty one. Collective; the same options on every
  /// rank. Throws `argument_error` on every rank for a negative extent, a grid with more places than ranks, a
  /// `periodic` of another length, or options that differ. MPI-4.0, section 8.5.1.
  cartesian(communicator const& comm, grid_options const& options);

  /// The grid that a communicator is: a duplicate, or a borrowed one. Throws `argument_error` when it is none.
  explicit cartesian(communicator comm);

  [[nodiscard]] std::vector<int> const& dims() const noexcept { return dims_; }
  [[nodiscard]] std::vector<bool> const& periodic() const noexcept { return periodic_; }

  using communicator::rank;
  /// The rank at `coords`; a periodic dimension wraps. Throws `index_error` beyond another's extent, and
  /// `argument_error` for another number of coordinates.
  [[nodiscard]] int rank(std::vector<int> const& coords) const;
  /// The coordinates of a rank, or of this one. Throws `argument_error` for no rank of the grid.
  [[nodiscard]] std::vector<int> coords(int rank) const;
  [[nodiscard]] std::vector<int> coords() const { return coords(rank()); }

  struct shifted {
    int source; ///< whose data come here
    int dest;   ///< where this rank's data go
  };
  /// The partners of a shift by `displacement` along dimension `dim`; MPI_PROC_NULL beyond an open end. Throws
  /// `argument_error` for no dimension of the grid. MPI-4.0, section 8.5.6.
  [[nodiscard]] shifted shift(int dim, int displacement) const;

  /// For each dimension the rank one place down and the one one place up, MPI_PROC_NULL beyond an open end: the order
  /// of neighbourhood collectives. MPI-4.0, section 8.6.
  [[nodiscard]] std::vector<int> neighbours() const;

  /// The grid of the ranks that share this one's coordinates in every dimension that is not kept. Collective; the same
  /// on every rank. Throws `argument_error` on every rank otherwise. MPI-4.0, section 8.5.7.
  [[nodiscard]] cartesian sub(std::vector<bool> const& keep) const;

private:
  void read_topology();

  std::vector<int> dims_;
  std::vector<bool> periodic_;
};

/// Replaces each 0 of `dims` so that the product is `nodes` and the chosen ones are as close to each other as they can
/// be, in decreasing order. Throws `argument_error` for a negative extent, or when the given ones do not divide
/// `nodes`. Local. MPI-4.0, section 8.5.2.
[[nodiscard]] std::vector<int> dims_create(int nodes, std::vector<int> dims);

/// The rank that MPI would give this process in such a grid, or nothing. Local. Throws as `cartesian` does, on this
/// rank alone. MPI-4.0, section 8.5.8.
[[nodiscard]] std::optional<int> cart_map(communicator const& comm, grid_options const& options);

} // namespace armada
