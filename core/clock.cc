#include <armada/core/clock.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mpi.hpp>

namespace armada {

double wtime() {
  job::require_running("wtime");
  return MPI_Wtime();
}

double wtick() {
  job::require_running("wtick");
  return MPI_Wtick();
}

} // namespace armada
