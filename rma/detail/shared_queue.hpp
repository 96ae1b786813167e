#pragma once

/// Waiting in the order of coming. One queue is the heart of the mutex, the semaphore and the condition.

#include <armada/rma/detail/shared_word.hpp>

#include <cstdint>
#include <optional>

namespace armada::detail {

/// Who comes takes a ticket, and goes in once more tickets have been served than came before it. Nobody is overtaken,
/// and whoever waits reads one word only.
///
/// It is a mutex when one ticket is served at first and each holder serves the next as it leaves; a semaphore when as
/// many are served as there are permits; a condition when tickets are served by those who notify.
template <shared_word Word>
class ticket_queue {
public:
  ticket_queue(Word taken, Word served) : taken_(taken), served_(served) {}

  [[nodiscard]] std::int64_t take() const { return taken_.add(1); }
  void wait(std::int64_t ticket) const { served_.wait_beyond(ticket); }
  /// Goes in and returns the ticket.
  std::int64_t enter() const {
    auto const ticket = take();
    wait(ticket);
    return ticket;
  }
  /// Goes in if nobody is before it.
  [[nodiscard]] std::optional<std::int64_t> try_enter() const {
    for (auto next = taken_.load(); next < served_.load(); next = taken_.load())
      if (taken_.store_if(next, next + 1)) return next;
    return std::nullopt;
  }

  /// Lets `count` more in, now or when they come.
  void serve(std::int64_t count) const {
    auto const before = served_.add(count);
    served_.wake(before, before + count);
  }
  /// Lets the first in that waits. Nothing is kept for those who come later.
  void serve_one_waiting() const {
    for (auto done = served_.load(); done < taken_.load(); done = served_.load())
      if (served_.store_if(done, done + 1)) return served_.wake(done, done + 1);
  }
  /// Lets all in that wait.
  void serve_all_waiting() const {
    for (auto done = served_.load(), all = taken_.load(); done < all; done = served_.load())
      if (served_.store_if(done, all)) return served_.wake(done, all);
  }

  [[nodiscard]] std::int64_t served() const { return served_.load(); }
  /// How many could go in at once; less than zero: how many wait.
  [[nodiscard]] std::int64_t free() const {
    auto const served = served_.load();
    return served - taken_.load();
  }

private:
  Word taken_, served_;
};

/// A place where signals are counted. A value comes with each, of which the last is kept.
template <shared_word Word>
class signal_slot {
public:
  signal_slot(Word posted, Word value) : posted_(posted), value_(value) {}

  void post(std::int64_t value) const {
    value_.store(value);
    posted_.add(1);
    posted_.wake(0, 32); // one sleeps at most, for any number of them
  }
  [[nodiscard]] std::int64_t posted() const { return posted_.load(); }
  void wait(std::int64_t count) const { posted_.wait_beyond(count - 1); }
  [[nodiscard]] std::int64_t value() const { return value_.load(); }

private:
  Word posted_, value_;
};

} // namespace armada::detail
