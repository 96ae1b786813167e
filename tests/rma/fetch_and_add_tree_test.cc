/// Counters that spread their load over a tree, as programs with many ranks have them: whatever way the ranks take
/// through it, their tickets together are 0, 1, …

#include <armada/rma/window.hpp>

#include "tests/rma/ranks.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/core/backoff.hpp>
#include <armada/core/communicator_state.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace armada {
namespace {

using tickets = std::vector<std::int64_t>;

/// The root is node 1, the children of n are 2n and 2n + 1, and the leaf of rank r is leaves() + r.
int leaves() { return static_cast<int>(std::bit_ceil(static_cast<unsigned>(ranks()))); }

/// Fewer tries where MPI passes them on.
int rounds() { return world().state()->nearby().whole ? 200 : 40; }

/// Whether all ranks' tickets are 0, 1, …, each once.
testing::AssertionResult complete(tickets const& mine) {
  tickets all;
  for (auto const& each : allgather(world(), mine)) all.insert(all.end(), each.begin(), each.end());
  std::ranges::sort(all);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (std::cmp_not_equal(all[i], i)) return testing::AssertionFailure() << "ticket " << all[i] << " in place " << i;
  return testing::AssertionSuccess();
}

/// Every node counts what was taken below it. Under a lock a rank reads the siblings of its way to the root, and adds
/// one along the way: in one update, or in a get beside an accumulate.
TEST(fetch_and_add_tree, a_way_from_leaf_to_root_in_one_update) {
  tickets way, siblings;
  for (int node = leaves() + me(); node > 0; node /= 2) {
    way.push_back(node);
    if (node > 1) siblings.push_back(node ^ 1);
  }
  tickets both = way;
  both.insert(both.end(), siblings.begin(), siblings.end());
  tickets added(both.size(), 0), old(both.size()), read(siblings.size());
  std::fill_n(added.begin(), way.size(), 1);

  for (int home = 0; home < ranks(); ++home) {
    auto const win = window<std::int64_t>::allocate(world(), me() == home ? 2 * leaves() : 0);
    tickets mine;
    for (int round = 0; round < rounds(); ++round) {
      auto epoch = win.lock(home);
      if (round % 2 == 0) {
        epoch.get_accumulate(added, old, {.rank = home, .layout = indexed(both)}, std::plus<>{});
        mine.push_back(std::accumulate(old.begin() + std::ssize(way), old.end(), std::int64_t{round}));
        EXPECT_EQ(old.front(), round) << "this rank's leaf";
        EXPECT_EQ(old[way.size() - 1], mine.back()) << "the root";
      } else {
        epoch.get(read, {.rank = home, .layout = indexed(siblings)}, deferred);
        epoch.accumulate(std::span(added).first(way.size()), {.rank = home, .layout = indexed(way)}, std::plus<>{},
                         deferred);
        epoch.flush();
        mine.push_back(std::accumulate(read.begin(), read.end(), std::int64_t{round}));
      }
    }
    EXPECT_TRUE(std::ranges::is_sorted(mine));
    EXPECT_TRUE(complete(mine));
  }
}

/// Nodes that turn who comes to the left and to the right by turns, spread over the ranks; the leaves count.
TEST(fetch_and_add_tree, from_root_to_leaf_by_turns) {
  constexpr int width = 8;
  auto const win = window<std::int64_t>::allocate(world(), 2 * width / ranks() + 1);
  tickets mine;
  {
    auto epoch = win.lock_all();
    auto const count = [&](int node) {
      return epoch.fetch_and_op(std::int64_t{1}, {.rank = node % ranks(), .offset = node / ranks()}, std::plus<>{});
    };
    for (int round = 0; round < rounds(); ++round) {
      int node = 1, leaf = 0;
      for (int bit = 1; bit < width; bit *= 2) {
        bool const right = count(node) % 2 != 0;
        node = 2 * node + (right ? 1 : 0);
        leaf += right ? bit : 0;
      }
      mine.push_back(leaf + width * count(node));
    }
  }
  EXPECT_TRUE(complete(mine));
}

/// Ranks that meet at a node ask together: who comes last goes on towards the root for all of them, and on its way back
/// tells each node, for those that wait there, where its tickets begin.
class combining_tree {
public:
  combining_tree()
      : words_(window<std::int64_t>::allocate(world(), 2 * (leaves() / ranks() + 1))), epoch_(words_.lock_all()) {}

  /// The first of `many` tickets. Every rank asks once in every round; rounds count from 1.
  std::int64_t take(std::int64_t round, std::int64_t many) {
    std::vector<std::pair<int, std::int64_t>> passed; // nodes, and what was asked for there before this rank came
    bool last = true;
    for (int node = (leaves() + me()) / 2; last && node > 0; node /= 2) {
      auto const old = update(asked(node), pack(1, many), std::plus<>{});
      last = high(old) + 1 == children(node);
      passed.emplace_back(node, low(old));
      many += low(old);
      if (last) update(asked(node), 0, replace{}); // for the next round, which nobody begins before he has his tickets
    }
    std::int64_t first = 0;
    if (last) {
      first = update(asked(0), many, std::plus<>{});
    } else {
      auto const [node, before] = passed.back();
      passed.pop_back();
      first = begun(node, round) + before;
    }
    for (; !passed.empty(); passed.pop_back()) {
      auto const [node, before] = passed.back();
      update(told(node), pack(round, first), replace{});
      first += before;
    }
    return first;
  }

private:
  static std::int64_t pack(std::int64_t high, std::int64_t low) { return (high << 32) + low; }
  static std::int64_t high(std::int64_t word) { return word >> 32; }
  static std::int64_t low(std::int64_t word) { return word & 0xffffffff; }

  /// How many of a node's children have ranks below them.
  static int children(int node) {
    int leaf = 2 * node + 1;
    while (leaf < leaves()) leaf *= 2;
    return leaf < leaves() + ranks() ? 2 : 1;
  }

  /// How many have come to a node in this round, and the tickets that they want; node 0 has what was given out.
  static target asked(int node) { return {.rank = node % ranks(), .offset = 2 * (node / ranks())}; }
  /// The last round whose tickets a node was told of, and the first of these.
  static target told(int node) { return {.rank = node % ranks(), .offset = 2 * (node / ranks()) + 1}; }

  std::int64_t update(target const& word, std::int64_t value, auto op) { return epoch_.fetch_and_op(value, word, op); }
  std::int64_t begun(int node, std::int64_t round) {
    auto word = update(told(node), 0, no_op{});
    for (detail::backoff wait; high(word) != round; word = update(told(node), 0, no_op{})) wait.pause();
    return low(word);
  }

  window<std::int64_t> words_;
  epoch<std::int64_t> epoch_;
};

TEST(fetch_and_add_tree, ranks_combine_what_they_want) {
  tickets mine;
  {
    combining_tree tree;
    for (int round = 1; round <= rounds(); ++round) {
      std::int64_t const many = 1 + (me() + round) % 3;
      auto const first = tree.take(round, many);
      for (std::int64_t i = 0; i < many; ++i) mine.push_back(first + i);
    }
    EXPECT_TRUE(complete(mine)); // all are inside MPI until the last has its tickets
  }
}

} // namespace
} // namespace armada
