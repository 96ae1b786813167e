#include <armada/arrays/index/block.hpp>
#include <armada/arrays/task_pool.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/rma/detail/shared_words.hpp>

#include <algorithm>

namespace armada {
namespace {

/// Units that a rank has and has not begun: one word, so that it is replaced at once. The word says all there is to
/// know; that it was another one meanwhile does no harm.
struct range {
  std::int64_t first, last;

  explicit range(std::int64_t word) : first(word >> 32), last(word & 0xffffffff) {}
  range(std::int64_t from, std::int64_t to) : first(from), last(to) {}
  [[nodiscard]] std::int64_t word() const { return first << 32 | last; }
  [[nodiscard]] bool empty() const { return first >= last; }
};

constexpr std::int64_t most_units = std::int64_t{1} << 30;

[[nodiscard]] std::int64_t agreed_count(communicator const& comm, std::int64_t count) {
  detail::check_same_everywhere(comm, "the number of tasks", {&count, 1});
  if (count < 0) throw argument_error(detail::text("task_pool of ", count, " tasks, on rank ", comm.rank()));
  return count;
}

} // namespace

task_pool::task_pool(communicator const& comm, size_option count)
    : comm_(communicator::share(comm)), count_(agreed_count(comm, count.value)), unit_(1 + count_ / most_units) {
  words_ = detail::make_together<detail::shared_words>(comm, comm, detail::shared_words::line, "task pool");
  reset();
}
task_pool::task_pool(task_pool&&) noexcept = default;
task_pool& task_pool::operator=(task_pool&&) noexcept = default;
task_pool::~task_pool() = default;

void task_pool::reset() {
  auto const& words = detail::require_open(words_, "reset", "task pool");
  barrier(comm_); // nobody looks for tasks any more
  block_dimension const units(count_ / unit_ + (count_ % unit_ != 0 ? 1 : 0), words.ranks());
  range const block(units.first(words.rank()), units.first(words.rank() + 1));
  mine_ = block.word();
  next_ = end_ = stolen_ = 0;
  victim_ = (words.rank() + 1) % words.ranks();
  words.at(words.rank(), 0).store(mine_);
  barrier(comm_);
}

std::optional<std::int64_t> task_pool::begin(std::int64_t unit) {
  next_ = first_of(unit);
  end_ = first_of(unit + 1);
  return next_++;
}

std::int64_t task_pool::first_of(std::int64_t unit) const { return unit > count_ / unit_ ? count_ : unit * unit_; }

std::optional<std::int64_t> task_pool::take() {
  auto const word = words_->at(words_->rank(), 0);
  for (;;) {
    range const left(mine_);
    if (left.empty()) return std::nullopt;
    std::int64_t const rest = range(left.first + 1, left.last).word();
    if (word.store_if(mine_, rest)) {
      mine_ = rest;
      return begin(left.first);
    }
    mine_ = word.load();
  }
}

/// Ranks are looked at in turn, beginning with the one that had some the last time. Once around in vain is enough: what
/// is on its way from one to another, the thief will do.
std::optional<std::int64_t> task_pool::steal() {
  for (int looked = 0; looked < words_->ranks();) {
    auto const word = words_->at(victim_, 0);
    std::int64_t const seen = victim_ == words_->rank() ? 0 : word.load();
    range const left(seen);
    if (left.empty()) {
      victim_ = (victim_ + 1) % words_->ranks();
      ++looked;
      continue;
    }
    std::int64_t const half = left.last - (left.last - left.first + 1) / 2;
    if (!word.store_if(seen, range(left.first, half).word())) continue; // somebody else got on
    stolen_ += first_of(left.last) - first_of(half);
    mine_ = range(half + 1, left.last).word();
    words_->at(words_->rank(), 0).store(mine_);
    return begin(half);
  }
  return std::nullopt;
}

std::optional<std::int64_t> task_pool::next() {
  static_cast<void>(detail::require_open(words_, "next", "task pool"));
  if (next_ < end_) return next_++;
  if (auto const task = take()) return task;
  return steal();
}

} // namespace armada
