#include <armada/core/agree.hpp>
#include <armada/core/bystander.hpp>
#include <armada/rma/detail/shared_words.hpp>

#include <algorithm>
#include <atomic>

namespace armada::detail {
namespace {

/// Runs an update through MPI between two fences: loads and stores before it stay before it, those behind it behind.
template <class Update>
auto fenced(Update update) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  auto const old = update();
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return old;
}

} // namespace

shared_words::shared_words(communicator const& comm, std::int64_t count, std::string name)
    : name_(std::move(name)), rank_(comm.rank()), ranks_(comm.size()),
      window_(window<std::int64_t>::allocate(comm, count, {.name = name_})) {
  agree(comm, [&] {
    epoch_.emplace(window_.lock_all());
    if (comm.state()->nearby().whole)
      for (int r = 0; r < ranks_; ++r) near_.push_back(window_.shared(r).data());
  });
  enter();
}

void shared_words::release() noexcept {
  leave();
  near_.clear();
  epoch_.reset();
}

epoch<std::int64_t>& shared_words::access() const {
  if (!epoch_) throw lifecycle_error(text("this ", name_, " is closed, on rank ", rank_));
  return *epoch_;
}

void shared_words::store_later(int rank, std::int64_t index, std::int64_t value) {
  stored_later_ = value;
  if (!near_.empty())
    at(rank, index).store(value);
  else
    access().accumulate(stored_later_, {.rank = rank, .offset = index}, replace{}, deferred);
}

std::int64_t shared_words::word::far_load() const {
  return fenced([&] { return words_->access().fetch_and_op(0, {.rank = rank_, .offset = index_}, no_op{}); });
}

void shared_words::word::far_store(std::int64_t value) const {
  fenced([&] { return words_->access().fetch_and_op(value, {.rank = rank_, .offset = index_}, replace{}); });
}

std::int64_t shared_words::word::far_add(std::int64_t value) const {
  return fenced([&] { return words_->access().fetch_and_op(value, {.rank = rank_, .offset = index_}, std::plus{}); });
}

bool shared_words::word::far_store_if(std::int64_t expected, std::int64_t desired) const {
  return fenced([&] {
           return words_->access().compare_and_swap(expected, desired, {.rank = rank_, .offset = index_});
         }) == expected;
}

void shared_words::word::wait_beyond(std::int64_t value) const {
  constexpr int most = 16; // tests of MPI between two looks
  bystander others;
  auto const move_on = [&](int times) {
    for (int i = 0; i < times; ++i) others();
  };
  if (near_ != nullptr) return memory_word(near_).wait_beyond(value, [&] { move_on(most); });
  for (int pause = 1; far_load() <= value; pause = std::min(pause + 1, most)) move_on(pause); // a look travels
}

std::shared_ptr<shared_words> words_at_home(communicator const& comm, std::string const& name, int home,
                                            std::initializer_list<std::int64_t> values) {
  std::vector<std::int64_t> asked;
  auto const what = agree(comm, [&] {
    asked.push_back(home);
    asked.insert(asked.end(), values.begin(), values.end());
    return text("what the ", name, " is made with (home, first values)");
  });
  check_same_everywhere(comm, what, asked);
  if (home < 0 || home >= comm.size())
    throw argument_error(text(name, ": its home ", home, " is not a rank (0 to ", comm.size() - 1, ")"));

  bool const mine = comm.rank() == home;
  auto const count = static_cast<std::int64_t>(values.size()) * shared_words::line;
  auto words = make_together<shared_words>(comm, comm, mine ? count : 0, name);
  agree(comm, [&] { // nobody goes on before the first values are there
    if (!mine) return;
    std::int64_t index = -shared_words::line;
    for (auto const value : values) words->at(home, index += shared_words::line).store(value);
  });
  return words;
}

} // namespace armada::detail
