#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Rank r receives in `out` the elements of ranks 0 to r - 1, combined with `op` element by element; rank 0's `out`
/// stays as it is. Collective over `comm`. Shapes: in (n), out (n), the same n on every rank; `in` may be `in_place`.
/// `op` as for `allreduce`. Throws `argument_error` when the lengths differ. MPI-4.0, sections 6.11.2 and 6.12.12.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto exscan(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Exscan_c, MPI_Iexscan_c>;
  return detail::launch_reduced<mpi>("exscan", mode, comm, in, out, std::move(op));
}

} // namespace armada
