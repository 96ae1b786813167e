#include <armada/rma/layout.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/error.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;

std::vector<std::int64_t> places(layout const& arranged) {
  std::vector<std::int64_t> all;
  for (layout::cursor at(arranged); !at.done(); at.advance(at.here().count))
    for (std::int64_t i = 0; i < at.here().count; ++i) all.push_back(at.here().first + i * at.here().step);
  return all;
}

void expect_places(layout const& arranged, std::vector<std::int64_t> const& wanted) {
  EXPECT_EQ(places(arranged), wanted);
  EXPECT_EQ(arranged.size(), static_cast<std::int64_t>(wanted.size()));
  EXPECT_EQ(arranged.lowest(), wanted.empty() ? 0 : *std::ranges::min_element(wanted));
  EXPECT_EQ(arranged.end(), wanted.empty() ? 0 : *std::ranges::max_element(wanted) + 1);
}

TEST(layout, says_where_its_elements_are) {
  expect_places(contiguous(0), {});
  expect_places(contiguous(3), {0, 1, 2});
  expect_places(strided(3, 4), {0, 4, 8});
  expect_places(strided(3, -4), {0, -4, -8});
  expect_places(strided(3, 0), {0, 0, 0});
  expect_places(strided(1, 9), {0});
  expect_places(strided(0, 9), {});
  expect_places(blocks(2, 3, 5), {0, 1, 2, 5, 6, 7});
  expect_places(blocks(2, 0, 5), {});
  expect_places(subarray({4, 5}, {2, 3}, {1, 2}), {7, 8, 9, 12, 13, 14});
  expect_places(subarray({2, 3, 4}, {2, 1, 2}, {0, 2, 1}), {9, 10, 21, 22});
  expect_places(subarray({4, 5}, {4, 5}, {0, 0}), places(contiguous(20)));
  expect_places(subarray({4, 5}, {0, 3}, {4, 0}), {});
  expect_places(indexed({5, 1, 1, 2}), {5, 1, 1, 2});
  expect_places(indexed({2, 0, 1}, {4, 100, -3}), {4, 5, -3});
  expect_places(indexed(std::vector<int>{}), {});
}

TEST(layout, knows_when_it_is_contiguous) {
  for (layout const& dense : {contiguous(7), strided(7, 1), blocks(2, 3, 3), subarray({4, 5}, {2, 5}, {0, 0}),
                              indexed({0, 1, 2}), indexed({2, 2}, {0, 2}), strided(1, 5), contiguous(0)})
    EXPECT_TRUE(dense.is_contiguous());
  for (layout const& other : {strided(2, 2), strided(2, -1), subarray({4, 5}, {2, 5}, {1, 0}), indexed({1, 2}),
                              indexed({0, 2}), blocks(2, 1, 2), strided(2, 0)})
    EXPECT_FALSE(other.is_contiguous());
}

TEST(layout, dense_dimensions_are_one_run) {
  auto const whole = subarray({6, 5, 4}, {2, 5, 4}, {3, 0, 0});
  layout::cursor at(whole);
  EXPECT_EQ(at.here(), (layout::run{60, 40, 1}));
  auto const joined = indexed({3, 2, 1}, {10, 13, 15});
  EXPECT_EQ(layout::cursor(joined).here(), (layout::run{10, 6, 1}));
}

TEST(layout, a_walk_can_stop_anywhere) {
  auto const patch = subarray({5, 7}, {3, 4}, {1, 2});
  auto const wanted = places(patch);
  for (std::int64_t most = 1; most < 6; ++most) {
    std::vector<std::int64_t> found;
    for (layout::cursor at(patch); !at.done();) {
      auto const count = std::min(most, at.here().count);
      for (std::int64_t i = 0; i < count; ++i) found.push_back(at.here().first + i * at.here().step);
      at.advance(count);
    }
    EXPECT_EQ(found, wanted) << most << " at a time";
  }
}

