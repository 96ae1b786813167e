#include <armada/core/background.hpp>
#include <armada/core/bystander.hpp>
#include <armada/core/generalized_request.hpp>
#include <armada/core/job.hpp>

namespace armada::detail {
namespace {

bool may_call_mpi() noexcept {
  if (!job::running()) return false;
  int level = MPI_THREAD_SINGLE, main = 0;
  MPI_Query_thread(&level);
  if (level < MPI_THREAD_MULTIPLE) MPI_Is_thread_main(&main);
  return level == MPI_THREAD_MULTIPLE || main != 0;
}

} // namespace

bystander::~bystander() {
  if (request_ != MPI_REQUEST_NULL) end_generalized(request_, false);
}

void bystander::operator()() noexcept {
  if (!may_call_mpi()) return;
  if (!background_is_empty()) advance_background();
  move_mpi();
}

void bystander::move_mpi() noexcept {
  if (!may_call_mpi()) return;
  int done = 0;
  if (request_ == MPI_REQUEST_NULL) request_ = start_generalized();
  MPI_Test(&request_, &done, MPI_STATUS_IGNORE);
}

} // namespace armada::detail
