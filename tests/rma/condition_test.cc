#include <armada/rma/condition.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <mutex>
#include <utility>

namespace armada {
namespace {

using support::cells;
using support::throws;

static_assert(!std::copyable<condition> && std::movable<condition>);

/// Each rank in turn: one lost wake-up, and all wait for ever.
TEST(condition, ranks_take_turns) {
  mutex exclusion(world());
  condition changed(world(), {.home = ranks() - 1});
  cells turn(2);
  barrier(world());
  int const rounds = cells::all_near() ? 500 : 20;
  for (int i = 0; i < rounds; ++i) {
    std::unique_lock lock(exclusion);
    changed.wait(lock, [&] { return turn.get() == me(); });
    EXPECT_TRUE(lock.owns_lock());
    EXPECT_EQ(turn.get(1), i * ranks() + me());
    turn.add(1, 1);
    turn.set(0, (me() + 1) % ranks());
    changed.notify_all();
  }
  barrier(world());
  EXPECT_EQ(turn.get(1), rounds * ranks());
  barrier(world());
}

/// A list on rank 0 that the last rank fills, one notification for each element; the others empty it.
TEST(condition, each_notification_wakes_one) {
  mutex exclusion(world());
  condition filled(world());
  cells data(2); // elements there, elements taken
  std::int64_t const each = cells::all_near() ? 1000 : 20;
  barrier(world());
  auto const give = [&](std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::unique_lock lock(exclusion);
      data.add(0, 1);
      lock.unlock();
      filled.notify_one();
    }
  };
  if (ranks() > 1 && me() == ranks() - 1) give(each * (ranks() - 1));
  if (ranks() == 1) give(each);
  if (ranks() == 1 || me() < ranks() - 1)
    for (std::int64_t i = 0; i < each; ++i) {
      std::unique_lock lock(exclusion);
      filled.wait(lock, [&] { return data.get(0) > 0; });
      data.add(0, -1);
      data.add(1, 1);
    }
  barrier(world());
  EXPECT_EQ(data.get(0), 0);
  EXPECT_EQ(data.get(1), each * (ranks() > 1 ? ranks() - 1 : 1));
  barrier(world());
}

TEST(condition, a_notification_that_nobody_waits_for_is_not_kept) {
  if (ranks() < 2) return;
  mutex exclusion(world());
  condition changed(world());
  cells data(1);
  changed.notify_one();
  changed.notify_all();
  std::unique_lock lock(exclusion, std::defer_lock);
  if (me() == 0) lock.lock();
  barrier(world());
  if (me() == 0) {
    changed.wait(lock); // no predicate: one of the notifications above would end it too early
    EXPECT_EQ(data.get(), 1);
  } else if (me() == 1) {
    lock.lock(); // rank 0 has let go of it, so it waits
    data.set(0, 1);
    changed.notify_one();
    lock.unlock();
  }
  barrier(world());
}

TEST(condition, the_mutex_must_be_held_once) {
  mutex exclusion(world()), recursive(world(), {.recursive = true});
  condition changed(world());
  std::unique_lock lock(exclusion, std::defer_lock);
  EXPECT_TRUE(throws<lifecycle_error>([&] { changed.wait(lock); }, {"wait on a condition", "0 times"}));
  std::unique_lock<mutex> none;
  EXPECT_TRUE(throws<lifecycle_error>([&] { changed.wait(none); }, {"0 times"}));
  {
    std::unique_lock const outer(recursive);
    std::unique_lock inner(recursive);
    EXPECT_TRUE(throws<lifecycle_error>([&] { changed.wait(inner); }, {"2 times"}));
    EXPECT_EQ(recursive.depth(), 2);
  }
  barrier(world());
  condition moved = std::move(changed);
  EXPECT_TRUE(throws<lifecycle_error>([&] { changed.notify_one(); }, {"notify_one", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { changed.notify_all(); }, {"notify_all", "moved from"}));
  moved.notify_all();
  EXPECT_TRUE(throws<argument_error>([] { condition(world(), {.home = -1}); }, {"condition", "home"}));
  barrier(world());
}

} // namespace
} // namespace armada
