#pragma once

#include <armada/core/communicator.hpp>
#include <armada/core/launch.hpp>

#include <tuple>

namespace armada {

/// Returns when every rank of `comm` has called it, those of the other side of an intercommunicator; with `nonblocking`
/// the pending ends then, with `persistent` each start of the plan. Collective. MPI-4.0, sections 6.3, 6.12.1, 6.13.1.
template <any_mode Mode = blocking_t>
auto barrier(communicator const& comm, Mode mode = {}) {
  using mpi = routine<MPI_Barrier, MPI_Ibarrier, MPI_Barrier_init>;
  return mpi::run(mode, detail::prepare_call({.comm = comm, .operation = "barrier"}, std::tuple(comm.raw())));
}

} // namespace armada
