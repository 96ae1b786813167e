/// The epochs of a window: what may be open beside what, on both roads.

#include <armada/core/call.hpp>
#include <armada/core/ordering.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <algorithm>
#include <atomic>

namespace armada::detail {
namespace {

/// What loads and stores of this rank have done is seen by others, and the reverse.
void order_memory() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }

} // namespace

bool window_state::covers(int rank) const noexcept {
  switch (access_) {
  case access::none: return false;
  case access::all_locked:
  case access::fenced: return true;
  default: return std::ranges::find(covered_, rank) != covered_.end();
  }
}

void window_state::require_covered(int rank, std::string_view operation) const {
  require_open(operation);
  check_rank(rank, operation);
  if (!covers(rank))
    throw lifecycle_error(text(operation, " of ", describe(), ": rank ", rank, " is not locked by rank ", rank_));
}

std::uint64_t window_state::phase_of(int at) const noexcept {
  constexpr auto of_posts = std::uint64_t{1} << 63;
  if (access_ == access::fenced) return fences_;
  return access_ == access::started ? of_posts | memory_.of(at).posts.load(std::memory_order_relaxed) : 0;
}

/// Shared locks order nothing among themselves, but each with the exclusive ones before it.
void window_state::hear_exclusives() noexcept {
  auto const count = memory_.control().exclusives.load(std::memory_order_relaxed);
  if (count != std::exchange(exclusives_heard_, count)) ordering::hear();
}

/// Throws unless no epoch of access is open.
void window_state::require_idle(std::string_view operation) const {
  require_open(operation);
  char const* const open = access_ == access::locked       ? "has locked parts of it"
                           : access_ == access::all_locked ? "has locked all parts"
                           : access_ == access::fenced     ? "has a fence epoch open"
                           : access_ == access::started    ? "has started an epoch"
                                                           : nullptr;
  if (open != nullptr)
    throw lifecycle_error(text(operation, " of ", describe(), ": rank ", rank_, " ", open, " already"));
}

void window_state::check_ranks(std::vector<int> const& ranks, std::string_view operation) const {
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    check_rank(ranks[i], operation);
    if (std::find(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(i), ranks[i]) !=
        ranks.begin() + static_cast<std::ptrdiff_t>(i))
      throw argument_error(text(operation, " of ", describe(), ": rank ", ranks[i], " is named twice"));
  }
}

void window_state::lock(int rank, lock_kind kind, lock_assertions promised) {
  require_open("lock");
  check_rank(rank, "lock");
  if (access_ != access::none && (access_ != access::locked || covers(rank))) {
    if (access_ == access::locked)
      throw lifecycle_error(
          text("lock of ", describe(), ": rank ", rank_, " has locked the part of rank ", rank, " already"));
    require_idle("lock");
  }
  auto const watch = watched("lock", rank);
  if (!all_near()) {
    call<MPI_Win_lock>(kind == exclusive ? MPI_LOCK_EXCLUSIVE : MPI_LOCK_SHARED, rank,
                       promised.no_check ? MPI_MODE_NOCHECK : 0, raw_);
  } else if (kind == exclusive) {
    auto& gate = memory_.control().gate;
    if (covered_.empty())
      gate.enter_exclusive();
    else
      gate.enter_exclusive_ahead();
    memory_.of(rank).lock.lock();
    memory_.control().exclusives.fetch_add(1, std::memory_order_relaxed);
    ordering::hear();
  } else {
    memory_.of(rank).lock.lock_shared();
    hear_exclusives();
  }
  access_ = access::locked;
  covered_.push_back(rank);
  locked_as_.push_back(kind);
  if (!all_near()) sync();
}

