#include <armada/core/pending.hpp>
#include <armada/core/plan.hpp>
#include <armada/core/progress.hpp>

#include <chrono>

namespace armada::detail {
namespace {

/// Tests `request` for ten seconds.
bool wait_bounded(MPI_Request& request) noexcept {
  auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int done = 0;
  while (done == 0 && std::chrono::steady_clock::now() < limit) {
    if (!background_is_empty()) advance_background();
    if (MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
    progress::pause();
  }
  return done != 0;
}

} // namespace

MPI_Count message_bytes(MPI_Status const& arrived) {
  MPI_Count bytes = 0;
  call<MPI_Get_elements_x>(&arrived, MPI_BYTE, &bytes);
  return bytes;
}

status status_of(MPI_Status const& arrived) {
  auto const bytes = message_bytes(arrived);
  return {arrived.MPI_SOURCE, arrived.MPI_TAG, bytes, bytes};
}

void take_back(MPI_Request receive) noexcept {
  MPI_Cancel(&receive);
  MPI_Wait(&receive, MPI_STATUS_IGNORE);
}

void throw_not_cancellable() {
  throw unsupported(text("cancel on ", job::whoami(),
                         ": only a receive can be taken back; MPI-4 deprecates it for sends, and forbids it for "
                         "collectives"));
}

bool request::cancel(MPI_Status& arrived) {
  call<MPI_Cancel>(&raw_);
  call<MPI_Wait>(&raw_, &arrived);
  int cancelled = 0;
  call<MPI_Test_cancelled>(&arrived, &cancelled);
  return cancelled != 0;
}

namespace {

/// Ends a communication that nobody waits for any more.
void end_dropped(MPI_Request& raw, request_kind kind, bool hurry) noexcept {
  if (hurry && kind != request_kind::generalized) {
    if (kind == request_kind::receive) MPI_Cancel(&raw);
    if (!wait_bounded(raw)) job::abort("an exception passed a pending whose peer did not come within 10 s");
    return;
  }
  if (kind == request_kind::generalized) { // its work may never end, and nobody asks
    MPI_Request_free(&raw);
    return;
  }
  int code = MPI_SUCCESS;
  int done = 0;
  while (!background_is_empty() && code == MPI_SUCCESS && done == 0) {
    advance_background();
    code = MPI_Test(&raw, &done, MPI_STATUS_IGNORE);
    progress::pause();
  }
  if (code == MPI_SUCCESS && done == 0) code = MPI_Wait(&raw, MPI_STATUS_IGNORE);
  if (code != MPI_SUCCESS) {
    try {
      throw_mpi_error(code, "MPI_Wait");
    } catch (error const& e) {
      job::abort(text("a pending that nobody waited for failed: ", e.what()));
    }
  }
}

} // namespace

void request::drop() noexcept {
  if (raw_ != MPI_REQUEST_NULL && job::running()) end_dropped(raw_, kind_, must_hurry());
}

void persistent_request::wait(MPI_Status& arrived) {
  active_ = false;
  watch_scope const watch(wait_title(kind_));
  if (background_is_empty()) {
    call<MPI_Wait>(&raw_, &arrived);
  } else {
    wait_until([&] {
      int done = 0;
      call<MPI_Test>(&raw_, &done, &arrived);
      return done != 0;
    });
  }
}

bool persistent_request::test(MPI_Status& arrived) {
  int done = 0;
  active_ = false; // an error is an end as well
  call<MPI_Test>(&raw_, &done, &arrived);
  active_ = done == 0;
  return done != 0;
}

void persistent_request::drop() noexcept {
  if (raw_ == MPI_REQUEST_NULL || !job::running()) return;
  if (active_) end_dropped(raw_, kind_, std::uncaught_exceptions() > unwinding_);
  MPI_Request_free(&raw_);
}

} // namespace armada::detail
