#include <armada/rma/detail/shared_queue.hpp>
#include <armada/rma/detail/shared_words.hpp>
#include <armada/rma/semaphore.hpp>

namespace armada {
namespace {

using detail::shared_words;

detail::ticket_queue<shared_words::word> queue_of(std::shared_ptr<shared_words> const& kept, int home,
                                                  char const* operation) {
  auto const& words = detail::require_open(kept, operation, "semaphore");
  return {words.at(home, 0), words.at(home, shared_words::line)};
}

} // namespace

semaphore::semaphore(communicator const& comm, semaphore_options options)
    : words_(detail::words_at_home(comm, "semaphore", options.home, {0, options.permits})), home_(options.home) {
  if (options.permits < 0)
    throw argument_error(detail::text("semaphore: ", options.permits, " permits, on rank ", comm.rank()));
}
semaphore::semaphore(semaphore&&) noexcept = default;
semaphore& semaphore::operator=(semaphore&&) noexcept = default;
semaphore::~semaphore() = default;

void semaphore::acquire() { queue_of(words_, home_, "acquire").enter(); }

bool semaphore::try_acquire() { return queue_of(words_, home_, "try_acquire").try_enter().has_value(); }

void semaphore::release(size_option count) {
  auto const queue = queue_of(words_, home_, "release");
  if (count.value < 0)
    throw argument_error(detail::text("release of a semaphore: ", count.value, " permits, on rank ", words_->rank()));
  queue.serve(count.value);
}

std::int64_t semaphore::available() const { return queue_of(words_, home_, "available").free(); }

} // namespace armada
