#include <armada/core/job.hpp>
#include <armada/rma/detail/shared_queue.hpp>
#include <armada/rma/detail/shared_words.hpp>
#include <armada/rma/mutex.hpp>

namespace armada {

using detail::require_open;
using detail::shared_words;
using detail::text;

struct mutex::state {
  state(communicator const& comm, mutex_options const& options)
      : words(detail::words_at_home(comm, options.recursive ? "recursive mutex" : "mutex", options.home, {0, 1, -1})),
        home(options.home), recursive(options.recursive) {}
  ~state() {
    if (depth == 0 || !job::running()) return;
    try {
      queue().serve(1);
    } catch (error const& e) {
      job::abort(e.what());
    }
  }

  [[nodiscard]] detail::ticket_queue<shared_words::word> queue() const {
    return {words->at(home, 0), words->at(home, shared_words::line)};
  }
  /// Ticket and rank go together: on the far road a word may be late, but never names a wrong rank.
  void hold(std::int64_t ticket) {
    words->store_later(home, holder, signature(ticket, words->rank()));
    depth = 1;
  }
  [[nodiscard]] std::string who_holds() const {
    if (queue().free() > 0) return "nobody does";
    auto const ticket = queue().served() - 1;
    auto const holds = words->at(home, holder).load();
    auto const rank = static_cast<int>(holds & rank_mask);
    return holds == signature(ticket, rank) ? text("rank ", rank, " does") : "another rank does";
  }
  static constexpr std::int64_t rank_mask = 0x7fff'ffff;
  [[nodiscard]] static std::int64_t signature(std::int64_t ticket, int rank) noexcept {
    return (ticket & rank_mask) << 32 | rank;
  }

  static constexpr std::int64_t holder = 2 * shared_words::line;
  std::shared_ptr<shared_words> words;
  int home;
  bool recursive;
  int depth = 0;
};

mutex::mutex(communicator const& comm, mutex_options options)
    : state_(detail::make_together<state>(comm, comm, options)) {}
mutex::mutex(mutex&&) noexcept = default;
mutex& mutex::operator=(mutex&&) noexcept = default;
mutex::~mutex() = default;

void mutex::lock() {
  auto& self = require_open(state_, "lock", "mutex");
  if (self.depth == 0) {
    self.hold(self.queue().enter());
  } else if (self.recursive) {
    ++self.depth;
  } else {
    throw lifecycle_error(text("lock of a mutex: rank ", self.words->rank(), " holds it already"));
  }
}

bool mutex::try_lock() {
  auto& self = require_open(state_, "try_lock", "mutex");
  if (self.depth == 0) {
    auto const ticket = self.queue().try_enter();
    if (ticket) self.hold(*ticket);
    return ticket.has_value();
  }
  if (self.recursive) ++self.depth;
  return self.recursive;
}

void mutex::unlock() {
  auto& self = require_open(state_, "unlock", "mutex");
  if (self.depth == 0)
    throw lifecycle_error(
        text("unlock of a mutex: rank ", self.words->rank(), " does not hold it, ", self.who_holds()));
  if (--self.depth == 0) self.queue().serve(1);
}

int mutex::depth() const noexcept { return state_ ? state_->depth : 0; }

} // namespace armada
