#include <armada/rma/target.hpp>

#include "tests/support/throws.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace armada {
namespace {

template <class Target>
concept has_default_rank = requires {
  Target{.offset = 1};
};
static_assert(!has_default_rank<target>, "a target without a rank must not compile");

TEST(target, begins_at_the_first_element_and_has_no_count_of_its_own) {
  target const whole{.rank = 3};
  EXPECT_EQ(whole.rank.value, 3);
  EXPECT_EQ(whole.offset.value, 0);
  EXPECT_FALSE(whole.count);
}

TEST(target, takes_integers_of_every_type) {
  std::size_t const offset = 5;
  std::int8_t const count = 2;
  target const some{.rank = short{1}, .offset = offset, .count = count};
  EXPECT_EQ(some.rank.value, 1);
  EXPECT_EQ(some.offset.value, 5);
  EXPECT_EQ(some.count->value, 2);
}

TEST(target, refuses_what_does_not_fit) {
  constexpr auto huge = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(support::throws<argument_error>([&] { return target{.rank = huge}; }, {"18446744073709551615"}));
  EXPECT_TRUE(support::throws<argument_error>([&] { return target{.rank = 0, .offset = huge}; }));
  EXPECT_TRUE(support::throws<argument_error>([&] { return target{.rank = 0, .count = huge}; }));
}

} // namespace
} // namespace armada
