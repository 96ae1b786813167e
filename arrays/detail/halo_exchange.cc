#include <armada/arrays/detail/halo_exchange.hpp>

#include <armada/core/agree.hpp>
#include <armada/core/bystander.hpp>
#include <armada/core/error.hpp>
#include <armada/core/ordering.hpp>
#include <armada/core/progress.hpp>
#include <armada/core/tracing.hpp>
#include <armada/core/watchdog.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <algorithm>
#include <atomic>
#include <span>
#include <utility>

#include <sched.h>

namespace armada::detail {
namespace {

std::uint64_t number_at(std::uint64_t const* word) noexcept {
  return std::atomic_ref(*const_cast<std::uint64_t*>(word)).load(std::memory_order_acquire);
}

/// Waits until a rank of this host is so far. It may need MPI for that, or the core of this one.
void wait_for(std::uint64_t const* word, std::uint64_t at_least) {
  constexpr int patience = 1 << 14;
  if (number_at(word) < at_least) {
    watch_scope const watched("halo");
    bystander others;
    for (int looks = 1; number_at(word) < at_least; ++looks) {
      progress::pause();
      if (looks % 64 != 0) continue;
      others();
      if (looks >= patience) sched_yield();
      looks = std::min(looks, patience);
    }
  }
  ordering::hear();
}

void say(std::byte* word, std::uint64_t reached) noexcept {
  ordering::tell();
  std::atomic_ref(*reinterpret_cast<std::uint64_t*>(word)).store(reached, std::memory_order_release);
}

} // namespace

halo_exchange::halo_exchange(communicator const& comm, std::shared_ptr<window_state> array, halo_steps steps)
    : array_(std::move(array)),
      steps_(agree(comm, [&] { return std::make_unique<halo_steps const>(std::move(steps)); })) {
  if (comm.size() == 1) return;
  auto options = agree(comm, [] { return window_options{.name = "halo"}; });
  bool const all_near = array_->all_near();
  if (!all_near) far_.emplace(comm.split(0, comm.rank()));
  auto const host = all_near ? communicator::share(comm) : comm.split_shared();
  agree(comm, [&] {
    outboxes_ = make_together<window_state>(host, host, header + 2 * steps_->outbox, std::move(options));
    std::int64_t far_bytes = 0;
    for (halo_message const& each : steps_->in)
      if (std::byte const* const part = near_part(each.peer)) {
        std::byte const* const even = part + header + each.place;
        near_in_.push_back({&each, reinterpret_cast<number const*>(part), {even, even + each.outbox}});
      } else {
        far_in_.push_back(&each);
        far_bytes += each.bytes;
      }
    for (halo_message const& each : steps_->out)
      if (std::byte const* const part = near_part(each.peer))
        readers_.push_back(reinterpret_cast<number const*>(part + header / 2));
      else
        far_out_.push_back(&each);
    std::sort(readers_.begin(), readers_.end());
    readers_.erase(std::unique(readers_.begin(), readers_.end()), readers_.end());
    inbox_.resize(static_cast<std::size_t>(far_bytes));
    sends_.reserve(far_out_.size());
    receives_.reserve(far_in_.size());
  });
}

std::byte* halo_exchange::near_part(int rank) const {
  int const at = array_->all_near() ? rank : array_->place_on_node(rank);
  return at < 0 ? nullptr : outboxes_->near(at);
}

std::byte* halo_exchange::tile() const {
  if (!array_->is_open()) throw lifecycle_error("halo: its array has ended");
  return array_->local();
}

void halo_exchange::start() {
  if (under_way_) throw lifecycle_error("halo: an exchange is under way already; finish it first");
  std::byte* const cells = tile();
  tracing::scope const traced("halo start");
  ++count_;
  under_way_ = true;
  for (std::int64_t begin = 0; halo_message const* const each : far_in_) {
    std::span const room(inbox_.data() + begin, static_cast<std::size_t>(each->bytes));
    receives_.push_back(recv(*far_, room, {.source = each->peer, .tag = each->tag}, nonblocking));
    begin += each->bytes;
  }
  if (!steps_->out.empty()) {
    if (count_ > 2)
      for (number const* const done : readers_) wait_for(done, count_ - 2);
    std::byte* const outbox = outboxes_->local() + header + static_cast<std::int64_t>(count_ % 2) * steps_->outbox;
    for (halo_message const& each : steps_->out)
      strided_copy(outbox + each.place, each.packed, cells + each.cells.offset, each.cells.strides, each.shape);
    say(outboxes_->local(), count_);
    for (halo_message const* const each : far_out_) {
      std::span<std::byte const> const packed(outbox + each->place, static_cast<std::size_t>(each->bytes));
      sends_.push_back(send(*far_, packed, {.dest = each->peer, .tag = each->tag}, nonblocking));
    }
  }
  for (halo_copy const& each : steps_->copies)
    strided_copy(cells + each.to.offset, each.to.strides, cells + each.from.offset, each.from.strides, each.shape);
  for (halo_fill const& each : steps_->fills)
    strided_copy(cells + each.to.offset, each.to.strides, each.value.data(), byte_strides{0, 0, 0, 0, 0, 0, 0, 1},
                 each.shape);
}

void halo_exchange::finish() {
  if (!under_way_) throw lifecycle_error("halo: no exchange is under way; start one first");
  std::byte* const cells = tile();
  tracing::scope const traced("halo finish");
  auto const unpack = [&](halo_message const& each, std::byte const* packed) {
    strided_copy(cells + each.cells.offset, each.cells.strides, packed, each.packed, each.shape);
  };
  for (near_incoming const& each : near_in_) {
    wait_for(each.given, count_);
    unpack(*each.message, each.packed[count_ % 2]);
  }
  if (!near_in_.empty()) say(outboxes_->local() + header / 2, count_);
  std::byte const* arrived = inbox_.data();
  for (std::size_t i = 0; i < far_in_.size(); arrived += far_in_[i++]->bytes) {
    static_cast<void>(receives_[i].wait());
    unpack(*far_in_[i], arrived);
  }
  for (pending<>& each : sends_) each.wait();
  receives_.clear();
  sends_.clear();
  under_way_ = false;
}

} // namespace armada::detail
