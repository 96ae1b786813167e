#pragma once

/// The calls that every epoch of access has: checked here against the target's real extent, then moved.

#include <armada/core/job.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>
#include <armada/rma/detail/laid_out_access.hpp>
#include <armada/rma/detail/window_state.hpp>
#include <armada/rma/origin.hpp>
#include <armada/rma/target.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace armada::detail {

/// A target that was found good: bytes into the part, and elements. No elements for `proc_null`.
struct checked_target {
  int rank;
  std::int64_t offset;
  std::int64_t count;
};

/// Throws `argument_error` or `index_error` for a target, with what it was.
class target_check {
public:
  target_check(window_state& window, int only, char const* operation, target const& where) noexcept
      : window_(window), only_(only), operation_(operation), where_(where) {}

  /// `unit`: bytes that the offset counts by, 0 for what the target says. `available`: elements of the buffer.
  [[nodiscard]] checked_target of(std::int64_t unit, std::int64_t element, std::int64_t available) const {
    int const rank = where_.rank.value;
    if (rank < 0 || rank >= window_.ranks() || (only_ != rank && !covered(rank))) [[unlikely]]
      return refuse_rank(available);
    if (where_.layout || unit != element) [[unlikely]]
      return of_layout(unit, element, available);
    auto const count = where_.count ? where_.count->value : available;
    auto const offset = where_.offset.value;
    auto const extent = window_.bytes(rank) / element;
    if (count < 0 || count > available || offset < 0 || offset > extent || count > extent - offset) [[unlikely]]
      refuse_extent(count, available, extent);
    return {rank, offset * element, count};
  }

  /// `only` of an epoch for all ranks, and of one for those that the window knows.
  static constexpr int every_rank = -2;
  static constexpr int some_ranks = -3;

private:
  [[nodiscard]] bool covered(int rank) const noexcept {
    return only_ == every_rank || (only_ == some_ranks && window_.covers(rank));
  }
  [[nodiscard]] checked_target refuse_rank(std::int64_t available) const;
  [[nodiscard]] checked_target of_layout(std::int64_t unit, std::int64_t element, std::int64_t available) const;
  [[noreturn]] void refuse_extent(std::int64_t count, std::int64_t available, std::int64_t extent) const;

  window_state& window_;
  int only_;
  char const* operation_;
  target const& where_;
};

/// Tells the race checker of an access. Throws `race_error` with both when it races with another.
void note_access(window_state& window, char const* operation, target const& where, checked_target const& place,
                 std::size_t element);

/// Throws `argument_error`: this call is for one element.
[[noreturn]] void refuse_count(window_state const& window, char const* operation, std::int64_t count);
/// Throws `argument_error` unless `offset` is a place for elements that need this alignment.
void check_alignment(window_state const& window, char const* operation, std::int64_t offset, std::size_t alignment);

/// Ends an epoch that goes out of scope; an error aborts the job. Nothing to do when the window or MPI has gone before.
template <class Close>
void close_or_abort(std::shared_ptr<window_state> const& state, Close close) noexcept {
  if (!state || !state->is_open() || !job::running()) return;
  try {
    close();
  } catch (error const& e) {
    job::abort(e.what());
  }
}

/// Element types of the calls on a window of T: T alone, and anything on a window of bytes.
template <class U, class T>
concept element_for = std::same_as<U, T> ||(std::same_as<T, std::byte>&& wire<U>);

/// Elements that can be compared and swapped. MPI-4.0, section 12.3.4.
template <class T>
concept swappable = std::integral<T> || std::same_as<T, std::byte>;

/// A value that MPI may read after the call.
template <class Value, class T>
concept lasting_value = std::is_lvalue_reference_v<Value> && std::same_as<std::remove_cvref_t<Value>, T>;

