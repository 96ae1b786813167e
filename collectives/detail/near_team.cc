#include <armada/collectives/detail/near_team.hpp>
#include <armada/core/ordering.hpp>
#include <armada/core/progress.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include <sched.h>

namespace armada::detail {
namespace {

constexpr std::size_t page = 4096;

/// Null pointers of empty buffers are no arguments for memcpy.
void copy_bytes(std::byte* to, std::byte const* from, std::size_t bytes) noexcept {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

} // namespace

std::size_t near_team::control_bytes(int ranks) noexcept {
  return (static_cast<std::size_t>(ranks) * sizeof(near_progress) + page - 1) / page * page;
}
std::size_t near_team::stage_place(int rank, int ranks) noexcept {
  return control_bytes(ranks) + static_cast<std::size_t>(rank) * stage_bytes;
}

near_team::near_team(std::byte* memory, int rank, int ranks, std::function<void()> idle)
    : progress_(reinterpret_cast<near_progress*>(memory)), stages_(memory + control_bytes(ranks)),
      rank_(static_cast<std::size_t>(rank)), ranks_(static_cast<std::size_t>(ranks)), part_(chunk / ranks_ / 64 * 64),
      idle_(std::move(idle)), operands_(ranks_) {}

std::byte* near_team::slot_of(std::size_t rank) const noexcept {
  return stages_ + rank * stage_bytes + step_ % slots * chunk;
}

std::byte* near_team::part_of(std::size_t from, std::size_t to) const noexcept { return slot_of(from) + to * part_; }

/// Where ranks outnumber cores each look gives the core up. Elsewhere it is kept for some ten chunks' time: given up to
/// another program it is gone for milliseconds.
void near_team::wait_for(std::atomic<std::uint64_t> const& number, std::uint64_t at_least) const {
  constexpr int patience = 4096;
  for (int looks = 1; number.load(std::memory_order_acquire) < at_least; ++looks) {
    progress::pause();
    if (looks % 64 != 0) continue;
    idle_();
    if (looks >= patience) sched_yield();
    looks = std::min(looks, patience);
  }
  ordering::hear();
}

void near_team::claim() {
  if (step_ < all_done_ + slots) return;
  auto const need = step_ - slots + 1;
  auto lowest = step_;
  for_others([&](std::size_t other) {
    wait_for(progress_[other].done, need);
    lowest = std::min(lowest, progress_[other].done.load(std::memory_order_acquire));
  });
  all_done_ = lowest;
}

void near_team::give(std::uint64_t phase) {
  ordering::tell();
  progress_[rank_].given.store(2 * step_ + phase, std::memory_order_release);
}
void near_team::take(std::size_t from, std::uint64_t phase) const {
  wait_for(progress_[from].given, 2 * step_ + phase);
}
void near_team::end_step() {
  ++step_;
  ordering::tell();
  progress_[rank_].done.store(step_, std::memory_order_release);
}

template <class Visit>
void near_team::for_others(Visit visit) const {
  for (auto other = rank_ + 1; other < ranks_; ++other) visit(other);
  for (std::size_t other = 0; other < rank_; ++other) visit(other);
}

void near_team::bcast(std::byte* data, std::size_t bytes, int root) {
  auto const giver = static_cast<std::size_t>(root);
  for (std::size_t at = 0; at < bytes; at += chunk) {
    auto const length = std::min(chunk, bytes - at);
    if (rank_ == giver) {
      claim();
      copy_bytes(slot_of(rank_), data + at, length);
      give(2);
    } else {
      take(giver, 2);
      copy_bytes(data + at, slot_of(giver), length);
    }
    end_step();
  }
}

void near_team::gather(std::byte const* in, std::byte* out, std::size_t block, int root) {
  bool const takes = root == everyone || std::cmp_equal(root, rank_);
  bool const gives = root == everyone || !takes;
  auto* const own = takes ? out + rank_ * block : nullptr;
  auto const* const from = in != nullptr ? in : own;
  for (std::size_t at = 0; at < block; at += chunk) {
    auto const length = std::min(chunk, block - at);
    if (gives) {
      claim();
      copy_bytes(slot_of(rank_), from + at, length);
      give(2);
    }
    if (takes) {
      if (own != from) copy_bytes(own + at, from + at, length);
      for_others([&](std::size_t other) {
        take(other, 2);
        copy_bytes(out + other * block + at, slot_of(other), length);
      });
    }
    end_step();
  }
}

void near_team::spread(std::byte const* blocks, std::size_t block, std::size_t at, std::size_t length) {
  claim();
  for_others([&](std::size_t other) { copy_bytes(part_of(rank_, other), blocks + other * block + at, length); });
  give(2);
}

void near_team::scatter(std::byte const* in, std::byte* out, std::size_t block, int root) {
  auto const giver = static_cast<std::size_t>(root);
  for (std::size_t at = 0; at < block; at += part_) {
    auto const length = std::min(part_, block - at);
    if (rank_ == giver) {
      spread(in, block, at, length);
      if (out != nullptr) copy_bytes(out + at, in + rank_ * block + at, length);
    } else {
      take(giver, 2);
      copy_bytes(out + at, part_of(giver, rank_), length);
    }
    end_step();
  }
}

void near_team::alltoall(std::byte const* in, std::byte* out, std::size_t block) {
  for (std::size_t at = 0; at < block; at += part_) {
    auto const length = std::min(part_, block - at);
    spread(in != nullptr ? in : out, block, at, length);
    auto const own = rank_ * block + at;
    if (in != nullptr) copy_bytes(out + own, in + own, length);
    for_others([&](std::size_t other) {
      take(other, 2);
      copy_bytes(out + other * block + at, part_of(other, rank_), length);
    });
    end_step();
  }
}

void near_team::reduce(std::byte const* in, std::byte* out, std::size_t count, near_reduction const& op, int root) {
  bool const takes = root == everyone || std::cmp_equal(root, rank_);
  auto const* const from = in != nullptr ? in : out;
  auto const step = chunk / op.element;
  for (std::size_t first = 0; first < count; first += step) {
    auto const length = std::min(step, count - first);
    auto const* const mine = from + first * op.element;
    auto const begin_of = [&](std::size_t rank) { return length * rank / ranks_ * op.element; };
    auto const begin = begin_of(rank_);
    auto const end = begin_of(rank_ + 1);
    claim();
    auto* const slot = slot_of(rank_);
    copy_bytes(slot, mine, begin);
    copy_bytes(slot + end, mine + end, length * op.element - end);
    give(1);
    operands_[rank_] = mine + begin;
    for_others([&](std::size_t other) {
      take(other, 1);
      operands_[other] = slot_of(other) + begin;
    });
    op.run(op.op, operands_.data(), ranks_, slot + begin, (end - begin) / op.element);
    give(2);
    if (takes) {
      auto* const to = out + first * op.element;
      copy_bytes(to + begin, slot + begin, end - begin);
      for_others([&](std::size_t other) {
        take(other, 2);
        copy_bytes(to + begin_of(other), slot_of(other) + begin_of(other), begin_of(other + 1) - begin_of(other));
      });
    }
    end_step();
  }
}

void near_team::reduce_scatter(std::byte const* in, std::byte* out, std::size_t count, near_reduction const& op) {
  auto const* const from = in != nullptr ? in : out;
  auto const step = part_ / op.element * op.element;
  auto const block = count * op.element;
  for (std::size_t at = 0; at < block; at += step) {
    auto const length = std::min(step, block - at);
    spread(from, block, at, length);
    operands_[rank_] = from + rank_ * block + at;
    for_others([&](std::size_t other) {
      take(other, 2);
      operands_[other] = part_of(other, rank_);
    });
    auto* const result = part_of(rank_, rank_); // of a copy for oneself there is no need
    op.run(op.op, operands_.data(), ranks_, result, length / op.element);
    copy_bytes(out + at, result, length);
    end_step();
  }
}

} // namespace armada::detail
