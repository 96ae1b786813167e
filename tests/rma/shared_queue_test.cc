#include <armada/rma/detail/shared_queue.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace armada::detail {
namespace {

constexpr int workers = 4;

/// Runs `work(number)` in several threads at once.
template <class Work>
void in_threads(Work work) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < workers; ++i) threads.emplace_back(work, i);
}

/// A queue in plain memory, as ranks share it.
class plain_queue : public ticket_queue<memory_word> {
public:
  explicit plain_queue(std::int64_t served) : plain_queue(std::make_unique<std::array<std::int64_t, 4>>(), served) {}

private:
  using words = std::unique_ptr<std::array<std::int64_t, 4>>;
  plain_queue(words memory, std::int64_t served)
      : ticket_queue(memory_word(memory->data()), memory_word(memory->data() + memory_word::size)),
        memory_(std::move(memory)) {
    serve(served);
  }
  words memory_;
};

void wait_for(auto condition) {
  while (!condition()) std::this_thread::yield();
}

TEST(memory_word, counts_a_million_exactly) {
  std::int64_t number[memory_word::size] = {};
  memory_word const word(number);
  in_threads([&](int) {
    for (int i = 0; i < 250'000; ++i) word.add(1);
  });
  EXPECT_EQ(word.load(), 1'000'000);
}

TEST(memory_word, stores_if_it_holds_what_is_expected) {
  std::int64_t number[memory_word::size] = {3};
  memory_word const word(number);
  EXPECT_FALSE(word.store_if(4, 5));
  EXPECT_EQ(word.load(), 3);
  EXPECT_TRUE(word.store_if(3, 5));
  EXPECT_EQ(word.load(), 5);
  EXPECT_EQ(word.add(-7), 5);
  EXPECT_EQ(word.load(), -2);
}

TEST(memory_word, wakes_the_one_that_waits_for_a_value) {
  std::int64_t number[memory_word::size] = {};
  memory_word const word(number);
  std::int64_t meanwhile = 0;
  std::jthread const waiter([&] { word.wait_beyond(40, [&] { std::atomic_ref(meanwhile)++; }); });
  wait_for([&] { return std::atomic_ref(meanwhile) > 2; }); // it sleeps now and then
  word.add(40);
  word.wake(0, 40);
  auto const before = std::atomic_ref(meanwhile).load();
  wait_for([&] { return std::atomic_ref(meanwhile) > before + 1; }); // 40 is not beyond 40
  word.add(1);
  word.wake(40, 41);
}

TEST(ticket_queue, with_one_ticket_excludes) {
  plain_queue const queue(1);
  long counter = 0; // plain: the queue alone keeps it right
  in_threads([&](int) {
    for (int i = 0; i < 5000; ++i) {
      queue.enter();
      ++counter;
      queue.serve(1);
    }
  });
  EXPECT_EQ(counter, workers * 5000);
  EXPECT_EQ(queue.free(), 1);
}

TEST(ticket_queue, tries_exclude_as_well) {
  plain_queue const queue(1);
  long counter = 0, wanted = 0;
  std::array<long, workers> entered{};
  in_threads([&](int number) {
    for (int i = 0; i < 2000; ++i)
      if (number % 2 == 0 || queue.try_enter()) {
        if (number % 2 == 0) queue.enter();
        ++counter;
        ++entered[static_cast<std::size_t>(number)];
        queue.serve(1);
      }
  });
  for (long const each : entered) wanted += each;
  EXPECT_EQ(counter, wanted);
  EXPECT_EQ(entered[0], 2000);
}

TEST(ticket_queue, lets_in_in_the_order_of_coming) {
  plain_queue const queue(0);
  std::vector<int> order;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < workers; ++i) {
      threads.emplace_back([&, i] {
        queue.enter();
        order.push_back(i);
        queue.serve(1);
      });
      wait_for([&] { return queue.free() == -(i + 1); });
    }
    EXPECT_FALSE(queue.try_enter());
    queue.serve(1);
  }
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(queue.try_enter(), workers);
}