/// A pending that completes what was begun for a rank, by the flush at its `wait`.
[[nodiscard]] pending<> flushed_later(std::shared_ptr<window_state> window, int rank);
[[nodiscard]] inline pending<> done_already() noexcept { return {MPI_REQUEST_NULL, request_kind::collective}; }

/// Modes that an epoch permits: a passive one all, an active one nothing but the end of the epoch.
template <class Mode, bool Passive>
concept permitted_mode = access_mode<Mode> &&(Passive || std::same_as<Mode, deferred_t>);

/// A buffer that may go with a mode: one that is read or written later must outlive the call.
template <class Buffer, class Mode>
concept lasts = std::same_as<Mode, blocking_t> || outlives_call<Buffer>;

/// put, get, accumulate, get_accumulate, fetch_and_op, compare_and_swap. `Passive`: the target's program has no part in
/// it, and `flush` exists; otherwise every call is complete at the end of the epoch.
template <wire T, bool Passive>
class one_sided {
  static constexpr bool of_bytes = std::same_as<T, std::byte>;

public:
  /// Where a call is complete that does not say: at its return, or at the end of an epoch that has no flush.
  using default_mode = std::conditional_t<Passive, blocking_t, deferred_t>;

  /// Copies the buffer's elements to the target: `count` of them, or all. `blocking`: they are there when the call
  /// returns. `deferred`: at the next flush, and the buffer stays as it is until then. `nonblocking`: a pending.
  /// Throws `argument_error` for a buffer shorter than the count. MPI-4.0, section 12.3.1.
  template <origin_source Buffer, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<origin_value_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto put(Buffer&& buffer, target const& where, Mode mode = {}) {
    using U = origin_value_t<Buffer>;
    auto const from = origin_elements_of(buffer);
    auto const place = check<U>("put", where, from.count);
    note<U>("put", where, place);
    if (!from.layout && !where.layout) [[likely]] {
      if constexpr (std::same_as<Mode, nonblocking_t>) {
        if (place.count > 0 && state_->near(place.rank) == nullptr && bytes_of<U>(place.count) <= state_->chunk())
          return pending<>(state_->far_request_put(from.data, place.rank, place.offset, bytes_of<U>(place.count)),
                           request_kind::collective);
      }
      if (place.count > 0) put_elements<U>(*state_, from.data, place.rank, place.offset, place.count);
    } else if (place.count > 0) {
      auto const dense = contiguous(place.count);
      put_laid_out<U>(*state_, from.data, from.layout ? *from.layout : dense, place.rank, place.offset,
                      where.layout ? *where.layout : dense);
    }
    return complete(mode, place);
  }

  /// Copies the target's elements into the buffer, whose tail beyond the count stays untouched (quirk 8b).
  /// `deferred`: they are there after the next flush. Throws as `put` does. MPI-4.0, section 12.3.2.
  template <origin_target Buffer, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<origin_value_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto get(Buffer&& buffer, target const& where, Mode mode = {}) {
    using U = origin_value_t<Buffer>;
    auto const into = origin_elements_of(buffer);
    auto const place = check<U>("get", where, into.count);
    note<U>("get", where, place);
    if (!into.layout && !where.layout) [[likely]] {
      if constexpr (std::same_as<Mode, nonblocking_t>) {
        if (place.count > 0 && state_->near(place.rank) == nullptr && bytes_of<U>(place.count) <= state_->chunk())
          return pending<>(state_->far_request_get(into.data, place.rank, place.offset, bytes_of<U>(place.count)),
                           request_kind::collective);
      }
      if (place.count > 0) get_elements<U>(*state_, into.data, place.rank, place.offset, place.count);
    } else if (place.count > 0) {
      auto const dense = contiguous(place.count);
      get_laid_out<U>(*state_, into.data, into.layout ? *into.layout : dense, place.rank, place.offset,
                      where.layout ? *where.layout : dense);
    }
    return complete(mode, place);
  }

