#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/checks.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/job.hpp>
#include <armada/rma/detail/race_watch.hpp>
#include <armada/rma/detail/region_directory.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace armada::detail {
namespace {

/// What all ranks choose alike, for the comparison of collectives. Nothing where memory is short: nobody has agreed on
/// anything yet.
std::string choice(window_flavour flavour, window_options const& options) noexcept {
  if (!checks::supervised()) return {};
  constexpr std::array names{"allocated", "created", "allocated_shared", "dynamic"};
  try {
    return text(names[static_cast<std::size_t>(flavour)], options.raw ? ", raw" : "", ", connect_up_to ",
                options.connect_up_to);
  } catch (std::bad_alloc const&) {
    return {};
  }
}

MPI_Info hints_of(window_options const& options) noexcept {
  return options.hints != nullptr ? options.hints->raw() : MPI_INFO_NULL;
}

} // namespace

window_state::window_state(communicator const& comm, std::int64_t bytes, window_options options, window_flavour flavour)
    : comm_(comm.state()), name_(std::move(options.name)), flavour_(flavour), rank_(comm.rank()), ranks_(comm.size()) {
  auto const form = choice(flavour_, options);
  collective_scope const inside({.comm = comm, .operation = "window", .form = form});
  bool const joined = flavour_ == window_flavour::allocated_shared;
  make_memory(comm, bytes, options.displacement_unit,
              joined ? window_memory::arrangement::joined : window_memory::arrangement::apart);
  if (node_.whole && !options.raw)
    all_parts_ = memory_.all();
  else
    expose(options);
  opened(options);
}

window_state::window_state(communicator const& comm, user_memory memory, window_options options)
    : comm_(comm.state()), name_(std::move(options.name)), flavour_(window_flavour::created), rank_(comm.rank()),
      ranks_(comm.size()) {
  auto const form = choice(flavour_, options);
  collective_scope const inside({.comm = comm, .operation = "window", .form = form});
  make_memory(comm, 0, options.displacement_unit, window_memory::arrangement::elsewhere);
  agree(comm, [&] {
    if (memory.data == nullptr && memory.bytes > 0)
      throw argument_error(text(describe(), ": ", memory.bytes, " bytes at a null pointer, on rank ", rank_));
  });
  memory_.set_data(node_.rank, memory.data);
  auto const origin = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(memory.data) % 64);
  memory_.of(node_.rank).extent = {memory.bytes, options.displacement_unit, origin};
  exchange_extents();
  expose(options);
  opened(options);
}

window_state::window_state(communicator const& comm, window_options options)
    : comm_(comm.state()), name_(options.name), flavour_(window_flavour::dynamic), rank_(comm.rank()),
      ranks_(comm.size()) {
  auto const form = choice(flavour_, options);
  collective_scope const inside({.comm = comm, .operation = "window", .form = form});
  make_memory(comm, 0, 1, window_memory::arrangement::elsewhere);
  regions_ = make_together<region_directory>(comm, comm, options);
  call<MPI_Win_create_dynamic>(hints_of(options), comm_->raw(), &raw_);
  opened(options);
}

/// What is wrong or missing on one rank keeps the ranks of its node from what they make together; then all ranks throw,
/// or none.
void window_state::make_memory(communicator const& comm, std::int64_t bytes, std::int64_t unit,
                               window_memory::arrangement how) {
  auto const& near = comm_->nearby();
  std::string what;
  auto const fault = fault_of([&] {
    if (how == window_memory::arrangement::joined && !near.whole)
      throw unsupported(text(describe(), ": shared memory needs all ranks on one host, and ", near.size(), " of ",
                             ranks_, " are on the host of rank ", rank_,
                             "; use allocate, or communicator::split_shared"));
    if (unit < 1) throw argument_error(text(describe(), ": a displacement unit of ", unit, " bytes, on rank ", rank_));
    node_ = near;
    memory_.prepare(node_);
    if (checks::rma() && flavour_ != window_flavour::dynamic) races_ = std::make_unique<race_watch>(node_);
    what = describe();
  });
  int ready = fault.what == nullptr ? 1 : 0;
  if (near.size() > 1) call<MPI_Allreduce>(MPI_IN_PLACE, &ready, 1, MPI_INT, MPI_MIN, near.raw);
  agree(comm, [&] {
    if (fault.thrown != nullptr) std::rethrow_exception(fault.thrown);
    if (ready != 0) memory_.allocate(node_, bytes, unit, how, what);
  });
  if (races_) agree(comm, [&] { races_->open(); });
}

