#include <armada/core/agree.hpp>
#include <armada/rma/detail/shared_queue.hpp>
#include <armada/rma/detail/shared_words.hpp>
#include <armada/rma/notification.hpp>

#include <limits>
#include <vector>

namespace armada::detail {
namespace {

/// The words of so many slots, or as many as 64 bits hold: then the memory is found to be too little.
std::int64_t checked_words(communicator const& comm, std::int64_t slots) {
  check_same_everywhere(comm, "the number of slots of the notification", {&slots, 1});
  if (slots < 1) throw argument_error(text("notification: ", slots, " slots, on rank ", comm.rank()));
  std::int64_t words = 0;
  return __builtin_mul_overflow(slots, shared_words::line, &words) ? std::numeric_limits<std::int64_t>::max() : words;
}

} // namespace

struct signal_slots::state {
  state(communicator const& comm, std::int64_t slots)
      : words(comm, checked_words(comm, slots), "notification"),
        taken(agree(comm, [&] { return std::vector<std::int64_t>(static_cast<std::size_t>(slots)); })) {}

  [[nodiscard]] signal_slot<shared_words::word> slot(int rank, std::int64_t index) const {
    auto const first = index * shared_words::line;
    return {words.at(rank, first), words.at(rank, first + memory_word::size)};
  }

  shared_words words;
  std::vector<std::int64_t> taken; ///< how many signals the owner has taken out of each of its slots
};

signal_slots::signal_slots(communicator const& comm, size_option slots)
    : state_(make_together<state>(comm, comm, slots.value)) {}
signal_slots::signal_slots(signal_slots&&) noexcept = default;
signal_slots& signal_slots::operator=(signal_slots&&) noexcept = default;
signal_slots::~signal_slots() = default;

void signal_slots::require_place(char const* operation, int rank, std::int64_t slot) const {
  auto const& self = require_open(state_, operation, "notification");
  if (rank < 0 || rank >= self.words.ranks())
    throw argument_error(text(operation, " on a notification: ", rank, " is not a rank (0 to ", self.words.ranks() - 1,
                              "), on rank ", self.words.rank()));
  if (slot < 0 || slot >= std::ssize(self.taken))
    throw argument_error(text(operation, " on a notification: ", slot, " is not a slot (0 to ",
                              std::ssize(self.taken) - 1, "), on rank ", self.words.rank()));
}

void signal_slots::notify(int rank, std::int64_t slot, std::int64_t value) {
  require_place("notify", rank, slot);
  state_->slot(rank, slot).post(value);
}

std::int64_t signal_slots::arrived(std::int64_t slot) const {
  auto const& self = require_open(state_, "arrived", "notification");
  require_place("arrived", self.words.rank(), slot);
  return self.slot(self.words.rank(), slot).posted() - self.taken[static_cast<std::size_t>(slot)];
}

std::int64_t signal_slots::wait(std::int64_t slot, std::int64_t count) {
  auto& self = require_open(state_, "wait", "notification");
  require_place("wait", self.words.rank(), slot);
  if (count < 1)
    throw argument_error(text("wait on a notification: for ", count, " signals, on rank ", self.words.rank()));
  auto const place = self.slot(self.words.rank(), slot);
  auto& taken = self.taken[static_cast<std::size_t>(slot)];
  place.wait(taken + count);
  taken += count;
  return place.value();
}

std::optional<std::int64_t> signal_slots::test(std::int64_t slot, std::int64_t count) {
  auto const missing = count - arrived(slot);
  return missing > 0 ? std::nullopt : std::optional(wait(slot, count));
}

} // namespace armada::detail
