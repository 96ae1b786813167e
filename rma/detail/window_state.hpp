#pragma once

/// A window without a type: memory, road, locks and transfers, in bytes. What `window<T>` and the arrays stand on.

#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/resource.hpp>
#include <armada/core/shared_segment.hpp>
#include <armada/core/watchdog.hpp>
#include <armada/rma/detail/near_atomics.hpp>
#include <armada/rma/target.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace armada::detail {

/// One rank's part, in the node's table.
struct part {
  std::uint64_t offset = 0; ///< of its data, from the beginning of the node's memory
  std::uint64_t bytes = 0;  ///< as asked for
  part_lock lock;
};

/// The beginning of a node's memory: locks and the table of the parts, one `part` for each rank of the node behind it.
struct alignas(64) control_block {
  window_gate gate;
  detail::stripes stripes;
};

class window_state final : public resource {
public:
  /// Memory of `bytes` on this rank, zeroed. Collective over `comm`: all ranks throw, or none.
  window_state(communicator const& comm, std::int64_t bytes, std::string name);
  ~window_state() override { release(); }

  void release() noexcept override;
  [[nodiscard]] std::string describe() const override;

  /// Whether every rank's part is memory of this node: then MPI is not needed at all.
  [[nodiscard]] bool all_near() const noexcept { return all_parts_ != nullptr; }
  /// The memory of every rank's part, by rank, when all are near; null otherwise. Fixed for the window's life.
  [[nodiscard]] std::byte* const* all_parts() const noexcept { return all_parts_; }
  /// Whether the memory has not been given back.
  [[nodiscard]] bool is_open() const noexcept { return open_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int ranks() const noexcept { return ranks_; }
  [[nodiscard]] std::byte* local() const noexcept { return near_parts_[static_cast<std::size_t>(node_.rank)]; }
  /// The memory of `rank`'s part; null when it is on another host.
  [[nodiscard]] std::byte* near(int rank) const noexcept {
    if (all_parts_ != nullptr) return all_parts_[rank];
    int const at = node_.find(rank);
    return at < 0 ? nullptr : near_parts_[static_cast<std::size_t>(at)];
  }
  /// The length of `rank`'s part. Asks a far rank once; inside an epoch that covers it, or outside of any.
  [[nodiscard]] std::int64_t bytes(int rank);
  [[nodiscard]] stripes& locks() const noexcept { return control().stripes; }
  [[nodiscard]] std::byte const* memory() const noexcept { return segment_.data(); }
  /// Whether an address lies in the memory of this node's parts.
  [[nodiscard]] bool holds(void const* address) const noexcept {
    auto const first = reinterpret_cast<std::uintptr_t>(segment_.data());
    return reinterpret_cast<std::uintptr_t>(address) - first < segment_.size();
  }

  /// Opens and closes epochs. Throws `lifecycle_error` when one that is open forbids it.
  void lock(int rank, lock_kind kind);
  void unlock(int rank);
  void lock_all();
  void unlock_all();
  void flush(int rank);
  void flush_all();
  /// Orders this rank's loads and stores with what other ranks see.
  void sync();

  /// Far transfers of contiguous bytes, cut into calls that MPICH survives (quirk 2). Complete at the flush.
  void far_put(void const* from, int rank, std::int64_t offset, std::int64_t bytes);
  void far_get(void* into, int rank, std::int64_t offset, std::int64_t bytes);
  void far_accumulate(void const* from, int rank, std::int64_t offset, std::int64_t count, MPI_Datatype type,
                      MPI_Op operation);
  void far_fetch(void const* value, void* old, int rank, std::int64_t offset, MPI_Datatype type, MPI_Op operation);
  void far_compare_and_swap(void const* expected, void const* desired, void* old, int rank, std::int64_t offset,
                            MPI_Datatype type);
  /// The longest single MPI call, in bytes. Tests set less.
  static constexpr std::int64_t default_chunk = std::int64_t{1} << 30;
  void set_chunk(std::int64_t bytes) noexcept { chunk_ = bytes; }
  [[nodiscard]] std::int64_t chunk() const noexcept { return chunk_; }

  /// MPI's own handle, MPI_WIN_NULL where all is near, and where the part's byte `offset` is for it.
  [[nodiscard]] MPI_Win raw() const noexcept { return raw_; }
  [[nodiscard]] static MPI_Aint displacement(std::int64_t offset) noexcept {
    return static_cast<MPI_Aint>(offset) + static_cast<MPI_Aint>(header_bytes);
  }

private:
  /// In front of each part: what a far rank asks for.
  struct part_header {
    std::int64_t bytes;
  };
  static constexpr std::size_t header_bytes = 64;

  [[nodiscard]] control_block& control() const noexcept { return *reinterpret_cast<control_block*>(segment_.data()); }
  [[nodiscard]] part* parts() const noexcept {
    return reinterpret_cast<part*>(segment_.data() + sizeof(control_block));
  }
  void allocate(std::int64_t bytes);
  void require_others() const noexcept;
  void check_rank(int rank, std::string_view operation) const;
  void require_covered(int rank, std::string_view operation) const;
  /// What the watchdog is told while this rank waits for `rank`.
  [[nodiscard]] watch_scope watched(std::string_view operation, int rank) const;

  std::shared_ptr<communicator_state> comm_;
  std::string name_;
  int rank_;
  int ranks_;
  node node_; ///< a copy: the communicator may be closed before the window
  shared_segment segment_;
  std::vector<std::byte*> near_parts_; ///< by rank of the node
  std::byte* const* all_parts_ = nullptr;
  MPI_Win raw_ = MPI_WIN_NULL; ///< only where far ranks exist
  std::unordered_map<int, std::int64_t> far_bytes_;
  std::int64_t chunk_ = default_chunk;
  std::vector<int> locked_; ///< parts that this rank holds, and how
  std::vector<lock_kind> locked_as_;
  bool all_locked_ = false;
  bool open_ = false;
  int unwinding_ = std::uncaught_exceptions();
};

} // namespace armada::detail
