#include <armada/rma/condition.hpp>
#include <armada/rma/detail/shared_queue.hpp>
#include <armada/rma/detail/shared_words.hpp>

namespace armada {
namespace {

using detail::shared_words;

detail::ticket_queue<shared_words::word> queue_of(std::shared_ptr<shared_words> const& kept, int home,
                                                  char const* operation) {
  auto const& words = detail::require_open(kept, operation, "condition");
  return {words.at(home, 0), words.at(home, shared_words::line)};
}

} // namespace

condition::condition(communicator const& comm, condition_options options)
    : words_(detail::words_at_home(comm, "condition", options.home, {0, 0})), home_(options.home) {}
condition::condition(condition&&) noexcept = default;
condition& condition::operator=(condition&&) noexcept = default;
condition::~condition() = default;

void condition::wait(std::unique_lock<mutex>& lock) {
  auto const queue = queue_of(words_, home_, "wait");
  int const depth = lock.owns_lock() ? lock.mutex()->depth() : 0;
  if (depth != 1)
    throw lifecycle_error(
        detail::text("wait on a condition: rank ", words_->rank(), " holds the mutex ", depth, " times, not once"));
  auto const ticket = queue.take();
  lock.unlock();
  queue.wait(ticket);
  lock.lock();
}

void condition::notify_one() { queue_of(words_, home_, "notify_one").serve_one_waiting(); }

void condition::notify_all() { queue_of(words_, home_, "notify_all").serve_all_waiting(); }

} // namespace armada
