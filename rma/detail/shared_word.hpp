#pragma once

/// One number in memory that ranks share, and what an algorithm asks of such a number wherever it lies.

#include <armada/core/backoff.hpp>

#include <atomic>
#include <concepts>
#include <cstdint>

namespace armada::detail {

/// A number that several ranks update at once. Every call is atomic; what a rank wrote before one of its updates is
/// seen by whoever reads the result of that update. `waiter()` paces the looks of a rank that waits for a change.
template <class Word>
concept shared_word = requires(Word const word, std::int64_t value) {
  { word.load() } -> std::same_as<std::int64_t>;
  { word.store(value) } -> std::same_as<void>;
  { word.add(value) } -> std::same_as<std::int64_t>;     // returns the old value
  { word.store_if(value, value) } -> std::same_as<bool>; // (expected, desired)
  { word.waiter().pause() } -> std::same_as<void>;
};

/// A word in this process's memory.
class memory_word {
public:
  explicit memory_word(std::int64_t& place) noexcept : place_(&place) {}

  [[nodiscard]] std::int64_t load() const noexcept { return at().load(std::memory_order_acquire); }
  void store(std::int64_t value) const noexcept { at().store(value, std::memory_order_release); }
  std::int64_t add(std::int64_t value) const noexcept { return at().fetch_add(value, std::memory_order_acq_rel); }
  bool store_if(std::int64_t expected, std::int64_t desired) const noexcept {
    return at().compare_exchange_strong(expected, desired, std::memory_order_acq_rel, std::memory_order_acquire);
  }
  [[nodiscard]] backoff waiter() const noexcept { return {}; }

private:
  [[nodiscard]] std::atomic_ref<std::int64_t> at() const noexcept { return std::atomic_ref(*place_); }
  std::int64_t* place_;
};

static_assert(shared_word<memory_word> && std::atomic_ref<std::int64_t>::is_always_lock_free);

} // namespace armada::detail
