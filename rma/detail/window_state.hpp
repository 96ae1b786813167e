#pragma once

/// A window without a type: memory, road, epochs and transfers, in bytes. What windows and arrays stand on.

#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/group.hpp>
#include <armada/core/resource.hpp>
#include <armada/core/watchdog.hpp>
#include <armada/rma/detail/block_types.hpp>
#include <armada/rma/detail/window_memory.hpp>
#include <armada/rma/synchronisation.hpp>
#include <armada/rma/window_options.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace armada::detail {

class race_watch;
class region_directory;

/// Memory of the user's, over which a window is made.
struct user_memory {
  std::byte* data;
  std::int64_t bytes;
};

/// What accumulate-like calls of MPI take for an element.
struct element_operation {
  MPI_Datatype type;
  std::int64_t bytes; ///< of one element
  MPI_Op operation;
};

class window_state final : public resource {
public:
  /// Memory of `bytes` on this rank, zeroed; `flavour` is `allocated`, or `allocated_shared`: the parts one behind the
  /// other, on one host. Collective over `comm`: all ranks throw, or none.
  window_state(communicator const& comm, std::int64_t bytes, window_options options,
               window_flavour flavour = window_flavour::allocated);
  /// Over memory that the user has, and keeps until the window is gone.
  window_state(communicator const& comm, user_memory memory, window_options options);
  /// Without memory: parts are attached later, and offsets are addresses.
  window_state(communicator const& comm, window_options options);
  ~window_state() override;

  void release() noexcept override;
  [[nodiscard]] std::string describe() const override;

  /// Whether every rank's part is memory of this node, and MPI has no part in it.
  [[nodiscard]] bool all_near() const noexcept { return all_parts_ != nullptr; }
  /// The memory of every rank's part, by rank, when all are near; null otherwise. Fixed for the window's life.
  [[nodiscard]] std::byte* const* all_parts() const noexcept { return all_parts_; }
  /// Whether the memory has not been given back.
  [[nodiscard]] bool is_open() const noexcept { return open_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int ranks() const noexcept { return ranks_; }
  [[nodiscard]] window_flavour flavour() const noexcept { return flavour_; }
  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  void set_name(std::string name);
  [[nodiscard]] memory_model model() const;
  [[nodiscard]] group processes() const;
  [[nodiscard]] info get_info() const;
  void set_info(info const& hints);
  [[nodiscard]] MPI_Win require_raw() const;
  [[nodiscard]] std::byte* local() const noexcept { return memory_.data(node_.rank); }
  /// The memory of `rank`'s part; null when it cannot be reached by loads and stores.
  [[nodiscard]] std::byte* near(int rank) const noexcept {
    if (all_parts_ != nullptr) return all_parts_[rank];
    int const at = node_.find(rank);
    return at < 0 ? nullptr : memory_.data(at);
  }
  /// What `rank`'s part is like. Asks a far rank once; inside an epoch that covers it, or outside of any.
  [[nodiscard]] part_extent extent(int rank);
  [[nodiscard]] std::int64_t bytes(int rank) {
    return all_parts_ != nullptr ? memory_.of(rank).extent.bytes : extent(rank).bytes;
  }
  /// Of a dynamic window: lets other ranks reach these bytes, or no longer. Local. Throws `argument_error` for a region
  /// that overlaps one that is attached, or that is not.
  void attach(void* memory, std::int64_t bytes);
  void detach(void const* memory);
  /// Whether `rank` has attached all of these bytes, by its addresses.
  [[nodiscard]] bool attached(int rank, std::int64_t address, std::int64_t bytes);

  [[nodiscard]] stripes& locks() const noexcept { return memory_.control().stripes; }
  [[nodiscard]] std::byte const* memory() const noexcept { return memory_.begin(); }
  /// Whether an address lies in the memory of this node's parts.
  [[nodiscard]] bool holds(void const* address) const noexcept {
    return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(memory_.begin()) <
           memory_.size();
  }

  /// The race checker; null where nobody asked for it, and for memory elsewhere.
  [[nodiscard]] race_watch* races() const noexcept { return races_.get(); }
  [[nodiscard]] int place_on_node(int rank) const noexcept { return node_.find(rank); }
  /// What accesses to the node's rank `at` have in common that only the end of an active epoch completes; 0 in another.
  [[nodiscard]] std::uint64_t phase_of(int at) const noexcept;

  /// Passive target epochs. Throw `lifecycle_error` when one that is open forbids it.
  void lock(int rank, lock_kind kind, lock_assertions promised = {});
  void unlock(int rank);
  void lock_all(lock_assertions promised = {});
  void unlock_all();
  void flush(int rank);
  void flush_all();
  void flush_local(int rank);
  void flush_local_all();
  /// Orders this rank's loads and stores with what other ranks see.
  void sync();
  /// The same beside a collective of MPI, which is what tells the race checker that ranks are ordered.
  void sync_memory();
  /// Active target epochs. `fence` ends one and, unless told that none follows, begins the next. Collective.
  void fence(fence_assertions promised);
  void start(std::vector<int> const& targets, start_assertions promised);
  void complete();
  void post(std::vector<int> const& origins, post_assertions promised);
  void wait_exposed();
  [[nodiscard]] bool test_exposed();
  /// Whether an epoch is open that reaches `rank`; whether one is open whose calls `flush` completes.
  [[nodiscard]] bool covers(int rank) const noexcept;
  [[nodiscard]] bool is_passive(int rank) const noexcept {
    return (access_ == access::locked || access_ == access::all_locked) && covers(rank);
  }

  /// Far transfers of contiguous bytes, cut into calls that MPICH survives (quirk 2). Complete at the flush.
  void far_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes);
  void far_get(void* into, int rank, std::int64_t offset, std::int64_t bytes);
  void far_accumulate(void const* from, int rank, std::int64_t offset, std::int64_t count,
                      element_operation const& with);
  void far_get_accumulate(void const* from, void* old, int rank, std::int64_t offset, std::int64_t count,
                          element_operation const& with);
  void far_fetch(void const* value, void* old, int rank, std::int64_t offset, MPI_Datatype type, MPI_Op operation);
  void far_compare_and_swap(void const* expected, void const* desired, void* old, int rank, std::int64_t offset,
                            MPI_Datatype type);
  /// The same with requests, one call each: of contiguous bytes only (quirk 3), no more than a chunk.
  [[nodiscard]] MPI_Request far_request_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes);
  [[nodiscard]] MPI_Request far_request_get(void* into, int rank, std::int64_t offset, std::int64_t bytes);
  /// The longest single MPI call, in bytes. Tests set less.
  static constexpr std::int64_t default_chunk = std::int64_t{1} << 30;
  void set_chunk(std::int64_t bytes) noexcept { chunk_ = bytes; }
  [[nodiscard]] std::int64_t chunk() const noexcept { return chunk_; }
  /// The datatypes of its strided transfers.
  [[nodiscard]] detail::block_types& block_types() noexcept { return block_types_; }

  /// MPI's own handle, MPI_WIN_NULL where MPI has no part in it, and where a part's byte `offset` is for it. Every call
  /// of MPI that reaches a part asks for that, so that flushes know whom they are for.
  [[nodiscard]] MPI_Win raw() const noexcept { return raw_; }
  [[nodiscard]] MPI_Aint displacement(int rank, std::int64_t offset) {
    if (access_ == access::all_locked) reached_.insert(rank);
    return static_cast<MPI_Aint>(offset + origin(rank));
  }

