#include <armada/rma/detail/shared_lock.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace armada::detail {
namespace {

constexpr int workers = 4;
constexpr int rounds = 5000;

/// Runs `work(number)` in several threads at once.
template <class Work>
void in_threads(Work work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < workers; ++i) threads.emplace_back(work, i);
}

/// True if `thread` is still waiting after a while.
bool waits(std::atomic<bool> const& done) {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return !done;
}

TEST(spin_lock, excludes) {
  spin_lock lock;
  long counter = 0; // plain: the lock alone keeps it right
  in_threads([&](int) {
    for (int i = 0; i < rounds; ++i) {
      std::scoped_lock const guard(lock);
      ++counter;
    }
  });
  EXPECT_EQ(counter, workers * rounds);
}

TEST(part_lock, writers_exclude_each_other) {
  part_lock lock;
  long counter = 0;
  in_threads([&](int) {
    for (int i = 0; i < rounds; ++i) {
      std::scoped_lock const guard(lock);
      ++counter;
    }
  });
  EXPECT_EQ(counter, workers * rounds);
}

TEST(part_lock, readers_see_no_half_written_value) {
  part_lock lock;
  long first = 0, second = 0;
  in_threads([&](int number) {
    for (int i = 0; i < rounds; ++i)
      if (number % 2 == 0) {
        std::unique_lock const guard(lock);
        ++first;
        ++second;
      } else {
        std::shared_lock const guard(lock);
        ASSERT_EQ(first, second);
      }
  });
  EXPECT_EQ(first, workers / 2 * rounds);
}

TEST(part_lock, is_shared_by_readers_and_closed_to_a_writer_until_the_last_has_gone) {
  part_lock lock;
  lock.lock_shared();
  lock.lock_shared();
  std::atomic<bool> written = false;
  std::jthread const writer([&] {
    std::unique_lock const guard(lock);
    written = true;
  });
  lock.unlock_shared();
  EXPECT_TRUE(waits(written));
  lock.unlock_shared();
  while (!written) std::this_thread::yield();
}

TEST(part_lock, a_writer_keeps_readers_out) {
  part_lock lock;
  lock.lock();
  std::atomic<bool> read = false;
  std::jthread const reader([&] {
    std::shared_lock const guard(lock);
    read = true;
  });
  EXPECT_TRUE(waits(read));
  lock.unlock();
  while (!read) std::this_thread::yield();
}

/// Readers of which one is always inside, unless a writer asks, and writers that never pause: all of them get in.
TEST(part_lock, nobody_starves) {
  part_lock lock;
  std::atomic<int> inside = 0, satisfied = 0;
  constexpr int turns = 500;
  in_threads([&](int number) {
    for (int i = 0; satisfied < workers; ++i) {
      if (number % 2 == 0) {
        std::unique_lock const guard(lock);
        ASSERT_EQ(inside, 0);
      } else {
        std::shared_lock const guard(lock);
        ++inside;
        while (inside < 2 && !lock.is_closed() && satisfied < workers) std::this_thread::yield();
        --inside;
      }
      if (i == turns) ++satisfied;
    }
  });
  EXPECT_EQ(satisfied, workers);
}

TEST(part_lock, a_writer_that_waits_keeps_new_readers_out) {
  part_lock lock;
  std::vector<char> order;
  std::atomic<bool> read = false;
  lock.lock_shared();
  EXPECT_FALSE(lock.is_closed());
  std::jthread const writer([&] {
    std::unique_lock const guard(lock);
    order.push_back('w');
  });
  while (!lock.is_closed()) std::this_thread::yield();
  std::jthread const reader([&] {
    std::shared_lock const guard(lock);
    order.push_back('r');
    read = true;
  });
  EXPECT_TRUE(waits(read));
  lock.unlock_shared();
  while (!read) std::this_thread::yield();
  EXPECT_EQ(order, (std::vector{'w', 'r'}));
}

TEST(window_gate, several_of_one_kind_are_inside_at_once) {
  window_gate gate;
  gate.enter_all();
  gate.enter_all();
  gate.leave_all();
  gate.leave_all();
  gate.enter_exclusive();
  gate.enter_exclusive();
  gate.leave_exclusive();
  gate.leave_exclusive();
}

TEST(window_gate, an_exclusive_waits_for_all_and_all_for_an_exclusive) {
  window_gate gate;
  std::atomic<bool> inside = false;
  gate.enter_all();
  {
    std::jthread const other([&] {
      gate.enter_exclusive();
      inside = true;
    });
    EXPECT_TRUE(waits(inside));
    gate.leave_all();
  }
  inside = false;
  {
    std::jthread const other([&] {
      gate.enter_all();
      inside = true;
    });
    EXPECT_TRUE(waits(inside));
    gate.leave_exclusive();
  }
  gate.leave_all();
}

