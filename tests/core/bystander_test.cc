#include <armada/core/bystander.hpp>

#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/shared_segment.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace armada::detail {
namespace {

/// Rank 0 waits for a collective and a message that need the others, who only look at memory until it says so.
TEST(bystander, serves_who_waits_inside_mpi) {
  auto const& node = world().state()->nearby();
  shared_segment segment(node, shared_segment::page());
  auto& told = *reinterpret_cast<std::atomic<int>*>(segment.data()); // zero at first
  call<MPI_Barrier>(world().raw());
  bool const first = world().rank() == 0;
  bool const last = world().rank() == world().size() - 1;

  std::vector<double> mine(1 << 17, world().rank() + 1.0), sum(mine.size());
  std::vector<double> message(1 << 17, world().rank());
  auto const count = static_cast<int>(mine.size());
  MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
  call<MPI_Iallreduce>(static_cast<void const*>(mine.data()), static_cast<void*>(sum.data()), count, MPI_DOUBLE,
                       MPI_SUM, world().raw(), &requests[0]);
  if (!first && last)
    call<MPI_Irecv>(static_cast<void*>(message.data()), count, MPI_DOUBLE, 0, 0, world().raw(), &requests[1]);
  if (first && !last)
    call<MPI_Issend>(static_cast<void const*>(message.data()), count, MPI_DOUBLE, world().size() - 1, 0, world().raw(),
                     &requests[1]);
  if (first) {
    call<MPI_Waitall>(2, requests, MPI_STATUSES_IGNORE);
    told = 1;
  } else {
    bystander others;
    while (told == 0) others();
    call<MPI_Waitall>(2, requests, MPI_STATUSES_IGNORE);
  }
  auto const ranks = world().size();
  EXPECT_EQ(sum.back(), ranks * (ranks + 1) / 2);
  if (last) {
    EXPECT_EQ(message.back(), 0);
  }
  call<MPI_Barrier>(world().raw()); // the memory is rank 0's
}

TEST(bystander, may_come_and_go) {
  for (int i = 0; i < 1000; ++i) {
    bystander others;
    if (i % 2 == 0) others();
  }
}

} // namespace
} // namespace armada::detail
