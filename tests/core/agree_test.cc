#include <armada/core/agree.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/core/intercommunicator.hpp>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::message_of;

/// What `rank`'s error is called on every rank.
std::string headed(int rank, std::string const& what) {
  return world().size() > 1 ? "rank " + std::to_string(rank) + ": " + what : what;
}

TEST(agree, the_value_comes_back_when_nobody_throws) {
  EXPECT_EQ(agree(world(), [] { return std::to_string(world().rank()); }), std::to_string(world().rank()));
  auto const moved = agree(world(), [] { return std::make_unique<int>(5); });
  EXPECT_EQ(*moved, 5);
  int ran = 0;
  agree(world(), [&] { ++ran; });
  EXPECT_EQ(ran, 1);
}

TEST(agree, every_rank_throws_what_one_threw) {
  for (int bad = 0; bad < world().size(); ++bad) {
    auto action = [&] {
      if (world().rank() == bad) throw index_error("index 7 is beyond");
      return 1;
    };
    EXPECT_EQ(message_of<index_error>([&] { static_cast<void>(agree(world(), action)); }),
              headed(bad, "index 7 is beyond"));
  }
}

TEST(agree, the_error_of_the_lowest_rank_is_thrown) {
  int const first = world().size() / 2;
  auto action = [&] {
    if (world().rank() < first) return;
    if (world().rank() == first) throw io_error("the first");
    throw numeric_error("another");
  };
  EXPECT_EQ(message_of<io_error>([&] { agree(world(), action); }), headed(first, "the first"));
}

TEST(agree, foreign_exceptions_travel_as_well) {
  int const bad = world().size() - 1;
  auto throwing = [&](auto exception) {
    return [=] {
      if (world().rank() == bad) throw exception;
    };
  };
  EXPECT_EQ(message_of<out_of_memory>([&] { agree(world(), throwing(std::bad_alloc())); }),
            headed(bad, "out of memory"));
  EXPECT_EQ(message_of<error>([&] { agree(world(), throwing(std::logic_error("a text"))); }), headed(bad, "a text"));
  EXPECT_EQ(message_of<error>([&] { agree(world(), throwing(5)); }),
            headed(bad, "an exception that is no std::exception"));
}

TEST(agree, long_texts_arrive_whole) {
  std::string const text(100'000, 'x');
  EXPECT_EQ(message_of<argument_error>([&] { agree(world(), [&] { throw argument_error(text); }); }), headed(0, text));
}

TEST(agree, over_two_sides_each_throws_its_own_fault_or_the_others) {
  if (world().size() < 2) GTEST_SKIP() << "two sides need two ranks";
  bool const odd = world().rank() % 2 == 1;
  auto const half = world().split(odd ? 1 : 0);
  intercommunicator const inter(half, 0, world(), odd ? 0 : 1);
  EXPECT_EQ(agree(inter, [] { return 7; }), 7);
  auto const told = [&](auto fails) {
    return message_of<index_error>([&] {
      agree(inter, [&] {
        if (fails(odd) && half.rank() == 0) throw index_error(odd ? "an odd one" : "an even one");
      });
    });
  };
  EXPECT_EQ(told([](bool side) { return side; }), odd ? "rank 0: an odd one" : "rank 0 of the other side: an odd one");
  EXPECT_EQ(told([](bool) { return true; }), odd ? "rank 0: an odd one" : "rank 0: an even one");
}

TEST(agree, an_object_with_a_collective_constructor_is_there_on_every_rank_or_on_none) {
  struct counted {
    explicit counted(int& alive, bool fails) : alive_(alive) {
      if (fails) throw index_error("not made");
      ++alive_;
    }
    ~counted() { --alive_; }
    int& alive_;
  };
  int alive = 0;
  {
    auto const made = detail::make_together<counted>(world(), alive, false);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(&made->alive_, &alive);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(message_of<index_error>([&] { static_cast<void>(detail::make_together<counted>(world(), alive, true)); }),
            "not made");
  EXPECT_EQ(alive, 0);
}

TEST(agree, the_same_numbers_everywhere_are_accepted) {
  EXPECT_NO_THROW(detail::check_same_everywhere(world(), "shape", std::vector<std::int64_t>{}));
  EXPECT_NO_THROW(detail::check_same_everywhere(world(), "shape", std::vector<std::int64_t>{INT64_MIN, -4, INT64_MAX}));
}

TEST(agree, numbers_that_differ_are_named_everywhere) {
  if (world().size() == 1) return; // nobody to differ from
  for (int bad = 1; bad < world().size(); ++bad) {
    std::vector<std::int64_t> mine{3, 4};
    if (world().rank() >= bad) mine[1] = 5;
    EXPECT_EQ(message_of<argument_error>([&] { detail::check_same_everywhere(world(), "shape", mine); }),
              headed(bad, "shape is (3, 5) here and (3, 4) on rank 0"));
  }
  std::vector<std::int64_t> const lowest{world().rank() == 0 ? INT64_MIN : 5};
  EXPECT_EQ(message_of<argument_error>([&] { detail::check_same_everywhere(world(), "shape", lowest); }),
            headed(1, "shape is (5) here and (-9223372036854775808) on rank 0"));
}

TEST(agree, many_numbers_are_compared_as_well) {
  std::vector<std::int64_t> mine(100, 3);
  EXPECT_NO_THROW(detail::check_same_everywhere(world(), "list", mine));
  if (world().size() == 1) return; // nobody to differ from
  if (world().rank() == 1) mine.front() = 4;
  EXPECT_NE(
      message_of<argument_error>([&] { detail::check_same_everywhere(world(), "list", mine); }).find("list is (4"),
      std::string::npos);
}

TEST(agree, lists_of_different_lengths_are_named_everywhere) {
  using list = std::vector<std::int64_t>;
  EXPECT_NO_THROW(detail::check_same_list(world(), "list", list{}));
  EXPECT_NO_THROW(detail::check_same_list(world(), "list", list{1, 2}));
  int const bad = world().size() - 1;
  if (bad == 0) return; // nobody to differ from
  bool const odd = world().rank() == bad;
  EXPECT_EQ(message_of<argument_error>([&] { detail::check_same_list(world(), "list", odd ? list{} : list{7}); }),
            headed(bad, "the length of list is (0) here and (1) on rank 0"));
  EXPECT_EQ(message_of<argument_error>([&] { detail::check_same_list(world(), "list", list{odd ? 8 : 7}); }),
            headed(bad, "list is (8) here and (7) on rank 0"));
}

} // namespace
} // namespace armada
