#include <armada/core/checks.hpp>

#include <armada/core/error.hpp>

#include "tests/support/throws.hpp"

namespace armada::checks::detail {
namespace {

using support::throws;

TEST(checks, words_with_commas_between_them) {
  EXPECT_FALSE(read_wishes(nullptr, nullptr).collectives);
  EXPECT_TRUE(read_wishes("collectives", nullptr).collectives);
  EXPECT_TRUE(read_wishes("none,collectives,", nullptr).collectives);
  EXPECT_FALSE(read_wishes("", nullptr).collectives);
  EXPECT_FALSE(read_wishes("none", nullptr).collectives);
  EXPECT_TRUE(throws<argument_error>([] { return read_wishes("collectives,colectives", nullptr); },
                                     {"ARMADA_CHECK: \"colectives\" is nothing to check"}));
}

TEST(checks, seconds_of_the_watchdog) {
  EXPECT_EQ(read_wishes(nullptr, nullptr).watchdog, 0);
  EXPECT_EQ(read_wishes(nullptr, "2.5").watchdog, 2.5);
  for (auto const* bad : {"", "soon", "3s", "-1", "inf"})
    EXPECT_TRUE(throws<argument_error>([&] { return read_wishes(nullptr, bad); }, {"ARMADA_WATCHDOG", bad}));
}

TEST(checks, are_off_unless_asked_for) { EXPECT_FALSE(collectives()); }

} // namespace
} // namespace armada::checks::detail
