#include <armada/rma/epoch.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/lazy_mpi.hpp" // what is complete here is complete with every MPI
#include "tests/support/throws.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <concepts>
#include <numeric>
#include <thread>
#include <vector>

namespace armada {
namespace {

using support::throws;

static_assert(!std::copyable<epoch<int>> && std::movable<epoch<int>>);

template <class T, class Buffer, class Mode>
concept can_put = requires(epoch<T> e, Buffer&& b, Mode m) {
  e.put(std::forward<Buffer>(b), {.rank = 0}, m);
};
template <class T, class Buffer, class Mode = blocking_t>
concept can_get = requires(epoch<T> e, Buffer&& b, Mode m) {
  e.get(std::forward<Buffer>(b), {.rank = 0}, m);
};
template <class T, class Op>
concept can_accumulate = requires(epoch<T> e, std::vector<T>& b, Op op) {
  e.accumulate(b, {.rank = 0}, op);
};
template <class T>
concept can_swap = requires(epoch<T> e) {
  e.compare_and_swap(T{}, T{}, {.rank = 0});
};
static_assert(can_put<int, std::vector<int>, blocking_t> && can_put<int, std::vector<int>&, deferred_t>);
static_assert(!can_put<int, std::vector<int>, deferred_t>, "MPI would read a temporary later");
static_assert(!can_put<int, std::vector<long>&, blocking_t>, "the element types differ");
static_assert(can_put<int, std::vector<int>&, nonblocking_t> && !can_put<int, std::vector<int>&, persistent_t>);
static_assert(can_get<int, std::vector<int>&> && !can_get<int, std::vector<int> const&>);
static_assert(!can_get<int, std::vector<int>, deferred_t> && can_get<int, std::span<int>, deferred_t>);
static_assert(can_accumulate<int, std::plus<>> && !can_accumulate<double, std::bit_xor<>>, "quirk 10");
static_assert(!can_accumulate<std::complex<double>, maximum> && !can_accumulate<std::pair<int, int>, std::plus<>>);
static_assert(can_swap<int> && can_swap<std::byte> && !can_swap<double>);

TEST(epoch, reaches_every_place_of_every_part) {
  auto const length = [](int rank) { return rank + 3; };
  auto win = window<std::int16_t>::allocate(world(), length(me()));
  for (int r = 0; r < ranks(); ++r)
    if (r == next_rank()) {
      auto epoch = win.lock(r);
      for (int i = 0; i < length(r); ++i) epoch.put(static_cast<std::int16_t>(100 * r + i), {.rank = r, .offset = i});
    }
  barrier(world());
  {
    auto epoch = win.lock_all();
    for (int r = 0; r < ranks(); ++r)
      for (int i = 0; i < length(r); ++i) {
        std::int16_t value = -1;
        epoch.get(value, {.rank = r, .offset = i});
        EXPECT_EQ(value, 100 * r + i);
      }
  }
  barrier(world());
}

/// mpi4py's tutorial reads two elements into a buffer of three, and MPICH moves three (quirk 8b).
TEST(epoch, a_longer_buffer_keeps_its_tail) {
  auto win = window<int>::allocate(world(), 6);
  std::ranges::fill(win.local(), 10 + me());
  win.sync();
  barrier(world());
  {
    auto epoch = win.lock(next_rank());
    std::vector<int> buffer(5, -1);
    epoch.get(buffer, {.rank = next_rank(), .offset = 1, .count = 2});
    EXPECT_EQ(buffer, (std::vector{10 + next_rank(), 10 + next_rank(), -1, -1, -1}));
    buffer.assign(5, 7);
    epoch.put(buffer, {.rank = next_rank(), .offset = 1, .count = 2});
    epoch.accumulate(buffer, {.rank = next_rank(), .offset = 5, .count = 1}, std::plus<>{});
    epoch.get(buffer, {.rank = next_rank(), .count = 0});
    EXPECT_EQ(buffer, std::vector(5, 7));
  }
  barrier(world());
  win.sync();
  int const old = 10 + me();
  EXPECT_TRUE(std::ranges::equal(win.local(), std::vector{old, 7, 7, old, old, old + 7}));
  barrier(world());
}

/// Nothing may move before the check: guards on both sides stay.
TEST(epoch, what_goes_beyond_the_part_or_the_buffer_throws_and_moves_nothing) {
  auto win = window<int>::allocate(world(), 4 + me() % 2); // everybody's own extent counts, not the caller's
  std::ranges::fill(win.local(), 5);
  win.sync();
  barrier(world());
  int const rank = next_rank(), extent = 4 + rank % 2;
  {
    auto epoch = win.lock(rank, shared);
    std::vector<int> buffer(6, 9);
    auto const refused = [&](target const& where, std::string_view what) {
      EXPECT_TRUE(throws<index_error>([&] { epoch.put(buffer, where); }, {"put on window \"window\"", what}));
      EXPECT_TRUE(throws<index_error>([&] { epoch.get(buffer, where); }, {"get on window \"window\"", what}));
      EXPECT_TRUE(throws<index_error>([&] { epoch.accumulate(buffer, where, std::plus<>{}); }, {"accumulate", what}));
    };
    auto const whose = detail::text("whose part has ", extent, " elements");
    refused({.rank = rank, .count = extent + 1}, whose);
    refused({.rank = rank, .offset = extent, .count = 1}, whose);
    refused({.rank = rank, .offset = extent - 1, .count = 2}, "2 elements at offset " + std::to_string(extent - 1));
    refused({.rank = rank, .offset = extent + 1, .count = 0}, whose);
    refused({.rank = rank, .offset = -1, .count = 1}, "offset -1");
    refused({.rank = rank, .offset = std::numeric_limits<std::int64_t>::max(), .count = 2}, whose);
    refused({.rank = rank, .offset = std::numeric_limits<std::int64_t>::max() / 4 + 1, .count = 2}, whose);
    refused({.rank = rank, .offset = std::numeric_limits<std::int64_t>::min()}, whose);
    for (std::int64_t const count : {std::int64_t{7}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()})
      EXPECT_TRUE(throws<argument_error>([&] { epoch.get(buffer, {.rank = rank, .count = count}); },
                                         {"get on window", "with a buffer of 6"}));
    for (std::int64_t const offset : {-1, extent}) {
      EXPECT_TRUE(throws<index_error>(
          [&] { return epoch.fetch_and_op(1, {.rank = rank, .offset = offset}, std::plus<>{}); }, {whose}));
      EXPECT_TRUE(
          throws<index_error>([&] { return epoch.compare_and_swap(5, 1, {.rank = rank, .offset = offset}); }, {whose}));
    }
    for (std::int64_t const count : {0, 2, -1}) {
      target const where{.rank = rank, .offset = 1, .count = count};
      EXPECT_TRUE(throws<argument_error>([&] { return epoch.fetch_and_op(1, where, std::plus<>{}); }));
      EXPECT_TRUE(throws<argument_error>([&] { return epoch.compare_and_swap(5, 1, where); }));
    }
    EXPECT_EQ(buffer, std::vector(6, 9));
    epoch.get(buffer, {.rank = rank, .offset = extent, .count = 0}); // the end itself, with nothing, is inside
    for (int const wrong : {-7, ranks()})
      EXPECT_TRUE(throws<argument_error>([&] { epoch.put(1, {.rank = wrong}); }, {"is not a rank (0 to "}));
    if (ranks() > 1) {
      EXPECT_TRUE(throws<argument_error>([&] { epoch.put(1, {.rank = me()}); }, {"the epoch is for rank"}));
    }
  }
  barrier(world());
  win.sync();
  EXPECT_TRUE(std::ranges::all_of(win.local(), [](int value) { return value == 5; }));
  barrier(world());
}

TEST(epoch, a_deferred_call_is_complete_after_the_flush) {
  auto win = window<int>::allocate(world(), 8);
  std::ranges::fill(win.local(), me());
  win.sync();
  barrier(world());
  {
    auto epoch = win.lock_all();
    std::vector<int> given(3, 50 + me()), taken(2, -1), ones(3, 1);
    epoch.put(given, {.rank = next_rank(), .offset = 1}, deferred);
    epoch.get(taken, {.rank = next_rank(), .offset = 6}, deferred);
    epoch.flush(next_rank());
    EXPECT_EQ(taken, std::vector(2, next_rank()));
    epoch.accumulate(ones, {.rank = next_rank(), .offset = 1}, std::plus<>{}, deferred);
    epoch.flush();
    taken.resize(3);
    epoch.get(taken, {.rank = next_rank(), .offset = 1});
    EXPECT_EQ(taken, std::vector(3, 51 + me()));
  }
  barrier(world());
  win.sync();
  int const old = me(), put = 51 + previous_rank();
  EXPECT_TRUE(std::ranges::equal(win.local(), std::vector{old, put, put, put, old, old, old, old}));
  barrier(world());
}

TEST(epoch, the_end_of_an_epoch_completes_what_was_deferred) {
  auto win = window<double>::allocate(world(), 2);
  std::vector<double> const given(2, 1.0 + me());
  {
    auto epoch = win.lock(next_rank());
    epoch.put(given, {.rank = next_rank()}, deferred);
  }
  barrier(world());
  EXPECT_EQ(win.local()[1], 1.0 + previous_rank());
  barrier(world());
}

/// Get, add, put under an exclusive lock: without the exclusion counts are lost.
TEST(epoch, exclusive_locks_exclude) {
  constexpr int rounds = 50;
  auto win = window<std::int64_t>::allocate(world(), 2);
  int const home = ranks() - 1;
  for (int i = 0; i < rounds; ++i) {
    auto epoch = win.lock(home, exclusive);
    std::int64_t pair[2] = {};
    epoch.get(pair, {.rank = home});
    ASSERT_EQ(pair[0], pair[1]);
    ++pair[0], ++pair[1];
    epoch.put(pair[0], {.rank = home});
    epoch.put(pair[1], {.rank = home, .offset = 1});
  }
  barrier(world());
  {
    auto epoch = win.lock(home, shared);
    std::int64_t total = 0;
    epoch.get(total, {.rank = home});
    EXPECT_EQ(total, rounds * ranks());
  }
  barrier(world());
}

/// lock_all locks every part shared: it never sees the inside of an exclusive epoch.
TEST(epoch, lock_all_and_shared_locks_see_no_exclusive_epoch_from_inside) {
  constexpr int rounds = 20;
  auto win = window<std::int64_t>::allocate(world(), 2);
  for (int i = 0; i < rounds; ++i) {
    std::int64_t pair[2] = {};
    if (me() % 2 == 0) {
      auto epoch = win.lock(0, exclusive);
      epoch.get(pair, {.rank = 0});
      ++pair[0], ++pair[1];
      epoch.put(pair[0], {.rank = 0});
      epoch.flush();
      epoch.put(pair[1], {.rank = 0, .offset = 1});
    } else if (i % 2 == 0) {
      auto epoch = win.lock_all();
      epoch.get(pair, {.rank = 0});
    } else {
      auto epoch = win.lock(0, shared);
      epoch.get(pair, {.rank = 0});
    }
    ASSERT_EQ(pair[0], pair[1]);
  }
  barrier(world());
  auto epoch = win.lock_all();
  std::int64_t total = 0;
  epoch.get(total, {.rank = 0});
  EXPECT_EQ(total, rounds * ((ranks() + 1) / 2));
  epoch.close();
  barrier(world());
}

TEST(epoch, shared_locks_and_lock_all_are_held_together) {
  auto win = window<int>::allocate(world(), 1);
  for (int kind = 0; kind < 2; ++kind) {
    auto epoch = kind == 0 ? win.lock(0, shared) : me() == 0 ? win.lock_all() : win.lock(0, shared);
    barrier(world()); // all are inside at once
    epoch.close();
  }
  barrier(world());
}

TEST(epoch, a_rank_may_lock_several_parts_at_once) {
  auto win = window<int>::allocate(world(), 1);
  {
    std::vector<epoch<int>> all;
    for (int r = 0; r < ranks(); ++r) all.push_back(win.lock(r)); // in the order of the ranks: no deadlock
    for (int r = 0; r < ranks(); ++r) {
      int value = 0;
      all[static_cast<std::size_t>(r)].get(value, {.rank = r});
      all[static_cast<std::size_t>(r)].put(value + 1, {.rank = r});
    }
  }
  barrier(world());
  win.sync();
  EXPECT_EQ(win.local()[0], ranks());
  barrier(world());
}

TEST(epoch, updates_of_all_ranks_on_one_element_are_exact) {
  constexpr int rounds = 50;
  auto win = window<double>::allocate(world(), 3);
  barrier(world());
  {
    auto epoch = win.lock_all();
    double const some[3] = {1, 2, 4};
    for (int i = 0; i < rounds; ++i) {
      epoch.accumulate(some, {.rank = 0}, std::plus<>{});
      static_cast<void>(epoch.fetch_and_op(1.0, {.rank = 0, .offset = 2}, std::plus<>{}));
    }
  }
  barrier(world());
  if (me() == 0) {
    double const all = rounds * ranks();
    EXPECT_TRUE(std::ranges::equal(win.local(), std::array{all, 2 * all, 5 * all}));
  }
  barrier(world());
}

TEST(epoch, compare_and_swap_has_one_winner) {
  auto win = window<std::int32_t>::allocate(world(), 1);
  int const home = ranks() - 1;
  barrier(world());
  int won = 0;
  for (int round = 0; round < 20; ++round) {
    auto epoch = win.lock_all();
    if (epoch.compare_and_swap(round, round + 1, {.rank = home}) == round) ++won;
    epoch.close();
    barrier(world());
  }
  auto epoch = win.lock_all();
  EXPECT_EQ(epoch.fetch_and_op(0, {.rank = home}, no_op{}), 20);
  epoch.close();
  EXPECT_EQ(allreduce(world(), won, std::plus<>{}), 20);
}

TEST(epoch, wire_types_that_are_no_numbers_are_put_and_got) {
  using pair = std::pair<char, double>;
  using triple = std::array<char, 3>;
  auto pairs = window<pair>::allocate(world(), 3);
  auto triples = window<triple>::allocate(world(), 5);
  barrier(world());
  {
    auto epoch = pairs.lock(next_rank());
    epoch.put(pair{'x', 1.5 + me()}, {.rank = next_rank(), .offset = 2});
  }
  {
    auto epoch = triples.lock(next_rank());
    epoch.put(std::vector{triple{'a', 'b', 'c'}, triple{'d', 'e', 'f'}}, {.rank = next_rank(), .offset = 3});
  }
  barrier(world());
  EXPECT_EQ(pairs.local()[2], (pair{'x', 1.5 + previous_rank()}));
  EXPECT_EQ(triples.local()[2], triple{});
  EXPECT_EQ(triples.local()[4], (triple{'d', 'e', 'f'}));
  barrier(world());
}

TEST(epoch, a_closed_epoch_says_so) {
  auto win = window<int>::allocate(world(), 1);
  auto epoch = win.lock(me());
  epoch.close();
  int value = 0;
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.put(value, {.rank = me()}); }, {"this epoch is closed"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.get(value, {.rank = me()}); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.accumulate(value, {.rank = me()}, std::plus<>{}); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return epoch.fetch_and_op(1, {.rank = me()}, no_op{}); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { return epoch.compare_and_swap(1, 2, {.rank = me()}); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.flush(); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.flush(me()); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.close(); }, {"closed already"}));
  barrier(world());
}

TEST(epoch, moves_and_closes_once) {
  auto win = window<int>::allocate(world(), 1);
  auto first = win.lock(me(), shared);
  auto second = std::move(first);
  EXPECT_TRUE(throws<lifecycle_error>([&] { first.flush(); })); // NOLINT(bugprone-use-after-move)
  second.put(3, {.rank = me()});
  if (ranks() > 1) {
    second = win.lock(next_rank(), shared);
    static_cast<void>(win.lock(me(), shared)); // throws unless the assignment has ended that epoch
  }
  auto& same = second;
  second = std::move(same);
  barrier(world()); // everybody has written
  int value = 0;
  second.get(value, {.rank = next_rank()});
  EXPECT_EQ(value, 3);
  barrier(world());
}

TEST(epoch, outlives_its_window_but_not_its_memory) {
  auto win = window<int>::allocate(world(), 1);
  auto epoch = win.lock(me());
  win.close();
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.put(1, {.rank = me()}); }, {"this epoch's window is closed"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { epoch.flush(); }, {"this epoch's window is closed"}));
}

} // namespace
} // namespace armada
