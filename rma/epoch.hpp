#pragma once

/// The time between lock and unlock, in which a rank may reach into other ranks' parts of a window.

#include <armada/core/buffer.hpp>
#include <armada/core/job.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/target.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace armada {

template <wire T>
class window;

/// Access to one part (`window::lock`) or to all (`window::lock_all`), until it is closed or goes out of scope; by then
/// everything has completed. Move-only. Calls are local: they need nothing of the target's program when it is near, and
/// its progress inside MPI when it is far.
///
/// Every call checks the target against the real extent of the part before anything moves, and throws `index_error`
/// with both (quirk 9). An error while the destructor closes the epoch aborts the job; `close` throws it.
template <wire T>
class epoch {
public:
  epoch(epoch&& other) noexcept : state_(std::move(other.state_)), rank_(other.rank_) {}
  epoch& operator=(epoch&& other) noexcept {
    epoch taken(std::move(other));
    std::swap(state_, taken.state_);
    std::swap(rank_, taken.rank_);
    return *this;
  }
  ~epoch() {
    if (!state_ || !state_->is_open() || !job::running()) return;
    try {
      close();
    } catch (error const& e) {
      job::abort(e.what());
    }
  }

  /// Copies the buffer's elements to the target: `count` of them, or all. `blocking`: they are there when the call
  /// returns. `deferred`: at the next flush, and the buffer stays as it is until then.
  /// Throws `argument_error` for a buffer shorter than the count. MPI-4.0, section 12.3.1.
  template <source Buffer, access_mode Mode = blocking_t>
    requires(std::same_as<element_t<Buffer>, T> && (std::same_as<Mode, blocking_t> || outlives_call<Buffer>))
  void put(Buffer&& buffer, target const& where, Mode = {}) {
    auto const elements = view(buffer);
    auto const count = check("put", where, elements.size());
    detail::put_elements<T>(*state_, elements.data(), where.rank.value, where.offset.value, count);
    complete(Mode{}, where.rank.value);
  }

  /// Copies the target's elements into the buffer, whose tail beyond the count stays untouched (quirk 8b).
  /// `deferred`: they are there after the next flush. Throws as `put` does. MPI-4.0, section 12.3.2.
  template <writable Buffer, access_mode Mode = blocking_t>
    requires(std::same_as<element_t<Buffer>, T> && (std::same_as<Mode, blocking_t> || outlives_call<Buffer>))
  void get(Buffer&& buffer, target const& where, Mode = {}) {
    std::span<T> const elements = view(buffer);
    auto const count = check("get", where, elements.size());
    detail::get_elements<T>(*state_, elements.data(), where.rank.value, where.offset.value, count);
    complete(Mode{}, where.rank.value);
  }

  /// target = op(target, buffer), element by element, each atomically with respect to every other update of the
  /// window. Throws as `put` does. MPI-4.0, section 12.3.4.
  template <source Buffer, accumulator<T> Op, access_mode Mode = blocking_t>
    requires(std::same_as<element_t<Buffer>, T> && (std::same_as<Mode, blocking_t> || outlives_call<Buffer>))
  void accumulate(Buffer&& buffer, target const& where, Op op, Mode = {}) {
    auto const elements = view(buffer);
    auto const count = check("accumulate", where, elements.size());
    detail::accumulate_elements<T>(*state_, elements.data(), where.rank.value, where.offset.value, count, op);
    complete(Mode{}, where.rank.value);
  }

  /// Replaces one element by op(element, value) and returns what it was, atomically. MPI-4.0, section 12.3.4.
  template <accumulator<T> Op>
  T fetch_and_op(T const& value, target const& where, Op op) {
    check_one("fetch_and_op", where);
    return detail::fetch_element<T>(*state_, value, where.rank.value, where.offset.value, op);
  }

  /// Replaces one element by `desired` if it equals `expected`, and returns what it was, atomically.
  /// Whole numbers, `bool` and `std::byte` only. MPI-4.0, section 12.3.4.
  T compare_and_swap(T const& expected, T const& desired,
                     target const& where) requires(std::integral<T> || std::same_as<T, std::byte>) {
    check_one("compare_and_swap", where);
    return detail::compare_and_swap_element<T>(*state_, expected, desired, where.rank.value, where.offset.value);
  }

  /// Completes every call to `rank`, or to all ranks: here and at the target. MPI-4.0, section 12.5.4.
  void flush(int rank) { open().flush(rank); }
  void flush() { open().flush_all(); }

  /// Ends the epoch; everything in it has completed. Throws what went wrong.
  void close() {
    auto const state = std::exchange(state_, nullptr);
    if (!state) throw lifecycle_error("close: this epoch is closed already");
    if (rank_ == every_rank)
      state->unlock_all();
    else
      state->unlock(rank_);
  }

private:
  friend class window<T>;
  static constexpr int every_rank = -1;

  epoch(std::shared_ptr<detail::window_state> state, int rank) noexcept : state_(std::move(state)), rank_(rank) {}

  detail::window_state& open() const {
    if (!state_ || !state_->is_open()) [[unlikely]]
      throw lifecycle_error(state_ ? "this epoch's window is closed" : "this epoch is closed");
    return *state_;
  }

  /// The number of elements to move; throws unless the target lies inside this epoch's part and the buffer reaches.
  std::int64_t check(char const* operation, target const& where, std::size_t length) const {
    auto& state = open();
    int const rank = where.rank.value;
    auto const available = static_cast<std::int64_t>(length);
    auto const count = where.count ? where.count->value : available;
    auto const offset = where.offset.value;
    if (rank < 0 || rank >= state.ranks() || (rank_ != every_rank && rank != rank_)) [[unlikely]]
      throw_bad_rank(operation, rank);
    auto const extent = state.bytes(rank) / static_cast<std::int64_t>(sizeof(T));
    if (count < 0 || count > available || offset < 0 || offset > extent || count > extent - offset) [[unlikely]]
      throw_bad_extent(operation, where, available, extent);
    return count;
  }

  void check_one(char const* operation, target const& where) const {
    if (check(operation, where, 1) != 1) [[unlikely]]
      throw argument_error(detail::text(operation, " on ", state_->describe(), " is for one element, not for ",
                                        where.count->value, ", on rank ", state_->rank()));
  }

  [[noreturn]] void throw_bad_rank(char const* operation, int rank) const {
    throw argument_error(rank_ == every_rank || rank < 0 || rank >= state_->ranks()
                             ? detail::text(operation, " on ", state_->describe(), ": ", rank, " is not a rank (0 to ",
                                            state_->ranks() - 1, "), on rank ", state_->rank())
                             : detail::text(operation, " on ", state_->describe(), ": the epoch is for rank ", rank_,
                                            ", not ", rank, ", on rank ", state_->rank()));
  }
  [[noreturn]] void throw_bad_extent(char const* operation, target const& where, std::int64_t available,
                                     std::int64_t extent) const {
    auto const count = where.count ? where.count->value : available;
    auto const what = detail::text(operation, " on ", state_->describe(), ", rank ", state_->rank(), ": ", count,
                                   " elements at offset ", where.offset.value, " of rank ", where.rank.value);
    if (count < 0 || count > available) throw argument_error(detail::text(what, " with a buffer of ", available));
    throw index_error(detail::text(what, ", whose part has ", extent, " elements"));
  }

  void complete(blocking_t, int rank) const {
    if (!state_->all_near()) state_->flush(rank);
  }
  void complete(deferred_t, int) const noexcept {}

  std::shared_ptr<detail::window_state> state_;
  int rank_;
};

} // namespace armada
