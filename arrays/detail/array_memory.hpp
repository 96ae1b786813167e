#pragma once

#include <armada/arrays/detail/array_watch.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/core/error.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace armada::detail {

/// The window of one array. It is closed when the array ends, which completes what is under way: where ranks are far
/// that is collective, and cannot wait for pendings. They find it closed, and their elements moved.
class array_window {
public:
  array_window() = default;
  explicit array_window(std::shared_ptr<window_state> state) noexcept
      : state_(std::move(state)), parts_(state_->all_parts()) {}
  array_window(array_window&& other) noexcept
      : state_(std::move(other.state_)), parts_(std::exchange(other.parts_, nullptr)) {}
  array_window& operator=(array_window other) noexcept {
    state_.swap(other.state_);
    std::swap(parts_, other.parts_);
    return *this;
  }
  ~array_window() {
    if (state_ != nullptr) state_->release();
  }

  /// Null where the array was moved from.
  [[nodiscard]] std::shared_ptr<window_state> const& state() const noexcept { return state_; }
  /// Where each rank's tile is, where all are near and nobody wants to know of accesses; null otherwise, and where the
  /// array was moved from.
  [[nodiscard]] std::byte* const* parts() const noexcept { return parts_; }
  /// Somebody wants to know from here on.
  void hide_parts() noexcept { parts_ = nullptr; }

private:
  std::shared_ptr<window_state> state_;
  std::byte* const* parts_ = nullptr;
};

/// Where the elements of an array are: what everything that moves them needs to know.
template <std::size_t N>
struct array_memory {
  armada::distribution<N> distribution;
  array_window window;
  std::shared_ptr<array_watch> watch; ///< null: nobody wants to know

  /// For every access that does not find its elements in `window.parts()`. Throws `lifecycle_error` where the array was
  /// moved from.
  [[nodiscard]] std::shared_ptr<window_state> const& open_window() const {
    if (window.state() == nullptr) [[unlikely]]
      throw_moved();
    return window.state();
  }

private:
  [[noreturn, gnu::cold, gnu::noinline]] void throw_moved() const {
    throw lifecycle_error(text("this distributed_array of shape ", tuple_text(distribution.shape()),
                               " was moved from: its elements belong to another name"));
  }
};

} // namespace armada::detail
