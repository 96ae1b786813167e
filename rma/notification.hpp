#pragma once

/// Signals from rank to rank: "your data are there".

#include <armada/core/communicator.hpp>
#include <armada/core/option.hpp>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>

namespace armada {
namespace detail {

class shared_words;

/// A notification without the type of its values.
class signal_slots {
public:
  signal_slots(communicator const& comm, size_option slots);
  signal_slots(signal_slots&&) noexcept;
  signal_slots& operator=(signal_slots&&) noexcept;
  ~signal_slots();

  void notify(int rank, std::int64_t slot, std::int64_t value);
  [[nodiscard]] std::int64_t wait(std::int64_t slot, std::int64_t count);
  [[nodiscard]] std::optional<std::int64_t> test(std::int64_t slot, std::int64_t count);
  [[nodiscard]] std::int64_t arrived(std::int64_t slot) const;
  void require_place(char const* operation, int rank, std::int64_t slot) const;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace detail

/// What a signal carries besides itself: at most 64 bits, so that it is never seen half written.
template <class T>
concept signal_value = std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T> && sizeof(T) <= 8;

/// Something whose accesses to a rank can be completed: an `epoch`.
template <class Access>
concept flushable = requires(Access& access, int rank) {
  access.flush(rank);
};

/// Slots on every rank, into which any rank posts and for which the owner waits. A slot counts what was posted, so that
/// no signal is lost, and keeps the value that came last.
///
/// What a rank did before it posted is seen by the owner once its wait has returned: stores into near memory, and
/// one-sided calls that were complete (`notify_after` completes them). See docs/memory_model.md.
/// Calls are local. Where all ranks are on one host a signal needs nobody; where they are not, the receiver must be
/// inside MPI now and then, as it is while it waits, and destruction is collective. Move-only. One thread of a rank
/// waits at a time.
template <signal_value T = std::int64_t>
class notification {
public:
  /// `slots` on every rank. Collective over `comm`, with the same number on every rank. All ranks throw
  /// `argument_error` for less than one.
  notification(communicator const& comm, size_option slots) : slots_(comm, slots) {}

  /// Posts into a slot of `rank`. Throws `argument_error` for a wrong rank or slot.
  void notify(int rank, size_option slot, T const& value = T{}) {
    std::int64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    slots_.notify(rank, slot.value, bits);
  }
  /// Completes what was put to `rank` in an epoch, and posts then.
  template <flushable Access>
  void notify_after(Access& data, int rank, size_option slot, T const& value = T{}) {
    slots_.require_place("notify_after", rank, slot.value);
    data.flush(rank);
    notify(rank, slot, value);
  }

  /// Waits until `count` signals have come into an own slot, takes them, and returns the value that came last.
  /// Throws `argument_error` for a wrong slot or a count less than 1.
  T wait(size_option slot, size_option count = 1) { return value_of(slots_.wait(slot.value, count.value)); }
  /// Takes `count` signals if so many have come.
  [[nodiscard]] std::optional<T> test(size_option slot, size_option count = 1) {
    auto const bits = slots_.test(slot.value, count.value);
    return bits ? std::optional<T>(value_of(*bits)) : std::nullopt;
  }
  /// How many signals have come into an own slot and were not taken.
  [[nodiscard]] std::int64_t arrived(size_option slot) const { return slots_.arrived(slot.value); }

private:
  [[nodiscard]] static T value_of(std::int64_t bits) {
    T value{};
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }

  detail::signal_slots slots_;
};

} // namespace armada