/// Gives MPI the part, from the multiple of 64 at or below it: MPICH mistakes other bases (quirk 1).
void window_state::expose(window_options const& options) {
  auto const& mine = memory_.of(node_.rank).extent;
  auto* const base = local() == nullptr ? nullptr : local() - mine.origin;
  auto const bytes = mine.origin + mine.bytes;
  auto const exposed = flavour_ == window_flavour::created ? bytes : (bytes + 63) / 64 * 64;
  call<MPI_Win_create>(static_cast<void*>(base), static_cast<MPI_Aint>(exposed), 1, hints_of(options), comm_->raw(),
                       &raw_);
}

void window_state::opened(window_options const& options) {
  if (raw_ != MPI_WIN_NULL) call<MPI_Win_set_errhandler>(raw_, MPI_ERRORS_RETURN); // not inherited (quirk 26)
  memory_.close_file();
  if (races_) races_->close_file();
  open_ = true;
  enter();
  if (raw_ != MPI_WIN_NULL && !node_.whole && ranks_ <= options.connect_up_to && !comm_->is_connected()) connect();
}

/// Has MPI do now what it does at the first lock, get and update of a far part. Collective: everybody stays inside MPI
/// until all are done.
void window_state::connect() {
  std::vector<std::int64_t> words;
  int ready = 1;
  try {
    words.resize(static_cast<std::size_t>(ranks_));
    for (int r = 0; flavour_ == window_flavour::allocated && r < ranks_; ++r)
      if (node_.find(r) < 0) far_extents_[r] = {};
  } catch (std::bad_alloc const&) {
    ready = 0;
  }
  call<MPI_Allreduce>(MPI_IN_PLACE, &ready, 1, MPI_INT, MPI_MIN, comm_->raw());
  if (ready == 0) { // then MPI connects at the first access
    if (flavour_ == window_flavour::allocated) far_extents_.clear();
    return;
  }
  call<MPI_Win_lock_all>(0, raw_);
  for (int r = 0; flavour_ == window_flavour::allocated && r < ranks_; ++r) {
    if (node_.find(r) >= 0) continue;
    ask_extent(r, far_extents_[r]);
    call<MPI_Fetch_and_op>(nullptr, static_cast<void*>(&words[static_cast<std::size_t>(r)]), MPI_INT64_T, r,
                           MPI_Aint{0}, MPI_NO_OP, raw_);
    call<MPI_Win_flush>(r, raw_);
  }
  call<MPI_Win_unlock_all>(raw_);
  call<MPI_Barrier>(comm_->raw());
  comm_->set_connected();
}

/// The header of a far part. Complete at the flush.
void window_state::ask_extent(int rank, part_extent& into) {
  constexpr int bytes = sizeof(part_extent);
  call<MPI_Get>(static_cast<void*>(&into), bytes, MPI_BYTE, rank, MPI_Aint{0}, bytes, MPI_BYTE, raw_);
}

/// Every rank's extent to every rank: where no header in front of a part tells it. Collective; all throw, or none.
void window_state::exchange_extents() {
  static_assert(sizeof(part_extent) == 24);
  auto const mine = memory_.of(node_.rank).extent;
  std::vector<part_extent> all;
  share_fault_over(comm_->raw(), fault_of([&] { all.resize(static_cast<std::size_t>(ranks_)); }));
  call<MPI_Allgather>(static_cast<void const*>(&mine), 24, MPI_BYTE, static_cast<void*>(all.data()), 24, MPI_BYTE,
                      comm_->raw());
  share_fault_over(comm_->raw(), fault_of([&] {
                     for (int r = 0; r < ranks_; ++r)
                       if (node_.find(r) < 0) far_extents_[r] = all[static_cast<std::size_t>(r)];
                   }));
}

