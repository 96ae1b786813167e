#include <armada/core/intercommunicator.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

// Messages over intercommunicators: tests/p2p/intercommunicator_test.cc.

namespace armada {
namespace {

using support::throws;

static_assert(std::is_base_of_v<communicator, intercommunicator> && !std::is_copy_constructible_v<intercommunicator>);
static_assert(!std::is_convertible_v<communicator, intercommunicator>);

/// Even and odd ranks of the world, joined; the other side's ranks are reversed.
class sides : public testing::Test {
protected:
  void SetUp() override {
    if (world().size() < 2) GTEST_SKIP() << "two sides need two ranks";
    half = world().split(side(), odd() ? -world().rank() : world().rank());
    int const last_odd = (world().size() - 2) / 2 * 2 + 1;
    inter = intercommunicator(half, 0, world(), odd() ? 0 : last_odd, 5);
  }
  static int side() { return world().rank() % 2; }
  static bool odd() { return side() == 1; }
  static int count(int of_side) { return (world().size() + 1 - of_side) / 2; }

  communicator half;
  intercommunicator inter;
};

/// One value of each rank of the other side, in their order.
std::vector<int> across(communicator const& inter, int mine) {
  std::vector<int> theirs(static_cast<std::size_t>(inter.peers()), -1);
  MPI_Allgather(&mine, 1, MPI_INT, theirs.data(), 1, MPI_INT, inter.raw());
  return theirs;
}

TEST_F(sides, know_each_other) {
  EXPECT_TRUE(inter.is_inter());
  EXPECT_FALSE(half.is_inter());
  EXPECT_EQ(inter.size(), count(side()));
  EXPECT_EQ(inter.rank(), half.rank());
  EXPECT_EQ(inter.remote_size(), count(1 - side()));
  EXPECT_EQ(inter.peers(), inter.remote_size());
  EXPECT_EQ(inter.topology(), topology_kind::none);
  EXPECT_EQ(inter.name(), half.name() + "/inter");
  auto const theirs = across(inter, world().rank());
  std::vector<int> ranks(theirs.size());
  std::iota(ranks.begin(), ranks.end(), 0);
  EXPECT_EQ(inter.remote_group().translate_ranks(ranks, group(world())), theirs);
  EXPECT_EQ(compare(group(inter), group(half)), comparison::ident);
  for (int const rank : theirs) EXPECT_EQ(rank % 2, 1 - side());
}

TEST_F(sides, ranks_are_those_of_the_other_side) {
  EXPECT_NO_THROW(check_rank(inter, inter.remote_size() - 1, "send", "dest"));
  EXPECT_TRUE(throws<argument_error>([&] { check_rank(inter, inter.remote_size(), "send", "dest"); },
                                     {"(0 to " + std::to_string(inter.remote_size() - 1) + ")"}));
}

TEST_F(sides, the_twin_is_an_intercommunicator_as_well) {
  MPI_Comm const twin = inter.state()->twin();
  ASSERT_NE(twin, MPI_COMM_NULL);
  int is_inter = 0;
  int remote = 0;
  MPI_Comm_test_inter(twin, &is_inter);
  MPI_Comm_remote_size(twin, &remote);
  EXPECT_EQ(is_inter, 1);
  EXPECT_EQ(remote, inter.remote_size());
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Comm_get_errhandler(twin, &handler);
  EXPECT_EQ(handler, MPI_ERRORS_RETURN);
}

TEST_F(sides, duplicates) {
  for (bool later : {false, true}) {
    intercommunicator const copy(later ? inter.dup(nonblocking).wait() : inter.dup());
    EXPECT_EQ(copy.remote_size(), inter.remote_size());
    EXPECT_EQ(compare(copy, inter), comparison::congruent);
    EXPECT_EQ(across(copy, 3 * world().rank()), across(inter, 3 * world().rank()));
    EXPECT_NE(copy.state()->twin(), MPI_COMM_NULL);
  }
}

TEST_F(sides, merge_in_either_order) {
  for (int high : {0, 1}) {
    communicator const all = inter.merge(side() == high);
    EXPECT_FALSE(all.is_inter());
    EXPECT_EQ(all.size(), world().size());
    EXPECT_EQ(all.rank(), half.rank() + (side() == high ? count(1 - high) : 0));
    int sum = 1;
    MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, all.raw());
    EXPECT_EQ(sum, world().size());
  }
}

TEST_F(sides, split_into_pairs) {
  int const pairs = std::min(count(0), count(1));
  bool const paired = inter.rank() < pairs;
  communicator part = inter.split(paired ? inter.rank() : communicator::undefined);
  ASSERT_EQ(static_cast<bool>(part), paired);
  if (!paired) return;
  intercommunicator const pair(std::move(part));
  EXPECT_EQ(pair.size(), 1);
  EXPECT_EQ(pair.remote_size(), 1);
  EXPECT_EQ(across(pair, inter.rank()), std::vector{inter.rank()});
  EXPECT_TRUE(throws<argument_error>([&] { return pair.split(-4).size(); }, {"color is -4"}));
}

TEST_F(sides, create_with_the_first_of_each) {
  communicator part = inter.create(group(half).include({0}));
  ASSERT_EQ(static_cast<bool>(part), half.rank() == 0);
  if (!part) return;
  EXPECT_TRUE(part.is_inter());
  EXPECT_EQ(part.peers(), 1);
}

TEST_F(sides, from_groups) {
  for (int round = 0; round < 3; ++round) {
    auto const made = intercommunicator::create_from_groups(group(half), 0, inter.remote_group(), 0,
                                                            "sides " + std::to_string(round));
    EXPECT_EQ(made.remote_size(), inter.remote_size());
    EXPECT_EQ(across(made, world().rank()), across(inter, world().rank()));
  }
  group const remote = inter.remote_group();
  auto make = [&](int leader, group const& there, int remote_leader, std::string const& tag) {
    return intercommunicator::create_from_groups(group(half), leader, there, remote_leader, tag).size();
  };
  EXPECT_TRUE(throws<argument_error>([&] { return make(half.size(), remote, 0, "x"); }, {"local_leader"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(0, remote, -1, "x"); }, {"remote_leader -1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(0, group(half), 0, "x"); }, {"processes in common"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(0, remote, 0, std::string(256, 't')); }, {"256 bytes"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] { return intercommunicator::create_from_groups(remote, 0, group(half), 0, "x").size(); },
      {"this rank is not in the local group"}));
}

TEST_F(sides, wrong_arguments_throw_on_every_rank_of_a_side) {
  auto make = [&](int local_leader, communicator const& bridge, int remote_leader, int tag = 0) {
    return intercommunicator(half, local_leader, bridge, remote_leader, tag).size();
  };
  int const other = odd() ? 0 : 1;
  int const leader = 0;
  EXPECT_TRUE(throws<argument_error>([&] { return make(half.size(), world(), other); }, {"local_leader"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(leader, world(), world().size()); }, {"remote_leader"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(leader, world(), other, -1); }, {"tag -1 is not between"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(leader, communicator(), other); }, {"passes no bridge"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(leader, half, 0); }, {"is the local leader"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make(leader, inter, 0); }, {"bridge is an intercommunicator"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { return intercommunicator(inter, 0, world(), other).size(); }, {"the local side"}));
  int const leaders[] = {0, half.size() - 1};
  if (half.size() > 1) {
    bool const leads = half.rank() == 0; // the others believe that the last one does
    EXPECT_TRUE(throws<argument_error>([&] { return make(leaders[leads ? 0 : 1], world(), other); }));
  }
}

TEST(intercommunicator, needs_two_sides) {
  EXPECT_TRUE(throws<argument_error>([] { return intercommunicator(world().dup()).size(); }, {"one side only"}));
  intercommunicator const none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.remote_size(), 0);
}

TEST_F(sides, a_bridge_is_of_use_to_the_leader_alone) {
  communicator const none;
  int const last_odd = (world().size() - 2) / 2 * 2 + 1;
  int const other = odd() ? 0 : last_odd;
  bool const leads = half.rank() == 0;
  intercommunicator const made(half, 0, leads ? world() : none, leads ? other : -7, 6);
  EXPECT_EQ(made.remote_size(), inter.remote_size());
}

} // namespace
} // namespace armada
