#pragma once

/// The time between lock and unlock, in which a rank may reach into other ranks' parts of a window.

#include <armada/rma/detail/one_sided.hpp>

#include <memory>
#include <utility>

namespace armada {

template <wire T>
class window;
class dynamic_window;

/// Access to one part (`window::lock`) or to all (`window::lock_all`), until it is closed or goes out of scope; by then
/// everything has completed, and pendings of the epoch only hand out what is there. Move-only. Calls are local: they
/// need nothing of the target's program when it is near, and its progress inside MPI when it is far. The calls
/// themselves are those of `detail::one_sided`.
///
/// Every call checks the target against the real extent of the part before anything moves, and throws `index_error`
/// with both (quirk 9). An error while the destructor closes the epoch aborts the job; `close` throws it.
template <wire T>
class epoch : public detail::one_sided<T, true> {
  using base = detail::one_sided<T, true>;

public:
  epoch(epoch&& other) noexcept = default;
  epoch& operator=(epoch&& other) noexcept {
    epoch taken(std::move(other));
    std::swap(this->state_, taken.state_);
    std::swap(this->only_, taken.only_);
    return *this;
  }
  ~epoch() {
    detail::close_or_abort(this->state_, [this] { close(); });
  }

  /// Completes every call to `rank`, or to all ranks: here and at the target. MPI-4.0, section 12.5.4.
  void flush(int rank) { this->open().flush(rank); }
  void flush() { this->open().flush_all(); }
  /// Completes them here only: buffers may be used again.
  void flush_local(int rank) { this->open().flush_local(rank); }
  void flush_local() { this->open().flush_local_all(); }
  /// Orders this rank's own loads and stores with what others put and get. MPI-4.0, section 12.5.4.
  void sync() { this->open().sync(); }

  /// Ends the epoch; everything in it has completed. Throws what went wrong.
  void close() {
    auto const state = std::exchange(this->state_, nullptr);
    if (!state) throw lifecycle_error("close: this epoch is closed already");
    if (this->only_ == detail::target_check::every_rank)
      state->unlock_all();
    else
      state->unlock(this->only_);
  }

private:
  friend class window<T>;
  friend class dynamic_window;
  epoch(std::shared_ptr<detail::window_state> state, int rank) noexcept : base(std::move(state), rank) {}
};

} // namespace armada
