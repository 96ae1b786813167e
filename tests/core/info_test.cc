#include <armada/core/info.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/error.hpp>
#include <armada/core/mpi.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;

static_assert(!std::is_copy_constructible_v<info> && std::is_nothrow_move_constructible_v<info>);
static_assert(std::input_iterator<info::iterator>);

std::map<std::string, std::string> items(info const& hints) {
  std::map<std::string, std::string> result;
  for (auto const& [key, value] : hints) result[key] = value;
  return result;
}

TEST(info, an_empty_one_is_no_handle) {
  info const none;
  EXPECT_EQ(none.raw(), MPI_INFO_NULL);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.get("key"), std::nullopt);
  EXPECT_TRUE(none.keys().empty());
  EXPECT_EQ(none.begin(), none.end());
  EXPECT_EQ(none.dup().raw(), MPI_INFO_NULL);
}

TEST(info, sets_replaces_and_erases) {
  info hints{{"a", "1"}, {"b", ""}};
  EXPECT_EQ(items(hints), (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
  hints.set("a", "2");
  hints.set("c", "3");
  EXPECT_EQ(hints.size(), 3U);
  EXPECT_EQ(hints.get("a"), "2");
  EXPECT_EQ(hints.get("b"), "") << "an empty value is not a missing one";
  EXPECT_TRUE(hints.erase("b"));
  EXPECT_FALSE(hints.erase("b"));
  EXPECT_FALSE(hints.contains("b"));
  auto keys = hints.keys();
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "c"}));
}

TEST(info, mpi_sees_the_same) {
  info const hints{{"key", "value"}};
  char value[16] = {};
  int room = sizeof value;
  int found = 0;
  MPI_Info_get_string(hints.raw(), "key", &room, value, &found);
  EXPECT_EQ(found, 1);
  EXPECT_STREQ(value, "value");
}

TEST(info, a_duplicate_goes_its_own_way) {
  info original{{"a", "1"}};
  info copy = original.dup();
  copy.set("a", "2");
  EXPECT_EQ(original.get("a"), "1");
  info const moved = std::move(copy);
  EXPECT_EQ(moved.get("a"), "2");
  original = info{{"b", "3"}};
  EXPECT_EQ(items(original), (std::map<std::string, std::string>{{"b", "3"}}));
}

TEST(info, lengths_up_to_the_limit_travel_whole) {
  std::string const key(MPI_MAX_INFO_KEY - 1, 'k');
  for (std::size_t length : {0U, 1U, 1022U, MPI_MAX_INFO_VAL - 1U}) {
    std::string const value(length, 'v');
    info const hints{{key, value}};
    EXPECT_EQ(hints.get(key), value);
    EXPECT_EQ(hints.keys(), std::vector{key});
  }
}

TEST(info, lengths_beyond_the_limit_are_named) {
  info hints;
  EXPECT_TRUE(throws<argument_error>([&] { hints.set("", "v"); }, {"the key \"\" has 0 bytes, and may have 1 to 254"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { hints.set(std::string(255, 'k'), "v"); }, {"has 255 bytes", "info on rank "}));
  EXPECT_TRUE(throws<argument_error>([&] { hints.set("k", std::string(1024, 'v')); },
                                     {"the value", "has 1024 bytes, and may have 0 to 1023"}));
  EXPECT_TRUE(throws<argument_error>([&] { return hints.get(std::string("a\0b", 3)); },
                                     {"the key \"a\" goes on behind a NUL"}));
  EXPECT_TRUE(throws<argument_error>([&] { hints.set("k", std::string("a\0b", 3)); }, {"the value \"a\""}));
  EXPECT_TRUE(hints.empty()) << "nothing was set";
  EXPECT_TRUE(throws<argument_error>([] { return info{{"good", "1"}, {"", "2"}}.size(); }));
}

TEST(info, the_environment_is_a_copy) {
  info hints = info::environment();
  hints.set("mine", "1");
  EXPECT_FALSE(info::environment().contains("mine"));
  int known = 0;
  MPI_Info_get_nkeys(MPI_INFO_ENV, &known);
  EXPECT_EQ(info::environment().size(), static_cast<std::size_t>(known));
  std::string program = "program";
  char* arguments[] = {program.data(), nullptr};
  info made = info::environment(1, arguments);
  made.set("mine", "1");
  EXPECT_EQ(made.get("mine"), "1");
}

} // namespace
} // namespace armada
