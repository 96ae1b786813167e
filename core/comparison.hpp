#pragma once

/// How much two communicators or groups have in common.

#include <armada/core/mpi.hpp>

namespace armada {

/// MPI-4.0, sections 7.3.1 and 7.4.1.
enum class comparison : int {
  ident = MPI_IDENT,         ///< communicators: the same one; groups: the same ranks in the same order
  congruent = MPI_CONGRUENT, ///< communicators: the same ranks in the same order, other messages
  similar = MPI_SIMILAR,     ///< the same ranks in another order
  unequal = MPI_UNEQUAL,     ///< other ranks
};

} // namespace armada
