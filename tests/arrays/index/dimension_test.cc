#include <armada/arrays/index/dimension.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

// ABAB…, AABBCCAABB…: constant expressions.
static_assert(cyclic_dimension(10, 2, 1).locate(7) == place{1, 3, 5});
static_assert(cyclic_dimension(11, 3, 2).locate(7) == place{0, 3, 4} && cyclic_dimension(11, 3, 2).count(2) == 3);
static_assert(cyclic_dimension(11, 3, 2).global(0, 3) == 7 && cyclic_dimension(11, 3, 2).period() == 6);
static_assert(dimension(cyclic_dimension(11, 3, 2)).spacing() == 0 &&
              dimension(cyclic_dimension(11, 3, 1)).spacing() == 3 && dimension(block_dimension(11, 3)).spacing() == 1);

/// Deals indices out by `owner_of(i)`, each part's in rising order, and compares every query.
void expect_dealt(dimension const& tried, std::int64_t extent, std::int64_t parts, auto owner_of) {
  ASSERT_EQ(tried.extent(), extent);
  ASSERT_EQ(tried.parts(), parts);
  std::vector<std::vector<std::int64_t>> dealt(static_cast<std::size_t>(parts));
  for (std::int64_t i = 0; i < extent; ++i) dealt[static_cast<std::size_t>(owner_of(i))].push_back(i);
  for (std::int64_t p = 0; p < parts; ++p) {
    auto const& mine = dealt[static_cast<std::size_t>(p)];
    auto const count = std::ssize(mine);
    ASSERT_EQ(tried.count(p), count) << "part " << p << " of " << parts << ", extent " << extent;
    for (std::int64_t local = 0; local < count; ++local) {
      auto const i = mine[static_cast<std::size_t>(local)];
      ASSERT_EQ(tried.locate(i), (place{p, local, count})) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(tried.global(p, local), i);
      std::int64_t together = 1;
      while (local + together < count && mine[static_cast<std::size_t>(local + together)] == i + together) ++together;
      auto const found = tried.together(i, tried.locate(i));
      ASSERT_LE(found, together);
      ASSERT_GE(found, 1);
      if (tried.period() == 0) {
        ASSERT_EQ(found, together);
      }
      if (tried.spacing() > 0 && local > 0) {
        ASSERT_EQ(i - mine[static_cast<std::size_t>(local - 1)], tried.spacing());
      }
      if (tried.period() > 0 && i + tried.period() < extent) {
        ASSERT_EQ(tried.locate(i + tried.period()).part, p);
      }
    }
  }
}

TEST(dimension, block_cyclic_deals_blocks_out) {
  for (std::int64_t extent = 0; extent < 45; ++extent)
    for (std::int64_t const parts : {1, 2, 3, 4, 7, 50})
      for (std::int64_t const length : {1, 2, 3, 5, 8, 60})
        expect_dealt(dimension(extent, parts, block_cyclic(length)), extent, parts,
                     [=](std::int64_t i) { return i / length % parts; });
}

TEST(dimension, cyclic_is_block_cyclic_by_one) {
  EXPECT_EQ(dimension(9, 4, cyclic), dimension(9, 4, block_cyclic(1)));
  EXPECT_FALSE(dimension(9, 4, cyclic) == dimension(9, 4, block_cyclic(2)));
  EXPECT_FALSE(dimension(9, 4, cyclic) == dimension(9, 4, block));
}

TEST(dimension, one_part_is_whole_however_it_is_cut) {
  for (cut const& how : {cut(block), cut(cyclic), cut(whole), block_cyclic(3)})
    EXPECT_EQ(dimension(9, 1, how), dimension(9, 1, whole)) << how.text();
}

TEST(dimension, irregular_has_the_boundaries_given) {
  for (std::vector<std::int64_t> const& boundaries :
       {std::vector<std::int64_t>{0, 7}, {0, 3, 7}, {0, 0, 4, 4, 4, 9}, {0, 0}, {0, 1, 2, 3}, {0, 5, 5}})
    expect_dealt(dimension(boundaries.back(), std::ssize(boundaries) - 1, irregular(boundaries)), boundaries.back(),
                 std::ssize(boundaries) - 1, [&](std::int64_t i) {
                   std::int64_t p = 0;
                   while (boundaries[static_cast<std::size_t>(p + 1)] <= i) ++p;
                   return p;
                 });
  auto const cuts = irregular({0, 3, 7});
  EXPECT_EQ(dimension(7, 2, cuts), dimension(7, 2, irregular({0, 3, 7})));
  EXPECT_FALSE(dimension(7, 2, cuts) == dimension(7, 2, irregular({0, 4, 7})));
}

TEST(dimension, huge_extents_are_exact) {
  auto const extent = std::numeric_limits<std::int64_t>::max() / 2;
  for (std::int64_t const parts : {2, 3, 1000, 99991})
    for (std::int64_t const length : {1, 64, 12345}) {
      dimension const tried(extent, parts, block_cyclic(length));
      for (std::int64_t const i : {std::int64_t{0}, extent / 3, extent / 2 + 1, extent - 1}) {
        auto const at = tried.locate(i);
        EXPECT_EQ(at.part, i / length % parts);
        EXPECT_EQ(at.local, i / length / parts * length + i % length);
        EXPECT_EQ(tried.global(at.part, at.local), i);
      }
    }
}

std::string refusal(std::int64_t extent, std::int64_t parts, cut const& how) {
  try {
    static_cast<void>(dimension(extent, parts, how));
  } catch (argument_error const& e) {
    return e.what();
  }
  return "accepted";
}

TEST(dimension, what_cannot_be_cut_is_refused) {
  EXPECT_EQ(refusal(-1, 2, block), "cannot cut extent -1 into 2 parts");
  EXPECT_EQ(refusal(4, 0, cyclic), "cannot cut extent 4 into 0 parts");
  EXPECT_EQ(refusal(4, 2, block_cyclic(0)), "a block-cyclic distribution in blocks of 0");
  EXPECT_EQ(refusal(4, 1, block_cyclic(-3)), "a block-cyclic distribution in blocks of -3");
  EXPECT_NE(refusal(4, 4, block_cyclic(std::int64_t{1} << 61)), "accepted");
  EXPECT_EQ(refusal(4, 2, whole), "whole does not cut extent 4 into 2 parts");
  EXPECT_EQ(refusal(4, 2, irregular({0, 2, 5})), "irregular(0, 2, 5) does not cut extent 4 into 2 parts");
  EXPECT_EQ(refusal(4, 3, irregular({0, 2, 4})), "irregular(0, 2, 4) does not cut extent 4 into 3 parts");
  for (std::vector<std::int64_t> const& wrong : {std::vector<std::int64_t>{}, {0}, {1, 4}, {0, 3, 2, 4}, {-1, 4}})
    EXPECT_NE(refusal(4, std::ssize(wrong) - 1, irregular(wrong)), "accepted") << detail::tuple_text(wrong);
}

} // namespace
} // namespace armada
