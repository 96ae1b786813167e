#include <armada/core/session.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/communicator.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/group.hpp>

#include <algorithm>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

// Without an environment: ending_test.sh.

namespace armada {
namespace {

using support::throws;

static_assert(!std::is_copy_constructible_v<session> && std::is_nothrow_move_constructible_v<session>);

TEST(session, knows_the_process_sets_of_the_standard) {
  session const mine;
  auto const names = mine.psets();
  for (auto const* name : {"mpi://WORLD", "mpi://SELF"})
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  EXPECT_EQ(mine.pset_info("mpi://WORLD").get("mpi_size"), std::to_string(world().size()));
  EXPECT_EQ(mine.pset_info("mpi://SELF").get("mpi_size"), "1");
}

TEST(session, a_process_set_becomes_a_communicator) {
  session const mine;
  group const all = group::from_session_pset(mine, "mpi://WORLD");
  EXPECT_EQ(all.size(), world().size());
  EXPECT_EQ(all.rank(), world().rank());
  communicator const comm = communicator::create_from_group(all, "session test");
  EXPECT_EQ(comm.size(), world().size());
  EXPECT_EQ(comm.name(), "session test");
  int sum = comm.rank();
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, comm.raw());
  EXPECT_EQ(sum, comm.size() * (comm.size() - 1) / 2);
  group const alone = group::from_session_pset(mine, "mpi://SELF");
  EXPECT_EQ(alone.size(), 1);
  EXPECT_EQ(communicator::create_from_group(alone, "alone").size(), 1);
}

TEST(session, unknown_names_are_refused_with_those_that_are_known) {
  session const mine;
  EXPECT_TRUE(throws<argument_error>([&] { return mine.pset_info("mpi://MARS").size(); },
                                     {"pset_info on rank", "no process set \"mpi://MARS\"", "\"mpi://WORLD\""}));
  EXPECT_TRUE(throws<argument_error>([&] { return group::from_session_pset(mine, "").size(); }, {"from_session_pset"}));
}

TEST(session, many_are_opened_and_closed) {
  for (int round = 0; round < 20; ++round) {
    session first;
    session second(info{{"thread_level", "MPI_THREAD_MULTIPLE"}});
    EXPECT_FALSE(second.psets().empty());
    first.close();
    EXPECT_TRUE(throws<lifecycle_error>([&] { return first.psets(); }, {"was closed"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] {
      first.close();
      return 0;
    }));
    session const third = std::move(second);
    EXPECT_FALSE(third.psets().empty());
    EXPECT_TRUE(throws<lifecycle_error>([&] { return second.psets(); })); // NOLINT
  }
}

TEST(session, hints_can_be_asked_for) {
  session const mine;
  EXPECT_NO_THROW(static_cast<void>(mine.get_info().size()));
}

} // namespace
} // namespace armada