private:
  enum class access { none, locked, all_locked, fenced, started };

  void make_memory(communicator const& comm, std::int64_t bytes, std::int64_t unit, window_memory::arrangement how);
  void expose(window_options const& options);
  void exchange_extents();
  void opened(window_options const& options);
  void connect();
  void ask_extent(int rank, part_extent& into);
  [[nodiscard]] std::int64_t origin(int rank) {
    switch (flavour_) {
    case window_flavour::allocated: return static_cast<std::int64_t>(window_memory::header_bytes);
    case window_flavour::dynamic: return 0;
    default: return extent(rank).origin;
    }
  }
  void require_others() const noexcept;
  void require_open(std::string_view operation) const;
  void require_idle(std::string_view operation) const;
  void check_rank(int rank, std::string_view operation) const;
  void check_ranks(std::vector<int> const& ranks, std::string_view operation) const;
  void require_covered(int rank, std::string_view operation) const;
  void end_epochs();
  void flush_reached();
  void hear_exclusives() noexcept;
  /// What the watchdog is told while this rank waits for `rank`.
  [[nodiscard]] watch_scope watched(std::string_view operation, int rank) const;

  std::shared_ptr<communicator_state> comm_;
  std::string name_;
  window_flavour flavour_;
  int rank_;
  int ranks_;
  node node_; ///< a copy: the communicator may be closed before the window
  window_memory memory_;
  std::byte* const* all_parts_ = nullptr;
  MPI_Win raw_ = MPI_WIN_NULL;
  std::unordered_map<int, part_extent> far_extents_;
  std::int64_t chunk_ = default_chunk;
  detail::block_types block_types_;

  std::unique_ptr<race_watch> races_;
  std::uint64_t exclusives_heard_ = 0;
  std::uint64_t fences_ = 0;
  std::shared_ptr<region_directory> regions_; ///< of a dynamic window

  access access_ = access::none;
  std::vector<int> covered_;         ///< parts that this rank has locked, or started to reach
  std::vector<lock_kind> locked_as_; ///< how, for `locked`
  std::unordered_set<int> reached_;  ///< with `all_locked`: ranks that something may be under way to or from
  bool extents_known_ = false;       ///< of all far ranks
  std::uint32_t exposed_to_ = 0;     ///< origins that this rank's part is exposed to
  bool exposed_ = false;
  bool open_ = false;
  int unwinding_ = std::uncaught_exceptions();
};

} // namespace armada::detail
