#include <armada/rma/semaphore.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/rma/counter.hpp>
#include <armada/rma/mutex.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <cstdint>
#include <mutex>
#include <utility>

namespace armada {
namespace {

using support::cells;
using support::throws;

static_assert(!std::copyable<semaphore> && std::movable<semaphore>);

TEST(semaphore, lets_as_many_in_as_there_are_permits) {
  for (std::int64_t const permits : {1, 2, 3}) {
    semaphore gate(world(), {.home = ranks() - 1, .permits = permits});
    cells data(1);
    mutex exclusion(world());
    barrier(world());
    auto const add = [&](std::int64_t value) {
      std::scoped_lock const guard(exclusion);
      data.add(0, value);
      return data.get();
    };
    for (int i = 0; i < (cells::all_near() ? 500 : 20); ++i) {
      gate.acquire();
      ASSERT_LE(add(1), permits);
      add(-1);
      gate.release();
    }
    barrier(world());
    EXPECT_EQ(gate.available(), permits);
    barrier(world());
  }
}

/// A buffer of four places on rank 0: full and empty are semaphores. The last rank consumes.
TEST(semaphore, producers_and_a_consumer) {
  constexpr std::int64_t places = 4, head = 4, tail = 5;
  std::int64_t const each = cells::all_near() ? 2000 : 50;
  std::int64_t const producers = ranks() > 1 ? ranks() - 1 : 1;
  semaphore room(world(), {.permits = places}), items(world(), {.home = ranks() - 1, .permits = 0});
  mutex exclusion(world());
  cells data(6);
  barrier(world());
  auto const produce = [&](std::int64_t value) {
    room.acquire();
    std::scoped_lock const guard(exclusion);
    data.set(data.get(tail) % places, value);
    data.add(tail, 1);
    items.release();
  };
  auto const consume = [&] {
    items.acquire();
    std::scoped_lock const guard(exclusion);
    auto const value = data.get(data.get(head) % places);
    data.add(head, 1);
    room.release();
    return value;
  };
  std::int64_t sum = 0;
  if (ranks() == 1) {
    for (std::int64_t i = 1; i <= each; ++i) {
      produce(i);
      sum += consume();
    }
  } else if (me() < ranks() - 1) {
    for (std::int64_t i = 1; i <= each; ++i) produce(i);
  } else {
    for (std::int64_t i = 0; i < each * producers; ++i) sum += consume();
  }
  if (me() == ranks() - 1) {
    EXPECT_EQ(sum, producers * each * (each + 1) / 2);
    EXPECT_EQ(items.available(), 0);
  }
  barrier(world());
  EXPECT_EQ(room.available(), places);
  barrier(world());
}

TEST(semaphore, a_try_takes_what_is_there) {
  semaphore permits(world(), {.permits = ranks() - 1});
  counter successes(world());
  if (permits.try_acquire()) static_cast<void>(successes.next());
  barrier(world());
  EXPECT_EQ(successes.value(), ranks() - 1);
  EXPECT_EQ(permits.available(), 0);
  barrier(world());
  if (me() == 0) permits.release(ranks());
  permits.acquire();
  barrier(world());
  EXPECT_EQ(permits.available(), 0);
  EXPECT_FALSE(permits.try_acquire());
  barrier(world());
}

TEST(semaphore, says_how_many_wait) {
  semaphore permits(world(), {.permits = 0});
  if (me() == 0) {
    while (permits.available() != 1 - ranks()) {
    }
    permits.release(ranks() - 1);
  } else {
    permits.acquire();
  }
  barrier(world());
  EXPECT_EQ(permits.available(), 0);
  barrier(world());
}

TEST(semaphore, refuses_what_makes_no_sense_on_every_rank) {
  EXPECT_TRUE(throws<argument_error>([] { semaphore(world(), {.permits = -1}); }, {"semaphore", "-1"}));
  EXPECT_TRUE(throws<argument_error>([] { semaphore(world(), {.home = ranks()}); }, {"semaphore", "home"}));
  if (ranks() > 1) {
    EXPECT_TRUE(throws<argument_error>([] { semaphore(world(), {.permits = me()}); }, {"semaphore", "rank 1"}));
  }
  semaphore permits(world(), {.permits = 3});
  EXPECT_TRUE(throws<argument_error>([&] { permits.release(-1); }, {"release", "-1"}));
  permits.release(0);
  EXPECT_EQ(permits.available(), 3);
  semaphore moved = std::move(permits);
  EXPECT_TRUE(throws<lifecycle_error>([&] { permits.acquire(); }, {"acquire", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { permits.release(); }, {"release", "moved from"}));
  EXPECT_EQ(moved.available(), 3);
  barrier(world());
}

} // namespace
} // namespace armada
