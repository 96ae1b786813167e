#include <armada/core/communicator.hpp>

#include "tests/support/values.hpp"

#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/group.hpp>
#include <armada/core/info.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::message_of;

static_assert(!std::is_copy_constructible_v<communicator> && !std::is_copy_assignable_v<communicator>);
static_assert(std::is_nothrow_move_constructible_v<communicator> && std::is_nothrow_move_assignable_v<communicator>);

/// The sum of `mine` over a communicator: proof that its ranks talk.
int sum(communicator const& comm, int mine) {
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, MPI_INT, MPI_SUM, comm.raw());
  return mine;
}

TEST(communicator, world_and_self) {
  int rank = -1;
  int size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  EXPECT_EQ(world().rank(), rank);
  EXPECT_EQ(world().size(), size);
  EXPECT_EQ(world().name(), "world");
  EXPECT_EQ(self().rank(), 0);
  EXPECT_EQ(self().size(), 1);
  EXPECT_EQ(self().name(), "self");
  EXPECT_NE(world().raw(), MPI_COMM_WORLD) << "the user's own traffic on MPI_COMM_WORLD is not ours";
  EXPECT_EQ(sum(world(), 1), size);
  EXPECT_EQ(sum(self(), 1), 1);
}

TEST(communicator, split_by_colour_and_key) {
  int const me = world().rank();
  int const ranks = world().size();
  communicator const half = world().split(me % 2);
  EXPECT_EQ(half.size(), (ranks + 1 - me % 2) / 2);
  EXPECT_EQ(half.rank(), me / 2);
  EXPECT_EQ(half.name(), "world/" + std::to_string(me % 2));
  communicator const backwards = world().split(0, -me);
  EXPECT_EQ(backwards.rank(), ranks - 1 - me);
  communicator const quarter = half.split(me / 2);
  EXPECT_EQ(quarter.size(), 1);
  EXPECT_EQ(quarter.name(), half.name() + "/" + std::to_string(me / 2));
  int expected = 0;
  for (int rank = me % 2; rank < ranks; rank += 2) expected += rank;
  EXPECT_EQ(sum(half, me), expected);
}

TEST(communicator, split_without_some) {
  communicator const part = world().split(world().rank() == 0 ? communicator::undefined : 3);
  EXPECT_EQ(static_cast<bool>(part), world().rank() != 0);
  if (part) {
    EXPECT_EQ(part.size(), world().size() - 1);
  } else {
    EXPECT_EQ(part.size(), 0);
    EXPECT_EQ(part.rank(), -1);
    EXPECT_THROW(static_cast<void>(part.raw()), lifecycle_error);
  }
}

TEST(communicator, a_wrong_colour_on_one_rank_throws_on_all) {
  int const bad = world().size() - 1;
  auto const message =
      message_of<argument_error>([&] { static_cast<void>(world().split(world().rank() == bad ? -5 : 0)); });
  EXPECT_NE(message.find("split of \"world\": color is -5, and must be >= 0 or undefined"), std::string::npos)
      << message;
}

TEST(communicator, split_shared_holds_the_ranks_of_the_node) {
  communicator const node = world().split_shared();
  int expected = 0;
  MPI_Comm raw = MPI_COMM_NULL;
  MPI_Comm_split_type(world().raw(), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &raw);
  MPI_Comm_size(raw, &expected);
  MPI_Comm_free(&raw);
  EXPECT_EQ(node.size(), expected);
  EXPECT_EQ(node.name(), "world/node");
}

TEST(communicator, a_duplicate_has_messages_of_its_own) {
  communicator const copy = world().dup();
  EXPECT_EQ(copy.rank(), world().rank());
  EXPECT_EQ(copy.size(), world().size());
  int compared = 0;
  MPI_Comm_compare(copy.raw(), world().raw(), &compared);
  EXPECT_EQ(compared, MPI_CONGRUENT);
}

TEST(communicator, errors_return_on_what_armada_made) {
  for (communicator const* comm : {&world(), &self()}) {
    MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
    MPI_Comm_get_errhandler(comm->raw(), &handler);
    EXPECT_EQ(handler, MPI_ERRORS_RETURN);
  }
  communicator const part = world().split(0);
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Comm_get_errhandler(part.raw(), &handler);
  EXPECT_EQ(handler, MPI_ERRORS_RETURN);
}

TEST(communicator, borrowed_ones_are_left_as_they_are) {
  MPI_Comm raw = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &raw);
  MPI_Comm_set_errhandler(raw, MPI_ERRORS_ARE_FATAL);
  MPI_Comm_set_name(raw, "mine");
  {
    communicator const borrowed = communicator::borrow(raw);
    EXPECT_EQ(borrowed.raw(), raw);
    EXPECT_EQ(borrowed.name(), "mine");
    EXPECT_EQ(borrowed.size(), world().size());
    communicator const part = borrowed.split(world().rank() % 2);
    EXPECT_EQ(part.name(), "mine/" + std::to_string(world().rank() % 2));
  }
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Comm_get_errhandler(raw, &handler);
  EXPECT_EQ(handler, MPI_ERRORS_ARE_FATAL);
  EXPECT_EQ(MPI_Barrier(raw), MPI_SUCCESS) << "it is still open";
  MPI_Comm_free(&raw);
  EXPECT_EQ(message_of<argument_error>([] { static_cast<void>(communicator::borrow(MPI_COMM_NULL)); }),
            "communicator::borrow: the handle is MPI_COMM_NULL");
}

