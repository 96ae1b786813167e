#include <armada/core/progress_thread.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace armada {
namespace {

using support::throws;

/// A message too long to be buffered reaches a rank that does nothing but look at its memory.
TEST(progress_thread, moves_messages_while_the_rank_is_elsewhere) {
  progress_thread const helper;
  std::vector<int> out(1 << 20, world().rank()), in(1 << 20, -1);
  int const right = (world().rank() + 1) % world().size(), left = (world().rank() + world().size() - 1) % world().size();
  MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
  int const count = static_cast<int>(in.size());
  call<MPI_Irecv>(static_cast<void*>(in.data()), count, MPI_INT, left, 0, world().raw(), &requests[0]);
  call<MPI_Isend>(static_cast<void const*>(out.data()), count, MPI_INT, right, 0, world().raw(), &requests[1]);
  while (std::atomic_ref(in.back()).load() != left) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  call<MPI_Waitall>(2, requests, MPI_STATUSES_IGNORE);
  EXPECT_EQ(in, std::vector<int>(in.size(), left));
}

TEST(progress_thread, comes_and_goes) {
  for (int i = 0; i < 20; ++i) progress_thread const helper(std::chrono::microseconds(1 + i));
  EXPECT_TRUE(throws<argument_error>([] { progress_thread const never(std::chrono::microseconds(0)); }, {"0 us"}));
}

} // namespace
} // namespace armada