window_state::~window_state() { release(); }

void window_state::release() noexcept {
  leave();
  if (!open_) return;
  if (all_near()) {
    end_epochs();
  } else if (job::running()) {
    if (std::uncaught_exceptions() > unwinding_) require_others();
    try {
      end_epochs(); // MPICH asserts when a window is freed inside an epoch (quirk 13)
    } catch (error const& e) {
      job::abort(e.what());
    }
    watch_scope const watch([&] { return text("the end of ", describe()); }); // which waits for all ranks
    MPI_Win_free(&raw_);
  }
  open_ = false;
  raw_ = MPI_WIN_NULL;
  block_types_.clear();
  regions_.reset();
  races_.reset();
  memory_.release();
}

/// Freeing is collective, and an exception may have passed this rank alone.
void window_state::require_others() const noexcept {
  MPI_Comm const comm = comm_->twin() != MPI_COMM_NULL ? comm_->twin() : comm_->raw();
  if (comm != MPI_COMM_NULL && !job::others_come(comm))
    job::abort(text("an exception on this rank ended ", describe(), " while other ranks were at work with it"));
}

std::string window_state::describe() const { return text("window \"", name_, "\""); }

void window_state::set_name(std::string name) {
  name_ = std::move(name);
  if (raw_ != MPI_WIN_NULL) call<MPI_Win_set_name>(raw_, name_.substr(0, MPI_MAX_OBJECT_NAME - 1).c_str());
}

memory_model window_state::model() const {
  require_open("model");
  if (raw_ == MPI_WIN_NULL) return memory_model::unified;
  int* kept = nullptr;
  int found = 0;
  call<MPI_Win_get_attr>(raw_, MPI_WIN_MODEL, static_cast<void*>(&kept), &found);
  return found != 0 && *kept == MPI_WIN_UNIFIED ? memory_model::unified : memory_model::separate;
}

group window_state::processes() const {
  MPI_Group raw = MPI_GROUP_NULL;
  require_open("group");
  if (raw_ != MPI_WIN_NULL)
    call<MPI_Win_get_group>(raw_, &raw);
  else
    call<MPI_Comm_group>(comm_->raw(), &raw);
  return group::adopt(raw);
}

info window_state::get_info() const {
  require_open("get_info");
  if (raw_ == MPI_WIN_NULL) return {};
  MPI_Info used = MPI_INFO_NULL;
  call<MPI_Win_get_info>(raw_, &used);
  return info::adopt(used);
}

void window_state::set_info(info const& hints) {
  require_open("set_info");
  if (raw_ != MPI_WIN_NULL) call<MPI_Win_set_info>(raw_, hints.raw());
}

MPI_Win window_state::require_raw() const {
  require_open("raw");
  if (raw_ == MPI_WIN_NULL)
    throw unsupported(text("raw of ", describe(), ": all ranks are on one host, and MPI has no part in the window; ",
                           "create it with {.raw = true}"));
  return raw_;
}

void window_state::attach(void* memory, std::int64_t bytes) {
  require_open("attach");
  regions_->add(memory, bytes, [&] { call<MPI_Win_attach>(raw_, memory, static_cast<MPI_Aint>(bytes)); });
}

void window_state::detach(void const* memory) {
  require_open("detach");
  regions_->remove(memory);
  call<MPI_Win_detach>(raw_, memory);
}

bool window_state::attached(int rank, std::int64_t address, std::int64_t bytes) {
  return regions_->holds(rank, address, bytes);
}

part_extent window_state::extent(int rank) {
  if (flavour_ == window_flavour::dynamic) return {};
  if (int const at = node_.find(rank); at >= 0) return memory_.of(at).extent;
  if (auto const known = far_extents_.find(rank); known != far_extents_.end()) return known->second;
  part_extent header{};
  bool const outside = access_ == access::none;
  if (outside)
    call<MPI_Win_lock>(MPI_LOCK_SHARED, rank, 0, raw_);
  else
    require_covered(rank, "length");
  ask_extent(rank, header);
  if (outside)
    call<MPI_Win_unlock>(rank, raw_);
  else
    call<MPI_Win_flush>(rank, raw_);
  return far_extents_[rank] = header;
}

