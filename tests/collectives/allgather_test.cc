#include <armada/collectives/allgather.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class In, class Out>
concept nonblocking_allgather = requires(communicator const& c, In in, Out out) {
  allgather(c, static_cast<In>(in), static_cast<Out>(out), nonblocking);
};
static_assert(nonblocking_allgather<int&, std::vector<int>&> && nonblocking_allgather<in_place_t, std::span<int>>);
static_assert(!nonblocking_allgather<int, std::vector<int>&>, "a temporary is gone before it is read");
static_assert(!nonblocking_allgather<int&, std::vector<int>>, "a temporary is gone before it is written");
static_assert(!nonblocking_allgather<int&, std::vector<int> const&>);
static_assert(!nonblocking_allgather<std::vector<int>, ragged_buffer<int>>);
static_assert(!nonblocking_allgather<int&, ragged_buffer<int const>>);

TEST(allgather, puts_the_blocks_of_all_ranks_one_behind_the_other) {
  auto const ranks = static_cast<std::size_t>(world().size());
  for_some_types([&](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; ++count) {
      auto const mine = values_of<T>(world().rank(), count);
      guarded<T> now(count * ranks);
      guarded<T> later(count * ranks);
      guarded<T> placed(count * ranks);
      allgather(world(), mine, now.room());
      now.expect(all_values<T>(count));

      std::ranges::copy(mine, placed.room().begin() + static_cast<std::ptrdiff_t>(count) * world().rank());
      auto first = allgather(world(), mine, later.room(), nonblocking);
      auto second = allgather(world(), in_place, placed.room(), nonblocking);
      if (world().rank() % 2 == 0)
        wait_all(second, first);
      else
        wait_all(first, second);
      later.expect(all_values<T>(count));
      placed.expect(all_values<T>(count));
    }
  });
}

TEST(allgather, in_place_blocking) {
  std::vector<int> all(2 * static_cast<std::size_t>(world().size()), -1);
  std::ranges::copy(values_of<int>(world().rank(), 2), all.begin() + 2 * world().rank());
  allgather(world(), in_place, all);
  EXPECT_EQ(all, all_values<int>(2));
}

/// Rank r has (r + shift) % 4 elements, and `gap` elements are free between the blocks.
struct cut {
  cut(int shift, int gap) {
    for (int rank = 0; rank < world().size(); ++rank) {
      counts.push_back((rank + shift) % 4);
      places.push_back(length + gap);
      length += gap + counts.back();
    }
  }
  [[nodiscard]] std::size_t count(int rank) const {
    return static_cast<std::size_t>(counts[static_cast<std::size_t>(rank)]);
  }
  std::vector<int> counts;
  std::vector<int> places;
  int length = 0;
};

template <class T>
void expect_ragged(int shift, int gap, bool own_block_there) {
  cut const blocks(shift, gap);
  guarded<T> out(static_cast<std::size_t>(blocks.length));
  std::vector<T> expected(out.room().begin(), out.room().end()); // the gaps stay as they are
  for (int rank = 0; rank < world().size(); ++rank)
    std::ranges::copy(values_of<T>(rank, blocks.count(rank)),
                      expected.begin() + blocks.places[static_cast<std::size_t>(rank)]);
  auto const mine = values_of<T>(world().rank(), blocks.count(world().rank()));
  auto const cut_out = ragged(out.room(), blocks.counts, blocks.places);
  if (own_block_there) {
    std::ranges::copy(mine, out.room().begin() + blocks.places[static_cast<std::size_t>(world().rank())]);
    if (gap % 2 == 0)
      allgather(world(), in_place, cut_out);
    else
      allgather(world(), in_place, cut_out, nonblocking).wait();
  } else if (gap % 2 == 0) {
    allgather(world(), mine, cut_out);
  } else {
    allgather(world(), mine, cut_out, nonblocking).wait();
  }
  out.expect(expected);
}

TEST(allgather, ragged_blocks_with_gaps) {
  for (int shift = 0; shift < 4; ++shift)
    for (int gap = 0; gap < 4; ++gap)
      for (bool own_block_there : {false, true}) {
        expect_ragged<double>(shift, gap, own_block_there);
        expect_ragged<std::pair<char, double>>(shift, gap, own_block_there);
        expect_ragged<char>(shift, gap, own_block_there);
      }
}

TEST(allgather, ragged_without_displacements_leaves_no_gap) {
  cut const blocks(1, 0);
  std::vector<int> out(static_cast<std::size_t>(blocks.length));
  allgather(world(), values_of<int>(world().rank(), blocks.count(world().rank())), ragged(out, blocks.counts));
  std::vector<int> expected;
  for (int rank = 0; rank < world().size(); ++rank)
    for (int each : values_of<int>(rank, blocks.count(rank))) expected.push_back(each);
  EXPECT_EQ(out, expected);
}

template <class T>
void expect_values(auto const& value_of) {
  std::vector<T> expected;
  for (int rank = 0; rank < world().size(); ++rank) expected.push_back(value_of(rank));
  T const mine = value_of(world().rank());
  EXPECT_EQ(allgather(world(), mine), expected);
  auto pending = allgather(world(), T(mine), nonblocking); // the value may go
  EXPECT_EQ(pending.wait(), expected);
}

