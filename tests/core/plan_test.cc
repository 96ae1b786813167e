#include <armada/core/plan.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::left;
using support::right;

using detail::request_kind;
using support::message_of;

static_assert(!std::is_copy_constructible_v<plan<>> && std::is_nothrow_move_constructible_v<plan<int>>);

plan<> prepared_send(int const& value, int tag = 0) {
  MPI_Request raw = MPI_REQUEST_NULL;
  MPI_Send_init(&value, 1, MPI_INT, right(), tag, world().raw(), &raw);
  return detail::make_prepared<void>(raw, request_kind::send, [](MPI_Status const&) {});
}

plan<int> prepared_receive(int& value, int tag = 0) {
  MPI_Request raw = MPI_REQUEST_NULL;
  MPI_Recv_init(&value, 1, MPI_INT, left(), tag, world().raw(), &raw);
  return detail::make_prepared<int>(raw, request_kind::receive, [&value](MPI_Status const&) { return value; });
}

TEST(plan, is_started_and_waited_for_as_often_as_wanted) {
  int mine = 0;
  int hers = -1;
  auto leaving = prepared_send(mine);
  auto arriving = prepared_receive(hers);
  for (int round = 0; round < 10; ++round) {
    mine = 100 * round + world().rank();
    start_all(leaving, arriving);
    EXPECT_FALSE(leaving.ended());
    if (round % 2 == 0)
      while (!arriving.test() || !leaving.test()) {
      }
    EXPECT_EQ(arriving.wait(), 100 * round + left());
    leaving.wait();
    EXPECT_TRUE(leaving.ended() && arriving.ended());
    EXPECT_TRUE(arriving.test()) << "nothing is under way";
  }
}

TEST(plan, wrong_order_throws) {
  int value = 3;
  int hers = 0;
  auto leaving = prepared_send(value);
  auto arriving = prepared_receive(hers);
  EXPECT_EQ(message_of<lifecycle_error>([&] { static_cast<void>(arriving.wait()); }),
            "wait: this plan was not started");
  start_all(arriving, leaving);
  EXPECT_EQ(message_of<lifecycle_error>([&] { arriving.start(); }), "start: this plan is under way; wait for it first");
  EXPECT_EQ(arriving.wait(), 3);
  leaving.wait();
  EXPECT_THROW(leaving.wait(), lifecycle_error);
  auto moved = std::move(leaving);
  EXPECT_THROW(leaving.start(), lifecycle_error); // NOLINT
}

TEST(plan, moves_while_it_is_under_way) {
  int mine = world().rank();
  int hers = -1;
  std::vector<plan<int>> plans;
  plans.push_back(prepared_receive(hers));
  plans.back().start();
  auto moved = std::move(plans.back());
  EXPECT_TRUE(plans.back().ended()); // NOLINT
  plans.clear();
  auto leaving = prepared_send(mine);
  leaving.start();
  EXPECT_EQ(moved.wait(), left());
  leaving.wait();
}

TEST(plan, its_end_waits_for_what_is_under_way) {
  int mine = 7;
  int hers = -1;
  {
    auto arriving = prepared_receive(hers);
    arriving.start();
    auto leaving = prepared_send(mine);
    leaving.start();
  }
  EXPECT_EQ(hers, 7);
}

TEST(plan, an_exception_that_passes_takes_a_receive_back) {
  int hers = -1;
  try {
    auto arriving = prepared_receive(hers, 99);
    arriving.start();
    throw std::runtime_error("passes");
  } catch (std::runtime_error const&) {
  }
  int flag = 1;
  MPI_Barrier(world().raw());
  MPI_Iprobe(left(), 99, world().raw(), &flag, MPI_STATUS_IGNORE);
  EXPECT_EQ(flag, 0);
}

TEST(plan, errors_come_from_wait_and_it_can_be_started_again) {
  struct finish {
    int& value;
    int operator()(MPI_Status const&) const { return value; }
    [[noreturn]] void fail(mpi_error const&) const { throw truncation_error("too long"); }
  };
  int room = -1;
  MPI_Request raw = MPI_REQUEST_NULL;
  MPI_Recv_init(&room, 1, MPI_INT, left(), 5, world().raw(), &raw);
  auto arriving = detail::make_prepared<int>(raw, request_kind::receive, finish{room});
  int const two[2] = {1, 2};
  for (int round = 0; round < 2; ++round) {
    arriving.start();
    MPI_Request leaving = MPI_REQUEST_NULL;
    MPI_Isend(two, 2, MPI_INT, right(), 5, world().raw(), &leaving);
    EXPECT_EQ(message_of<truncation_error>([&] { static_cast<void>(arriving.wait()); }), "too long");
    MPI_Wait(&leaving, MPI_STATUS_IGNORE);
    EXPECT_TRUE(arriving.ended());
    arriving.start();
    MPI_Isend(two, 2, MPI_INT, right(), 5, world().raw(), &leaving);
    EXPECT_THROW(while (!arriving.test()){}, truncation_error);
    MPI_Wait(&leaving, MPI_STATUS_IGNORE);
    EXPECT_TRUE(arriving.ended()) << "an error is the end";
    arriving.start();
    MPI_Isend(two, 1, MPI_INT, right(), 5, world().raw(), &leaving);
    EXPECT_EQ(arriving.wait(), 1);
    MPI_Wait(&leaving, MPI_STATUS_IGNORE);
  }
}

TEST(plan, restarted_ones_begin_anew_at_each_start) {
  int starts = 0;
  auto counted = detail::make_restarted([&starts] {
    return detail::make_pending(MPI_REQUEST_NULL, request_kind::collective,
                                [&starts, now = ++starts](MPI_Status const&) { return 10 * now + starts; });
  });
  EXPECT_EQ(starts, 0);
  for (int round = 1; round < 4; ++round) {
    counted.start();
    EXPECT_TRUE(counted.test());
    EXPECT_EQ(counted.wait(), 11 * round);
  }
}

} // namespace
} // namespace armada
