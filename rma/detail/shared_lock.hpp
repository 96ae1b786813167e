#pragma once

/// Locks in memory that ranks share. They know nothing of ranks or MPI: plain memory, so that threads can test them.

#include <armada/core/backoff.hpp>

#include <atomic>
#include <cstdint>

namespace armada::detail {

/// Mutual exclusion for a few instructions.
class spin_lock {
public:
  void lock() noexcept {
    for (backoff wait; held_.exchange(1, std::memory_order_acquire) != 0;)
      while (held_.load(std::memory_order_relaxed) != 0) wait.pause();
  }
  void unlock() noexcept { held_.store(0, std::memory_order_release); }

private:
  std::atomic<std::uint32_t> held_{0};
};

/// The lock of one rank's part of a window: shared by many or held by one.
class part_lock {
public:
  void lock() noexcept {
    backoff wait;
    for (std::uint32_t expected = 0;
         !holders_.compare_exchange_weak(expected, writer, std::memory_order_acquire, std::memory_order_relaxed);
         expected = 0)
      wait.pause();
  }
  void unlock() noexcept { holders_.store(0, std::memory_order_release); }
  void lock_shared() noexcept {
    for (backoff wait;;) {
      auto expected = holders_.load(std::memory_order_relaxed);
      if (expected != writer &&
          holders_.compare_exchange_weak(expected, expected + 1, std::memory_order_acquire, std::memory_order_relaxed))
        return;
      wait.pause();
    }
  }
  void unlock_shared() noexcept { holders_.fetch_sub(1, std::memory_order_release); }

private:
  static constexpr std::uint32_t writer = 0xffff'ffff;
  std::atomic<std::uint32_t> holders_{0};
};

/// Keeps `lock_all` and exclusive locks of single parts apart at a cost that does not grow with the ranks: it counts
/// the holders of either kind. An exclusive lock that waits keeps new `lock_all` epochs out, so that it gets its turn.
class window_gate {
public:
  void enter_exclusive() noexcept {
    auto seen = holders_.fetch_add(one_exclusive, std::memory_order_acquire);
    for (backoff wait; all_of(seen) != 0; seen = holders_.load(std::memory_order_acquire)) wait.pause();
  }
  void leave_exclusive() noexcept { holders_.fetch_sub(one_exclusive, std::memory_order_release); }
  void enter_all() noexcept {
    backoff wait;
    while (exclusive_of(holders_.fetch_add(1, std::memory_order_acquire)) != 0) {
      holders_.fetch_sub(1, std::memory_order_release);
      while (exclusive_of(holders_.load(std::memory_order_relaxed)) != 0) wait.pause();
    }
  }
  void leave_all() noexcept { holders_.fetch_sub(1, std::memory_order_release); }

private:
  static constexpr std::uint64_t one_exclusive = std::uint64_t{1} << 32;
  static constexpr std::uint64_t all_of(std::uint64_t holders) noexcept { return holders & (one_exclusive - 1); }
  static constexpr std::uint64_t exclusive_of(std::uint64_t holders) noexcept { return holders >> 32; }
  std::atomic<std::uint64_t> holders_{0};
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

} // namespace armada::detail
