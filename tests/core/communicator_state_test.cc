#include <armada/core/communicator_state.hpp>

#include <armada/core/communicator.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(communicator_state, the_twin_has_the_same_ranks_and_messages_of_its_own) {
  auto const& state = *world().state();
  ASSERT_NE(state.twin(), MPI_COMM_NULL);
  int compared = 0;
  MPI_Comm_compare(state.raw(), state.twin(), &compared);
  EXPECT_EQ(compared, MPI_CONGRUENT);
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Comm_get_errhandler(state.twin(), &handler);
  EXPECT_EQ(handler, MPI_ERRORS_RETURN);
}

TEST(communicator_state, a_borrowed_one_has_no_twin) {
  EXPECT_EQ(communicator::borrow(MPI_COMM_WORLD).state()->twin(), MPI_COMM_NULL);
}

void expect_nearby(communicator const& comm) {
  auto const& near = comm.state()->nearby();
  EXPECT_EQ(&near, &comm.state()->nearby()) << "found once";
  ASSERT_GE(near.size(), 1);
  EXPECT_TRUE(std::is_sorted(near.members.begin(), near.members.end()));
  EXPECT_EQ(near.members[static_cast<std::size_t>(near.rank)], comm.rank());
  EXPECT_EQ(near.whole, near.size() == comm.size());
  for (int rank = 0; rank < comm.size(); ++rank) {
    auto const at = std::find(near.members.begin(), near.members.end(), rank);
    EXPECT_EQ(near.find(rank), at == near.members.end() ? -1 : static_cast<int>(at - near.members.begin()));
  }
  MPI_Group group = MPI_GROUP_NULL; // the raw communicator agrees
  int size = 0;
  MPI_Comm_group(near.raw, &group);
  MPI_Group_size(group, &size);
  MPI_Group_free(&group);
  EXPECT_EQ(size, near.size());
}

TEST(communicator_state, the_ranks_of_the_node) {
  expect_nearby(world());
  expect_nearby(self());
  expect_nearby(world().split(world().rank() % 2, -world().rank()));
}

TEST(communicator_state, object_ids_are_tags_and_differ) {
  std::set<int> seen;
  for (int i = 0; i < 1000; ++i) {
    int const id = world().state()->next_object_id();
    EXPECT_GE(id, 0);
    EXPECT_LE(id, 32767) << "the largest tag that every MPI takes";
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(communicator_state, only_a_users_own_are_named_when_forgotten) {
  EXPECT_EQ(world().state()->describe(), "");
  EXPECT_EQ(world().split(0).state()->describe(), "communicator \"world/0\"");
  EXPECT_EQ(communicator::borrow(MPI_COMM_WORLD).state()->describe(), "");
}

} // namespace
} // namespace armada
