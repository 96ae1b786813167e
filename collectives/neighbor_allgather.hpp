#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/neighbours.hpp>

namespace armada {

/// Every rank receives the blocks of its neighbours, in their order: those of `cartesian::neighbours`,
/// `graph::neighbours`, or the sources of a `dist_graph`. The block of a neighbour beyond an open end stays as it is.
/// Collective over `comm`. Shapes: in (n), out (neighbours × n), the same n on every rank. `in` may be a strided view,
/// both may be `typed`. Throws `argument_error` when the lengths do not fit. MPI-4.0, sections 8.6.1, 8.7.1 and 8.8.1.
template <detail::with_neighbours Comm, message_source In, detail::cut_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto neighbor_allgather(Comm const& comm, In&& in, Out&& out, Mode mode = {}) {
  using mpi = routine<MPI_Neighbor_allgather_c, MPI_Ineighbor_allgather_c, MPI_Neighbor_allgather_init_c>;
  auto const blocks = detail::degrees_of(comm).sources;
  return mpi::run(mode, detail::gathered_by_all("neighbor_allgather", comm, in, out, blocks));
}

/// The same with a block of each neighbour's own length: `ragged(range, counts)` says how `out` is cut, one block for
/// each neighbour. Throws `argument_error` when a block is not inside `out`.
template <detail::with_neighbours Comm, message_source In, writable_wire T, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In>
auto neighbor_allgather(Comm const& comm, In&& in, ragged_buffer<T> out, Mode mode = {}) {
  using mpi = routine<MPI_Neighbor_allgatherv_c, MPI_Ineighbor_allgatherv_c, MPI_Neighbor_allgatherv_init_c>;
  auto const blocks = detail::degrees_of(comm).sources;
  return mpi::run(mode, detail::gathered_ragged_by_all("neighbor_allgather", comm, in, std::move(out), blocks, false));
}

} // namespace armada
