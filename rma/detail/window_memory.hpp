#pragma once

/// The memory of a window on one node: locks and the table of the parts in front, then the parts themselves.

#include <armada/core/communicator_state.hpp>
#include <armada/core/shared_segment.hpp>
#include <armada/rma/detail/near_atomics.hpp>
#include <armada/rma/detail/shared_barrier.hpp>
#include <armada/rma/detail/shared_lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace armada::detail {

/// What other ranks must know of a part to reach into it.
struct part_extent {
  std::int64_t bytes = 0;
  std::int64_t unit = 1;   ///< bytes that an offset counts by
  std::int64_t origin = 0; ///< from the base that MPI was given to the part's first byte
};

/// One rank's part, in the node's table.
struct part {
  part_extent extent;
  std::uint64_t offset = 0; ///< of its data, from the beginning of the node's memory
  part_lock lock;
  std::atomic<std::uint64_t> posts{0};                 ///< so far: for the race checker
  alignas(64) std::atomic<std::uint32_t> completed{0}; ///< origins that have ended their access to this exposed part
};

/// The beginning of a node's memory. Behind it: one `part` for each rank of the node, and a table of bits of who has
/// exposed his part to whom.
struct alignas(64) control_block {
  window_gate gate;
  detail::stripes stripes;
  shared_barrier barrier;
  std::atomic<std::uint64_t> exclusives{0}; ///< locks taken so far: for the race checker
};

class window_memory {
public:
  /// How the parts lie: each on pages of its own behind a header, one behind the other, or somewhere else.
  enum class arrangement { apart, joined, elsewhere };

  /// Makes room for the table of the parts. Local.
  void prepare(node const& near);
  /// Makes the memory, once every rank is prepared, and enters this rank's part. Collective over the node. A rank that
  /// throws before the memory is mapped has the others of the node throw as well; the rest is for the caller to agree
  /// about.
  void allocate(node const& near, std::int64_t bytes, std::int64_t unit, arrangement how, std::string_view what);
  /// Lets go of everything.
  void release() noexcept;
  /// Once every rank of the node has mapped it.
  void close_file() noexcept { segment_.close_file(); }

  [[nodiscard]] control_block& control() const noexcept { return *reinterpret_cast<control_block*>(segment_.data()); }
  [[nodiscard]] part& of(int at) const noexcept {
    return reinterpret_cast<part*>(segment_.data() + sizeof(control_block))[at];
  }
  /// The data of the node's rank `at`; null where it lies elsewhere.
  [[nodiscard]] std::byte* data(int at) const noexcept { return parts_[static_cast<std::size_t>(at)]; }
  [[nodiscard]] std::byte* const* all() const noexcept { return parts_.data(); }
  void set_data(int at, std::byte* memory) noexcept { parts_[static_cast<std::size_t>(at)] = memory; }
  [[nodiscard]] std::byte const* begin() const noexcept { return segment_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return segment_.size(); }

  /// Rank `target` of the node exposes its part to rank `origin`, and whether it has, which is forgotten then.
  void expose(int target, int origin) noexcept;
  [[nodiscard]] bool take_exposure(int target, int origin) noexcept;

  /// In front of a part that lies apart: what a far rank asks for. Keeps the exposed base a multiple of 64 (quirk 1).
  static constexpr std::size_t header_bytes = 64;

private:
  [[nodiscard]] std::atomic<std::uint64_t>& exposures(int target, int origin) const noexcept;

  shared_segment segment_;
  std::vector<std::byte*> parts_;     ///< by rank of the node
  std::vector<std::int64_t> lengths_; ///< while it is made
  std::vector<std::size_t> places_;   ///< of the pages, or of the data where parts are joined; while it is made
};

} // namespace armada::detail
