#include "tests/rma/ranks.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/rma/synchronisation.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace {

int told = -1; ///< the assertions that MPI was given last

} // namespace

extern "C" {

int MPI_Win_fence(int assertions, MPI_Win win) { return PMPI_Win_fence(told = assertions, win); }
int MPI_Win_lock(int kind, int rank, int assertions, MPI_Win win) {
  return PMPI_Win_lock(kind, rank, told = assertions, win);
}
int MPI_Win_lock_all(int assertions, MPI_Win win) { return PMPI_Win_lock_all(told = assertions, win); }
int MPI_Win_post(MPI_Group origins, int assertions, MPI_Win win) {
  return PMPI_Win_post(origins, told = assertions, win);
}
int MPI_Win_start(MPI_Group targets, int assertions, MPI_Win win) {
  return PMPI_Win_start(targets, told = assertions, win);
}
}

namespace armada {
namespace {

static_assert(exclusive == lock_kind::exclusive && shared == lock_kind::shared && exclusive != shared);

/// A window that MPI has a part in, on every road.
window<int> made() { return window<int>::allocate(world(), 4, {.raw = true}); }

TEST(synchronisation, promises_about_locks_reach_mpi) {
  auto const win = made();
  for (bool const promise : {false, true}) {
    for (auto const kind : {exclusive, shared}) {
      win.lock(me(), kind, {.no_check = promise}).close();
      EXPECT_EQ(told, promise ? MPI_MODE_NOCHECK : 0);
    }
    barrier(world());
    win.lock_all({.no_check = promise}).close();
    EXPECT_EQ(told, promise ? MPI_MODE_NOCHECK : 0);
    barrier(world());
  }
}

/// All but `no_precede`, with which a near put could come before the fence of its target.
TEST(synchronisation, promises_about_fences_reach_mpi) {
  auto const win = made();
  for (int bits = 0; bits < 8; ++bits) {
    fence_assertions const promised{
        .no_store = (bits & 1) != 0, .no_put = (bits & 2) != 0, .no_precede = (bits & 4) != 0};
    int const wanted = (promised.no_store ? MPI_MODE_NOSTORE : 0) | (promised.no_put ? MPI_MODE_NOPUT : 0);
    auto epoch = win.fence(promised);
    EXPECT_EQ(told, wanted);
    epoch.fence(promised);
    EXPECT_EQ(told, wanted);
    epoch.close(promised);
    EXPECT_EQ(told, wanted | MPI_MODE_NOSUCCEED);
    win.fence({.no_succeed = true}).close();
    EXPECT_EQ(told, MPI_MODE_NOSUCCEED) << "of the last one: an epoch that begins has a successor";
  }
}

TEST(synchronisation, promises_about_posts_reach_mpi) {
  auto const win = made();
  std::vector<int> const given(4, me() + 1);
  for (int bits = 0; bits < 8; ++bits) {
    bool const no_check = (bits & 1) != 0, no_store = (bits & 2) != 0, no_put = (bits & 4) != 0;
    auto exposure = win.post({previous_rank()}, {.no_check = no_check, .no_store = no_store, .no_put = no_put});
    EXPECT_EQ(told,
              (no_check ? MPI_MODE_NOCHECK : 0) | (no_store ? MPI_MODE_NOSTORE : 0) | (no_put ? MPI_MODE_NOPUT : 0));
    barrier(world()); // nobody starts before it is posted, which no_check promises
    {
      auto epoch = win.start({next_rank()}, {.no_check = no_check});
      EXPECT_EQ(told, no_check ? MPI_MODE_NOCHECK : 0);
      if (!no_put) epoch.put(given, {.rank = next_rank()});
    }
    exposure.wait();
    if (!no_put) {
      EXPECT_EQ(win.local()[3], previous_rank() + 1);
    }
    barrier(world());
  }
}

} // namespace
} // namespace armada
