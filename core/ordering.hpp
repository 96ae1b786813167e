#pragma once

/// Where this process may tell another one something, and where it may have heard something: what the race checker
/// knows of the order of events. Off, which is one look at a flag, unless somebody listens.

#include <armada/core/mpi.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace armada::ordering {

/// One process's events, in memory that others read. Times are of the host's monotonic clock, in nanoseconds.
struct timeline {
  static constexpr std::size_t kept = 1024;
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  /// How often this process has begun to tell others.
  std::atomic<std::uint64_t> tellings{0};
  std::array<std::atomic<std::uint64_t>, kept> told_at{};

  /// When it told others for the first time after `count` tellings; `never` if it has not, 0 if that is forgotten.
  [[nodiscard]] std::uint64_t first_after(std::uint64_t count) const noexcept;
};

/// Somebody listens.
inline std::atomic<bool> watched{false};
/// From here on this process's events are written to `events` as well; and no longer.
void watch(timeline& events);
void forget(timeline& events) noexcept;

/// When this process may last have heard from another one; 0 for never.
[[nodiscard]] std::uint64_t last_heard() noexcept;

namespace detail {
void note_tell() noexcept;
void note_hear() noexcept;
void note_hear(std::uint64_t told_until) noexcept;
/// When the last rank of `comm` came here. Collective.
[[nodiscard]] std::uint64_t last_to_come(MPI_Comm comm) noexcept;
} // namespace detail

/// To be called before whatever lets another process know that this one has come so far, and after whatever may have
/// let this one know.
inline void tell() noexcept {
  if (watched.load(std::memory_order_relaxed)) [[unlikely]]
    detail::note_tell();
}
inline void hear() noexcept {
  if (watched.load(std::memory_order_relaxed)) [[unlikely]]
    detail::note_hear();
}

/// Whether an MPI routine may order processes: all but those that only move or complete one-sided data, or are local.
[[nodiscard]] constexpr bool orders(std::string_view routine) noexcept {
  if (routine == "MPI_Get") return false; // but MPI_Get_accumulate
  for (std::string_view const beginning : {"MPI_Put", "MPI_Rput", "MPI_Rget", "MPI_Win_flush", "MPI_Win_sync",
                                           "MPI_Type_", "MPI_Query_thread", "MPI_Win_get_", "MPI_Win_attach"})
    if (routine.starts_with(beginning)) return false;
  return true;
}

/// Routines in which every rank hears from every other what it did before it came, and nothing of later. With the time
/// when the last one came, more races are found than with that of the return.
[[nodiscard]] constexpr bool joins(std::string_view routine) noexcept {
  for (std::string_view const name : {"MPI_Barrier", "MPI_Allreduce", "MPI_Allreduce_c", "MPI_Allgather",
                                      "MPI_Allgather_c", "MPI_Alltoall", "MPI_Alltoall_c"})
    if (routine == name) return true;
  return false;
}

} // namespace armada::ordering