TEST(communicator, moving_leaves_none_behind) {
  communicator first = world().dup();
  MPI_Comm const raw = first.raw();
  communicator second = std::move(first);
  EXPECT_FALSE(first); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(first.size(), 0);
  EXPECT_EQ(first.rank(), -1);
  EXPECT_EQ(second.raw(), raw);
  communicator third;
  third = std::move(second);
  EXPECT_FALSE(second); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(third.raw(), raw);
  EXPECT_EQ(third.size(), world().size());
}

TEST(communicator, sharing_keeps_it_open) {
  communicator original = world().dup();
  communicator const kept = communicator::share(original);
  original = communicator();
  EXPECT_EQ(sum(kept, 1), world().size());
}

TEST(communicator, closed_ones_say_so) {
  communicator original = world().dup();
  communicator const kept = communicator::share(original);
  original.close();
  EXPECT_FALSE(original);
  EXPECT_EQ(message_of<lifecycle_error>([&] { static_cast<void>(kept.raw()); }), "communicator \"world\" was closed");
  EXPECT_EQ(message_of<lifecycle_error>([&] { static_cast<void>(original.raw()); }),
            "this communicator is closed, or never was one");
  EXPECT_THROW(static_cast<void>(original.split(0)), lifecycle_error);
  EXPECT_NO_THROW(original.close());
}

TEST(communicator, ranks_are_checked) {
  EXPECT_NO_THROW(check_rank(world(), 0, "op", "root"));
  EXPECT_NO_THROW(check_rank(world(), world().size() - 1, "op", "root"));
  for (int rank : {-1, world().size()})
    EXPECT_EQ(message_of<argument_error>([&] { check_rank(world(), rank, "op", "root"); }),
              "op: root " + std::to_string(rank) + " is not a rank of \"world\" (0 to " +
                  std::to_string(world().size() - 1) + "), on rank " + std::to_string(world().rank()));
}

TEST(communicator, names_can_be_changed) {
  communicator const comm = world().dup();
  comm.set_name("mine");
  EXPECT_EQ(comm.name(), "mine");
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  MPI_Comm_get_name(comm.raw(), name, &length);
  EXPECT_STREQ(name, "mine");
  EXPECT_EQ(comm.split(0).name(), "mine/0");
  EXPECT_NO_THROW(comm.set_name(std::string(127, 'n')));
  for (auto const& bad : {std::string(128, 'n'), std::string("a\0b", 3)})
    EXPECT_NE(message_of<argument_error>([&] { comm.set_name(bad); }).find("and may have 127"), std::string::npos);
  EXPECT_EQ(comm.name(), std::string(127, 'n'));
}

TEST(communicator, comparisons) {
  communicator const copy = world().dup();
  communicator const backwards = world().split(0, -world().rank());
  EXPECT_EQ(compare(copy, copy), comparison::ident);
  EXPECT_EQ(compare(copy, world()), comparison::congruent);
  EXPECT_EQ(compare(copy, backwards), world().size() == 1 ? comparison::congruent : comparison::similar);
  EXPECT_EQ(compare(copy, self()), world().size() == 1 ? comparison::congruent : comparison::unequal);
  EXPECT_EQ(copy.peers(), copy.size());
  EXPECT_FALSE(copy.is_inter());
  EXPECT_EQ(copy.topology(), topology_kind::none);
}

TEST(communicator, duplicates_in_every_form) {
  info const hints{{"mpi_assert_no_any_tag", "false"}};
  std::vector<communicator> copies;
  copies.push_back(world().dup(hints));
  auto first = world().dup(nonblocking);
  auto second = world().dup(hints, nonblocking);
  auto third = self().dup(nonblocking);
  copies.push_back(second.wait());
  copies.push_back(first.wait());
  for (auto const& copy : copies) {
    EXPECT_EQ(compare(copy, world()), comparison::congruent);
    EXPECT_EQ(copy.name(), "world");
    EXPECT_EQ(sum(copy, world().rank()), world().size() * (world().size() - 1) / 2);
    int compared = 0;
    MPI_Comm_compare(copy.raw(), copy.state()->twin(), &compared);
    EXPECT_EQ(compared, MPI_CONGRUENT);
    for (MPI_Comm raw : {copy.raw(), copy.state()->twin()}) {
      MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
      MPI_Comm_get_errhandler(raw, &handler);
      EXPECT_EQ(handler, MPI_ERRORS_RETURN);
    }
  }
  while (!third.test()) {
  }
  EXPECT_EQ(third.wait().size(), 1);
  communicator const borrowed = communicator::borrow(MPI_COMM_WORLD);
  EXPECT_EQ(sum(borrowed.dup(), 1), world().size());
  EXPECT_NE(message_of<unsupported>([&] { static_cast<void>(borrowed.dup(nonblocking)); }).find("use the blocking dup"),
            std::string::npos);
}

