#include <armada/rma/counter.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/barrier.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::cells;
using support::throws;

static_assert(!std::copyable<counter> && std::movable<counter>);

/// All ranks' tickets, sorted.
std::vector<std::int64_t> all_of(std::vector<std::int64_t> const& mine) {
  std::vector<std::int64_t> all;
  for (auto const& each : allgather(world(), mine)) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  return all;
}

TEST(counter, gives_out_every_ticket_once) {
  for (int home = 0; home < ranks(); ++home) {
    counter tickets(world(), {.home = home, .first = 10});
    std::int64_t const end = 10 + (cells::all_near() ? 20'000 : 200) * ranks();
    std::vector<std::int64_t> mine;
    for (auto ticket = tickets.next(); ticket < end; ticket = tickets.next()) mine.push_back(ticket);
    EXPECT_TRUE(std::ranges::is_sorted(mine));
    auto const all = all_of(mine);
    ASSERT_EQ(std::ssize(all), end - 10);
    for (std::int64_t i = 0; i < std::ssize(all); ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], 10 + i);
    EXPECT_EQ(tickets.value(), end + ranks()) << "each rank asked once more";
    barrier(world());
  }
}

TEST(counter, gives_out_several_at_once) {
  counter tickets(world());
  std::vector<std::int64_t> mine;
  for (int i = 0; i < 50; ++i) {
    auto const first = tickets.next(3U);
    mine.insert(mine.end(), {first, first + 1, first + 2});
  }
  auto const all = all_of(mine);
  for (std::int64_t i = 0; i < std::ssize(all); ++i) ASSERT_EQ(all[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(tickets.value(), 150 * ranks());
  EXPECT_EQ(tickets.next(0), 150 * ranks());
}

TEST(counter, begins_anew) {
  counter tickets(world(), {.home = ranks() - 1, .first = std::numeric_limits<std::int64_t>::min()});
  EXPECT_EQ(tickets.value(), std::numeric_limits<std::int64_t>::min());
  barrier(world());
  if (me() == 0) tickets.reset(7);
  barrier(world());
  EXPECT_EQ(tickets.value(), 7);
  barrier(world());
  if (me() == ranks() - 1) tickets.reset();
  barrier(world());
  EXPECT_EQ(tickets.value(), 0);
}

TEST(counter, several_at_once_on_parts_of_the_ranks) {
  auto const half = world().split(me() % 2);
  counter one(half), two(half, {.home = half.size() - 1, .first = 100});
  EXPECT_GE(two.next(), 100);
  EXPECT_LT(one.next(), 100);
  barrier(half);
  EXPECT_EQ(one.value(), half.size());
  EXPECT_EQ(two.value(), 100 + half.size());
  counter moved = std::move(two);
  EXPECT_TRUE(throws<lifecycle_error>([&] { return two.next(); }, {"next", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return two.value(); }, {"value", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { two.reset(); }, {"reset", "moved from"}));
  barrier(half);
  EXPECT_GE(moved.next(), 100 + half.size());
  one = std::move(moved);
  EXPECT_GE(one.next(), 100 + half.size());
}

TEST(counter, refuses_a_wrong_home_on_every_rank) {
  for (int const home : {-1, ranks(), 1 << 30})
    EXPECT_TRUE(throws<argument_error>([&] { counter(world(), {.home = home}); }, {"counter", "home"})) << home;
  if (ranks() == 1) return;
  EXPECT_TRUE(throws<argument_error>([&] { counter(world(), {.home = me()}); }, {"rank 1", "counter", "home"}));
  EXPECT_TRUE(throws<argument_error>([&] { counter(world(), {.first = me()}); }, {"rank 1", "counter"}));
}

TEST(counter, refuses_a_negative_number_of_tickets) {
  counter tickets(world());
  EXPECT_TRUE(throws<argument_error>([&] { return tickets.next(-1); }, {"next", "-1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return tickets.next(std::numeric_limits<std::uint64_t>::max()); }));
  EXPECT_EQ(tickets.value(), 0);
}

} // namespace
} // namespace armada
