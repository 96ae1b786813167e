#pragma once

/// Ends a job that is stuck, and says where each rank is. Asked for by ARMADA_WATCHDOG (core/checks.hpp).
///
/// Every rank writes into memory of its host what it waits in; a thread of each process looks whether it is still the
/// same. Nothing is written, and no thread runs, unless it is asked for.

#include <armada/core/checks.hpp>

#include <concepts>
#include <new>
#include <string>
#include <string_view>

namespace armada::detail {

struct node;

/// A routine of MPI that may wait for another rank, and is no part of anything that says better what it is.
[[nodiscard]] constexpr bool may_block(std::string_view routine) noexcept {
  constexpr std::string_view waiting[] = {"Allgather",
                                          "Allgatherv",
                                          "Allreduce",
                                          "Alltoall",
                                          "Alltoallv",
                                          "Alltoallw",
                                          "Barrier",
                                          "Bcast",
                                          "Cart_create",
                                          "Cart_sub",
                                          "Comm_create",
                                          "Comm_create_from_group",
                                          "Comm_create_group",
                                          "Comm_disconnect",
                                          "Comm_dup",
                                          "Comm_dup_with_info",
                                          "Comm_set_info",
                                          "Comm_split",
                                          "Comm_split_type",
                                          "Dist_graph_create",
                                          "Dist_graph_create_adjacent",
                                          "Exscan",
                                          "Gather",
                                          "Gatherv",
                                          "Graph_create",
                                          "Intercomm_create",
                                          "Intercomm_create_from_groups",
                                          "Intercomm_merge",
                                          "Mprobe",
                                          "Mrecv",
                                          "Probe",
                                          "Recv",
                                          "Reduce",
                                          "Reduce_scatter",
                                          "Reduce_scatter_block",
                                          "Rsend",
                                          "Scan",
                                          "Scatter",
                                          "Scatterv",
                                          "Send",
                                          "Sendrecv",
                                          "Ssend",
                                          "Wait",
                                          "Win_create",
                                          "Win_fence",
                                          "Win_flush",
                                          "Win_flush_all",
                                          "Win_flush_local",
                                          "Win_flush_local_all",
                                          "Win_lock",
                                          "Win_lock_all",
                                          "Win_start",
                                          "Win_complete",
                                          "Win_unlock",
                                          "Win_unlock_all",
                                          "Win_wait"};
  if (!routine.starts_with("MPI_")) return false;
  routine.remove_prefix(4);
  if (routine.ends_with("_c")) routine.remove_suffix(2);
  for (auto const each : waiting)
    if (each == routine) return true;
  return false;
}

/// While it lives this process is in something that may wait for other ranks. The outermost counts, of the thread that
/// made the environment.
class watch_scope {
public:
  explicit watch_scope(std::string_view what) : open_(checks::watched()) {
    if (open_) [[unlikely]]
      enter(what);
  }
  /// `describe()` makes the text, when it is wanted. There is none where there is no memory for it.
  template <std::invocable Describe>
  explicit watch_scope(Describe&& describe) : open_(checks::watched()) {
    if (!open_) [[likely]]
      return;
    try {
      enter(describe());
    } catch (std::bad_alloc const&) {
      enter("a wait, out of memory");
    }
  }
  watch_scope(watch_scope const&) = delete;
  watch_scope& operator=(watch_scope const&) = delete;
  ~watch_scope() {
    if (open_) [[unlikely]]
      leave();
  }

private:
  static void enter(std::string_view what) noexcept;
  static void leave() noexcept;
  bool open_;
};

/// Watches this process from here on: stuck for `seconds`, it ends the job with exit code 1. `near` are the ranks of
/// the job on this host. Collective over them.
void start_watchdog(node const& near, double seconds);
void stop_watchdog() noexcept;

} // namespace armada::detail