TEST(communicator, a_nonblocking_duplicate_that_nobody_waits_for) {
  for (int round = 0; round < 20; ++round) static_cast<void>(world().dup(nonblocking));
  EXPECT_EQ(sum(world(), 1), world().size());
}

TEST(communicator, kinds_of_nearness) {
  EXPECT_EQ(compare(world().split_type(locality::shared), world().split_shared()), comparison::congruent);
  communicator const backwards = world().split_type(locality::shared, -world().rank());
  EXPECT_EQ(backwards.rank(), backwards.size() - 1 - world().split_shared().rank());
  info const hint{{"mpi_hw_resource_type", "mpi_shared_memory"}};
  communicator const guided = world().split_type(locality::hw_guided, 0, hint);
  EXPECT_EQ(compare(guided, world().split_shared()), comparison::congruent);
  communicator const unguided = world().split_type(locality::hw_unguided); // MPI may know no smaller resource
  EXPECT_LE(unguided.size(), world().size());
  bool const odd = world().rank() == world().size() - 1;
  communicator const part = world().split_type(odd ? locality::undefined : locality::shared);
  EXPECT_EQ(static_cast<bool>(part), !odd);
  EXPECT_NE(message_of<argument_error>([&] {
              static_cast<void>(world().split_type(locality::hw_guided));
            }).find("needs the hint \"mpi_hw_resource_type\""),
            std::string::npos);
  if (world().size() > 1) {
    EXPECT_NE(message_of<argument_error>([&] {
                static_cast<void>(world().split_type(odd ? locality::hw_unguided : locality::shared));
              }).find("the ranks pass kinds from"),
              std::string::npos);
  }
}

TEST(communicator, hints_are_kept) {
  communicator const comm = world().dup();
  comm.set_info({{"mpi_assert_exact_length", "true"}});
  EXPECT_EQ(comm.get_info().get("mpi_assert_exact_length"), "true");
  EXPECT_NO_THROW(comm.set_info({}));
}

TEST(communicator, from_groups) {
  group const all(world());
  int const last = world().size() - 1;
  std::vector<int> backwards;
  for (int rank = last; rank >= 0; --rank) backwards.push_back(rank);
  communicator const turned = world().create(all.include(backwards));
  EXPECT_EQ(turned.rank(), last - world().rank());
  communicator const first = world().create(all.include({0}));
  EXPECT_EQ(static_cast<bool>(first), world().rank() == 0);
  communicator const alone = world().create(all.include({world().rank()})); // disjoint groups at once
  EXPECT_EQ(alone.size(), 1);

  group const most = all.exclude({last});
  if (world().rank() != last) { // collective over the group alone
    communicator const part = world().create_group(most, 3);
    EXPECT_EQ(part.size(), last);
    EXPECT_EQ(sum(part, 1), last);
    communicator const again = communicator::create_from_group(most, "most of all");
    EXPECT_EQ(again.size(), last);
    EXPECT_EQ(again.name(), "most of all");
  } else {
    for (bool tagged : {false, true})
      EXPECT_NE(message_of<argument_error>([&] {
                  static_cast<void>(tagged ? world().create_group(most) : communicator::create_from_group(most, "x"));
                }).find("this rank is not in the group"),
                std::string::npos);
  }
}

TEST(communicator, wrong_groups_are_named) {
  group const all(world());
  int const last = world().size() - 1;
  if (last > 0) {
    communicator const part = world().split(world().rank() == last ? 1 : 0);
    EXPECT_NE(
        message_of<argument_error>([&] { static_cast<void>(part.create(all)); }).find("that the communicator lacks"),
        std::string::npos);
    EXPECT_NE(message_of<argument_error>([&] { static_cast<void>(part.create_group(all)); }).find("lacks"),
              std::string::npos);
  }
  EXPECT_NE(message_of<argument_error>([&] { static_cast<void>(world().create_group(all, -1)); }).find("tag -1"),
            std::string::npos);
  EXPECT_NE(message_of<argument_error>([&] {
              static_cast<void>(communicator::create_from_group(all, std::string(256, 't')));
            }).find("256 bytes, and may have 255"),
            std::string::npos);
  EXPECT_EQ(communicator::create_from_group(all, std::string(255, 't')).size(), world().size());
}

TEST(communicator, disconnecting_closes) {
  communicator comm = world().dup();
  communicator const kept = communicator::share(comm);
  comm.disconnect();
  EXPECT_FALSE(comm);
  EXPECT_THROW(static_cast<void>(kept.raw()), lifecycle_error);
  EXPECT_THROW(comm.disconnect(), lifecycle_error);
}

TEST(communicator, many_are_made_and_freed) {
  for (int round = 0; round < 3000; ++round) { // MPICH has about 2000 at a time
    communicator const part = self().dup();
    ASSERT_EQ(part.size(), 1);
  }
}

} // namespace
} // namespace armada
