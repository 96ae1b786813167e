#include <armada/core/group.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/communicator.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/session.hpp>

#include <algorithm>
#include <numeric>
#include <random>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;
using list = std::vector<int>;

static_assert(!std::is_copy_constructible_v<group> && std::is_nothrow_move_constructible_v<group>);
static_assert(!std::is_convertible_v<communicator const&, group>, "a group is not made unseen");

/// The ranks on the world communicator of a group's processes.
list world_ranks(group const& processes) {
  list own(static_cast<std::size_t>(processes.size()));
  std::iota(own.begin(), own.end(), 0);
  return processes.translate_ranks(own, group(world()));
}

/// Every subset of the world's ranks, in a random order.
std::vector<list> subsets() {
  std::vector<list> result;
  std::mt19937 random(17);
  for (int bits = 0; bits < 1 << world().size(); ++bits) {
    list one;
    for (int rank = 0; rank < world().size(); ++rank)
      if ((bits >> rank & 1) != 0) one.push_back(rank);
    std::shuffle(one.begin(), one.end(), random);
    result.push_back(one);
  }
  return result;
}

bool has(list const& ranks, int rank) { return std::find(ranks.begin(), ranks.end(), rank) != ranks.end(); }

TEST(group, of_a_communicator) {
  group const all(world());
  EXPECT_EQ(all.size(), world().size());
  EXPECT_EQ(all.rank(), world().rank());
  communicator const backwards = world().split(0, -world().rank());
  group const turned(backwards);
  EXPECT_EQ(turned.rank(), backwards.rank());
  list expected(static_cast<std::size_t>(world().size()));
  std::iota(expected.rbegin(), expected.rend(), 0);
  EXPECT_EQ(world_ranks(turned), expected);
}

TEST(group, an_empty_one) {
  group const none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.rank(), group::undefined);
  EXPECT_EQ(none, group(world()).include({}));
  EXPECT_EQ(none.translate_ranks({}, group(world())), list{});
  EXPECT_FALSE(none == group(world()));
}

TEST(group, include_and_exclude_every_subset) {
  group const all(world());
  for (auto const& ranks : subsets()) {
    group const chosen = all.include(ranks);
    EXPECT_EQ(world_ranks(chosen), ranks);
    EXPECT_EQ(chosen.size(), static_cast<int>(ranks.size()));
    auto const at = std::find(ranks.begin(), ranks.end(), world().rank());
    EXPECT_EQ(chosen.rank(), at == ranks.end() ? group::undefined : static_cast<int>(at - ranks.begin()));
    list others;
    for (int rank = 0; rank < world().size(); ++rank)
      if (!has(ranks, rank)) others.push_back(rank);
    EXPECT_EQ(world_ranks(all.exclude(ranks)), others);
  }
}

TEST(group, set_operations_on_all_pairs) {
  group const all(world());
  for (auto const& a : subsets())
    for (auto const& b : subsets()) {
      auto const left = all.include(a);
      auto const right = all.include(b);
      list both = a;
      list common;
      list rest;
      for (int rank : b)
        if (!has(a, rank)) both.push_back(rank);
      for (int rank : a) (has(b, rank) ? common : rest).push_back(rank);
      EXPECT_EQ(world_ranks(set_union(left, right)), both);
      EXPECT_EQ(world_ranks(set_intersection(left, right)), common);
      EXPECT_EQ(world_ranks(set_difference(left, right)), rest);
      EXPECT_EQ(left.includes(right), common.size() == b.size());
      auto const same = a == b                                                              ? comparison::ident
                        : common.size() == a.size() && rest.empty() && a.size() == b.size() ? comparison::similar
                                                                                            : comparison::unequal;
      EXPECT_EQ(compare(left, right), same);
      EXPECT_EQ(left == right, a == b);
    }
}

TEST(group, ranges_up_and_down) {
  group const all(world());
  int const last = world().size() - 1;
  for (int first = 0; first <= last; ++first)
    for (int end = 0; end <= last; ++end)
      for (int stride : {-3, -1, 1, 2, 1'000'000}) {
        if (stride > 0 ? first > end : first < end) continue;
        list expected;
        for (int rank = first; stride > 0 ? rank <= end : rank >= end; rank += stride) expected.push_back(rank);
        EXPECT_EQ(world_ranks(all.include_ranges({{first, end, stride}})), expected);
        EXPECT_EQ(all.exclude_ranges({{first, end, stride}}), all.exclude(expected));
      }
  EXPECT_EQ(all.include_ranges({}), group());
  if (last >= 1) {
    EXPECT_EQ(world_ranks(all.include_ranges({{last, last}, {0, 0}})), (list{last, 0}));
  }
}

TEST(group, translation_says_who_is_missing) {
  group const all(world());
  int const last = world().size() - 1;
  group const one = all.include({last});
  EXPECT_EQ(all.translate_ranks({last}, one), list{0});
  if (last > 0) {
    EXPECT_EQ(all.translate_ranks({0, last}, one), (list{group::undefined, 0}));
  }
  EXPECT_EQ(all.translate_ranks({MPI_PROC_NULL}, one), list{MPI_PROC_NULL});
}

TEST(group, wrong_ranks_are_named) {
  group const all(world());
  int const size = world().size();
  for (int bad : {-1, size, 1'000'000}) {
    auto const text = "rank " + std::to_string(bad) + " is not in this group of " + std::to_string(size);
    EXPECT_TRUE(throws<argument_error>([&] { return all.include({0, bad}).size(); }, {"include on rank ", text}));
    EXPECT_TRUE(throws<argument_error>([&] { return all.exclude({bad}).size(); }, {"exclude on rank ", text}));
    if (bad != MPI_PROC_NULL) {
      EXPECT_TRUE(throws<argument_error>([&] { return all.translate_ranks({bad}, all); }, {"translate_ranks", text}));
    }
    EXPECT_TRUE(throws<argument_error>([&] { return all.include_ranges({{bad, bad}}).size(); }, {text}));
  }
  EXPECT_TRUE(throws<argument_error>([&] { return all.include({0, 0}).size(); }, {"rank 0 is there twice"}));
  EXPECT_TRUE(throws<argument_error>([&] { return all.exclude_ranges({{0, 0}, {0, 0}}).size(); }, {"twice"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return all.include_ranges({{0, 0, 0}}).size();
      },
      {"the range from 0 to 0 by 0 leads nowhere"}));
  EXPECT_TRUE(throws<argument_error>([&] { return all.include_ranges({{1, 0, 1}}).size(); }, {"leads nowhere"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return all.include_ranges({{0, 2'147'483'647, 1}}).size();
      },
      {"is not in this group"}));
}

TEST(group, moving_leaves_an_empty_one) {
  group first(world());
  group const second = std::move(first);
  EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(second.size(), world().size());
}

TEST(group, many_are_made_and_freed) {
  for (int round = 0; round < 10'000; ++round) ASSERT_EQ(group(world()).include({0}).size(), 1);
}

} // namespace
} // namespace armada
