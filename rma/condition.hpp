#pragma once

/// Waiting, with a mutex, for what another rank changes.

#include <armada/core/communicator.hpp>
#include <armada/rma/mutex.hpp>

#include <concepts>
#include <memory>
#include <mutex>

namespace armada {

namespace detail {
class shared_words;
}

struct condition_options {
  int home = 0; ///< the rank whose memory it lies in
};

/// A condition variable. Ranks wait under a mutex, are woken in the order in which they came, and never without a call.
/// A notification that finds nobody waiting is lost: what is waited for is said by memory, under the mutex.
/// Calls are local; what a far home and a wait need is said at `mutex`. Move-only.
class condition {
public:
  /// Collective over `comm`, with the same options on every rank. All ranks throw `argument_error` for a wrong home.
  explicit condition(communicator const& comm, condition_options options = {});
  condition(condition&&) noexcept;
  condition& operator=(condition&&) noexcept;
  ~condition();

  /// Lets go of the mutex, waits to be notified and takes the mutex again. No notification between the first two is
  /// missed. Throws `lifecycle_error` unless this rank holds the mutex exactly once.
  void wait(std::unique_lock<mutex>& lock);
  /// Waits until `holds()`, which is asked under the mutex.
  template <std::predicate Predicate>
  void wait(std::unique_lock<mutex>& lock, Predicate&& holds) {
    while (!holds()) wait(lock);
  }

  /// Wakes the rank that has waited longest, or all. With the mutex held or without it.
  void notify_one();
  void notify_all();

private:
  std::shared_ptr<detail::shared_words> words_;
  int home_;
};

} // namespace armada
