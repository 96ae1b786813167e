#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/progress.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <unistd.h>

namespace armada::job {
namespace {

std::atomic<bool> abort_begun{false};

}

bool finished() noexcept {
  int flag = 0;
  MPI_Finalized(&flag);
  return flag != 0;
}

bool running() noexcept {
  int flag = 0;
  MPI_Initialized(&flag);
  return flag != 0 && !finished();
}

std::string whoami() {
  if (!running()) return detail::text("process ", ::getpid());
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return detail::text("rank ", rank, " of ", size);
}

void require_running(std::string_view operation) {
  if (!running())
    throw lifecycle_error(detail::text(operation, ": MPI is ", finished() ? "already finalised" : "not initialised yet",
                                       "; it runs while an armada::environment lives"));
}

bool others_come(MPI_Comm comm) noexcept {
  MPI_Request request = MPI_REQUEST_NULL;
  if (MPI_Ibarrier(comm, &request) != MPI_SUCCESS) return false;
  auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int done = 0;
  while (done == 0 && std::chrono::steady_clock::now() < limit) {
    if (MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return false;
    progress::pause();
  }
  return done != 0;
}

bool aborting() noexcept { return abort_begun; }

void abort(std::string_view what, int code) noexcept {
  if ((code & 0xff) == 0) code = EXIT_FAILURE; // what a shell would take for success
  abort_begun = true;
  std::fflush(stdout);
  std::fprintf(stderr, "%s: %.*s\n", whoami().c_str(), static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
  std::this_thread::sleep_for(std::chrono::milliseconds(100)); // the launcher drops lines that it has not read by then
  if (running()) MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

} // namespace armada::job
