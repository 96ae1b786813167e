#include <armada/core/bystander.hpp>
#include <armada/core/call.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/core/progress_thread.hpp>

namespace armada {

progress_thread::progress_thread(std::chrono::microseconds interval) {
  job::require_running("progress_thread");
  int level = MPI_THREAD_SINGLE;
  call<MPI_Query_thread>(&level);
  if (level < MPI_THREAD_MULTIPLE)
    throw unsupported("progress_thread: MPI did not grant MPI_THREAD_MULTIPLE; ask `environment` for it");
  if (interval.count() <= 0)
    throw argument_error(detail::text("progress_thread: an interval of ", interval.count(), " us"));
  thread_ = std::thread([this, interval] { run(interval); });
}

progress_thread::~progress_thread() {
  {
    std::scoped_lock const lock(mutex_);
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void progress_thread::run(std::chrono::microseconds interval) {
  detail::bystander mine;
  for (std::unique_lock lock(mutex_); !ended_.wait_for(lock, interval, [this] { return end_; });) mine.move_mpi();
}

} // namespace armada