TEST(allgather, values_of_any_type_and_size) {
  expect_values<int>([](int rank) { return rank * rank; });
  expect_values<bool>([](int rank) { return rank % 2 == 0; });
  expect_values<std::pair<char, double>>([](int rank) { return std::pair(char('a' + rank), 0.5 * rank); });
  expect_values<std::array<int, 3>>([](int rank) { return std::array{rank, 1, 2}; });
  for (std::size_t length : {0U, 1U, 10U, 30'000U}) {
    expect_values<std::string>([&](int rank) { return text_of(rank, length * static_cast<std::size_t>(rank)); });
    expect_values<std::vector<double>>([&](int rank) { return std::vector<double>(length, rank); });
    expect_values<std::vector<std::string>>([&](int rank) { return std::vector(length % 50, text_of(rank, 9)); });
    expect_values<std::map<int, std::string>>([&](int rank) { return std::map<int, std::string>{{rank, "x"}}; });
  }
}

TEST(allgather, values_of_other_types_are_refused_everywhere) {
  if (world().size() == 1) GTEST_SKIP() << "needs two ranks";
  auto const gather_two_types = [] {
    if (world().rank() == 1)
      static_cast<void>(allgather(world(), std::vector<int>{1, 2}));
    else
      static_cast<void>(allgather(world(), std::vector<float>{1, 2}));
  };
  auto const message = message_of<type_error>(gather_two_types);
  auto const other = world().rank() == 1 ? 0 : 1;
  EXPECT_NE(message.find("allgather on rank " + std::to_string(world().rank())), std::string::npos) << message;
  EXPECT_NE(message.find("the value of rank " + std::to_string(other) + " is of another type"), std::string::npos)
      << message;
  EXPECT_EQ(allgather(world(), world().rank()).back(), world().size() - 1); // the communicator still serves
}

TEST(allgather, lengths_that_do_not_fit_are_named) {
  auto const ranks = static_cast<std::size_t>(world().size());
  auto const start = "allgather on \"world\", rank " + std::to_string(world().rank()) + ": ";
  std::vector<int> const two{1, 2};
  std::vector<int> out(2 * ranks + 1);
  EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), two, out); }),
            start + "out has " + std::to_string(2 * ranks + 1) + " elements and needs " + std::to_string(2 * ranks));
  if (ranks > 1) {
    EXPECT_NE(message_of<argument_error>([&] { allgather(world(), in_place, out); }).find("elements and needs"),
              std::string::npos);
  }
  std::vector<int> const counts(ranks, 2);
  std::vector<int> const fewer(ranks - 1, 2);
  std::vector<int> places(ranks, 0);
  EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), two, ragged(out, fewer)); }),
            start + "counts of out has " + std::to_string(ranks - 1) + " elements and needs " + std::to_string(ranks));
  EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), two, ragged(out, counts, fewer)); }),
            start + "displacements of out has " + std::to_string(ranks - 1) + " elements and needs " +
                std::to_string(ranks));
  EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), std::vector{1}, ragged(out, counts)); }),
            start + "in has 1 elements and needs 2");
  for (std::int64_t place : {static_cast<std::int64_t>(out.size()) - 1, std::int64_t{-1}, INT64_MAX}) {
    std::vector<std::int64_t> far(ranks, 0);
    far.back() = place;
    EXPECT_EQ(message_of<argument_error>([&] { allgather(world(), two, ragged(out, counts, far)); }),
              start + "the block of rank " + std::to_string(ranks - 1) + " (2 elements at " + std::to_string(place) +
                  ") is not inside out's " + std::to_string(out.size()) + " elements");
  }
}

TEST(allgather, three_modes) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; count += 3) {
      auto const expected = [&](int round) {
        return joined<T>(ranks(), [&](int from) { return in_round<T>(round, from, count); });
      };
      std::vector<T> mine(count);
      guarded<T> out(count * many());
      guarded<T> placed(count * many());
      auto const fill = [&](int round) {
        std::ranges::copy(in_round<T>(round, here(), count), mine.begin());
        clear(out);
        clear(placed);
        put(placed, mine, count * static_cast<std::size_t>(here()));
      };
      in_three_modes(
          fill, [&](auto mode) { return allgather(world(), mine, out.room(), mode); },
          [&](int round) { out.expect(expected(round)); });
      in_three_modes(
          fill, [&](auto mode) { return allgather(world(), in_place, placed.room(), mode); },
          [&](int round) { placed.expect(expected(round)); });
      std::vector<std::size_t> const counts(many(), count);
      in_three_modes(
          fill, [&](auto mode) { return allgather(world(), mine, ragged(out.room(), counts), mode); },
          [&](int round) { out.expect(expected(round)); });
    }
  });
}

TEST(allgather, a_plan_keeps_its_cut) {
  if (ranks() == 1) GTEST_SKIP() << "one block is no cut";
  guarded<int> out(2 * many());
  int mine = 0;
  auto plan = [&] {
    std::vector<int> counts(many(), 1), places;
    for (int rank = 0; rank < ranks(); ++rank) places.push_back(2 * rank + 1);
    return allgather(world(), mine, ragged(out.room(), counts, places), persistent);
  }();
  for (int round = 0; round < 3; ++round) {
    clear(out);
    mine = 10 * round + here();
    plan.start();
    plan.wait();
    std::vector<int> expected;
    for (int rank = 0; rank < ranks(); ++rank) expected.insert(expected.end(), {99, 10 * round + rank});
    out.expect(expected);
  }
}

} // namespace
} // namespace armada