TEST(window_gate, an_exclusive_that_waits_keeps_newcomers_out) {
  window_gate gate;
  std::atomic<bool> exclusive = false, late = false;
  gate.enter_all();
  std::jthread const first([&] {
    gate.enter_exclusive();
    exclusive = true;
    while (!waits(late)) FAIL() << "entered beside an exclusive holder";
    gate.leave_exclusive();
  });
  while (!gate.is_awaited()) std::this_thread::yield();
  std::jthread const second([&] {
    gate.enter_all();
    late = true;
    gate.leave_all();
  });
  EXPECT_TRUE(waits(late)); // one is inside, and would not mind
  EXPECT_FALSE(exclusive);
  gate.leave_all();
}

TEST(window_gate, lock_all_that_waits_keeps_new_exclusives_out) {
  window_gate gate;
  std::vector<char> order;
  std::atomic<bool> late = false;
  EXPECT_FALSE(gate.is_awaited());
  gate.enter_exclusive();
  std::jthread const first([&] {
    gate.enter_all();
    order.push_back('a');
    gate.leave_all();
  });
  while (!gate.is_awaited()) std::this_thread::yield();
  std::jthread const second([&] {
    gate.enter_exclusive();
    order.push_back('x');
    late = true;
    gate.leave_exclusive();
  });
  EXPECT_TRUE(waits(late)); // one is inside, and would not mind
  gate.leave_exclusive();
  while (!late) std::this_thread::yield();
  EXPECT_EQ(order, (std::vector{'a', 'x'}));
  EXPECT_FALSE(gate.is_awaited());
}

TEST(window_gate, who_holds_a_part_goes_before_those_that_wait_but_not_beside_those_inside) {
  window_gate gate;
  std::atomic<bool> all = false, ahead = false;
  gate.enter_exclusive();
  std::jthread const first([&] {
    gate.enter_all();
    all = true;
    while (!waits(ahead)) FAIL() << "entered beside lock_all";
    gate.leave_all();
  });
  while (!gate.is_awaited()) std::this_thread::yield();
  gate.enter_exclusive_ahead(); // of another part
  gate.leave_exclusive();
  EXPECT_TRUE(waits(all));
  gate.leave_exclusive();
  while (!all) std::this_thread::yield();
  gate.enter_exclusive_ahead();
  ahead = true;
  gate.leave_exclusive();
}

/// Exclusives of which one is always inside, unless a `lock_all` waits, and the reverse: all of them get in.
TEST(window_gate, nobody_starves) {
  window_gate gate;
  std::array<std::atomic<int>, 2> inside{};
  std::atomic<int> satisfied = 0;
  constexpr int turns = 500;
  in_threads([&](int number) {
    bool const exclusive = number % 2 == 0;
    auto &mine = inside.at(exclusive ? 0 : 1), &others = inside.at(exclusive ? 1 : 0);
    for (int i = 0; satisfied < workers; ++i) {
      if (exclusive)
        gate.enter_exclusive();
      else
        gate.enter_all();
      ++mine;
      ASSERT_EQ(others, 0);
      while (mine < 2 && !gate.is_awaited() && satisfied < workers) std::this_thread::yield();
      --mine;
      if (exclusive)
        gate.leave_exclusive();
      else
        gate.leave_all();
      if (i == turns) ++satisfied;
    }
  });
  EXPECT_EQ(satisfied, workers);
}

/// Threads that hold the first of two parts, shared or alone, and ask for the second; ones that take the first alone;
/// and ones that take all. Nobody waits for somebody who waits for him.
TEST(window_gate, several_parts_at_once_beside_lock_all) {
  window_gate gate;
  part_lock first, second;
  long sum = 0;
  std::atomic<int> exclusives = 0;
  auto const take_second = [&] {
    gate.enter_exclusive_ahead();
    second.lock();
    ++exclusives;
    ++sum;
    --exclusives;
    second.unlock();
    gate.leave_exclusive();
  };
  in_threads([&](int number) {
    for (int i = 0; i < rounds / 4; ++i)
      if (number == 0) {
        gate.enter_all();
        ASSERT_EQ(exclusives, 0);
        gate.leave_all();
      } else if (number == 1) {
        std::shared_lock const guard(first);
        take_second();
      } else {
        gate.enter_exclusive();
        first.lock();
        ++exclusives;
        if (number == 2) take_second();
        --exclusives;
        first.unlock();
        gate.leave_exclusive();
      }
  });
  EXPECT_EQ(sum, 2 * (rounds / 4));
}

/// What a window does: an exclusive epoch passes the gate and takes its part, lock_all takes the gate only.
TEST(window_gate, keeps_exclusive_epochs_and_lock_all_apart) {
  window_gate gate;
  part_lock lock;
  long counter = 0;
  std::atomic<long> seen = 0;
  in_threads([&](int number) {
    for (int i = 0; i < rounds / 4; ++i)
      if (number % 2 == 0) {
        gate.enter_exclusive();
        lock.lock();
        counter += 2;
        lock.unlock();
        gate.leave_exclusive();
      } else {
        gate.enter_all();
        seen += counter % 2;
        gate.leave_all();
      }
  });
  EXPECT_EQ(counter, workers / 2 * (rounds / 4) * 2);
  EXPECT_EQ(seen, 0);
}

} // namespace
} // namespace armada::detail
