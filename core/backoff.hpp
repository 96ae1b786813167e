#pragma once

/// How a rank waits for memory that another one writes.

#include <armada/core/bystander.hpp>
#include <armada/core/progress.hpp>
#include <armada/core/watchdog.hpp>

#include <optional>

#include <sched.h>

namespace armada::detail {

/// Waits a little longer each time: a few looks in a row, then the core is given up between two looks, and now and then
/// MPI moves on what other ranks wait for.
class backoff {
public:
  void pause() noexcept {
    if (++looks_ < 64) return progress::pause();
    if (looks_ % 16 == 0) others_();
    if (looks_ == 64) watch_.emplace("a lock in shared memory");
    sched_yield();
  }

private:
  int looks_ = 0;
  bystander others_;
  std::optional<watch_scope> watch_; // once it takes longer
};

} // namespace armada::detail