  /// target = op(target, buffer), element by element, each atomically with respect to every other update of the
  /// window. Throws as `put` does. In a window that spans hosts `minimum` and `maximum` of unsigned numbers go one by
  /// one, and throw `unsupported` in epochs that have no flush (quirk 57). MPI-4.0, section 12.3.4.
  template <origin_source Buffer, accumulator<origin_value_t<Buffer>> Op, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<origin_value_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto accumulate(Buffer&& buffer, target const& where, Op op, Mode mode = {}) {
    using U = origin_value_t<Buffer>;
    auto const from = origin_elements_of(buffer);
    auto const place = check_aligned<U>("accumulate", where, from.count);
    note<U>("accumulate", where, place);
    if (!from.layout && !where.layout) [[likely]] {
      if (place.count > 0) accumulate_elements<U>(*state_, from.data, place.rank, place.offset, place.count, op);
    } else if (place.count > 0) {
      auto const dense = contiguous(place.count);
      accumulate_laid_out<U>(*state_, from.data, from.layout ? *from.layout : dense, place.rank, place.offset,
                             where.layout ? *where.layout : dense, op);
    }
    return complete(mode, place);
  }

  /// The same, and `old` receives what the target's elements were: as many as the buffer gives, at least. `no_op` reads
  /// and changes nothing. MPI-4.0, section 12.3.4.
  template <origin_source Buffer, origin_target Old, accumulator<origin_value_t<Buffer>> Op,
            permitted_mode<Passive> Mode = default_mode>
    requires(element_for<origin_value_t<Buffer>, T>&& std::same_as<origin_value_t<Old>, origin_value_t<Buffer>>&&
                 lasts<Buffer, Mode>&& lasts<Old, Mode>)
  auto get_accumulate(Buffer&& buffer, Old&& old, target const& where, Op op, Mode mode = {}) {
    using U = origin_value_t<Buffer>;
    auto const from = origin_elements_of(buffer);
    auto const into = origin_elements_of(old);
    auto const place = check_aligned<U>("get_accumulate", where, from.count);
    if (place.count > into.count) refuse_count_of_old(place.count, into.count);
    note<U>("get_accumulate", where, place);
    if (!from.layout && !into.layout && !where.layout) {
      if (place.count > 0) fetch_elements<U>(*state_, from.data, into.data, place.rank, place.offset, place.count, op);
    } else if (place.count > 0) {
      auto const dense = contiguous(place.count);
      fetch_laid_out<U>(*state_, from.data, from.layout ? *from.layout : dense, into.data,
                        into.layout ? *into.layout : dense, place.rank, place.offset,
                        where.layout ? *where.layout : dense, op);
    }
    return complete(mode, place);
  }

  /// Replaces one element by op(element, value) and returns what it was, atomically; T{}, and no effect, for
  /// `proc_null`. On a window of bytes the type of `value` is the element's. MPI-4.0, section 12.3.4.
  template <accumulator<T> Op>
    requires(Passive && !of_bytes)
  T fetch_and_op(T const& value, target const& where, Op op) { return fetch_now(value, where, op); }
  template <wire U, accumulator<U> Op>
    requires(Passive&& of_bytes)
  U fetch_and_op(U const& value, target const& where, Op op) { return fetch_now(value, where, op); }
  /// The same with the old value in `old`, after the next flush or the end of the epoch; both stay until then.
  template <class Value, element_for<T> U, accumulator<U> Op>
    requires(lasting_value<Value, U>)
  void fetch_and_op(Value&& value, U& old, target const& where, Op op, deferred_t = {}) {
    auto const place = check_one<U>("fetch_and_op", where);
    if (place.count > 0) fetch_element<U>(*state_, value, old, place.rank, place.offset, op);
  }

