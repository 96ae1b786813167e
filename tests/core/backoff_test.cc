#include <armada/core/backoff.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace armada::detail {
namespace {

TEST(backoff, pauses_any_number_of_times) {
  backoff wait;
  for (int i = 0; i < 1000; ++i) wait.pause();
}

/// Each thread waits for the other in turn; without a pause that gives the core up this takes a scheduler slice a turn.
TEST(backoff, threads_that_wait_for_each_other_go_on) {
  std::atomic<int> turn{0};
  auto const play = [&](int mine) {
    for (int round = mine; round < 2000; round += 2) {
      for (backoff wait; turn != round;) wait.pause();
      ++turn;
    }
  };
  std::thread other(play, 1);
  play(0);
  other.join();
  EXPECT_EQ(turn, 2000);
}

} // namespace
} // namespace armada::detail
