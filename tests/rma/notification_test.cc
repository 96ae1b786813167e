#include <armada/rma/notification.hpp>

#include "tests/rma/cells.hpp"
#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::cells;
using support::throws;

int left() { return (me() + ranks() - 1) % ranks(); }
int right() { return (me() + 1) % ranks(); }

struct pair {
  float weight;
  std::int32_t index;
  bool operator==(pair const&) const = default;
};

static_assert(!std::copyable<notification<>> && std::movable<notification<>>);
static_assert(signal_value<double> && signal_value<pair> && signal_value<char>);
static_assert(!signal_value<std::vector<int>> && !signal_value<std::array<double, 2>>);

/// Data go round a ring: they are there when their signal is, and may be overwritten when theirs has come back.
TEST(notification, data_put_before_a_signal_are_there_after_it) {
  constexpr std::int64_t length = 1000;
  constexpr int full = 0, empty = 1;
  auto data = window<std::int64_t>::allocate(world(), length);
  auto epoch = data.lock_all();
  notification<std::int64_t> signals(world(), 2);
  std::vector<std::int64_t> given(length);
  int const rounds = cells::all_near() ? 1000 : 50;
  for (int round = 0; round < rounds; ++round) {
    std::ranges::fill(given, 1000 * round + me());
    epoch.put(given, {.rank = right()}, deferred);
    signals.notify_after(epoch, right(), full, round);
    ASSERT_EQ(signals.wait(full), round);
    data.sync();
    ASSERT_TRUE(std::ranges::all_of(data.local(), [&](auto value) { return value == 1000 * round + left(); }));
    signals.notify(left(), empty);
    signals.wait(empty);
  }
  EXPECT_EQ(signals.arrived(full), 0);
  barrier(world());
}

TEST(notification, a_slot_counts_the_signals_of_all_ranks) {
  notification<int> signals(world(), 3);
  for (int rank = 0; rank < ranks(); ++rank)
    for (int i = 0; i < 20; ++i) signals.notify(rank, 1, me() + 1);
  EXPECT_GE(signals.wait(1, 5), 1);
  int const last = signals.wait(1, 20 * ranks() - 5);
  EXPECT_TRUE(last >= 1 && last <= ranks());
  barrier(world());
  EXPECT_EQ(signals.arrived(1), 0);
  EXPECT_EQ(signals.arrived(0), 0);
  EXPECT_FALSE(signals.test(1));
  barrier(world());
}

TEST(notification, a_test_takes_signals_or_leaves_them) {
  notification<pair> signals(world(), 2);
  barrier(world());
  EXPECT_EQ(signals.test(0), std::nullopt);
  barrier(world());
  signals.notify(right(), 0, {1.5F, me()});
  signals.notify(right(), 0, {2.5F, me()});
  barrier(world());
  EXPECT_EQ(signals.arrived(0), 2);
  EXPECT_EQ(signals.test(0, 3), std::nullopt);
  EXPECT_EQ(signals.test(0, 2), (pair{2.5F, left()}));
  EXPECT_EQ(signals.arrived(0), 0);
  signals.notify(me(), 1);
  EXPECT_EQ(signals.wait(1), pair{});
  barrier(world());
}

TEST(notification, values_of_any_size_up_to_64_bits) {
  notification<char> small(world(), 1);
  notification<double> large(world(), 1);
  small.notify(right(), 0, static_cast<char>(-100 + me()));
  large.notify(right(), 0, -1.25 * (me() + 1));
  EXPECT_EQ(small.wait(0), static_cast<char>(-100 + left()));
  EXPECT_EQ(large.wait(0), -1.25 * (left() + 1));
  barrier(world());
}

TEST(notification, refuses_wrong_ranks_slots_and_counts) {
  for (std::int64_t const slots : {std::int64_t{0}, std::int64_t{-3}})
    EXPECT_TRUE(throws<argument_error>([&] { notification<>(world(), slots); }, {"notification", "slots"}));
  EXPECT_TRUE(throws<out_of_memory>([] { notification<>(world(), std::numeric_limits<std::int64_t>::max()); }));
  if (ranks() > 1) {
    EXPECT_TRUE(throws<argument_error>([] { notification<>(world(), me() + 1); }, {"slots", "rank 1"}));
  }
  notification<> signals(world(), 2);
  EXPECT_TRUE(throws<argument_error>([&] { signals.notify(ranks(), 0); }, {"notify", "not a rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { signals.notify(-1, 0); }, {"notify", "not a rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { signals.notify(0, 2); }, {"notify", "2 is not a slot"}));
  EXPECT_TRUE(throws<argument_error>([&] { signals.notify(0, -1); }, {"notify", "not a slot"}));
  EXPECT_TRUE(throws<argument_error>([&] { signals.wait(2); }, {"wait", "not a slot"}));
  EXPECT_TRUE(throws<argument_error>([&] { signals.wait(0, 0); }, {"wait", "0 signals"}));
  EXPECT_TRUE(throws<argument_error>([&] { return signals.test(0, -1); }, {"-1 signals"}));
  EXPECT_TRUE(throws<argument_error>([&] { return signals.arrived(5); }, {"arrived", "not a slot"}));
  {
    auto data = window<int>::allocate(world(), 1);
    auto epoch = data.lock_all();
    EXPECT_TRUE(throws<argument_error>([&] { signals.notify_after(epoch, 0, 7); }, {"notify_after", "not a slot"}));
  }
  EXPECT_EQ(signals.arrived(0), 0);
  notification<> moved = std::move(signals);
  EXPECT_TRUE(throws<lifecycle_error>([&] { signals.notify(0, 0); }, {"notify", "moved from"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { signals.wait(0); }, {"wait", "moved from"}));
  EXPECT_EQ(moved.arrived(1), 0);
  barrier(world());
}

} // namespace
} // namespace armada
