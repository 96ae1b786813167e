#pragma once

/// A barrier in memory that ranks share. It knows nothing of ranks or MPI: plain memory, so that threads can test it.

#include <armada/core/backoff.hpp>

#include <atomic>
#include <cstdint>

namespace armada::detail {

class shared_barrier {
public:
  /// Returns once `many` have arrived, as often as wanted: what each did before is seen by all after it.
  void arrive_and_wait(std::uint32_t many) noexcept {
    auto const round = round_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == many) {
      arrived_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
    } else {
      for (backoff wait; round_.load(std::memory_order_acquire) == round;) wait.pause();
    }
  }

private:
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> round_{0};
};

} // namespace armada::detail
