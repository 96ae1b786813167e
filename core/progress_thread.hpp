#pragma once

/// A thread that keeps MPI moving while the program computes: far targets are served then.

#include <armada/core/mpi.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace armada {

/// Looks into MPI every `interval`, from its construction to its end; between looks it sleeps, so it costs a fraction
/// of a core, and a far access to a rank that computes waits for the interval instead of the computation. (MPICH's own,
/// MPIR_CVAR_ASYNC_PROGRESS=1, never sleeps.) Local. `environment` makes one on request.
/// Throws `unsupported` unless MPI granted MPI_THREAD_MULTIPLE. Every MPI call of the process takes MPI's lock from
/// then on in competition with it.
class progress_thread {
public:
  explicit progress_thread(std::chrono::microseconds interval = std::chrono::microseconds(200));
  progress_thread(progress_thread const&) = delete;
  progress_thread& operator=(progress_thread const&) = delete;
  ~progress_thread();

private:
  void run(std::chrono::microseconds interval);

  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

} // namespace armada
