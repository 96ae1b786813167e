#include <armada/core/located.hpp>

#include <armada/core/datatype.hpp>
#include <armada/core/operation.hpp>

#include <cstdint>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(std::same_as<decltype(located{1.5, 3}), located<double, int>>);
static_assert(wire<located<double>> && wire<located<std::int64_t, std::int64_t>>);

TEST(located, compares_value_and_place) {
  EXPECT_EQ((located{1.5, 3}), (located{1.5, 3}));
  EXPECT_NE((located{1.5, 3}), (located{1.5, 4}));
  EXPECT_NE((located{1.5, 3}), (located{2.5, 3}));
}

TEST(located, of_equals_the_smaller_place_counts) {
  EXPECT_EQ(min_location{}(located{1.0, 5}, located{2.0, 1}), (located{1.0, 5}));
  EXPECT_EQ(max_location{}(located{1.0, 5}, located{2.0, 9}), (located{2.0, 9}));
  EXPECT_EQ(min_location{}(located{1.0, 5}, located{1.0, 1}), (located{1.0, 1}));
  EXPECT_EQ(max_location{}(located{1.0, 1}, located{1.0, 5}), (located{1.0, 1}));
}

} // namespace
} // namespace armada
