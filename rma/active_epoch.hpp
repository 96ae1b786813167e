#pragma once

/// Epochs that the targets take part in: between two fences, or between start and complete on one side and post and
/// wait on the other. Access is complete at their end and not before, so its calls are `deferred`; nonblocking and
/// blocking ones do not compile.

#include <armada/rma/detail/one_sided.hpp>

#include <memory>
#include <utility>

namespace armada {

template <wire T>
class window;
class dynamic_window;

/// From one fence to the next: every rank may reach every part, and is reached. Made by `window::fence`. Move-only.
/// An error while the destructor closes it aborts the job.
template <wire T>
class fence_epoch : public detail::one_sided<T, false> {
  using base = detail::one_sided<T, false>;

public:
  fence_epoch(fence_epoch&&) noexcept = default;
  fence_epoch& operator=(fence_epoch&&) = delete;
  ~fence_epoch() {
    detail::close_or_abort(this->state_, [this] { close(); });
  }

  /// Completes everything on all ranks, and goes on. Collective over the window's communicator. MPI-4.0,
  /// section 12.5.1.
  void fence(fence_assertions promised = {}) {
    promised.no_succeed = false;
    this->open().fence(promised);
  }
  /// The last fence: completes everything on all ranks. Collective. What the destructor does.
  void close(fence_assertions promised = {}) {
    auto const state = std::exchange(this->state_, nullptr);
    if (!state) throw lifecycle_error("close: this epoch is closed already");
    promised.no_succeed = true;
    state->fence(promised);
  }

private:
  friend class window<T>;
  friend class dynamic_window;
  explicit fence_epoch(std::shared_ptr<detail::window_state> state) noexcept
      : base(std::move(state), detail::target_check::every_rank) {}
};

/// Access to the parts of some ranks, which `post` them to this one. Made by `window::start`. Move-only. An error while
/// the destructor completes it aborts the job.
template <wire T>
class access_epoch : public detail::one_sided<T, false> {
  using base = detail::one_sided<T, false>;

public:
  access_epoch(access_epoch&&) noexcept = default;
  access_epoch& operator=(access_epoch&&) = delete;
  ~access_epoch() {
    detail::close_or_abort(this->state_, [this] { complete(); });
  }

  /// Ends the access: everything has completed here, and at the targets when their `wait` returns. MPI-4.0, section
  /// 12.5.2.
  void complete() {
    auto const state = std::exchange(this->state_, nullptr);
    if (!state) throw lifecycle_error("complete: this epoch is closed already");
    state->complete();
  }

private:
  friend class window<T>;
  friend class dynamic_window;
  explicit access_epoch(std::shared_ptr<detail::window_state> state) noexcept
      : base(std::move(state), detail::target_check::some_ranks) {}
};

/// This rank's part, open to some ranks. Made by `window::post`. Move-only; its destructor waits.
class exposure_epoch {
public:
  explicit exposure_epoch(std::shared_ptr<detail::window_state> state) noexcept : state_(std::move(state)) {}
  exposure_epoch(exposure_epoch&&) noexcept = default;
  exposure_epoch& operator=(exposure_epoch&&) = delete;
  ~exposure_epoch() {
    detail::close_or_abort(state_, [this] { wait(); });
  }

  /// Waits until every origin has completed its access. MPI-4.0, section 12.5.2.
  void wait() {
    auto const state = std::exchange(state_, nullptr);
    if (!state) throw lifecycle_error("wait: this exposure has ended already");
    state->wait_exposed();
  }
  /// Whether they have; if so the exposure has ended.
  [[nodiscard]] bool test() {
    if (!state_ || !state_->test_exposed()) return !state_;
    state_.reset();
    return true;
  }

private:
  std::shared_ptr<detail::window_state> state_;
};

} // namespace armada
