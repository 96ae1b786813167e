#include <armada/core/posting_queue.hpp>

#include <utility>

namespace armada::detail {

void posting_queue::push(std::shared_ptr<posting> one) {
  std::scoped_lock const lock(background_mutex());
  if (waiting_.empty()) enter();
  waiting_.push_back(std::move(one));
}

void posting_queue::advance() noexcept {
  while (!waiting_.empty() && waiting_.front()->post_second()) {
    if (waiting_.size() == 1) leave();
    waiting_.pop_front();
  }
}

void posting_queue::settle(MPI_Comm comm) {
  if (comm != comm_) return;
  wait_until([this] {
    advance();
    return waiting_.empty();
  });
}

} // namespace armada::detail
