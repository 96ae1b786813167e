#include <armada/core/progress.hpp>

#include <armada/core/cores.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/quirks.hpp>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace armada {
namespace {

bool over_ucx() { return this_library().device == "ch4:ucx"; }

TEST(progress, waits_of_mpi_come_through_the_stand_in) {
  auto const before = progress::calls();
  for (int i = 0; i < 10; ++i) MPI_Barrier(world().raw());
  int token = 0;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibcast(&token, 1, MPI_INT, 0, world().raw(), &request);
  MPI_Wait(&request, MPI_STATUS_IGNORE);
  bool const several = world().size() > 1; // one rank has nothing to wait for
  if (over_ucx() && several) {
    EXPECT_GT(progress::calls(), before);
  } else if (!over_ucx()) {
    EXPECT_EQ(progress::calls(), 0U);
  }
}

TEST(progress, waits_yield_where_ranks_outnumber_cores) {
  // All ranks of these tests share one kernel and one set of cores.
  auto const cores = std::min(static_cast<double>(allowed_cores().count()), std::ceil(core_quota().value_or(1e9)));
  EXPECT_EQ(progress::yields(), world().size() > cores);
}

TEST(progress, yielding_can_be_set) {
  bool const before = progress::yields();
  for (bool on : {true, false}) {
    progress::set_yields(on);
    EXPECT_EQ(progress::yields(), on);
    progress::pause();
    MPI_Barrier(world().raw());
  }
  progress::set_yields(before);
}

} // namespace
} // namespace armada
