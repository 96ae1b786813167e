#include <armada/core/watchdog.hpp>

#include <armada/core/environment.hpp>

#include <new>
#include <string>

#include <gtest/gtest.h>

// That a job which is stuck is ended, and who is where: tests/collectives/mismatch_test.sh.

namespace armada {
namespace {

using detail::may_block;
using detail::watch_scope;

static_assert(may_block("MPI_Bcast") && may_block("MPI_Bcast_c") && may_block("MPI_Win_lock_all"));
static_assert(may_block("MPI_Intercomm_create_from_groups") && may_block("MPI_Wait"));
static_assert(!may_block("MPI_Ibcast") && !may_block("MPI_Ibcast_c") && !may_block("MPI_Bcast_init"));
static_assert(!may_block("MPI_Comm_rank") && !may_block("Bcast") && !may_block("PMPI_Bcast") && !may_block(""));

/// Sets whether this process is watched, and back again.
class watching {
public:
  explicit watching(bool on) : before_(checks::watched()) { checks::detail::set_watched(on); }
  watching(watching const&) = delete;
  watching& operator=(watching const&) = delete;
  ~watching() { checks::detail::set_watched(before_); }

private:
  bool before_;
};

TEST(watch_scope, asks_for_a_description_only_where_somebody_watches) {
  int asked = 0;
  auto const describe = [&] {
    ++asked;
    return std::string("something");
  };
  {
    watching const off(false);
    watch_scope const inside(describe);
    EXPECT_EQ(asked, 0);
  }
  if (!checks::watched()) GTEST_SKIP() << "there is no watchdog: ARMADA_WATCHDOG is not set";
  watch_scope const outer(describe);
  watch_scope const inner(describe);
  EXPECT_EQ(asked, 2);
}

TEST(watch_scope, does_without_a_description_that_there_is_no_memory_for) {
  EXPECT_NO_THROW(watch_scope([]() -> std::string { throw std::bad_alloc(); }));
}

} // namespace
} // namespace armada
