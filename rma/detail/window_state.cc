#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/job.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <new>

namespace armada::detail {

window_state::window_state(communicator const& comm, std::int64_t bytes, std::string name)
    : comm_(comm.state()), name_(std::move(name)), rank_(comm.rank()), ranks_(comm.size()) {
  collective_scope const inside({.comm = comm, .operation = "window"});
  node_ = comm_->nearby();
  agree(comm, [&] { allocate(bytes); });
  if (node_.whole) {
    all_parts_ = near_parts_.data();
  } else {
    auto* const base = local() - header_bytes;
    auto const exposed = static_cast<MPI_Aint>((static_cast<std::size_t>(bytes) + header_bytes + 63) / 64 * 64);
    call<MPI_Win_create>(base, exposed, 1, MPI_INFO_NULL, comm_->raw(), &raw_);
    call<MPI_Win_set_errhandler>(raw_, MPI_ERRORS_RETURN); // not inherited (quirk 26)
  }
  segment_.close_file();
  open_ = true;
  enter();
}

/// Lays out the node's memory: control block and table, then each rank's part on pages of its own, behind a header that
/// keeps the exposed base a multiple of 64 (quirk 1).
void window_state::allocate(std::int64_t bytes) {
  auto const ranks = static_cast<std::size_t>(node_.size());
  std::vector<std::int64_t> wanted(ranks);
  if (ranks > 1)
    call<MPI_Allgather>(&bytes, 1, MPI_INT64_T, wanted.data(), 1, MPI_INT64_T, node_.raw);
  else
    wanted[0] = bytes;

  // Every rank of the node sees the same lengths, and throws or goes on like the others.
  constexpr std::int64_t beyond = std::int64_t{1} << 56;
  std::vector<std::size_t> places(ranks + 1);
  places[0] = shared_segment::round_to_page(sizeof(control_block) + ranks * sizeof(part));
  for (std::size_t r = 0; r < ranks; ++r) {
    if (wanted[r] < 0)
      throw argument_error(
          text(describe(), ": the length of rank ", node_.members[r], ", ", wanted[r], " bytes, is negative"));
    if (wanted[r] > beyond)
      throw out_of_memory(text(describe(), ": rank ", node_.members[r], " needs ", wanted[r], " bytes, and ",
                               available_memory(), " are available on this host"));
    places[r + 1] = places[r] + shared_segment::round_to_page(header_bytes + static_cast<std::size_t>(wanted[r]));
  }

  segment_ = shared_segment(node_, places[ranks]);
  auto const mine = static_cast<std::size_t>(node_.rank);
  segment_.populate(0, places[0]);
  if (mine == 0) new (segment_.data()) control_block();
  segment_.populate(places[mine], places[mine + 1] - places[mine]);
  new (parts() + mine) part{places[mine] + header_bytes, static_cast<std::uint64_t>(bytes), {}};
  new (segment_.data() + places[mine]) part_header{bytes};
  for (std::size_t r = 0; r < ranks; ++r) near_parts_.push_back(segment_.data() + places[r] + header_bytes);
}

void window_state::release() noexcept {
  leave();
  if (!open_) return;
  // Epochs that are still open end here: other ranks wait for a lock in the node's memory, and MPICH asserts when a
  // window is freed inside an epoch (quirk 13).
  if (all_near()) {
    if (all_locked_) unlock_all();
    while (!locked_.empty()) unlock(locked_.back());
  } else if (job::running()) {
    if (std::uncaught_exceptions() > unwinding_) require_others();
    if (all_locked_) MPI_Win_unlock_all(raw_);
    for (int const rank : locked_) MPI_Win_unlock(rank, raw_);
    MPI_Win_free(&raw_);
  }
  all_locked_ = false;
  locked_.clear();
  locked_as_.clear();
  open_ = false;
  raw_ = MPI_WIN_NULL;
  segment_ = shared_segment();
  near_parts_.assign(near_parts_.size(), nullptr);
}

/// Freeing is collective, and an exception may have passed this rank alone.
void window_state::require_others() const noexcept {
  MPI_Comm const comm = comm_->twin() != MPI_COMM_NULL ? comm_->twin() : comm_->raw();
  if (comm != MPI_COMM_NULL && !job::others_come(comm))
    job::abort(text("an exception on this rank ended ", describe(), " while other ranks were at work with it"));
}

std::string window_state::describe() const { return text("window \"", name_, "\""); }

std::int64_t window_state::bytes(int rank) {
  if (int const at = node_.find(rank); at >= 0) return static_cast<std::int64_t>(parts()[at].bytes);
  if (auto const known = far_bytes_.find(rank); known != far_bytes_.end()) return known->second;
  part_header header{};
  bool const outside = !all_locked_ && locked_.empty();
  if (outside)
    call<MPI_Win_lock>(MPI_LOCK_SHARED, rank, 0, raw_);
  else
    require_covered(rank, "length");
  call<MPI_Get>(static_cast<void*>(&header), static_cast<int>(sizeof(header)), MPI_BYTE, rank, MPI_Aint{0},
                static_cast<int>(sizeof(header)), MPI_BYTE, raw_);
  if (outside)
    call<MPI_Win_unlock>(rank, raw_);
  else
    call<MPI_Win_flush>(rank, raw_);
  return far_bytes_[rank] = header.bytes;
}

void window_state::check_rank(int rank, std::string_view operation) const {
  if (rank < 0 || rank >= ranks_)
    throw argument_error(text(operation, " of ", describe(), ": ", rank, " is not a rank (0 to ", ranks_ - 1, ")"));
}

void window_state::require_covered(int rank, std::string_view operation) const {
  if (!open_) throw lifecycle_error(text(operation, " of ", describe(), ", which was closed"));
  check_rank(rank, operation);
  if (!all_locked_ && std::find(locked_.begin(), locked_.end(), rank) == locked_.end())
    throw lifecycle_error(text(operation, " of ", describe(), ": rank ", rank, " is not locked by rank ", rank_));
}

watch_scope window_state::watched(std::string_view operation, int rank) const {
  return watch_scope([&] { return text(operation, " of rank ", rank, "'s part of ", describe()); });
}

void window_state::lock(int rank, lock_kind kind) {
  if (!open_) throw lifecycle_error(text("lock of ", describe(), ", which was closed"));
  check_rank(rank, "lock");
  if (all_locked_ || std::find(locked_.begin(), locked_.end(), rank) != locked_.end())
    throw lifecycle_error(text("lock of ", describe(), ": rank ", rank_, " has locked ",
                               all_locked_ ? std::string("all parts") : text("the part of rank ", rank), " already"));
  auto const watch = watched("lock", rank);
  if (!all_near()) {
    call<MPI_Win_lock>(kind == exclusive ? MPI_LOCK_EXCLUSIVE : MPI_LOCK_SHARED, rank, 0, raw_);
  } else if (kind == exclusive) {
    control().gate.enter_exclusive();
    parts()[rank].lock.lock();
  } else {
    parts()[rank].lock.lock_shared();
  }
  locked_.push_back(rank);
  locked_as_.push_back(kind);
  if (!all_near()) sync();
}

void window_state::unlock(int rank) {
  if (all_locked_) throw lifecycle_error(text("unlock of ", describe(), ": all parts are locked, not one"));
  require_covered(rank, "unlock");
  auto const watch = watched("unlock", rank);
  if (!all_near()) sync();
  auto const at = std::find(locked_.begin(), locked_.end(), rank) - locked_.begin();
  auto const kind = locked_as_[static_cast<std::size_t>(at)];
  locked_.erase(locked_.begin() + at);
  locked_as_.erase(locked_as_.begin() + at);
  if (!all_near()) {
    call<MPI_Win_unlock>(rank, raw_);
  } else if (kind == exclusive) {
    parts()[rank].lock.unlock();
    control().gate.leave_exclusive();
  } else {
    parts()[rank].lock.unlock_shared();
  }
}

void window_state::lock_all() {
  if (!open_) throw lifecycle_error(text("lock_all of ", describe(), ", which was closed"));
  if (all_locked_ || !locked_.empty())
    throw lifecycle_error(text("lock_all of ", describe(), ": rank ", rank_, " has locked parts of it already"));
  watch_scope const watch([this] { return "lock_all of " + describe(); });
  if (all_near())
    control().gate.enter_all();
  else
    call<MPI_Win_lock_all>(0, raw_);
  all_locked_ = true;
  if (!all_near()) sync();
}

void window_state::unlock_all() {
  if (!open_ || !all_locked_) throw lifecycle_error(text("unlock_all of ", describe(), ", which is not locked"));
  if (!all_near()) sync();
  all_locked_ = false;
  if (all_near())
    control().gate.leave_all();
  else
    call<MPI_Win_unlock_all>(raw_);
}

void window_state::sync() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  // MPI knows it inside an epoch only; outside of any, the processor's order is all there is to keep.
  bool const inside = all_locked_ || !locked_.empty();
  if (raw_ != MPI_WIN_NULL && inside) call<MPI_Win_sync>(raw_);
}

