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

/// The lock of one rank's part of a window: shared by many or held by one. Neither kind starves the other: a writer
/// waits for the readers that are inside and the writers before it, a reader for one writer at most. (Brandenburg and
/// Anderson, "Spin-based reader-writer synchronization for multiprocessor real-time systems", 2010: phase-fair
/// tickets.) While a writer waits, new readers do, so whoever holds the lock already must not take it again.
class part_lock {
public:
  void lock() noexcept {
    auto const ticket = writers_come_.fetch_add(1, std::memory_order_relaxed);
    for (backoff wait; writers_gone_.load(std::memory_order_acquire) != ticket;) wait.pause();
    auto const inside = readers_come_.fetch_add(closed | (ticket & phase), std::memory_order_acquire);
    for (backoff wait; readers_gone_.load(std::memory_order_acquire) != inside;) wait.pause();
  }
  void unlock() noexcept {
    readers_come_.fetch_and(~(closed | phase), std::memory_order_release);
    writers_gone_.store(writers_gone_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  void lock_shared() noexcept {
    auto const writer = readers_come_.fetch_add(one_reader, std::memory_order_acquire) & (closed | phase);
    if (writer == 0) return;
    for (backoff wait; (readers_come_.load(std::memory_order_acquire) & (closed | phase)) == writer;) wait.pause();
  }
  void unlock_shared() noexcept { readers_gone_.fetch_add(one_reader, std::memory_order_release); }

  /// Whether a writer is inside or next: readers that come now wait.
  [[nodiscard]] bool is_closed() const noexcept {
    return (readers_come_.load(std::memory_order_relaxed) & closed) != 0;
  }

private:
  static constexpr std::uint32_t phase = 1, closed = 2, one_reader = 4; // the phase tells a writer from the next
  std::atomic<std::uint32_t> readers_come_{0}, readers_gone_{0};
  std::atomic<std::uint32_t> writers_come_{0}, writers_gone_{0};
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
