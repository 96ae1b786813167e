#include <armada/rma/window.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace armada {
namespace {

using support::throws;

/// Quirk 1: bases at every place of 16 bytes, and parts of every length behind them.
TEST(window_kinds, created_over_memory_at_any_address) {
  for (int shift = 0; shift < 18; shift += 5) {
    std::vector<char> memory(100, 'x');
    auto const mine = std::span(memory).subspan(static_cast<std::size_t>((shift + 3 * me()) % 17), 40);
    auto win = window<char>::create(world(), mine, {.name = "mine"});
    EXPECT_EQ(win.flavour(), window_flavour::created);
    EXPECT_EQ(win.local().data(), mine.data());
    for (int r = 0; r < ranks(); ++r) EXPECT_EQ(win.size(r), 40);
    std::vector<char> const given(7, static_cast<char>('a' + me()));
    std::vector<char> taken(7);
    {
      auto epoch = win.lock(next_rank());
      epoch.put(given, {.rank = next_rank(), .offset = 13});
      epoch.get(taken, {.rank = next_rank(), .offset = 13});
      EXPECT_TRUE(throws<index_error>([&] { epoch.put(given, {.rank = next_rank(), .offset = 34}); }));
    }
    EXPECT_EQ(taken, given);
    barrier(world());
    win.sync();
    for (std::size_t i = 0; i < 40; ++i)
      EXPECT_EQ(mine[i], i >= 13 && i < 20 ? static_cast<char>('a' + previous_rank()) : 'x') << i;
    EXPECT_EQ(std::ranges::count(memory, 'x'), 93);
    win.close();
  }
}

TEST(window_kinds, created_with_other_lengths_and_nothing_on_some_ranks) {
  std::vector<int> memory(static_cast<std::size_t>(me() % 2 == 0 ? 10 + me() : 0));
  auto win = window<int>::create(world(), memory);
  for (int r = 0; r < ranks(); ++r) EXPECT_EQ(win.size(r), r % 2 == 0 ? 10 + r : 0);
  {
    auto epoch = win.fence();
    std::vector<int> const one(1, 1);
    for (int r = 0; r < ranks(); r += 2) epoch.accumulate(one, {.rank = r, .offset = 9 + r}, std::plus<>{});
    if (ranks() > 1) {
      EXPECT_TRUE(throws<index_error>([&] { epoch.put(one, {.rank = 1}); }, {"has 0 elements"}));
    }
  }
  if (!memory.empty()) {
    EXPECT_EQ(memory.back(), ranks());
  }
}

TEST(window_kinds, a_created_window_takes_updates_and_locks) {
  std::vector<std::int64_t> memory(2, 0);
  auto win = window<std::int64_t>::create(world(), memory);
  std::vector<std::int64_t> tickets;
  {
    auto epoch = win.lock_all();
    for (int i = 0; i < 20; ++i) tickets.push_back(epoch.fetch_and_op(std::int64_t{1}, {.rank = 0}, std::plus<>{}));
    epoch.compare_and_swap(std::int64_t{0}, std::int64_t{me() + 1}, {.rank = next_rank(), .offset = 1});
  }
  barrier(world());
  EXPECT_TRUE(std::ranges::is_sorted(tickets));
  auto epoch = win.lock(me());
  if (me() == 0) {
    EXPECT_EQ(memory[0], 20 * ranks());
  }
  EXPECT_EQ(memory[1], previous_rank() + 1);
}

TEST(window_kinds, shared_parts_lie_one_behind_the_other) {
  auto const length = [](int rank) { return 3 * rank + 1; };
  int const hosts = static_cast<int>(world().split_shared().size()) == ranks() ? 1 : 2;
  if (hosts > 1) {
    EXPECT_TRUE(throws<unsupported>([&] { return window<double>::allocate_shared(world(), 4); }, {"one host"}));
    return;
  }
  auto win = window<double>::allocate_shared(world(), length(me()));
  EXPECT_EQ(win.flavour(), window_flavour::allocated_shared);
  for (double& each : win.local()) each = me();
  barrier(world());
  double const* all = win.shared(0).data();
  for (int r = 0; r < ranks(); ++r) {
    EXPECT_EQ(win.shared(r).data(), all);
    for (double const each : win.shared(r)) EXPECT_EQ(each, r);
    all += length(r);
  }
  std::vector<double> taken(1);
  {
    auto epoch = win.lock(next_rank(), shared);
    epoch.get(taken, {.rank = next_rank(), .offset = length(next_rank()) - 1});
  }
  EXPECT_EQ(taken[0], next_rank());
}

TEST(window_kinds, a_raw_handle_is_for_raw_calls_as_well) {
  auto win = window<std::int64_t>::allocate(world(), 3 + me(), {.name = "raw", .raw = true});
  auto const length = [](int rank) { return 3 + rank; };
  std::int64_t old = -1;
  std::int64_t const one = 1;
  {
    auto epoch = win.lock_all();
    epoch.fetch_and_op(one, {.rank = 0}, std::plus<>{});
    // The place of an element for MPI is the window's own business: Armada's part of a raw update goes to element 0.
    epoch.fetch_and_op(one, old, {.rank = 0}, std::plus<>{}, deferred);
    epoch.flush(0);
    EXPECT_TRUE(old >= 1 && old < 2 * ranks());
    std::vector<std::int64_t> const mine(1, me());
    epoch.put(mine, {.rank = next_rank(), .offset = length(next_rank()) - 1});
  }
  barrier(world());
  win.sync();
  if (me() == 0) {
    EXPECT_EQ(win.local()[0], 2 * ranks());
  }
  EXPECT_EQ(win.local().back(), previous_rank());
  MPI_Group group = MPI_GROUP_NULL;
  MPI_Win_get_group(win.raw(), &group);
  int many = 0;
  MPI_Group_size(group, &many);
  MPI_Group_free(&group);
  EXPECT_EQ(many, ranks());
}

TEST(window_kinds, what_is_known_of_a_window) {
  for (bool const raw : {false, true}) {
    auto win = window<float>::allocate(world(), 2, {.name = "first", .raw = raw});
    EXPECT_EQ(win.name(), "first");
    win.set_name("second");
    EXPECT_EQ(win.name(), "second");
    EXPECT_EQ(win.flavour(), window_flavour::allocated);
    EXPECT_EQ(win.model(), memory_model::unified);
    EXPECT_EQ(win.displacement_unit(), 4);
    EXPECT_EQ(win.group().size(), ranks());
    EXPECT_EQ(win.group().rank(), me());
    EXPECT_EQ(compare(win.group(), group(world())), comparison::ident);
    if (raw) {
      char name[MPI_MAX_OBJECT_NAME];
      int length = 0;
      MPI_Win_get_name(win.raw(), name, &length);
      EXPECT_STREQ(name, "second");
      attribute_key<int, attribute_holder::window> const key;
      EXPECT_EQ(get_attribute(win, key), nullptr);
      set_attribute(win, key, 42);
      EXPECT_EQ(*get_attribute(win, key), 42);
      EXPECT_TRUE(erase_attribute(win, key));
      EXPECT_FALSE(erase_attribute(win, key));
    } else if (world().split_shared().size() == ranks()) {
      EXPECT_TRUE(throws<unsupported>([&] { return win.raw(); }, {"{.raw = true}"}));
    }
  }
}

TEST(window_kinds, hints_reach_mpi) {
  info const hints{{"accumulate_ordering", "none"}};
  auto win = window<int>::allocate(world(), 1, {.hints = &hints, .raw = true});
  auto const tells = [&](std::string_view key) { return win.get_info().get(key); };
  EXPECT_EQ(tells("accumulate_ordering"), "none");
  EXPECT_EQ(tells("accumulate_ops"), "same_op_no_op") << "MPI's default";
  win.set_info({{"accumulate_ordering", "rar,war"}, {"accumulate_ops", "same_op"}});
  EXPECT_EQ(tells("accumulate_ordering"), "rar,war");
  EXPECT_EQ(tells("accumulate_ops"), "same_op");
  win.set_info({{"accumulate_ordering", "none"}, {"no such hint", "at all"}});
  EXPECT_EQ(tells("accumulate_ordering"), "none");
  EXPECT_EQ(tells("accumulate_ops"), "same_op") << "what is not set stays";
  EXPECT_FALSE(tells("no such hint")) << "MPICH tells only what it knows";
  auto near = window<int>::allocate(world().split_shared(), 1, {.hints = &hints});
  EXPECT_TRUE(near.get_info().empty()) << "there is nobody to tell";
}

TEST(window_kinds, a_wrong_unit_is_an_error_of_every_rank) {
  EXPECT_TRUE(throws<argument_error>(
      [&] { return window<std::byte>::allocate(world(), 8, {.displacement_unit = me() == 0 ? 0 : 1}); },
      {"rank 0", "displacement unit of 0"}));
  std::vector<std::byte> memory(8);
  EXPECT_TRUE(throws<argument_error>(
      [&] { return window<std::byte>::create(world(), memory, {.displacement_unit = me() == ranks() - 1 ? -4 : 1}); },
      {"displacement unit of -4"}));
}

TEST(window_kinds, ten_thousand_come_and_go) {
  bool const near = world().split_shared().size() == ranks();
  int const rounds = !near ? 200 : ranks() == 1 ? 10'000 : 1000; // ranks wait for each other, long on a busy machine
  for (int i = 0; i < rounds; ++i) {
    auto win = window<int>::allocate(world(), 1 + i % 5);
    ASSERT_EQ(win.local().back(), 0) << "round " << i;
    win.local().back() = i;
    barrier(world()); // nobody frees what another has not seen
  }
}

TEST(window_kinds, many_at_once_and_one_after_the_other) {
  std::vector<window<int>> all;
  for (int i = 0; i < 40; ++i) all.push_back(window<int>::allocate(world(), i % 3));
  for (int i = 0; i < 40; ++i)
    if (i % 3 > 0) all[static_cast<std::size_t>(i)].lock(next_rank()).put(i, {.rank = next_rank()});
  barrier(world());
  for (int i = 0; i < 40; ++i) {
    auto const& win = all[static_cast<std::size_t>(i)];
    win.sync();
    if (i % 3 > 0) {
      EXPECT_EQ(win.local()[0], i);
    }
  }
}

} // namespace
} // namespace armada