void window_state::unlock(int rank) {
  if (access_ == access::all_locked)
    throw lifecycle_error(text("unlock of ", describe(), ": all parts are locked, not one"));
  require_covered(rank, "unlock");
  auto const watch = watched("unlock", rank);
  if (!all_near()) sync();
  auto const at = std::ranges::find(covered_, rank) - covered_.begin();
  auto const kind = locked_as_[static_cast<std::size_t>(at)];
  covered_.erase(covered_.begin() + at);
  locked_as_.erase(locked_as_.begin() + at);
  if (covered_.empty()) access_ = access::none;
  ordering::tell();
  if (!all_near()) {
    call<MPI_Win_unlock>(rank, raw_);
  } else if (kind == exclusive) {
    memory_.of(rank).lock.unlock();
    memory_.control().gate.leave_exclusive();
  } else {
    memory_.of(rank).lock.unlock_shared();
  }
}

void window_state::lock_all(lock_assertions promised) {
  require_idle("lock_all");
  watch_scope const watch([this] { return "lock_all of " + describe(); });
  if (all_near()) {
    memory_.control().gate.enter_all();
    hear_exclusives();
  } else {
    call<MPI_Win_lock_all>(promised.no_check ? MPI_MODE_NOCHECK : 0, raw_);
  }
  access_ = access::all_locked;
  if (!all_near()) sync();
}

void window_state::unlock_all() {
  if (!open_ || access_ != access::all_locked)
    throw lifecycle_error(text("unlock_all of ", describe(), ", which is not locked"));
  if (!all_near()) {
    sync();
    flush_reached();
  }
  access_ = access::none;
  ordering::tell();
  if (all_near())
    memory_.control().gate.leave_all();
  else
    call<MPI_Win_unlock_all>(raw_);
}

void window_state::sync() {
  ordering::tell();
  sync_memory();
  ordering::hear();
}

void window_state::sync_memory() {
  order_memory();
  // MPI knows it inside an epoch only; outside of any, the processor's order is all there is to keep.
  bool const passive = access_ == access::locked || access_ == access::all_locked;
  if (raw_ != MPI_WIN_NULL && passive) call<MPI_Win_sync>(raw_);
}

void window_state::flush(int rank) {
  require_covered(rank, "flush");
  auto const watch = watched("flush", rank);
  order_memory();
  if (raw_ == MPI_WIN_NULL) return;
  call<MPI_Win_flush>(rank, raw_);
  reached_.erase(rank);
}

void window_state::flush_all() {
  require_open("flush");
  order_memory();
  if (raw_ == MPI_WIN_NULL) return;
  if (access_ == access::all_locked) flush_reached();
  if (access_ == access::locked)
    for (int const rank : covered_) call<MPI_Win_flush>(rank, raw_);
}

/// One by one: MPI_Win_flush_all may return before a get has arrived.
void window_state::flush_reached() {
  for (int const rank : reached_) call<MPI_Win_flush>(rank, raw_);
  reached_.clear();
}

void window_state::flush_local(int rank) {
  require_covered(rank, "flush_local");
  if (raw_ != MPI_WIN_NULL) call<MPI_Win_flush_local>(rank, raw_);
}

void window_state::flush_local_all() {
  require_open("flush_local");
  if (raw_ == MPI_WIN_NULL) return;
  if (access_ == access::all_locked)
    for (int const rank : reached_) call<MPI_Win_flush_local>(rank, raw_);
  if (access_ == access::locked)
    for (int const rank : covered_) call<MPI_Win_flush_local>(rank, raw_);
}

/// MPI is not told `no_precede`: a fence that waits for nobody would let near puts, which are stores, come too early.
void window_state::fence(fence_assertions promised) {
  if (access_ != access::fenced) require_idle("fence");
  if (exposed_) throw lifecycle_error(text("fence of ", describe(), ": rank ", rank_, " has posted an exposure"));
  watch_scope const watch([this] { return "fence of " + describe(); });
  order_memory();
  if (all_near()) {
    ordering::tell();
    memory_.control().barrier.arrive_and_wait(static_cast<std::uint32_t>(ranks_));
    ordering::hear();
  } else {
    if (!extents_known_ && !node_.whole && flavour_ == window_flavour::allocated) exchange_extents();
    extents_known_ = true;
    int const assertions = (promised.no_store ? MPI_MODE_NOSTORE : 0) | (promised.no_put ? MPI_MODE_NOPUT : 0) |
                           (promised.no_succeed ? MPI_MODE_NOSUCCEED : 0);
    call<MPI_Win_fence>(assertions, raw_);
  }
  order_memory();
  ++fences_;
  access_ = promised.no_succeed ? access::none : access::fenced;
}

