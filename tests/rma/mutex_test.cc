#include <armada/rma/mutex.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>

#include <gtest/gtest.h>

#include <concepts>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::cells;
using support::throws;

std::string rank_text(int rank) { return "rank " + std::to_string(rank); }

static_assert(!std::copyable<mutex> && std::movable<mutex>);

TEST(mutex, excludes) {
  for (int home = 0; home < ranks(); ++home) {
    mutex exclusion(world(), {.home = home});
    cells data(2);
    int const rounds = (cells::all_near() ? 100'000 : 400) / ranks() / ranks();
    barrier(world());
    for (int i = 0; i < rounds; ++i) {
      std::scoped_lock const guard(exclusion);
      ASSERT_EQ(data.get(0), data.get(1));
      data.add(0, 1);
      data.add(1, 1);
    }
    barrier(world());
    EXPECT_EQ(data.get(0), rounds * ranks());
    EXPECT_EQ(data.get(1), rounds * ranks());
    barrier(world());
  }
}

TEST(mutex, tries_exclude_as_well) {
  mutex exclusion(world());
  cells data(1);
  barrier(world());
  int const wanted = cells::all_near() ? 2000 : 50;
  for (int done = 0; done < wanted;) {
    std::unique_lock const guard(exclusion, std::try_to_lock);
    if (!guard) continue;
    data.add(0, 1);
    ++done;
  }
  barrier(world());
  EXPECT_EQ(data.get(), wanted * ranks());
  barrier(world());
}

TEST(mutex, a_try_fails_while_somebody_holds_it) {
  mutex exclusion(world(), {.home = ranks() - 1});
  if (me() == 0) exclusion.lock();
  barrier(world());
  EXPECT_FALSE(exclusion.try_lock());
  EXPECT_EQ(exclusion.depth(), me() == 0 ? 1 : 0);
  barrier(world());
  if (me() == 0) exclusion.unlock();
  barrier(world());
  if (me() == ranks() - 1) {
    EXPECT_TRUE(exclusion.try_lock());
    exclusion.unlock();
  }
  barrier(world());
}

TEST(mutex, is_held_more_than_once_on_request) {
  mutex exclusion(world(), {.recursive = true});
  cells data(1);
  barrier(world());
  for (int i = 0; i < 20; ++i) {
    std::scoped_lock const outer(exclusion);
    {
      std::scoped_lock const inner(exclusion);
      EXPECT_TRUE(exclusion.try_lock());
      EXPECT_EQ(exclusion.depth(), 3);
      exclusion.unlock();
    }
    data.add(0, 1); // still held
  }
  EXPECT_EQ(exclusion.depth(), 0);
  barrier(world());
  EXPECT_EQ(data.get(), 20 * ranks());
  barrier(world());
}

TEST(mutex, several_are_taken_together) {
  mutex one(world()), two(world(), {.home = ranks() - 1});
  cells data(1);
  barrier(world());
  for (int i = 0; i < 30; ++i) {
    std::scoped_lock const guard(me() % 2 == 0 ? one : two, me() % 2 == 0 ? two : one);
    data.add(0, 1);
  }
  barrier(world());
  EXPECT_EQ(data.get(), 30 * ranks());
  barrier(world());
}

/// Under the mutex rank 0 waits for an exchange that needs every other rank, and they wait for the mutex.
TEST(mutex, mpi_moves_on_while_a_rank_waits) {
  mutex exclusion(world());
  std::vector<double> const mine(1 << 17, me() + 1.0);
  std::vector<double> sum(mine.size());
  if (me() == 0) exclusion.lock();
  barrier(world());
  auto later = allreduce(world(), mine, sum, std::plus{}, nonblocking);
  if (me() != 0) exclusion.lock();
  later.wait();
  exclusion.unlock();
  EXPECT_EQ(sum.front(), ranks() * (ranks() + 1) / 2);
  EXPECT_EQ(sum.back(), sum.front());
  barrier(world());
}

TEST(mutex, an_exception_lets_go_of_it) {
  mutex exclusion(world());
  for (int i = 0; i < 10; ++i)
    EXPECT_THROW(
        {
          std::scoped_lock const guard(exclusion);
          throw std::runtime_error("under the mutex");
        },
        std::runtime_error);
  EXPECT_EQ(exclusion.depth(), 0);
  barrier(world());
}

TEST(mutex, lets_go_when_it_is_destroyed) {
  if (!cells::all_near()) GTEST_SKIP() << "destruction is collective where hosts are spanned";
  mutex exclusion(world());
  if (me() == 0) {
    mutex gone = std::move(exclusion);
    gone.lock();
    barrier(world());
  } else {
    barrier(world());
    exclusion.lock();
    exclusion.unlock();
  }
}

TEST(mutex, unlocking_what_one_does_not_hold_names_the_holder) {
  mutex exclusion(world());
  EXPECT_TRUE(throws<lifecycle_error>([&] { exclusion.unlock(); }, {"unlock", rank_text(me()), "nobody does"}));
  for (int holder = 0; holder < ranks(); ++holder) {
    barrier(world());
    if (me() == holder) exclusion.lock();
    barrier(world());
    if (me() != holder) {
      // On the far road the name may be on its way still.
      auto const named = cells::all_near() ? rank_text(holder) + " does" : " does";
      EXPECT_TRUE(throws<lifecycle_error>([&] { exclusion.unlock(); }, {rank_text(me()), named}));
    }
    barrier(world());
    if (me() == holder) exclusion.unlock();
  }
  barrier(world());
}

TEST(mutex, locking_twice_would_wait_for_ever_and_throws) {
  mutex exclusion(world());
  exclusion.lock();
  EXPECT_TRUE(throws<lifecycle_error>([&] { exclusion.lock(); }, {"lock", rank_text(me()), "already"}));
  EXPECT_FALSE(exclusion.try_lock());
  exclusion.unlock();
  barrier(world());
}

TEST(mutex, a_moved_one_is_gone) {
  mutex exclusion(world());
  mutex moved = std::move(exclusion);
  EXPECT_TRUE(throws<lifecycle_error>([&] { exclusion.lock(); }, {"lock", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return exclusion.try_lock(); }, {"try_lock", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { exclusion.unlock(); }, {"unlock", "moved from"}));
  EXPECT_EQ(exclusion.depth(), 0);
  moved.lock();
  moved.unlock();
  barrier(world());
}

TEST(mutex, refuses_a_wrong_home_on_every_rank) {
  for (int const home : {-1, ranks()})
    EXPECT_TRUE(throws<argument_error>([&] { mutex(world(), {.home = home}); }, {"mutex", "home"})) << home;
  if (ranks() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { mutex(world(), {.home = me()}); }, {"mutex", "home"}));
  }
}

} // namespace
} // namespace armada
