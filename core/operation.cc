#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/kept_handles.hpp>
#include <armada/core/operation.hpp>

namespace armada::detail {

MPI_Op make_operation(MPI_User_function* function, bool commutes) {
  job::require_running("reduction");
  MPI_Op operation = MPI_OP_NULL;
  call<MPI_Op_create>(function, commutes ? 1 : 0, &operation);
  return kept_handles<MPI_Op, MPI_Op_free>::keep(operation);
}

} // namespace armada::detail
