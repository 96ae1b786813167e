#include <armada/p2p/partitioned.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

/// What rank `rank` sends in a round.
std::vector<double> round_of(int rank, int round, std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1000.0 * rank + 100'000.0 * round);
  return values;
}

void expect_round(auto make_ready, int partitions, std::size_t each) {
  std::size_t const count = static_cast<std::size_t>(partitions) * each;
  std::vector<double> mine(count);
  guarded<double> hers(count);
  auto arriving = precv(world(), hers.room(), partitions, {.source = left(), .tag = 2});
  auto leaving = psend(world(), mine, partitions, {.dest = right(), .tag = 2});
  EXPECT_EQ(leaving.partitions(), partitions);
  for (int round = 0; round < 3; ++round) {
    std::ranges::copy(round_of(world().rank(), round, count), mine.begin());
    arriving.start();
    leaving.start();
    make_ready(leaving);
    leaving.wait();
    for (int i = 0; i < partitions; ++i)
      while (!arriving.arrived(i)) {
      }
    arriving.wait();
    hers.expect(round_of(left(), round, count));
  }
}

TEST(partitioned, one_by_one_in_any_order) {
  for (int partitions : {1, 2, 7})
    for (std::size_t each : {1U, 5U, 10'000U})
      expect_round(
          [&](partitioned_send& leaving) {
            for (int i = partitions - 1; i >= 0; --i) leaving.ready(i);
          },
          partitions, each);
}

TEST(partitioned, ranges_and_lists) {
  expect_round([](partitioned_send& leaving) { leaving.ready_range(0, 5); }, 6, 10);
  expect_round(
      [](partitioned_send& leaving) {
        leaving.ready_range(2, 3);
        leaving.ready_list(std::array{5, 0});
        leaving.ready_list(std::array{1, 4});
      },
      6, 10);
}

TEST(partitioned, threads_make_them_ready) {
  expect_round(
      [](partitioned_send& leaving) {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back([&, i] { leaving.ready(i); });
        for (auto& thread : threads) thread.join();
      },
      4, 1000);
}

TEST(partitioned, nothing_has_arrived_before_it_is_ready) {
  std::vector<int> mine(4), hers(4, -1);
  auto arriving = precv(world(), hers, 4, {.source = left(), .tag = 3});
  auto leaving = psend(world(), mine, 4, {.dest = right(), .tag = 3});
  arriving.start();
  leaving.start();
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(arriving.arrived(i));
  EXPECT_FALSE(arriving.test());
  MPI_Barrier(world().raw());
  leaving.ready_range(0, 3);
  leaving.wait();
  while (!arriving.test()) {
  }
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(arriving.arrived(i));
  arriving.wait();
  EXPECT_TRUE(arriving.ended());
  EXPECT_EQ(hers, mine);
}

TEST(partitioned, wrong_uses_throw) {
  std::vector<int> mine(6), hers(6);
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(psend(world(), mine, 4, {.dest = right()})); }),
            "psend: 6 elements cannot be cut into 4 equal partitions, on rank " + std::to_string(world().rank()));
  EXPECT_THROW(static_cast<void>(precv(world(), hers, 0, {.source = left(), .tag = 1})), argument_error);
  EXPECT_THROW(static_cast<void>(precv(world(), hers, 2, {.source = left()})), argument_error);
  EXPECT_THROW(static_cast<void>(precv(world(), hers, 2, {.source = any_source, .tag = 1})), argument_error);
  EXPECT_THROW(static_cast<void>(psend(world(), mine, 2, {.dest = world().size()})), argument_error);

  auto arriving = precv(world(), hers, 3, {.source = left(), .tag = 4});
  auto leaving = psend(world(), mine, 3, {.dest = right(), .tag = 4});
  EXPECT_THROW(leaving.ready(0), lifecycle_error);
  EXPECT_THROW(static_cast<void>(arriving.arrived(0)), lifecycle_error);
  EXPECT_THROW(leaving.wait(), lifecycle_error);
  arriving.start();
  leaving.start();
  EXPECT_THROW(leaving.start(), lifecycle_error);
  EXPECT_THROW(leaving.ready(3), argument_error);
  EXPECT_THROW(leaving.ready(-1), argument_error);
  EXPECT_THROW(leaving.ready_range(2, 1), argument_error);
  EXPECT_THROW(static_cast<void>(arriving.arrived(3)), argument_error);
  leaving.ready(1);
  EXPECT_THROW(leaving.ready(1), argument_error) << "twice";
  EXPECT_NE(message_of<lifecycle_error>([&] { leaving.wait(); }).find("partition 0 was never made ready"),
            std::string::npos);
  leaving.ready_list(std::array{0, 2});
  leaving.wait();
  arriving.wait();
}

template <class T>
concept partitionable = requires(communicator const& comm, T&& buffer) {
  psend(comm, std::forward<T>(buffer), 1, {.dest = 0});
};
static_assert(partitionable<std::vector<int>&> && !partitionable<std::vector<int>>);

TEST(partitioned, a_wrong_range_or_list_makes_nothing_ready) {
  std::vector<int> mine(4, world().rank()), hers(4);
  auto arriving = precv(world(), hers, 4, {.source = left(), .tag = 5});
  auto leaving = psend(world(), mine, 4, {.dest = right(), .tag = 5});
  arriving.start();
  leaving.start();
  leaving.ready(2);
  EXPECT_THROW(leaving.ready_range(0, 3), argument_error);
  EXPECT_THROW(leaving.ready_list(std::array{0, 99}), argument_error);
  EXPECT_THROW(leaving.ready_list(std::array{1, 1}), argument_error);
  EXPECT_THROW(leaving.wait(), lifecycle_error);
  leaving.ready_range(0, 1);
  leaving.ready(3);
  leaving.wait();
  arriving.wait();
  EXPECT_EQ(hers, std::vector<int>(4, left()));
}

TEST(partitioned, nobody_is_a_partner) {
  std::vector<int> mine(4, 1), hers(4, 7);
  auto leaving = psend(world(), mine, 2, {.dest = proc_null});
  auto arriving = precv(world(), hers, 2, {.source = proc_null, .tag = 1});
  for (int round = 0; round < 2; ++round) {
    leaving.start();
    arriving.start();
    leaving.ready_range(0, 1);
    EXPECT_TRUE(arriving.arrived(0));
    leaving.wait();
    arriving.wait();
  }
  EXPECT_EQ(hers, std::vector<int>(4, 7));
}

} // namespace
} // namespace armada
