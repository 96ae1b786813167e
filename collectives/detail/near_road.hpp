#pragma once

/// What the near road of a communicator is found by, and who takes it. What decides is the same on every rank: routine,
/// mode, communicator, bytes. The routines: detail/near_shortcuts.hpp.

#include <armada/collectives/detail/near_team.hpp>
#include <armada/collectives/detail/side.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// How many communicators of this process have a near road. Most programs have none, and pay a look at this number.
inline std::atomic<int> near_communicators{0};

/// The ranks of a communicator on their near road, or null.
[[nodiscard]] near_team* find_near_team(MPI_Comm comm);

/// From how many bytes on a collective takes the near road: of a block, or for each rank where there are no blocks.
struct near_threshold {
  std::int64_t bytes;
  bool for_each_rank = false;
};

/// Speed relative to raw MPICH (ch4:ucx, two cores of an EPYC, November 2026) by bytes of a block or buffer; with 2
/// ranks, and with 4 ranks on the 2 cores, both with yielding waits:
///
///                  |    512 |  4 KiB |  8 KiB | 16 KiB | 64 KiB | 1 MB | 8 MB | 64 MB
///   bcast        2 |    2.8 |    2.1 |    1.4 |    9.9 |    5.6 |  4.0 |  3.9 |   2.5
///                4 |    0.5 |    0.5 |    0.5 |    5.7 |    5.7 |  3.6 |  3.4 |
///   gather       2 |    1.9 |    1.6 |    1.2 |    7.2 |    3.9 |  2.6 |  2.6 |   1.7
///                4 |    0.2 |    1.5 |    8.0 |     12 |    3.1 |  2.1 |  1.8 |
///   scatter      2 |    2.5 |    1.7 |    1.3 |    8.6 |    4.8 |  2.3 |  2.7 |   1.5
///                4 |    0.5 |    0.7 |     10 |     12 |    4.2 |  2.0 |  2.4 |
///   allgather    2 |    2.6 |    1.7 |    1.6 |    6.1 |    2.9 |  1.6 |  1.5 |   1.5
///                4 |    3.5 |    1.8 |    3.5 |    3.9 |    3.2 |  2.8 |  2.0 |
///   alltoall     2 |    3.4 |    2.2 |    8.4 |    9.5 |    2.7 |  1.6 |  1.3 |   1.2
///                4 |    4.2 |    1.1 |    3.7 |     10 |    2.9 |  1.9 |  1.5 |
///   allreduce    2 |    2.7 |    2.3 |    2.4 |    1.7 |    4.0 |  2.8 |  2.6 |   4.0
///                4 |    1.8 |    2.2 |    2.2 |    2.2 |    5.1 |  2.8 |  2.6 |
///   reduce       2 |    1.3 |    2.6 |    2.1 |    1.9 |    5.0 |   17 |  8.0 |   4.5
///                4 |    0.2 |    2.1 |    2.1 |    1.8 |    5.6 |   12 |  6.4 |
///   red_sc_block 2 |    3.5 |    2.4 |    2.2 |     16 |     22 |  2.3 |  1.7 |   3.5
///                4 |    1.9 |    3.0 |    3.4 |    9.2 |     20 |  2.2 |  2.3 |
///
/// Each rank looks at the numbers of all others, so that small buffers among many ranks are better off with MPI's
/// trees.
namespace near_from {
inline constexpr near_threshold bcast{4096, true};
inline constexpr near_threshold gather{4096};
inline constexpr near_threshold scatter{8192};
inline constexpr near_threshold allgather{512};
inline constexpr near_threshold alltoall{512};
inline constexpr near_threshold reduce{1024, true}; // allreduce as well
inline constexpr near_threshold reduce_scatter{512};
} // namespace near_from

/// The same for a call whose blocks or buffer are `count` items of `type`; null where MPI is to be called.
[[nodiscard]] inline near_team* near_team_for(MPI_Comm comm, MPI_Count count, MPI_Datatype type, near_threshold from) {
  if (near_communicators.load(std::memory_order_relaxed) == 0) return nullptr;
  auto const bytes = count * bytes_in(type);
  if (bytes < from.bytes) return nullptr;
  auto* const team = find_near_team(comm);
  if (team == nullptr || team->ranks() == 1 || (from.for_each_rank && bytes < from.bytes * team->ranks()))
    return nullptr;
  return team;
}

/// The size of a side's elements in memory; 0 where the side does not know it.
template <class Side>
inline constexpr std::int64_t element_bytes = 0;
template <class Element>
inline constexpr std::int64_t element_bytes<plain_side<Element>> = sizeof(Element);

/// The bytes of a buffer as they travel: where they lie when there is nothing between them, packed otherwise.
class flat_bytes {
public:
  template <class Side>
  flat_bytes(Side const& side, MPI_Comm comm)
      : flat_bytes(has_data<Side> ? side.address() : nullptr, side.count(), side.type(), element_bytes<Side>, comm) {}
  /// The bytes as they are now, for reading.
  [[nodiscard]] std::byte* filled();
  /// Memory for the bytes, to be written. Ends with `unpack`.
  [[nodiscard]] std::byte* room();
  void unpack() const;
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

private:
  flat_bytes(void* address, MPI_Count count, MPI_Datatype type, std::int64_t element, MPI_Comm comm);

  void* address_;
  MPI_Count count_;
  MPI_Datatype type_;
  MPI_Comm comm_;
  std::size_t bytes_ = 0;
  bool flat_ = true;
  std::vector<std::byte> packed_;
};

/// Where item `index` of a buffer is.
[[nodiscard]] void* item_at(void* address, MPI_Count index, MPI_Datatype type);

/// What arrives in large blocks with gaps is received packed, and unpacked then: MPICH's trees pass it on packed, in
/// pieces of 8 KiB, and mistake one that ends within an element (quirk 55).
class packed_arrival {
public:
  static constexpr MPI_Count least = 4096; ///< bytes

  template <class Side>
  packed_arrival(Side const& to, MPI_Comm comm, bool receives) {
    if (!receives || to.count() * bytes_in(to.type()) < least) return;
    auto bytes = std::make_unique<flat_bytes>(to, comm);
    room_ = bytes->room();
    if (room_ != to.address()) bytes_ = std::move(bytes);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return bytes_ != nullptr; }
  /// How `count` items of `type` are received in their place: address, count, type.
  [[nodiscard]] std::tuple<void*, MPI_Count, MPI_Datatype> triple(MPI_Count count, MPI_Datatype type) const {
    return {room_, count * bytes_in(type), MPI_BYTE};
  }
  void arrived() const {
    if (bytes_) bytes_->unpack();
  }

private:
  std::unique_ptr<flat_bytes> bytes_;
  std::byte* room_ = nullptr;
};

/// What cannot have gaps is received where it belongs.
struct plain_arrival {
  plain_arrival(auto const& /*to*/, MPI_Comm /*comm*/, bool /*receives*/) noexcept {}
  explicit operator bool() const noexcept { return false; }
  [[nodiscard]] static std::tuple<void*, MPI_Count, MPI_Datatype> triple(MPI_Count, MPI_Datatype) { return {}; }
};

template <class Side>
inline constexpr bool may_have_gaps = has_data<Side>;
template <predefined Element>
inline constexpr bool may_have_gaps<plain_side<Element>> = false;
template <class Side>
using arrival = std::conditional_t<may_have_gaps<Side>, packed_arrival, plain_arrival>;

} // namespace armada::detail
