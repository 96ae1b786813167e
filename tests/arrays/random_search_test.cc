#include "tests/arrays/random_search.hpp"

#include "tests/arrays/program_runner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace armada::random_programs {
namespace {

/// A serial copy that is wrong after every longer put: the search says so, and leaves little more than the put.
TEST(random_search, finds_a_fault_and_makes_it_short) {
  auto const found = search({subject_of<double, 1, storage_order::row_major, true, 1>("double")}, 1, 200);
  EXPECT_NE(found.text, "");
  EXPECT_GE(found.steps, 1U);
  EXPECT_LE(found.steps, 2U);
  EXPECT_NE(found.text.find("put("), std::string::npos) << found.text;
  EXPECT_NE(found.text.find("distributed_array<double, 1> a("), std::string::npos) << found.text;
}

TEST(random_search, finds_nothing_where_nothing_is_wrong) {
  EXPECT_EQ(search({arrays_of<double, 1, storage_order::row_major, 1>("double")}, 1, 20).text, "");
}

/// The slices that are drawn mean what the library makes of them.
TEST(random_slice, means_what_it_says) {
  random_source random(7);
  std::set<any_slice::kind> kinds;
  for (int i = 0; i < 20'000; ++i) {
    auto const extent = random.between(0, 17);
    auto const slice =
        extent > 0 && random.chance(20) ? integer_slice_of(random, extent) : slice_of(random, extent, {});
    kinds.insert(slice.how);
    ASSERT_EQ(slice.as_list(extent, 0).indices(), slice.selected) << slice.text() << " of " << extent;
    if (slice.plain()) {
      ASSERT_EQ(slice.as_interval(extent, 0).count, std::ssize(slice.selected)) << slice.text();
    }
  }
  EXPECT_EQ(kinds.size(), 7U);
}

} // namespace
} // namespace armada::random_programs