void window_state::flush(int rank) {
  require_covered(rank, "flush");
  auto const watch = watched("flush", rank);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (raw_ != MPI_WIN_NULL) call<MPI_Win_flush>(rank, raw_);
}

void window_state::flush_all() {
  if (!open_) throw lifecycle_error(text("flush of ", describe(), ", which was closed"));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (raw_ == MPI_WIN_NULL) return;
  if (all_locked_) call<MPI_Win_flush_all>(raw_);
  for (int const rank : locked_) call<MPI_Win_flush>(rank, raw_);
}

void window_state::far_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes) {
  for (std::int64_t done = 0; done < bytes;) {
    int const part = static_cast<int>(std::min(chunk_, bytes - done));
    call<MPI_Put>(static_cast<void const*>(static_cast<std::byte const*>(from) + done), part, MPI_BYTE, rank,
                  displacement(offset + done), part, MPI_BYTE, raw_);
    done += part;
  }
}

void window_state::far_get(void* into, int rank, std::int64_t offset, std::int64_t bytes) {
  for (std::int64_t done = 0; done < bytes;) {
    int const part = static_cast<int>(std::min(chunk_, bytes - done));
    call<MPI_Get>(static_cast<void*>(static_cast<std::byte*>(into) + done), part, MPI_BYTE, rank,
                  displacement(offset + done), part, MPI_BYTE, raw_);
    done += part;
  }
}

void window_state::far_accumulate(void const* from, int rank, std::int64_t offset, std::int64_t count,
                                  MPI_Datatype type, MPI_Op operation) {
  int element = 0;
  call<MPI_Type_size>(type, &element);
  auto const most = std::max<std::int64_t>(1, chunk_ / element);
  for (std::int64_t done = 0; done < count;) {
    int const part = static_cast<int>(std::min(most, count - done));
    call<MPI_Accumulate>(static_cast<void const*>(static_cast<std::byte const*>(from) + done * element), part, type,
                         rank, displacement(offset + done * element), part, type, operation, raw_);
    done += part;
  }
}

void window_state::far_fetch(void const* value, void* old, int rank, std::int64_t offset, MPI_Datatype type,
                             MPI_Op operation) {
  call<MPI_Fetch_and_op>(value, old, type, rank, displacement(offset), operation, raw_);
  call<MPI_Win_flush>(rank, raw_);
}

void window_state::far_compare_and_swap(void const* expected, void const* desired, void* old, int rank,
                                        std::int64_t offset, MPI_Datatype type) {
  call<MPI_Compare_and_swap>(desired, expected, old, type, rank, displacement(offset), raw_);
  call<MPI_Win_flush>(rank, raw_);
}

} // namespace armada::detail
