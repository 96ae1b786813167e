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
/// those of either kind that are inside and that wait. Neither kind starves the other: who comes while the other kind
/// waits does so too, and the last to leave lets in all of the other kind that wait.
class window_gate {
public:
  void enter_exclusive() noexcept { enter(exclusive, false); }
  /// For a rank that holds a part, which an exclusive lock inside may be waiting for: it waits for who is inside, not
  /// for who waits. Nobody is inside whom it must wait for if it holds a part exclusively.
  void enter_exclusive_ahead() noexcept { enter(exclusive, true); }
  void leave_exclusive() noexcept { leave(exclusive); }
  void enter_all() noexcept { enter(all, false); }
  void leave_all() noexcept { leave(all); }

  /// Whether somebody waits: one kind for the other to leave.
  [[nodiscard]] bool is_awaited() const noexcept {
    auto const now = state_.load(std::memory_order_relaxed);
    return waiting(now, exclusive) + waiting(now, all) != 0;
  }

private:
  using word = std::uint64_t;
  /// Where a kind's half of the state begins. In it: how many are inside, how many wait (32767 at most), and a bit that
  /// changes when these are let in. It cannot change again before they have seen it, since they are inside by then.
  static constexpr int exclusive = 0, all = 32;
  static constexpr word one_inside = 1, one_waiting = word{1} << 15, turn = word{1} << 30, most = one_waiting - 1;
  static constexpr int other(int kind) noexcept { return all - kind; }
  static constexpr word inside(word state, int kind) noexcept { return state >> kind & most; }
  static constexpr word waiting(word state, int kind) noexcept { return state >> kind >> 15 & most; }

  void enter(int kind, bool ahead) noexcept {
    auto seen = state_.load(std::memory_order_relaxed);
    bool open = false;
    do open = inside(seen, other(kind)) == 0 && (ahead || waiting(seen, other(kind)) == 0);
    while (!state_.compare_exchange_weak(seen, seen + ((open ? one_inside : one_waiting) << kind),
                                         std::memory_order_acquire, std::memory_order_relaxed));
    if (open) return;
    auto const before = seen & turn << kind;
    for (backoff wait; (state_.load(std::memory_order_acquire) & turn << kind) == before;) wait.pause();
  }
  void leave(int kind) noexcept {
    auto seen = state_.load(std::memory_order_relaxed), next = seen;
    do {
      next = seen - (one_inside << kind);
      auto const next_in = waiting(next, other(kind));
      if (inside(next, kind) == 0 && next_in != 0)
        next = (next - ((one_waiting - one_inside) * next_in << other(kind))) ^ turn << other(kind);
    } while (!state_.compare_exchange_weak(seen, next, std::memory_order_release, std::memory_order_relaxed));
  }

  std::atomic<word> state_{0};
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free && std::atomic<std::uint64_t>::is_always_lock_free);

} // namespace armada::detail
