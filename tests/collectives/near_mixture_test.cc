/// The near road beside everything else that goes on over the same communicator.

#include <armada/collectives/near.hpp>

#include "tests/collectives/three_modes.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/completion.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

constexpr std::size_t large = 200'000;

/// The sum over the ranks of `rank + n`, on every rank, by the near road.
void expect_sum(communicator const& comm, int n) {
  std::vector<int> in(large, comm.rank() + n);
  std::vector<int> out(large);
  in.back() = n;
  allreduce(comm, in, out, std::plus{});
  EXPECT_EQ(out.front(), comm.size() * (comm.size() - 1) / 2 + comm.size() * n);
  EXPECT_EQ(out.back(), comm.size() * n);
}

TEST(near_mixture, three_modes) {
  auto const fast = near(world());
  for (std::size_t const count : {std::size_t{5}, large}) {
    std::vector<int> mine(count);
    guarded<int> out(count);
    in_three_modes([&](int round) { std::ranges::copy(in_round<int>(round, here(), count), mine.begin()); },
                   [&](auto mode) { return allreduce(fast, mine, out.room(), std::plus{}, mode); },
                   [&](int round) {
                     std::vector<int> total(count);
                     for (int rank = 0; rank < ranks(); ++rank) {
                       auto const one = in_round<int>(round, rank, count);
                       for (std::size_t i = 0; i < count; ++i) total[i] += one[i];
                     }
                     out.expect(total);
                   });
  }
}

TEST(near_mixture, nonblocking_collectives_waited_for_in_another_order) {
  auto const fast = near(world());
  std::vector<int> first(large, here() == 0 ? 7 : 0);
  std::vector<int> const mine(large, 1);
  std::vector<int> second(large);
  auto one = bcast(fast, std::span(first), 0, nonblocking);
  expect_sum(fast, 1);
  auto two = allreduce(fast, mine, second, std::plus{}, nonblocking);
  expect_sum(fast, 2);
  barrier(fast);
  if (here() % 2 == 0)
    wait_all(one, two);
  else
    wait_all(two, one);
  EXPECT_EQ(first, std::vector<int>(large, 7));
  EXPECT_EQ(second, std::vector<int>(large, ranks()));
}

TEST(near_mixture, who_waits_on_the_near_road_moves_messages_on) {
  auto const fast = near(world());
  if (ranks() > 1 && here() < 2) {
    std::vector<double> numbers(1 << 20, here() == 0 ? 1.5 : 0);
    std::vector<std::string> const words(5000, std::string(100, 'x'));
    if (here() == 0) { // both need this rank's help while rank 1 receives
      auto one = send(fast, numbers, {.dest = 1}, nonblocking);
      auto two = send(fast, words, {.dest = 1}, nonblocking);
      expect_sum(fast, 3);
      one.wait();
      two.wait();
    } else {
      recv(fast, numbers, {.source = 0});
      EXPECT_EQ(recv<std::vector<std::string>>(fast, {.source = 0}), words);
      EXPECT_EQ(numbers.back(), 1.5);
      expect_sum(fast, 3);
    }
  } else {
    expect_sum(fast, 3);
  }
}

TEST(near_mixture, several_at_once) {
  auto const whole = near(world());
  auto const backwards = near(world().split(0, -here()));
  auto const half = near(world().split(here() % 2));
  for (int n = 0; n < 3; ++n) {
    expect_sum(whole, n);
    expect_sum(half, n);
    expect_sum(backwards, n);
    expect_sum(near(half), n);
  }
}

TEST(near_mixture, made_and_freed_many_times) {
  auto const open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
  };
  auto const before = open_files();
  for (int n = 0; n < 100; ++n) {
    auto fast = near(world());
    if (n % 20 == 0) expect_sum(fast, n);
    if (n % 2 == 0) fast.close();
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_FALSE(is_near(world().dup())) << "MPI gives a handle of a freed communicator again";
}

TEST(near_mixture, a_vector_takes_the_length_of_the_root) {
  auto const fast = near(world());
  for (int root = 0; root < ranks(); ++root)
    for (std::size_t const length : {std::size_t{0}, std::size_t{3}, large}) {
      std::vector<int> numbers(here() == root ? length : 1, root);
      bcast(fast, numbers, root);
      EXPECT_EQ(numbers, std::vector<int>(length, root));
    }
}

TEST(near_mixture, a_column_to_rows) {
  auto const fast = near(world());
  constexpr int rows = 50'000;
  auto const column = datatype::vector(rows, 1, 2, datatype::of<int>());
  std::vector<int> numbers(2 * rows, -1);
  for (int root = 0; root < ranks(); ++root) {
    std::vector<int> sent(rows);
    std::iota(sent.begin(), sent.end(), root);
    if (here() == root) {
      bcast(fast, std::span(sent), root);
    } else {
      bcast(fast, typed(numbers.data(), 1, column), root);
      for (int i = 0; i < rows; ++i) ASSERT_EQ(numbers[static_cast<std::size_t>(2 * i)], root + i);
      EXPECT_EQ(numbers[1], -1) << "what the datatype does not name";
    }
    if (here() == root) {
      for (int i = 0; i < rows; ++i) numbers[static_cast<std::size_t>(2 * i)] = 5 * i;
      bcast(fast, typed(numbers.data(), 1, column), root);
    } else {
      bcast(fast, std::span(sent), root);
      EXPECT_EQ(sent.back(), 5 * (rows - 1));
    }
  }
}

TEST(near_mixture, errors_are_those_of_every_communicator) {
  auto const fast = near(world());
  std::vector<double> const in(large);
  std::vector<double> out(large - 1);
  EXPECT_TRUE(throws<argument_error>([&] { allreduce(fast, in, out, std::plus{}); }, {"in has 200000", "199999"}));
  EXPECT_TRUE(throws<argument_error>([&] { bcast(fast, std::span(out), ranks()); }, {"is not a rank of"}));
  expect_sum(fast, 5);
}

} // namespace
} // namespace armada
