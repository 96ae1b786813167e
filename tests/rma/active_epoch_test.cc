#include <armada/rma/active_epoch.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/call.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace armada {
namespace {

using support::throws;

template <class Mode>
concept can_put_in_a_fence = requires(fence_epoch<int> e, std::vector<int>& b, Mode mode) {
  e.put(b, {.rank = 0}, mode);
};
static_assert(can_put_in_a_fence<deferred_t> && !can_put_in_a_fence<nonblocking_t> && !can_put_in_a_fence<blocking_t>);
template <class Epoch>
concept can_flush = requires(Epoch e) {
  e.flush(0);
};
template <class Epoch>
concept can_fetch_at_once = requires(Epoch e) {
  e.fetch_and_op(1, {.rank = 0}, std::plus<>{});
};
static_assert(can_flush<epoch<int>> && !can_flush<fence_epoch<int>> && !can_flush<access_epoch<int>>);
static_assert(can_fetch_at_once<epoch<int>> && !can_fetch_at_once<fence_epoch<int>>);

/// Every rank but this one, or those of which `chosen` is true.
template <class Chosen>
std::vector<int> ranks_where(Chosen chosen) {
  std::vector<int> found;
  for (int r = 0; r < ranks(); ++r)
    if (chosen(r)) found.push_back(r);
  return found;
}

/// With every set of promises that holds here, three rounds of everybody writing to everybody.
TEST(fence_epoch, everybody_writes_to_everybody) {
  auto win = window<int>::allocate(world(), ranks());
  for (bool const promise : {false, true}) {
    auto epoch = win.fence({.no_store = promise, .no_precede = promise});
    for (int round = 0; round < 3; ++round) {
      std::vector<int> given(static_cast<std::size_t>(ranks()));
      for (int r = 0; r < ranks(); ++r) {
        given[static_cast<std::size_t>(r)] = 100 * round + 10 * me() + r;
        epoch.put(given[static_cast<std::size_t>(r)], {.rank = r, .offset = me()});
      }
      epoch.fence({.no_put = promise});
      for (int r = 0; r < ranks(); ++r)
        EXPECT_EQ(win.local()[static_cast<std::size_t>(r)], 100 * round + 10 * r + me());
      std::vector<int> taken(static_cast<std::size_t>(ranks()), -1);
      auto const next = (me() + 1) % ranks();
      epoch.get(taken, {.rank = next});
      epoch.fence({.no_store = true});
      for (int r = 0; r < ranks(); ++r) EXPECT_EQ(taken[static_cast<std::size_t>(r)], 100 * round + 10 * r + next);
    }
    epoch.close({.no_store = promise, .no_put = promise});
    int const late = 1;
    EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.put(late, {.rank = 0}); }, {"closed"}));
  }
}

TEST(fence_epoch, updates_and_fetches_are_there_after_the_fence) {
  auto win = window<std::int64_t>::allocate(world(), me() == 0 ? 4 : 0);
  std::int64_t const none = 0, one = 1, mine = me();
  std::int64_t old = -1, before = -1;
  std::vector<std::int64_t> const pair{10, 20};
  std::vector<std::int64_t> was(2, -1);
  {
    auto epoch = win.fence();
    epoch.accumulate(pair, {.rank = 0}, std::plus<>{});
    epoch.fetch_and_op(one, old, {.rank = 0, .offset = 2}, std::plus<>{});
    epoch.fence();
    epoch.get_accumulate(pair, was, {.rank = 0}, no_op{});
    if (me() == ranks() - 1) epoch.compare_and_swap(none, mine, before, {.rank = 0, .offset = 3});
    epoch.fence();
    EXPECT_EQ(was, (std::vector<std::int64_t>{10 * ranks(), 20 * ranks()}));
    EXPECT_TRUE(old >= 0 && old < ranks());
    if (me() == ranks() - 1) {
      EXPECT_EQ(before, 0);
    }
  }
  if (me() == 0) {
    EXPECT_EQ(std::vector(win.local().begin(), win.local().end()),
              (std::vector<std::int64_t>{10 * ranks(), 20 * ranks(), ranks(), ranks() - 1}));
  }
}

TEST(fence_epoch, stands_beside_no_other_epoch) {
  auto win = window<int>::allocate(world(), 1);
  {
    auto const locked = win.lock(me());
    EXPECT_TRUE(throws<lifecycle_error>([&] { return win.fence(); }, {"has locked"}));
  }
  barrier(world());
  {
    auto epoch = win.fence();
    EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock(me()); }, {"fence"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock_all(); }, {"fence"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return win.start({me()}); }, {"fence"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { return win.post({me()}); }, {"fence"}));
    std::vector<int> buffer(2);
    EXPECT_TRUE(throws<index_error>([&] { epoch.put(buffer, {.rank = me()}); }, {"2 elements", "has 1 elements"}));
  }
  auto const locked = win.lock(me()); // the last fence has ended the epoch
}

