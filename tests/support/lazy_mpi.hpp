#pragma once

/// The laziest MPI that the standard allows: one-sided calls move nothing before a flush or an unlock. A program that
/// includes this header, in one file, has these definitions instead of the library's, so a missing flush shows every
/// time. It also counts.

#include <mpi.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

namespace lazy_mpi {

struct record {
  int calls = 0;   ///< transfers asked for
  int longest = 0; ///< the bytes of the longest
  int syncs = 0;   ///< calls of MPI_Win_sync
  int derived = 0; ///< transfers with a derived datatype
};
inline record seen;

/// A datatype as the call was given it: the caller may free his.
class kept_type {
public:
  explicit kept_type(MPI_Datatype given) : type_(given) {
    if (derived()) MPI_Type_dup(given, &type_);
  }
  kept_type(kept_type const&) = delete;
  kept_type& operator=(kept_type const&) = delete;
  ~kept_type() {
    if (derived()) MPI_Type_free(&type_);
  }
  [[nodiscard]] bool derived() const {
    int integers = 0, addresses = 0, types = 0, combiner = MPI_COMBINER_NAMED;
    MPI_Type_get_envelope(type_, &integers, &addresses, &types, &combiner);
    return combiner != MPI_COMBINER_NAMED;
  }
  operator MPI_Datatype() const { return type_; }

private:
  MPI_Datatype type_;
};

struct access {
  int rank;
  MPI_Win window;
  std::function<int()> run;
};
inline std::vector<access> waiting;

/// Notes a transfer of `count` elements of type `there` and keeps `run(type, there)` for later.
inline int later(int rank, MPI_Win window, MPI_Datatype type, int count, MPI_Datatype there,
                 std::function<int(MPI_Datatype, MPI_Datatype)> run) {
  auto const mine = std::make_shared<kept_type>(type), theirs = std::make_shared<kept_type>(there);
  int bytes = 0;
  MPI_Type_size(there, &bytes);
  ++seen.calls;
  seen.longest = std::max(seen.longest, bytes * count);
  seen.derived += mine->derived() || theirs->derived() ? 1 : 0;
  waiting.push_back({rank, window, [=] { return run(*mine, *theirs); }});
  return MPI_SUCCESS;
}

/// Runs what waits for a rank, or for all of them.
inline void arrive(int rank, MPI_Win window, bool all) {
  auto const chosen = [&](access const& a) { return a.window == window && (all || a.rank == rank); };
  for (auto const& each : waiting)
    if (chosen(each)) each.run();
  std::erase_if(waiting, chosen);
}

} // namespace lazy_mpi

extern "C" {

int MPI_Put(void const* from, int n, MPI_Datatype type, int rank, MPI_Aint at, int m, MPI_Datatype there, MPI_Win win) {
  return lazy_mpi::later(rank, win, type, m, there,
                         [=](auto a, auto b) { return PMPI_Put(from, n, a, rank, at, m, b, win); });
}
int MPI_Get(void* into, int n, MPI_Datatype type, int rank, MPI_Aint at, int m, MPI_Datatype there, MPI_Win win) {
  return lazy_mpi::later(rank, win, type, m, there,
                         [=](auto a, auto b) { return PMPI_Get(into, n, a, rank, at, m, b, win); });
}
int MPI_Accumulate(void const* from, int n, MPI_Datatype type, int rank, MPI_Aint at, int m, MPI_Datatype there,
                   MPI_Op op, MPI_Win win) {
  return lazy_mpi::later(rank, win, type, m, there,
                         [=](auto a, auto b) { return PMPI_Accumulate(from, n, a, rank, at, m, b, op, win); });
}
int MPI_Fetch_and_op(void const* value, void* old, MPI_Datatype type, int rank, MPI_Aint at, MPI_Op op, MPI_Win win) {
  return lazy_mpi::later(rank, win, type, 1, type,
                         [=](auto a, auto) { return PMPI_Fetch_and_op(value, old, a, rank, at, op, win); });
}
int MPI_Compare_and_swap(void const* value, void const* expected, void* old, MPI_Datatype type, int rank, MPI_Aint at,
                         MPI_Win win) {
  return lazy_mpi::later(rank, win, type, 1, type,
                         [=](auto a, auto) { return PMPI_Compare_and_swap(value, expected, old, a, rank, at, win); });
}
int MPI_Win_flush(int rank, MPI_Win win) {
  lazy_mpi::arrive(rank, win, false);
  return PMPI_Win_flush(rank, win);
}
/// Nothing arrives here: MPICH's may return too early (rma/detail/window_epochs.cc), so that nobody may rely on it.
int MPI_Win_flush_all(MPI_Win win) { return PMPI_Win_flush_all(win); }
int MPI_Win_unlock(int rank, MPI_Win win) {
  lazy_mpi::arrive(rank, win, false);
  return PMPI_Win_unlock(rank, win);
}
int MPI_Win_unlock_all(MPI_Win win) {
  lazy_mpi::arrive(0, win, true);
  return PMPI_Win_unlock_all(win);
}
int MPI_Win_sync(MPI_Win win) {
  ++lazy_mpi::seen.syncs;
  return PMPI_Win_sync(win);
}
}