void window_state::start(std::vector<int> const& targets, start_assertions promised) {
  require_idle("start");
  check_ranks(targets, "start");
  watch_scope const watch([this] { return "start of an epoch of " + describe(); });
  if (all_near()) {
    for (int const target : targets)
      for (backoff wait; !memory_.take_exposure(target, rank_);) wait.pause();
    ordering::hear();
  } else {
    for (int const target : targets) static_cast<void>(extent(target)); // not to be had once the epoch is open
    call<MPI_Win_start>(processes().include(targets).raw(), promised.no_check ? MPI_MODE_NOCHECK : 0, raw_);
  }
  order_memory();
  access_ = access::started;
  covered_ = targets;
}

void window_state::complete() {
  if (!open_ || access_ != access::started)
    throw lifecycle_error(text("complete of ", describe(), ", of which no epoch was started"));
  order_memory();
  access_ = access::none;
  auto const targets = std::exchange(covered_, {});
  ordering::tell();
  if (all_near())
    for (int const target : targets) memory_.of(target).completed.fetch_add(1, std::memory_order_release);
  else
    call<MPI_Win_complete>(raw_);
}

void window_state::post(std::vector<int> const& origins, post_assertions promised) {
  require_open("post");
  check_ranks(origins, "post");
  if (exposed_) throw lifecycle_error(text("post of ", describe(), ": rank ", rank_, " has posted already"));
  if (access_ == access::fenced) require_idle("post");
  order_memory();
  ordering::tell();
  memory_.of(node_.rank).posts.fetch_add(1, std::memory_order_relaxed);
  exposed_ = true;
  exposed_to_ = static_cast<std::uint32_t>(origins.size());
  if (all_near()) {
    for (int const origin : origins) memory_.expose(rank_, origin);
  } else {
    int const assertions = (promised.no_check ? MPI_MODE_NOCHECK : 0) | (promised.no_store ? MPI_MODE_NOSTORE : 0) |
                           (promised.no_put ? MPI_MODE_NOPUT : 0);
    call<MPI_Win_post>(processes().include(origins).raw(), assertions, raw_);
  }
}

void window_state::wait_exposed() {
  watch_scope const watch([this] { return "wait for the origins of " + describe(); });
  if (all_near()) {
    for (backoff wait; !test_exposed();) wait.pause();
    return;
  }
  if (!open_ || !exposed_) throw lifecycle_error(text("wait of ", describe(), ", which is not posted"));
  call<MPI_Win_wait>(raw_);
  order_memory();
  exposed_ = false;
}

bool window_state::test_exposed() {
  if (!open_ || !exposed_) throw lifecycle_error(text("wait of ", describe(), ", which is not posted"));
  int done = 0;
  if (all_near()) {
    auto& completed = memory_.of(rank_).completed;
    done = completed.load(std::memory_order_acquire) == exposed_to_ ? 1 : 0;
    if (done != 0) completed.store(0, std::memory_order_relaxed); // the next origins wait for the next post
  } else {
    call<MPI_Win_test>(raw_, &done);
  }
  if (done == 0) return false;
  order_memory();
  ordering::hear();
  exposed_ = false;
  return true;
}

/// Before the memory goes: other ranks may wait for a lock, or for the end of an access.
void window_state::end_epochs() {
  switch (access_) {
  case access::none: break;
  case access::locked:
    while (!covered_.empty()) unlock(covered_.back());
    break;
  case access::all_locked: unlock_all(); break;
  case access::fenced:
    if (raw_ != MPI_WIN_NULL) call<MPI_Win_fence>(MPI_MODE_NOSUCCEED, raw_);
    break;
  case access::started: complete(); break;
  }
  if (exposed_ && raw_ != MPI_WIN_NULL) call<MPI_Win_wait>(raw_);
  access_ = access::none;
  exposed_ = false;
}

} // namespace armada::detail