  /// Replaces one element by `desired` if it equals `expected`, and returns what it was, atomically.
  /// Whole numbers, `bool` and `std::byte` only. MPI-4.0, section 12.3.4.
  T compare_and_swap(T const& expected, T const& desired,
                     target const& where) requires(Passive && !of_bytes && swappable<T>) {
    return swap_now(expected, desired, where);
  }
  template <swappable U>
    requires(Passive&& of_bytes)
  U compare_and_swap(U const& expected, std::type_identity_t<U> const& desired, target const& where) {
    return swap_now(expected, desired, where);
  }
  /// The same with the old value in `old`, after the next flush or the end of the epoch; all three stay until then.
  template <class Expected, class Desired, element_for<T> U>
    requires(swappable<U>&& lasting_value<Expected, U>&& lasting_value<Desired, U>)
  void compare_and_swap(Expected&& expected, Desired&& desired, U& old, target const& where, deferred_t = {}) {
    auto const place = check_one<U>("compare_and_swap", where);
    if (place.count > 0) compare_and_swap_element<U>(*state_, expected, desired, old, place.rank, place.offset);
  }

  /// Several targets in one call: the buffer's elements go to, or come from, one target after the other, as many as
  /// each one's count or layout says. All are checked before anything moves. Throws as `put` does, and
  /// `argument_error` for a target without a number of elements.
  template <source Buffer, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<element_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto put(Buffer&& buffer, std::span<target const> targets, Mode mode = {}) {
    return each_of("put", places::any, targets, view(buffer), mode,
                   [&](auto part, target const& where) { this->put(part, where, deferred_t{}); });
  }
  template <writable Buffer, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<element_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto get(Buffer&& buffer, std::span<target const> targets, Mode mode = {}) {
    return each_of("get", places::any, targets, view(buffer), mode,
                   [&](auto part, target const& where) { this->get(part, where, deferred_t{}); });
  }
  template <source Buffer, accumulator<element_t<Buffer>> Op, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<element_t<Buffer>, T>&& lasts<Buffer, Mode>)
  auto accumulate(Buffer&& buffer, std::span<target const> targets, Op op, Mode mode = {}) {
    return each_of("accumulate", places::aligned, targets, view(buffer), mode,
                   [&](auto part, target const& where) { this->accumulate(part, where, op, deferred_t{}); });
  }
  template <source Buffer, writable Old, accumulator<element_t<Buffer>> Op, permitted_mode<Passive> Mode = default_mode>
    requires(element_for<element_t<Buffer>, T>&& lasts<Buffer, Mode>&& lasts<Old, Mode>)
  auto get_accumulate(Buffer&& buffer, Old&& old, std::span<target const> targets, Op op, Mode mode = {}) {
    std::span rest = view(old);
    std::int64_t needed = 0;
    for (target const& where : targets) needed += where.count || where.layout ? elements_of(where) : 0;
    if (std::cmp_greater(needed, rest.size())) refuse_count_of_old(needed, std::ssize(rest));
    return each_of("get_accumulate", places::aligned, targets, view(buffer), mode, [&](auto part, target const& where) {
      this->get_accumulate(part, rest, where, op, deferred_t{});
      rest = rest.subspan(part.size());
    });
  }

protected:
  /// `only`: the rank that the epoch is for, or one of `target_check`'s.
  one_sided(std::shared_ptr<window_state> state, int only) noexcept : state_(std::move(state)), only_(only) {}
  one_sided(one_sided&&) noexcept = default;
  one_sided& operator=(one_sided&&) noexcept = default;
  ~one_sided() = default;

  [[nodiscard]] window_state& open() const {
    if (!state_ || !state_->is_open()) [[unlikely]]
      throw lifecycle_error(state_ ? "this epoch's window is closed" : "this epoch is closed");
    return *state_;
  }

  std::shared_ptr<window_state> state_;
  int only_;

