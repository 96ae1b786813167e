#include <armada/rma/detail/shared_barrier.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace armada::detail {
namespace {

/// Plain numbers, which the thread sanitizer watches: each thread reads the others' between two barriers.
TEST(shared_barrier, keeps_rounds_apart) {
  for (std::uint32_t many = 1; many <= 4; ++many) {
    shared_barrier barrier;
    std::vector<int> rounds(many, 0);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (std::uint32_t mine = 0; mine < many; ++mine)
      threads.emplace_back([&, mine] {
        for (int round = 1; round <= 500; ++round) {
          rounds[mine] = round;
          barrier.arrive_and_wait(many);
          for (int const each : rounds)
            if (each != round) ++wrong;
          barrier.arrive_and_wait(many);
        }
      });
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong, 0) << many << " threads";
  }
}

} // namespace
} // namespace armada::detail
