#pragma once

#include <armada/collectives/detail/reductions.hpp>

namespace armada {

/// Combines `in` of all ranks element by element with `op`; rank r receives block r of the result. Collective over
/// `comm`. Shapes: in (size × n), out (n), the same n on every rank. With `in_place`, `out` (size × n) holds the input,
/// and its first n elements become the result. `op` as for `allreduce`. Over an intercommunicator a side receives the
/// other's result, and size is that of one's own side. Throws `argument_error` when the lengths do not fit.
/// MPI-4.0, sections 6.10.1, 6.12.9 and 6.13.9.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto reduce_scatter_block(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Reduce_scatter_block_c, MPI_Ireduce_scatter_block_c>; // the persistent one: quirk 52
  return mpi::run(mode, detail::reduced_to_blocks("reduce_scatter_block", comm, in, out, std::move(op)));
}

/// The same with a block of each rank's own length: `ragged(range, counts)` says how the input is cut, without gaps and
/// the same on every rank. Shapes: in (sum of counts), out (counts[rank]). Throws `argument_error` when the lengths do
/// not fit, or for gaps. MPI-4.0, sections 6.10.2, 6.12.10 and 6.13.10.
template <wire T, writable Out, reducer<std::remove_const_t<T>> Op, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, Out>
auto reduce_scatter(communicator const& comm, ragged_buffer<T> in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Reduce_scatter_c, MPI_Ireduce_scatter_c, MPI_Reduce_scatter_init_c>;
  return mpi::run(mode, detail::reduced_to_ragged("reduce_scatter", comm, std::move(in), out, std::move(op)));
}

/// The same in place: `out` holds the input, and its first counts[rank] elements become the result.
template <writable_wire T, reducer<T> Op, any_mode Mode = blocking_t>
auto reduce_scatter(communicator const& comm, in_place_t, ragged_buffer<T> out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Reduce_scatter_c, MPI_Ireduce_scatter_c, MPI_Reduce_scatter_init_c>;
  return mpi::run(mode, detail::reduced_to_ragged("reduce_scatter", comm, in_place, std::move(out), std::move(op)));
}

} // namespace armada
