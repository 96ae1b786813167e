#pragma once

/// Atomic updates of memory that ranks share. Whole numbers go through the processor, everything else through striped
/// locks, whose stripe covers 4 KiB, so that bulk updates run at memory speed. All operations on an element are atomic
/// with respect to each other.

#include <armada/core/operation.hpp>
#include <armada/rma/detail/shared_lock.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <type_traits>

namespace armada::detail {

/// The locks of a node's window memory.
class stripes {
public:
  static constexpr std::size_t bytes_per_stripe = 4096;
  /// The lock of the element that begins `offset` bytes into the node's memory.
  [[nodiscard]] spin_lock& of(std::size_t offset) noexcept { return locks_[offset / bytes_per_stripe % locks_.size()]; }

private:
  std::array<spin_lock, 256> locks_;
};

/// Elements that the processor updates by itself.
template <class T>
concept processor_atomic = (std::integral<T> || std::same_as<T, std::byte>)&&std::atomic_ref<T>::is_always_lock_free;

/// target = op(target, value), atomically; returns the old value.
template <processor_atomic T, class Op>
T atomic_update(T& target, T value, Op op) noexcept {
  std::atomic_ref<T> const element(target);
  if constexpr (std::same_as<Op, replace>) {
    return element.exchange(value);
  } else if constexpr (std::same_as<Op, no_op>) {
    return element.load();
  } else if constexpr (std::integral<T> && !std::same_as<T, bool> && predefined_operation<Op, T>() == MPI_SUM) {
    return element.fetch_add(value);
  } else {
    T old = element.load(std::memory_order_relaxed);
    while (!element.compare_exchange_weak(old, static_cast<T>(op(old, value)))) {
    }
    return old;
  }
}

/// A place in the node's window memory: the pointer, where that memory begins, and its locks.
template <class T>
struct near_place {
  T* element;
  std::byte const* memory;
  detail::stripes* stripes;

  [[nodiscard]] std::size_t offset(std::int64_t index = 0) const noexcept {
    return static_cast<std::size_t>(reinterpret_cast<std::byte const*>(element + index) - memory);
  }
};

/// The one-element update: returns the old value.
template <class T, class Op>
T near_fetch(near_place<T> place, T const& value, Op op) {
  if constexpr (processor_atomic<T>) {
    return atomic_update(*place.element, value, op);
  } else {
    std::scoped_lock const guard(place.stripes->of(place.offset()));
    T const old = *place.element;
    *place.element = static_cast<T>(op(old, value));
    return old;
  }
}

/// element = desired if it equals `expected`; returns the old value. Compares values, not bytes.
template <class T>
T near_compare_and_swap(near_place<T> place, T expected, T const& desired) {
  if constexpr (processor_atomic<T>) {
    std::atomic_ref<T>(*place.element).compare_exchange_strong(expected, desired);
    return expected;
  } else {
    std::scoped_lock const guard(place.stripes->of(place.offset()));
    T const old = *place.element;
    if (old == expected) *place.element = desired;
    return old;
  }
}

/// target[i × step] = op(target[i × step], values[i × value_step]) for i < count, each element atomically.
template <class T, class Op>
void near_accumulate(near_place<T> place, std::int64_t step, T const* values, std::int64_t value_step,
                     std::int64_t count, Op op) {
  if constexpr (processor_atomic<T>) {
    for (std::int64_t i = 0; i < count; ++i) atomic_update(place.element[i * step], values[i * value_step], op);
  } else if (step == 1 && value_step == 1) {
    for (std::int64_t done = 0; done < count;) {
      auto const offset = place.offset(done);
      auto const room = stripes::bytes_per_stripe - offset % stripes::bytes_per_stripe;
      auto const part = std::min(count - done, std::max<std::int64_t>(1, static_cast<std::int64_t>(room / sizeof(T))));
      std::scoped_lock const guard(place.stripes->of(offset));
      T* const target = place.element + done;
      T const* const source = values + done;
      for (std::int64_t i = 0; i < part; ++i) target[i] = static_cast<T>(op(target[i], source[i]));
      done += part;
    }
  } else {
    for (std::int64_t i = 0; i < count; ++i)
      near_fetch<T>({place.element + i * step, place.memory, place.stripes}, values[i * value_step], op);
  }
}

} // namespace armada::detail
