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
static_assert(block_dimension(10, 4).owner(5) == 1 && block_dimension(10, 4).local(5) == 2);
static_assert(block_dimension().extent() == 0 && block_dimension().parts() == 1);
static_assert(detail::reciprocal(7).divide(largest) == largest / 7);

/// Deals the indices out one part after the other, as the definition says, and compares every query.
void expect_definition(std::int64_t extent, std::int64_t parts) {
  block_dimension const dimension(extent, parts);
  ASSERT_EQ(dimension.extent(), extent);
  ASSERT_EQ(dimension.parts(), parts);
  std::int64_t i = 0;
  for (std::int64_t p = 0; p < parts; ++p) {
    std::int64_t const count = extent / parts + (p < extent % parts ? 1 : 0);
    ASSERT_EQ(dimension.first(p), i) << extent << " in " << parts;
    ASSERT_EQ(dimension.count(p), count) << extent << " in " << parts;
    for (std::int64_t local = 0; local < count; ++local, ++i) {
      block_place const place = dimension.locate(i);
      ASSERT_EQ(place.part, p) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(place.local, local) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(place.count, count) << i << " of " << extent << " in " << parts;
      ASSERT_EQ(dimension.owner(i), p);
      ASSERT_EQ(dimension.local(i), local);
    }
  }
  ASSERT_EQ(i, extent);
  ASSERT_EQ(dimension.first(parts), extent);
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
      block_dimension const dimension(extent, parts);
      EXPECT_EQ(dimension.first(parts), extent);
      for (std::int64_t p = 0; p < parts; p += 1 + parts / 50) {
        std::int64_t const first = dimension.first(p), last = first + dimension.count(p) - 1;
        EXPECT_EQ(dimension.owner(first), p);
        EXPECT_EQ(dimension.local(first), 0);
        EXPECT_EQ(dimension.owner(last), p);
        EXPECT_EQ(dimension.local(last), last - first);
      }
    }
  EXPECT_EQ(block_dimension(largest, largest).owner(largest - 1), largest - 1);
  EXPECT_EQ(block_dimension(largest - 1, largest).owner(largest - 2), largest - 2);
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
