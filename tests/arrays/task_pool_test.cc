#include <armada/arrays/task_pool.hpp>

#include "tests/support/throws.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;
using tasks = std::vector<std::int64_t>;

int me() { return world().rank(); }
int ranks() { return world().size(); }

static_assert(!std::copyable<task_pool> && std::movable<task_pool>);

tasks drain(task_pool& pool) {
  tasks mine;
  while (auto const task = pool.next()) mine.push_back(*task);
  return mine;
}

/// All ranks' tasks are 0 to count - 1, each once.
void expect_each_once(communicator const& comm, tasks const& mine, std::int64_t count) {
  tasks all;
  for (auto const& each : allgather(comm, mine)) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  ASSERT_EQ(std::ssize(all), count);
  for (std::int64_t i = 0; i < count; ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
}

TEST(task_pool, gives_out_every_task_once) {
  for (std::int64_t const count : {0, 1, 2, 3, 7, 100, 3000}) {
    task_pool pool(world(), count);
    for (int round = 0; round < 3; ++round) {
      auto const mine = drain(pool);
      EXPECT_EQ(pool.next(), std::nullopt);
      expect_each_once(world(), mine, count);
      pool.reset();
    }
  }
}

TEST(task_pool, begins_with_a_block_of_its_own) {
  std::int64_t const each = 10;
  task_pool pool(world(), each * ranks());
  EXPECT_EQ(pool.next(), each * me());
  EXPECT_EQ(pool.next(), each * me() + 1);
  EXPECT_EQ(pool.stolen(), 0);
  barrier(world());
}

/// Ranks that have not begun give everything to the one that has.
TEST(task_pool, who_has_none_takes_from_others) {
  std::int64_t const count = 64 * ranks();
  task_pool pool(world(), count);
  if (me() == ranks() - 1) {
    auto const mine = drain(pool);
    EXPECT_EQ(std::ssize(mine), count);
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.begin() + 64)) << "its own ones first";
    EXPECT_EQ(mine.front(), count - 64);
    EXPECT_EQ(pool.stolen(), count - 64);
  }
  barrier(world());
  EXPECT_EQ(pool.next(), std::nullopt);
  pool.reset();
  EXPECT_EQ(pool.stolen(), 0);
  expect_each_once(world(), drain(pool), count);
}

TEST(task_pool, a_thief_takes_half) {
  if (ranks() != 2) return;
  task_pool pool(world(), 20);
  for (int i = 0; me() == 1 && i < 11; ++i) EXPECT_EQ(pool.next(), i < 10 ? 10 + i : 5);
  barrier(world());
  if (me() == 0) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(pool.next(), i);
    EXPECT_EQ(pool.next(), 8) << "half of 6 to 9, of which the thief had begun 5";
  }
  barrier(world());
}

TEST(task_pool, more_tasks_than_a_word_can_number) {
  std::int64_t const count = std::numeric_limits<std::int64_t>::max();
  task_pool pool(world(), count);
  std::int64_t const first = pool.next().value();
  if (me() == 0) {
    EXPECT_EQ(first, 0);
  } else {
    EXPECT_GT(first, count / ranks() * me() - (std::int64_t{1} << 35));
    EXPECT_LT(first, count / ranks() * me() + (std::int64_t{1} << 35));
  }
  for (int i = 1; i < 100; ++i) EXPECT_EQ(pool.next(), first + i);
  barrier(world());
}

TEST(task_pool, several_at_once_on_some_of_the_ranks) {
  auto const half = world().split(me() % 2);
  task_pool one(half, 30), two(half, 50);
  task_pool moved = std::move(two);
  expect_each_once(half, drain(moved), 50);
  expect_each_once(half, drain(one), 30);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return two.next(); }, {"next", "task pool", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { two.reset(); }, {"reset", "task pool", "moved from"}));
}

TEST(task_pool, refuses_a_wrong_count_on_every_rank) {
  EXPECT_TRUE(throws<argument_error>([] { task_pool(world(), -1); }, {"task_pool", "-1"}));
  EXPECT_TRUE(throws<argument_error>([] { for_each_ticket(world(), -1, [](std::int64_t) {}); }, {"-1"}));
  if (ranks() == 1) return;
  EXPECT_TRUE(throws<argument_error>([] { task_pool(world(), 5 + me()); }, {"rank 1", "number of tasks"}));
  EXPECT_TRUE(throws<argument_error>([] { for_each_ticket(world(), me(), [](std::int64_t) {}); }, {"number of tasks"}));
}

/// Task 123 fails. Returns how many others were done.
template <class ForEach>
std::int64_t expect_work(ForEach for_each) {
  tasks mine;
  for_each(500, [&](std::int64_t task) { mine.push_back(task); });
  expect_each_once(world(), mine, 500);

  mine.clear();
  auto const fails = [&](std::int64_t task) {
    if (task == 123) throw std::runtime_error("task 123 fails");
    mine.push_back(task);
  };
  EXPECT_TRUE(throws<error>([&] { for_each(500, fails); }, {"task 123 fails"}));
  tasks all;
  for (auto const& each : allgather(world(), mine)) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  EXPECT_TRUE(std::ranges::adjacent_find(all) == all.end()) << "none is done twice";
  return std::ssize(all);
}

TEST(for_each_task, an_error_is_everybodys) {
  auto const done = expect_work([](std::int64_t count, auto const& work) { for_each_task(world(), count, work); });
  EXPECT_LE(done, ranks() == 1 ? 123 : 499);
}

TEST(for_each_ticket, an_error_is_everybodys_once_the_others_have_done_the_rest) {
  auto const done = expect_work([](std::int64_t count, auto const& work) { for_each_ticket(world(), count, work); });
  EXPECT_EQ(done, ranks() == 1 ? 123 : 499);
}

} // namespace
} // namespace armada
