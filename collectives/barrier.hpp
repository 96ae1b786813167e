#pragma once

#include <armada/core/communicator.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Returns when every rank of `comm` has called it; with `nonblocking`, the pending ends then.
/// Collective. MPI-4.0, sections 6.3 and 6.12.1.
template <completion Mode = blocking_t>
auto barrier(communicator const& comm, Mode mode = {}) {
  return routine<MPI_Barrier, MPI_Ibarrier>::launch(mode, std::tuple(comm.raw()));
}

} // namespace armada
