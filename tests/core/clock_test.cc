#include <armada/core/clock.hpp>

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(clock, goes_forward_in_seconds) {
  EXPECT_GT(wtick(), 0);
  EXPECT_LT(wtick(), 1);
  auto const first = std::chrono::steady_clock::now();
  double const start = wtime();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  double const passed = wtime() - start;
  double const outside = std::chrono::duration<double>(std::chrono::steady_clock::now() - first).count();
  EXPECT_GE(passed, 0.019);
  EXPECT_LE(passed, outside + 0.001) << "both saw the same pause";
}

} // namespace
} // namespace armada