void window_state::require_open(std::string_view operation) const {
  if (!open_) throw lifecycle_error(text(operation, " of ", describe(), ", which was closed"));
}

void window_state::check_rank(int rank, std::string_view operation) const {
  if (rank < 0 || rank >= ranks_)
    throw argument_error(text(operation, " of ", describe(), ": ", rank, " is not a rank (0 to ", ranks_ - 1, ")"));
}

watch_scope window_state::watched(std::string_view operation, int rank) const {
  return watch_scope([&] { return text(operation, " of rank ", rank, "'s part of ", describe()); });
}

void window_state::far_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes) {
  for (std::int64_t done = 0; done < bytes;) {
    int const part = static_cast<int>(std::min(chunk_, bytes - done));
    call<MPI_Put>(static_cast<void const*>(static_cast<std::byte const*>(from) + done), part, MPI_BYTE, rank,
                  displacement(rank, offset + done), part, MPI_BYTE, raw_);
    done += part;
  }
}

void window_state::far_get(void* into, int rank, std::int64_t offset, std::int64_t bytes) {
  for (std::int64_t done = 0; done < bytes;) {
    int const part = static_cast<int>(std::min(chunk_, bytes - done));
    call<MPI_Get>(static_cast<void*>(static_cast<std::byte*>(into) + done), part, MPI_BYTE, rank,
                  displacement(rank, offset + done), part, MPI_BYTE, raw_);
    done += part;
  }
}

MPI_Request window_state::far_request_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes) {
  MPI_Request request = MPI_REQUEST_NULL;
  call<MPI_Rput>(from, static_cast<int>(bytes), MPI_BYTE, rank, displacement(rank, offset), static_cast<int>(bytes),
                 MPI_BYTE, raw_, &request);
  return request;
}

MPI_Request window_state::far_request_get(void* into, int rank, std::int64_t offset, std::int64_t bytes) {
  MPI_Request request = MPI_REQUEST_NULL;
  call<MPI_Rget>(into, static_cast<int>(bytes), MPI_BYTE, rank, displacement(rank, offset), static_cast<int>(bytes),
                 MPI_BYTE, raw_, &request);
  return request;
}

void window_state::far_accumulate(void const* from, int rank, std::int64_t offset, std::int64_t count,
                                  element_operation const& with) {
  auto const most = std::max<std::int64_t>(1, chunk_ / with.bytes);
  for (std::int64_t done = 0; done < count;) {
    int const part = static_cast<int>(std::min(most, count - done));
    call<MPI_Accumulate>(static_cast<void const*>(static_cast<std::byte const*>(from) + done * with.bytes), part,
                         with.type, rank, displacement(rank, offset + done * with.bytes), part, with.type,
                         with.operation, raw_);
    done += part;
  }
}

void window_state::far_get_accumulate(void const* from, void* old, int rank, std::int64_t offset, std::int64_t count,
                                      element_operation const& with) {
  auto const most = std::max<std::int64_t>(1, chunk_ / with.bytes);
  for (std::int64_t done = 0; done < count;) {
    int const part = static_cast<int>(std::min(most, count - done));
    auto const at = done * with.bytes;
    call<MPI_Get_accumulate>(static_cast<void const*>(static_cast<std::byte const*>(from) + at), part, with.type,
                             static_cast<void*>(static_cast<std::byte*>(old) + at), part, with.type, rank,
                             displacement(rank, offset + at), part, with.type, with.operation, raw_);
    done += part;
  }
}

void window_state::far_fetch(void const* value, void* old, int rank, std::int64_t offset, MPI_Datatype type,
                             MPI_Op operation) {
  call<MPI_Fetch_and_op>(value, old, type, rank, displacement(rank, offset), operation, raw_);
}

void window_state::far_compare_and_swap(void const* expected, void const* desired, void* old, int rank,
                                        std::int64_t offset, MPI_Datatype type) {
  call<MPI_Compare_and_swap>(desired, expected, old, type, rank, displacement(rank, offset), raw_);
}

} // namespace armada::detail
