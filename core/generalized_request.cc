#include <armada/core/generalized_request.hpp>

namespace armada::detail {
namespace {

int fill_status(void*, MPI_Status* status) {
  MPI_Status_set_elements(status, MPI_BYTE, 0);
  MPI_Status_set_cancelled(status, 0);
  status->MPI_SOURCE = MPI_UNDEFINED;
  status->MPI_TAG = MPI_UNDEFINED;
  return MPI_SUCCESS;
}
int free_nothing(void*) { return MPI_SUCCESS; }
int cancel_nothing(void*, int) { return MPI_SUCCESS; }

} // namespace

MPI_Request start_generalized() {
  job::require_running("generalized_request");
  MPI_Request raw = MPI_REQUEST_NULL;
  call<MPI_Grequest_start>(fill_status, free_nothing, cancel_nothing, static_cast<void*>(nullptr), &raw);
  return raw;
}

void end_generalized(MPI_Request raw, bool awaited) noexcept {
  MPI_Grequest_complete(raw);
  if (!awaited) MPI_Wait(&raw, MPI_STATUS_IGNORE);
}

} // namespace armada::detail
