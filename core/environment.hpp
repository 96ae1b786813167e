#pragma once

/// The lifetime of MPI in this process.

#include <armada/core/communicator.hpp>
#include <armada/core/progress_thread.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace armada {

struct environment_options {
  /// The level of threads to ask for: MPI_THREAD_SINGLE … MPI_THREAD_MULTIPLE.
  int thread_level = MPI_THREAD_MULTIPLE;
  /// Whether a thread looks after messages and far targets while this rank computes: see `progress_thread`.
  bool progress_thread = false;
};

/// Starts MPI, or adopts one that is already up, and ends what it started. One per process, on the stack of `main`.
///
/// While it lives: an exception that nobody catches, and `exit` before its end, print `rank r of n: what` and abort the
/// whole job with a non-zero code; MPI errors return (also on MPI_COMM_WORLD and MPI_COMM_SELF, whose handlers are put
/// back at its end) and become exceptions; waits yield when the node's ranks outnumber its cores (quirk 22).
/// What ARMADA_CHECK and ARMADA_WATCHDOG ask for on any rank begins here (core/checks.hpp), as does what ARMADA_TRACE
/// asks for on rank 0 (core/tracing.hpp).
/// At its end, handles that were forgotten are closed and named; when it ends because an exception passes, it waits a
/// bounded time for the other ranks and aborts if they do not come.
class environment {
public:
  /// Collective over the job. Asks for a level of threads, MPI_THREAD_MULTIPLE if not told otherwise, and takes what
  /// MPI gives: see `thread_level`. With less than MPI_THREAD_SERIALIZED, a call from another thread throws
  /// `lifecycle_error`.
  /// Throws `lifecycle_error` when there is one already, when MPI was finalised, or when a launcher of another MPI
  /// started this program, so that every rank finds itself alone; `argument_error` for a variable that means nothing.
  /// MPI-4.0, section 11.2.
  environment(int& argc, char**& argv, environment_options options = {});
  explicit environment(environment_options options = {});
  environment(environment const&) = delete;
  environment& operator=(environment const&) = delete;
  ~environment();

  /// What MPI granted: MPI_THREAD_SINGLE … MPI_THREAD_MULTIPLE.
  [[nodiscard]] int thread_level() const noexcept { return thread_level_; }
  /// Whether this thread is the one that started MPI. MPI-4.0, section 11.6.
  [[nodiscard]] bool is_thread_main() const;
  /// Whether this environment started MPI and therefore finalises it.
  [[nodiscard]] bool owns_mpi() const noexcept { return owner_; }

private:
  friend communicator const& world();
  friend communicator const& self();

  environment(int* argc, char*** argv, environment_options options);
  void set_up_yielding() const;
  void begin_trace() const;
  void end_trace() const noexcept;

  bool owner_ = false;
  int thread_level_ = 0;
  int unwinding_ = 0;
  std::array<MPI_Errhandler, 2> previous_handlers_{};
  communicator world_;
  communicator self_;
  std::unique_ptr<armada::progress_thread> helper_;
};

namespace detail {

/// How many ranks the launcher's environment variables speak of; nothing when they say nothing. `get` is std::getenv.
[[nodiscard]] std::optional<int> launched_ranks(char const* (*get)(char const*));

} // namespace detail
} // namespace armada