private:
  template <class U, class Op>
  [[nodiscard]] U fetch_now(U const& value, target const& where, Op op) {
    U old{};
    auto const place = check_one<U>("fetch_and_op", where);
    if (place.count == 0) return old;
    fetch_element<U>(*state_, value, old, place.rank, place.offset, op);
    complete_elements(*state_, place.rank);
    return old;
  }
  template <class U>
  [[nodiscard]] U swap_now(U const& expected, U const& desired, target const& where) {
    U old{};
    auto const place = check_one<U>("compare_and_swap", where);
    if (place.count == 0) return old;
    compare_and_swap_element<U>(*state_, expected, desired, old, place.rank, place.offset);
    complete_elements(*state_, place.rank);
    return old;
  }

  template <class U>
  [[nodiscard]] checked_target check(char const* operation, target const& where, std::int64_t available) const {
    constexpr auto bytes = static_cast<std::int64_t>(sizeof(U));
    return target_check(open(), only_, operation, where).of(of_bytes ? 0 : bytes, bytes, available);
  }
  /// Once nothing can be wrong with the call any more: what was refused is no access.
  template <class U>
  void note(char const* operation, target const& where, checked_target const& place) const {
    if (state_->races() != nullptr) [[unlikely]]
      note_access(*state_, operation, where, place, sizeof(U));
  }
  template <class U>
  [[nodiscard]] checked_target check_aligned(char const* operation, target const& where, std::int64_t available) const {
    auto const place = check<U>(operation, where, available);
    if constexpr (of_bytes) check_alignment(*state_, operation, place.offset, alignof(U));
    return place;
  }
  template <class U>
  [[nodiscard]] checked_target check_one(char const* operation, target const& where) const {
    auto const place = check_aligned<U>(operation, where, 1);
    if (place.count != 1 && place.rank != proc_null) refuse_count(*state_, operation, place.count);
    note<U>(operation, where, place);
    return place;
  }
  [[noreturn]] void refuse_count_of_old(std::int64_t count, std::int64_t room) const {
    throw argument_error(text("get_accumulate on ", state_->describe(), ": ", count, " old values and a buffer of ",
                              room, ", on rank ", state_->rank()));
  }

  void complete(blocking_t, checked_target const& place) const {
    if (place.count > 0) complete_elements(*state_, place.rank);
  }
  void complete(deferred_t, checked_target const&) const noexcept {}
  [[nodiscard]] pending<> complete(nonblocking_t, checked_target const& place) const {
    if (place.count == 0 || state_->all_near()) return done_already();
    return flushed_later(state_, place.rank);
  }

  [[nodiscard]] static std::int64_t elements_of(target const& where) noexcept {
    return where.layout ? where.layout->size() : where.count->value;
  }

  /// Where elements may be: what is updated, not copied, needs its type's alignment.
  enum class places { any, aligned };

  template <class U, class Mode, class Action>
  auto each_of(char const* operation, places allowed, std::span<target const> targets, std::span<U> elements, Mode mode,
               Action action) {
    std::int64_t needed = 0;
    for (target const& where : targets) {
      auto const room = static_cast<std::int64_t>(elements.size()) - needed;
      if (!where.count && !where.layout)
        throw argument_error(text(operation, " on ", open().describe(), ": a target of several says no count"));
      using element = std::remove_const_t<U>;
      static_cast<void>(allowed == places::aligned ? check_aligned<element>(operation, where, room)
                                                   : check<element>(operation, where, room));
      needed += elements_of(where);
    }
    std::int64_t done = 0;
    for (target const& where : targets) {
      auto const count = elements_of(where);
      action(elements.subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count)), where);
      done += count;
    }
    if constexpr (std::same_as<Mode, blocking_t>) {
      if (!state_->all_near())
        for (target const& where : targets)
          if (where.rank.value != proc_null) state_->flush(where.rank.value);
    } else if constexpr (std::same_as<Mode, nonblocking_t>) {
      return state_->all_near() ? done_already() : flushed_later(state_, target_check::every_rank);
    }
    static_cast<void>(mode);
  }
};

} // namespace armada::detail
