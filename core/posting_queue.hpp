#pragma once

/// Nonblocking collectives on values run in two phases: sizes, then bytes. The second phases go on the communicator's
/// private twin, and every rank must post them in the same order whatever order the pendings are waited for.

#include <deque>
#include <memory>

namespace armada::detail {

/// A collective whose second phase is still to be posted.
class posting {
public:
  posting() = default;
  posting(posting const&) = delete;
  posting& operator=(posting const&) = delete;
  virtual ~posting() = default;
  /// Completes the first phase and posts the second, without waiting for that one.
  virtual void post_second() = 0;
};

/// The postings of one communicator, oldest first.
class posting_queue {
public:
  void enter(std::shared_ptr<posting> one) { waiting_.push_back(std::move(one)); }

  /// Posts the second phase of every collective up to and including `one`; nothing when that has been done.
  void advance_through(posting const& one) {
    if (!holds(one)) return;
    for (bool more = true; more;) {
      auto const oldest = waiting_.front();
      waiting_.pop_front();
      more = oldest.get() != &one;
      oldest->post_second();
    }
  }

private:
  [[nodiscard]] bool holds(posting const& one) const noexcept {
    for (auto const& each : waiting_)
      if (each.get() == &one) return true;
    return false;
  }

  std::deque<std::shared_ptr<posting>> waiting_;
};

} // namespace armada::detail
