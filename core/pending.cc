#include <armada/core/pending.hpp>
#include <armada/core/progress.hpp>

#include <chrono>

namespace armada::detail {
namespace {

/// Tests `request` for ten seconds.
bool wait_bounded(MPI_Request& request) noexcept {
  auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int done = 0;
  while (done == 0 && std::chrono::steady_clock::now() < limit) {
    if (MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
    progress::pause();
  }
  return done != 0;
}

} // namespace

void request::drop() noexcept {
  if (raw_ == MPI_REQUEST_NULL || !job::running()) return;
  if (must_hurry()) {
    if (kind_ == request_kind::receive) MPI_Cancel(&raw_);
    if (!wait_bounded(raw_)) job::abort("an exception passed a pending whose peer did not come within 10 s");
    return;
  }
  if (int const code = MPI_Wait(&raw_, MPI_STATUS_IGNORE); code != MPI_SUCCESS) {
    try {
      throw_mpi_error(code, "MPI_Wait");
    } catch (error const& e) {
      job::abort(text("a pending that nobody waited for failed: ", e.what()));
    }
  }
}

} // namespace armada::detail
