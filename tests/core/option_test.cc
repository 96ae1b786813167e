#include <armada/core/option.hpp>

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace armada {
namespace {

struct options {
  rank_option rank;
  size_option offset = 0;
};

template <class... T>
concept makes_options = requires(T... values) {
  options{values...};
};
static_assert(makes_options<int> && makes_options<unsigned, std::size_t> && makes_options<long, std::int8_t>);
static_assert(!makes_options<>, "a rank must be given");
static_assert(!makes_options<double>, "a rank is a whole number");
static_assert(!makes_options<int, double>);

TEST(option, any_integer_that_fits_is_taken) {
  options const given{.rank = std::uint64_t{3}, .offset = std::uint8_t{200}};
  EXPECT_EQ(given.rank.value, 3);
  EXPECT_EQ(given.offset.value, 200);
  EXPECT_EQ((options{.rank = -1}.rank.value), -1);
  EXPECT_EQ((options{.rank = 0}.offset.value), 0);
  EXPECT_EQ(size_option(std::numeric_limits<std::int64_t>::min()).value, std::numeric_limits<std::int64_t>::min());
}

TEST(option, one_that_does_not_fit_throws) {
  EXPECT_THROW(rank_option(std::int64_t{1} << 31), argument_error);
  EXPECT_THROW(rank_option(std::numeric_limits<std::uint32_t>::max()), argument_error);
  EXPECT_THROW(size_option(std::numeric_limits<std::uint64_t>::max()), argument_error);
  EXPECT_NO_THROW(rank_option(std::numeric_limits<std::int32_t>::max()));
}

} // namespace
} // namespace armada