/// Who leaves and comes back at once stands behind everybody who waits.
TEST(ticket_queue, nobody_overtakes) {
  plain_queue const queue(1);
  bool entered = false;
  queue.enter();
  std::jthread const other([&] {
    queue.enter();
    entered = true;
    queue.serve(1);
  });
  wait_for([&] { return queue.free() < 0; });
  queue.serve(1);
  queue.enter();
  EXPECT_TRUE(entered);
}

TEST(ticket_queue, with_several_tickets_is_a_semaphore) {
  plain_queue const queue(2);
  std::int64_t inside[memory_word::size] = {};
  memory_word const count(inside);
  in_threads([&](int) {
    for (int i = 0; i < 2000; ++i) {
      queue.enter();
      EXPECT_LT(count.add(1), 2);
      count.add(-1);
      queue.serve(1);
    }
  });
  EXPECT_EQ(queue.free(), 2);
}

TEST(ticket_queue, notifications_wake_those_who_wait_and_nobody_later) {
  plain_queue const queue(0);
  queue.serve_one_waiting();
  queue.serve_all_waiting();
  EXPECT_EQ(queue.free(), 0) << "nobody waited: nothing is kept";
  std::int64_t woken[memory_word::size] = {};
  memory_word const count(woken);
  std::vector<std::jthread> threads;
  for (int i = 0; i < workers; ++i)
    threads.emplace_back([&] {
      queue.enter();
      count.add(1);
    });
  wait_for([&] { return queue.free() == -workers; });
  queue.serve_one_waiting();
  EXPECT_EQ(queue.free(), 1 - workers);
  queue.serve_all_waiting();
  EXPECT_EQ(queue.free(), 0);
  threads.clear();
  EXPECT_EQ(count.load(), workers);
}

/// Two threads wake each other in turns: one lost wake-up, and both wait for ever.
TEST(ticket_queue, loses_no_notification_of_one_that_took_its_ticket) {
  plain_queue const lock(1), changed(0);
  int turn = 0;
  auto const play = [&](int me) {
    for (int round = 0; round < 5000; ++round) {
      lock.enter();
      while (turn != me) {
        auto const ticket = changed.take();
        lock.serve(1);
        changed.wait(ticket);
        lock.enter();
      }
      turn = 1 - me;
      changed.serve_one_waiting();
      lock.serve(1);
    }
  };
  {
    std::jthread const other(play, 1);
    play(0);
  }
  EXPECT_EQ(turn, 0);
}

TEST(signal_slot, data_written_before_a_signal_are_seen_after_it) {
  std::array<std::int64_t, 8> words{};
  auto const word = [&](int i) { return memory_word(words.data() + memory_word::size * i); };
  signal_slot<memory_word> const there(word(0), word(1)), here(word(2), word(3));
  std::array<long, 16> data{}; // plain: the signals alone keep it right
  constexpr long rounds = 5000;
  std::jthread const receiver([&] {
    for (long round = 1; round <= rounds; ++round) {
      there.wait(round);
      EXPECT_EQ(there.value(), round * 3);
      for (long const each : data) EXPECT_EQ(each, round);
      here.post(0);
    }
  });
  for (long round = 1; round <= rounds; ++round) {
    data.fill(round);
    there.post(round * 3);
    here.wait(round);
  }
}

TEST(signal_slot, counts_the_signals_of_many) {
  std::array<std::int64_t, 4> words{};
  signal_slot<memory_word> const slot(memory_word(words.data()), memory_word(words.data() + memory_word::size));
  in_threads([&](int number) {
    for (int i = 0; i < 10'000; ++i) slot.post(number);
  });
  slot.wait(workers * 10'000);
  EXPECT_EQ(slot.posted(), workers * 10'000);
  EXPECT_LT(slot.value(), workers);
}

} // namespace
} // namespace armada::detail