/// A message that is too long to be buffered needs its receiver, who waits for the fence.
TEST(fence_epoch, who_waits_in_it_keeps_no_message_up) {
  auto win = window<int>::allocate(world(), 1);
  std::vector<int> message(1 << 20, me());
  int const count = static_cast<int>(message.size());
  MPI_Request request = MPI_REQUEST_NULL;
  if (ranks() > 1 && me() == 1)
    call<MPI_Irecv>(static_cast<void*>(message.data()), count, MPI_INT, 0, 0, world().raw(), &request);
  if (ranks() > 1 && me() == 0)
    call<MPI_Ssend>(static_cast<void const*>(message.data()), count, MPI_INT, 1, 0, world().raw());
  win.fence().close();
  call<MPI_Wait>(&request, MPI_STATUS_IGNORE);
  EXPECT_EQ(message, std::vector<int>(message.size(), me() == 1 ? 0 : me()));
}

/// Neighbours in a ring write to each other in turn; the one that does not take part goes on.
TEST(access_epoch, origins_reach_the_parts_that_are_posted_to_them) {
  auto win = window<int>::allocate(world(), ranks());
  auto const left = (me() + ranks() - 1) % ranks(), right = (me() + 1) % ranks();
  for (int round = 1; round <= 3; ++round) {
    bool const by_test = round == 2;
    auto exposed = win.post({left});
    int const value = 100 * round + me();
    {
      auto epoch = win.start({right});
      epoch.put(value, {.rank = right, .offset = me()});
      if (ranks() > 2) {
        EXPECT_TRUE(throws<argument_error>([&] { epoch.put(value, {.rank = left}); }, {"not started for rank"}));
      }
    }
    if (by_test)
      while (!exposed.test()) {
      }
    else
      exposed.wait();
    EXPECT_EQ(win.local()[static_cast<std::size_t>(left)], 100 * round + left);
  }
}

TEST(access_epoch, one_target_and_many_origins_and_the_reverse) {
  auto win = window<int>::allocate(world(), ranks());
  auto const others = ranks_where([](int r) { return r != 0; });
  std::vector<int> taken(static_cast<std::size_t>(ranks()), -1);
  for (int round = 0; round < 3; ++round) {
    int const value = round + me();
    if (me() == 0) {
      win.post(others, {.no_store = true}).wait();
      for (int r = 1; r < ranks(); ++r) EXPECT_EQ(win.local()[static_cast<std::size_t>(r)], round + r);
      auto epoch = win.start(others);
      for (int const r : others) epoch.put(value, {.rank = r});
      epoch.complete();
      EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.complete(); }));
    } else {
      auto epoch = win.start({0});
      epoch.put(value, {.rank = 0, .offset = me()});
      epoch.complete();
      win.post({0}).wait();
      EXPECT_EQ(win.local()[0], round);
    }
  }
}

TEST(access_epoch, a_rank_may_be_origin_and_target_of_all_at_once) {
  auto win = window<int>::allocate(world(), ranks());
  auto const everybody = ranks_where([](int) { return true; });
  std::vector<int> const values(1, 7 + me());
  auto exposed = win.post(everybody);
  auto epoch = win.start(everybody);
  for (int const r : everybody) epoch.accumulate(values, {.rank = r, .offset = me()}, std::plus<>{});
  epoch.complete();
  exposed.wait();
  for (int r = 0; r < ranks(); ++r) EXPECT_EQ(win.local()[static_cast<std::size_t>(r)], 7 + r);
}

TEST(access_epoch, nobody_is_a_group_too) {
  auto win = window<int>::allocate(world(), 1);
  auto exposed = win.post({});
  auto epoch = win.start({});
  epoch.complete();
  EXPECT_TRUE(exposed.test());
  EXPECT_TRUE(exposed.test()) << "it has ended";
}

TEST(access_epoch, wrong_ranks_and_wrong_order_are_named) {
  auto win = window<int>::allocate(world(), 1);
  EXPECT_TRUE(throws<argument_error>([&] { return win.start({ranks()}); }, {"start", "is not a rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { return win.post({-1}); }, {"post", "-1 is not a rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { return win.post({0, 0}); }, {"named twice"}));
  auto exposed = win.post({});
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.post({}); }, {"posted already"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.fence(); }, {"posted"}));
  auto epoch = win.start({});
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.start({}); }, {"started"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return win.lock(0); }, {"started"}));
}

} // namespace
} // namespace armada
