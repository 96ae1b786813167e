#include <armada/rma/dynamic_window.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/address.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <list>
#include <numeric>
#include <vector>

namespace armada {
namespace {

using support::throws;

/// Where everybody's memory lies.
std::vector<std::int64_t> places_of(void const* mine) {
  return allgather(world(), static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(mine)));
}

TEST(dynamic_window, memory_comes_and_goes_in_any_order) {
  dynamic_window win(world());
  EXPECT_EQ(win.flavour(), window_flavour::dynamic);
  std::vector<double> first(10, me()), second(5, 100 + me());
  win.attach(first);
  auto const firsts = places_of(first.data());
  win.attach(second);
  auto const seconds = places_of(second.data());
  auto const at = [](std::vector<std::int64_t> const& places, int rank) {
    return places[static_cast<std::size_t>(rank)];
  };
  std::vector<double> taken(2, -1);
  {
    auto epoch = win.lock(next_rank());
    epoch.get(taken, {.rank = next_rank(), .offset = at(firsts, next_rank()) + 8 * 8});
    EXPECT_EQ(taken, std::vector<double>(2, next_rank()));
    epoch.get(taken, {.rank = next_rank(), .offset = at(seconds, next_rank())});
    EXPECT_EQ(taken, std::vector<double>(2, 100 + next_rank()));
    EXPECT_TRUE(throws<index_error>(
        [&] { epoch.get(taken, {.rank = next_rank(), .offset = at(firsts, next_rank()) + 9 * 8}); }, {"attached"}));
    EXPECT_TRUE(throws<index_error>([&] { epoch.put(taken, {.rank = next_rank(), .offset = 0}); }));
  }
  barrier(world());
  win.detach(first);
  barrier(world());
  std::vector<double> third(7, 200 + me());
  win.attach(third);
  auto const thirds = places_of(third.data());
  {
    auto epoch = win.lock_all();
    std::vector<double> const given(3, 7 + me());
    epoch.put(given, {.rank = next_rank(), .offset = at(thirds, next_rank()) + 16});
    epoch.accumulate(given, {.rank = next_rank(), .offset = at(thirds, next_rank()) + 16}, std::plus<>{});
  }
  barrier(world());
  EXPECT_EQ(third, (std::vector<double>{200. + me(), 200. + me(), 14. + 2 * previous_rank(), 14. + 2 * previous_rank(),
                                        14. + 2 * previous_rank(), 200. + me(), 200. + me()}));
  win.detach(third);
  win.detach(second);
}

TEST(dynamic_window, wrong_regions_are_named) {
  dynamic_window win(world());
  std::vector<int> memory(10);
  EXPECT_TRUE(throws<argument_error>([&] { win.detach(memory); }, {"no attached region"}));
  win.attach(memory);
  EXPECT_TRUE(throws<argument_error>([&] { win.attach(memory); }, {"overlaps"}));
  EXPECT_TRUE(throws<argument_error>([&] { win.attach(std::span(memory).subspan(9)); }, {"overlaps"}));
  EXPECT_TRUE(throws<argument_error>([&] { win.detach(std::span(memory).subspan(1)); }, {"no attached region"}));
  EXPECT_TRUE(throws<argument_error>([&] { win.attach(std::span(memory).first(0)); }, {"nothing to attach"}));
  win.detach(memory);
  win.attach(std::span(memory).first(3));
  win.attach(std::span(memory).subspan(3));
  win.detach(memory); // the region that begins there
  win.detach(std::span(memory).subspan(3));
}

/// All ranks push nodes of their own onto one list, by compare-and-swap on its head.
TEST(dynamic_window, a_linked_list_built_by_all_ranks) {
  struct node {
    std::int64_t value = 0;
    std::int64_t rank = -1; ///< of the next node, or -1
    std::int64_t place = 0;
  };
  constexpr int each_rank = 50;
  dynamic_window win(world());
  std::list<node> mine;
  struct head_of_list {
    std::int64_t packed = -1; ///< rank and number of the node: one word, so that it can be swapped
  };
  // A node is named by its rank and number; where it lies its rank tells in a table of its own.
  std::vector<std::int64_t> table(each_rank);
  head_of_list head;
  win.attach(std::span(&head.packed, 1));
  win.attach(table);
  auto const heads = places_of(&head.packed), tables = places_of(table.data());
  for (int i = 0; i < each_rank; ++i) {
    auto& made = mine.emplace_back();
    win.attach(std::span(&made.value, 3));
    table[static_cast<std::size_t>(i)] = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(&made.value));
  }
  barrier(world());
  {
    auto epoch = win.lock_all();
    int number = 0;
    for (node& made : mine) {
      std::int64_t const name = me() * each_rank + number++;
      made.value = name;
      std::int64_t next = epoch.fetch_and_op(std::int64_t{0}, {.rank = 0, .offset = heads[0]}, no_op{});
      for (;;) {
        made.rank = next < 0 ? -1 : next / each_rank;
        made.place = next < 0 ? 0 : next % each_rank;
        epoch.sync();
        auto const seen = epoch.compare_and_swap(next, name, {.rank = 0, .offset = heads[0]});
        if (seen == next) break;
        next = seen;
      }
    }
  }
  barrier(world());
  std::vector<int> met(static_cast<std::size_t>(ranks() * each_rank), 0);
  {
    auto epoch = win.lock_all();
    std::int64_t name = epoch.fetch_and_op(std::int64_t{0}, {.rank = 0, .offset = heads[0]}, no_op{});
    while (name >= 0) {
      auto const rank = static_cast<int>(name / each_rank);
      std::int64_t place = 0;
      epoch.get(place, {.rank = rank, .offset = tables[static_cast<std::size_t>(rank)] + 8 * (name % each_rank)});
      std::vector<std::int64_t> fields(3);
      epoch.get(fields, {.rank = rank, .offset = place});
      ASSERT_EQ(fields[0], name);
      ++met[static_cast<std::size_t>(name)];
      name = fields[1] < 0 ? -1 : fields[1] * each_rank + fields[2];
    }
  }
  barrier(world());
  EXPECT_EQ(std::ranges::count(met, 1), ranks() * each_rank);
}

} // namespace
} // namespace armada