/// Any layout of up to three dimensions, or of up to nine blocks.
layout any_layout(std::mt19937& random) {
  auto const up_to = [&](int most) { return std::uniform_int_distribution<std::int64_t>(0, most)(random); };
  if (up_to(2) == 0) {
    std::vector<std::int64_t> lengths, firsts;
    for (auto left = up_to(9); left > 0; --left) {
      lengths.push_back(up_to(4));
      firsts.push_back(up_to(50) - 25);
    }
    return indexed(lengths, firsts);
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> loops;
  for (auto left = up_to(3); left > 0; --left) loops.emplace_back(up_to(4), up_to(14) - 7);
  return nested(loops, up_to(10));
}

TEST(layout, common_runs_pair_the_elements_in_order) {
  std::mt19937 random(17);
  for (int round = 0; round < 2000; ++round) {
    auto const a = any_layout(random), b = any_layout(random);
    auto const here = places(a), there = places(b);
    std::vector<std::pair<std::int64_t, std::int64_t>> wanted, found;
    for (std::size_t i = 0; i < std::min(here.size(), there.size()); ++i) wanted.emplace_back(here[i], there[i]);
    for_each_common_run(a, b, [&](auto first, auto step, auto other, auto other_step, auto count) {
      for (std::int64_t i = 0; i < count; ++i) found.emplace_back(first + i * step, other + i * other_step);
    });
    ASSERT_EQ(found, wanted) << "round " << round;
  }
}

/// The pairs of places that common loops visit, in order.
std::vector<std::pair<std::int64_t, std::int64_t>> visited(detail::common_loops const& loops) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found{{loops.a_first, loops.b_first}};
  for (std::size_t d = 0; d < loops.most; ++d) {
    std::vector<std::pair<std::int64_t, std::int64_t>> inner;
    for (auto const& [a, b] : found)
      for (std::int64_t i = 0; i < loops.counts[d]; ++i)
        inner.emplace_back(a + i * loops.a_steps[d], b + i * loops.b_steps[d]);
    found = std::move(inner);
  }
  return found;
}

TEST(layout, common_loops_visit_the_same_pairs) {
  std::mt19937 random(19);
  int common = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto const a = any_layout(random), b = any_layout(random);
    auto const loops = common_loops_of(a, b);
    if (!loops) continue;
    ++common;
    auto const here = places(a), there = places(b);
    ASSERT_EQ(here.size(), there.size());
    std::vector<std::pair<std::int64_t, std::int64_t>> wanted;
    for (std::size_t i = 0; i < here.size(); ++i) wanted.emplace_back(here[i], there[i]);
    ASSERT_EQ(visited(*loops), wanted) << "round " << round;
  }
  EXPECT_GT(common, 500);
}

TEST(layout, what_is_regular_has_common_loops) {
  auto const patch = subarray({9, 10, 11}, {2, 3, 4}, {1, 2, 3});
  for (layout const& other : {contiguous(24), strided(24, -2), blocks(6, 4, 100),
                              subarray({3, 4, 5}, {2, 3, 4}, {0, 0, 0}), blocks(2, 12, 50)}) {
    EXPECT_TRUE(common_loops_of(patch, other));
    EXPECT_TRUE(common_loops_of(other, patch));
  }
  EXPECT_FALSE(common_loops_of(patch, contiguous(23))) << "another length";
  EXPECT_FALSE(common_loops_of(patch, blocks(8, 3, 5))) << "rows of 4 and of 3";
  EXPECT_FALSE(common_loops_of(patch, indexed(places(patch)))) << "a list";
  EXPECT_FALSE(common_loops_of(contiguous(0), contiguous(0))) << "nothing to visit";
  std::vector<std::pair<std::int64_t, std::int64_t>> const five(5, {2, 7});
  EXPECT_FALSE(common_loops_of(nested(five), nested(five))) << "too deep";
}

TEST(layout, refuses_what_cannot_be) {
  EXPECT_TRUE(throws<argument_error>([] { return contiguous(-1); }, {"-1"}));
  EXPECT_TRUE(throws<argument_error>([] { return strided(-2, 3); }, {"-2"}));
  EXPECT_TRUE(throws<argument_error>([] { return strided(std::numeric_limits<std::int64_t>::max(), 8); }, {"64 bits"}));
  EXPECT_TRUE(throws<argument_error>([] { return subarray({4, 5}, {2}, {0, 0}); }, {"2 dimensions", "1"}));
  EXPECT_TRUE(throws<argument_error>([] { return subarray({4, 5}, {2, 6}, {0, 0}); }, {"dimension 1", "extent is 5"}));
  EXPECT_TRUE(throws<argument_error>([] { return subarray({4, 5}, {2, 2}, {3, 0}); }, {"dimension 0", "extent is 4"}));
  EXPECT_TRUE(throws<argument_error>([] { return subarray({4, 5}, {2, 2}, {-1, 0}); }));
  EXPECT_TRUE(throws<argument_error>([] { return indexed({1, 2}, {0}); }, {"2 lengths", "1 displacements"}));
  EXPECT_TRUE(throws<argument_error>([] { return indexed({1, -2}, {0, 1}); }, {"-2"}));
  std::vector<std::pair<std::int64_t, std::int64_t>> const many(9, {2, 100});
  EXPECT_TRUE(throws<argument_error>([&] { return nested(many); }, {"8"}));
}

} // namespace
} // namespace armada
