#include <armada/arrays/index/block.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

static_assert(block_dimension(10, 4).first(2) == 6 && block_dimension(10, 4).count(2) == 2);
static_assert(block_dimension(10, 4).locate(5).part == 1 && block_dimension(10, 4).locate(5).local == 2);
static_assert(block_dimension().extent() == 0 && block_dimension().parts() == 1);
static_assert(detail::reciprocal(7).divide(largest) == largest / 7);

/// Deals the indices out one part after the other, as the definition says, and compares every query.
void expect_definition(std::int64_t extent, std::int64_t parts) {
  block_dimension const cut_so(extent, parts);
  ASSERT_EQ(cut_so.extent(), extent);
  ASSERT_EQ(cut_so.parts(), parts);
  std::int64_t i = 0;
  for (std::int64_t p = 0; p < parts; ++p) {
    std::int64_t const count = extent / parts + (p < extent % parts ? 1 : 0);
    ASSERT_EQ(cut_so.first(p), i) << extent << " in " << parts;
    ASSERT_EQ(cut_so.count(p), count) << extent << " in " << parts;
    for (std::int64_t local = 0; local < count; ++local, ++i) {
      place const at = cut_so.locate(i);
      ASSERT_EQ(at.part, p) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(at.local, local) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(at.count, count) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(cut_so.global(p, local), i);
      ASSERT_EQ(cut_so.together(i, at), count - local);
    }
  }
  ASSERT_EQ(i, extent);
  ASSERT_EQ(cut_so.first(parts), extent);
}

TEST(block, queries_agree_with_dealing_out) {
  for (std::int64_t extent = 0; extent < 70; ++extent)
    for (std::int64_t parts = 1; parts < 40; ++parts) expect_definition(extent, parts);
  expect_definition(0, 100000);
  expect_definition(5, 100000);
  expect_definition(99999, 1000);
}

TEST(block, huge_extents_are_exact_at_every_boundary) {
  for (std::int64_t const extent : {largest, largest - 1, std::int64_t{1} << 62, (std::int64_t{1} << 40) + 7})
    for (std::int64_t const parts : {1, 2, 3, 7, 64, 1000, 99991}) {
      block_dimension const cut_so(extent, parts);
      EXPECT_EQ(cut_so.first(parts), extent);
      for (std::int64_t p = 0; p < parts; p += 1 + parts / 50) {
        std::int64_t const first = cut_so.first(p), last = first + cut_so.count(p) - 1;
        EXPECT_EQ(cut_so.locate(first).part, p);
        EXPECT_EQ(cut_so.locate(first).local, 0);
        EXPECT_EQ(cut_so.locate(last).part, p);
        EXPECT_EQ(cut_so.locate(last).local, last - first);
      }
    }
  EXPECT_EQ(block_dimension(largest, largest).locate(largest - 1).part, largest - 1);
  EXPECT_EQ(block_dimension(largest - 1, largest).locate(largest - 2).part, largest - 2);
}

TEST(block, reciprocal_is_the_division) {
  auto const expect_division = [](std::int64_t n, std::int64_t d) {
    ASSERT_EQ(detail::reciprocal(d).divide(n), n / d) << n << " / " << d;
  };
  for (std::int64_t d = 1; d < 300; ++d)
    for (std::int64_t n = 0; n < 300; ++n) expect_division(n, d);
  std::mt19937_64 random(20240607);
  for (int round = 0; round < 300000; ++round) {
    auto const value = [&] { return static_cast<std::int64_t>(random() >> (1 + random() % 63)); };
    std::int64_t const d = value() | 1, near = std::int64_t{1} << (random() % 63);
    for (std::int64_t const divisor : {d, near, near + 1, std::max<std::int64_t>(near - 1, 1), largest}) {
      std::int64_t const n = value(), multiple = n / divisor * divisor;
      expect_division(n, divisor);
      expect_division(multiple, divisor);
      expect_division(std::max<std::int64_t>(multiple - 1, 0), divisor);
      expect_division(largest, divisor);
      expect_division(largest - largest % divisor, divisor);
      expect_division(largest - largest % divisor - 1, divisor);
    }
  }
}

TEST(block, impossible_cuts_are_refused) {
  for (auto const& [extent, parts] : {std::pair<std::int64_t, std::int64_t>{-1, 3}, {3, 0}, {3, -2}}) try {
      static_cast<void>(block_dimension(extent, parts));
      ADD_FAILURE() << extent << " in " << parts << " was accepted";
    } catch (argument_error const& e) {
      EXPECT_EQ(e.what(), "cannot cut extent " + std::to_string(extent) + " into " + std::to_string(parts) + " parts");
    }
}

} // namespace
} // namespace armada
