#pragma once

/// One number in memory that ranks share, what an algorithm asks of such a number wherever it lies, and how a rank
/// waits for it.

#include <armada/core/ordering.hpp>
#include <armada/core/progress.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>

namespace armada::detail {

/// A number that several ranks update at once. Every call is atomic; what a rank wrote before one of its updates is
/// seen by whoever reads the result of that update.
template <class Word>
concept shared_word = requires(Word const word, std::int64_t value) {
  { word.load() } -> std::same_as<std::int64_t>;
  { word.store(value) } -> std::same_as<void>;
  { word.add(value) } -> std::same_as<std::int64_t>;     // returns the old value
  { word.store_if(value, value) } -> std::same_as<bool>; // (expected, desired)
  { word.wait_beyond(value) } -> std::same_as<void>;     // until load() > value
  { word.wake(value, value) } -> std::same_as<void>;     // those who wait for it to pass a value in [from, to)
};

/// A word in memory that is mapped here, of one process or of several. It takes two numbers of 64 bits: its own, and
/// how many sleep until it changes.
///
/// Who waits looks for a few microseconds and sleeps then, on one of 32 lanes, so that the one whose turn it is wakes
/// alone. Yielding instead is no cheaper on idle cores, and where others compute a turn takes 50 us rather than 1
/// (mutex handed on, 4 processes, 2 cores, 6 compilers beside them).
class memory_word {
public:
  static constexpr int size = 2;
  explicit memory_word(std::int64_t* numbers) noexcept : numbers_(numbers) {}

  [[nodiscard]] std::int64_t load() const noexcept {
    auto const value = number().load(std::memory_order_acquire);
    ordering::hear();
    return value;
  }
  void store(std::int64_t value) const noexcept {
    ordering::tell();
    number().store(value, std::memory_order_release);
  }
  std::int64_t add(std::int64_t value) const noexcept {
    ordering::tell();
    auto const old = number().fetch_add(value);
    ordering::hear();
    return old;
  }
  bool store_if(std::int64_t expected, std::int64_t desired) const noexcept {
    ordering::tell();
    bool const stored = number().compare_exchange_strong(expected, desired);
    ordering::hear();
    return stored;
  }

  void wait_beyond(std::int64_t value) const {
    wait_beyond(value, [] {});
  }
  /// Calls `meanwhile()` each millisecond of a long wait.
  template <std::invocable Work>
  void wait_beyond(std::int64_t value, Work&& meanwhile) const {
    int const most = progress::yields() ? 64 : 2000; // in vain, when the one that is waited for needs this core
    for (int looks = 0;; ++looks) {
      auto const seen = load();
      if (seen > value) return;
      if (looks < most) {
        relax();
      } else {
        meanwhile();
        sleepers().fetch_add(1); // before the number is compared: who changes it looks here afterwards
        sleep(seen, lane(value));
        sleepers().fetch_sub(1);
      }
    }
  }
  void wake(std::int64_t from, std::int64_t to) const noexcept {
    if (sleepers().load() == 0) return;
    std::uint32_t lanes = 0;
    for (auto value = from; value < to && value < from + 32; ++value) lanes |= lane(value);
    wake_sleepers(lanes);
  }

private:
  [[nodiscard]] std::atomic_ref<std::int64_t> number() const noexcept { return std::atomic_ref(numbers_[0]); }
  [[nodiscard]] std::atomic_ref<std::int64_t> sleepers() const noexcept { return std::atomic_ref(numbers_[1]); }
  [[nodiscard]] static std::uint32_t lane(std::int64_t value) noexcept { return 1U << (value & 31); }
  static void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  /// Sleeps until woken on a lane, a millisecond at most; not at all if the number is not `seen`.
  void sleep(std::int64_t seen, std::uint32_t lanes) const noexcept;
  void wake_sleepers(std::uint32_t lanes) const noexcept;

  std::int64_t* numbers_;
};

static_assert(shared_word<memory_word> && std::atomic_ref<std::int64_t>::is_always_lock_free);

} // namespace armada::detail
