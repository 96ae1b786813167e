#pragma once

/// What this process knows of its job without an `environment` at hand: is MPI running, who am I, how to end it all.

#include <armada/core/mpi.hpp>

#include <string>
#include <string_view>

namespace armada::job {

/// MPI is initialised and not finalised.
[[nodiscard]] bool running() noexcept;
/// MPI was finalised.
[[nodiscard]] bool finished() noexcept;
/// `rank r of n`, or `process p` while MPI is not running.
[[nodiscard]] std::string whoami();
/// Throws `lifecycle_error` naming `operation` unless MPI is running.
void require_running(std::string_view operation);
/// Waits at most ten seconds for every rank of `comm` to call it as well; false when they do not. For what a rank has
/// to end together with others while an exception passes: they may be somewhere else.
[[nodiscard]] bool others_come(MPI_Comm comm) noexcept;
/// `abort` was called: what happens from here on is no news.
[[nodiscard]] bool aborting() noexcept;
/// Prints `rank r of n: what` and ends every rank of the job with the exit code `code`, or 1 for 0.
[[noreturn]] void abort(std::string_view what, int code = 1) noexcept;

} // namespace armada::job
