#pragma once

/// What a rank does for the others while it waits for memory that one of them writes.

#include <armada/core/mpi.hpp>

namespace armada::detail {

/// Each call moves MPI on, and what is in the background: the rank that is waited for may need a message or a
/// collective of this one first. Does nothing where this thread may not call MPI. MPICH moves everything while it tests
/// a request that is not complete, so there is one; testing none, or probing, moves less. Not to be shared between
/// threads.
class bystander {
public:
  bystander() noexcept = default;
  bystander(bystander const&) = delete;
  bystander& operator=(bystander const&) = delete;
  ~bystander();

  void operator()() noexcept;
  /// MPI alone.
  void move_mpi() noexcept;

private:
  MPI_Request request_ = MPI_REQUEST_NULL;
};

} // namespace armada::detail
