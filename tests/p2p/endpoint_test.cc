#include <armada/p2p/endpoint.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::message_of;

static_assert(!std::default_initializable<to>, "leaving the rank out does not compile");
static_assert(!std::default_initializable<from>);
static_assert(std::convertible_to<int, rank_option> && !std::convertible_to<double, rank_option>);

std::string last_rank() { return std::to_string(world().size() - 1); }
std::string here() { return std::to_string(world().rank()); }

TEST(endpoint, every_rank_and_tag_of_the_communicator_is_taken) {
  for (int rank = 0; rank < world().size(); ++rank)
    for (int tag : {0, 1, 32767, detail::largest_tag()}) {
      EXPECT_NO_THROW(detail::check_endpoint(world(), to{rank, tag}, "send"));
      EXPECT_NO_THROW(detail::check_endpoint(world(), from{rank, tag}, "recv"));
    }
  EXPECT_NO_THROW(detail::check_endpoint(world(), to{proc_null}, "send"));
  EXPECT_NO_THROW(detail::check_endpoint(world(), from{proc_null}, "recv"));
  EXPECT_NO_THROW(detail::check_endpoint(world(), from{any_source, any_tag}, "recv"));
}

TEST(endpoint, wrong_ranks_are_named) {
  for (int rank : {-7, world().size(), 1'000'000, any_source}) {
    auto const is_no_rank =
        std::to_string(rank) + " is not a rank of \"world\" (0 to " + last_rank() + "), on rank " + here();
    EXPECT_EQ(message_of<argument_error>([&] { detail::check_endpoint(world(), to{rank}, "send"); }),
              "send: dest " + is_no_rank);
    if (rank == any_source) continue; // which a receive takes
    EXPECT_EQ(message_of<argument_error>([&] { detail::check_endpoint(world(), from{rank}, "recv"); }),
              "recv: source " + is_no_rank);
  }
}

TEST(endpoint, wrong_tags_are_named) {
  ASSERT_GE(detail::largest_tag(), 32767);
  for (long tag : {-7L, detail::largest_tag() + 1L}) {
    if (tag > std::numeric_limits<int>::max()) continue;
    int const value = static_cast<int>(tag);
    auto const expected = " on \"world\": tag " + std::to_string(tag) + " is not between 0 and " +
                          std::to_string(detail::largest_tag()) + ", on rank " + here();
    EXPECT_EQ(message_of<argument_error>([&] {
                detail::check_endpoint(world(), to{0, value}, "send");
              }),
              "send" + expected);
    EXPECT_EQ(message_of<argument_error>([&] {
                detail::check_endpoint(world(), from{0, value}, "recv");
              }),
              "recv" + expected);
  }
  EXPECT_NE(message_of<argument_error>([&] {
              detail::check_endpoint(world(), to{0, any_tag}, "send");
            }).find("tag -1"),
            std::string::npos)
      << "a send needs a tag of its own";
}

TEST(endpoint, ranks_that_do_not_fit_an_int_are_named) {
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(to{std::int64_t{1} << 40}); }),
            "rank 1099511627776 does not fit an int");
}

} // namespace
} // namespace armada
