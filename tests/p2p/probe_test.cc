#include <armada/p2p/probe.hpp>

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<double>>;

TEST(probe, says_what_then_arrives) {
  for (std::size_t count : {0U, 1U, 7U, 100'000U}) {
    auto const leaving =
        send(world(), values_of<double>(world().rank(), count), {.dest = right(), .tag = 6}, nonblocking);
    auto const seen = probe(world(), {.source = any_source});
    EXPECT_EQ(seen.source, left());
    EXPECT_EQ(seen.tag, 6);
    EXPECT_EQ(seen.bytes, static_cast<std::int64_t>(8 * count));
    EXPECT_EQ(seen.count_of(8), static_cast<std::int64_t>(count));
    EXPECT_EQ(seen.count_of(24), count % 3 == 0 ? std::optional<std::int64_t>(count / 3) : std::nullopt);
    std::vector<double> room(count);
    EXPECT_EQ(recv(world(), room, {.source = seen.source, .tag = seen.tag}).bytes, seen.bytes);
    EXPECT_EQ(room, values_of<double>(left(), count));
  }
}

TEST(probe, without_waiting) {
  EXPECT_FALSE(iprobe(world(), {.source = any_source, .tag = 31}));
  EXPECT_FALSE(improbe(world(), {.source = any_source, .tag = 31}));
  MPI_Barrier(world().raw());
  auto const leaving = send(world(), 5, {.dest = right(), .tag = 31}, nonblocking);
  std::optional<status> seen;
  while (!(seen = iprobe(world(), {.source = left(), .tag = 31}))) {
  }
  EXPECT_EQ(seen->bytes, 4);
  EXPECT_TRUE(iprobe(world(), {.source = left(), .tag = 31})) << "it stays in the queue";
  auto message = improbe(world(), {.source = left(), .tag = 31});
  ASSERT_TRUE(message);
  EXPECT_FALSE(iprobe(world(), {.source = left(), .tag = 31})) << "it was taken out of the queue";
  EXPECT_EQ(recv<int>(std::move(*message)), 5);
  MPI_Barrier(world().raw());
}

TEST(probe, a_matched_message_is_received_once_in_every_form) {
  auto later = send(world(), std::vector<int>{1, 2, 3}, {.dest = right()}, nonblocking);
  auto message = mprobe(world(), {.source = left()});
  EXPECT_TRUE(message);
  EXPECT_EQ(message.get_status().bytes, 12);
  std::vector<int> room(4, 7);
  EXPECT_EQ(recv(std::move(message), room).count, 3);
  EXPECT_EQ(room, (std::vector{1, 2, 3, 7}));
  EXPECT_FALSE(message);
  EXPECT_THROW(static_cast<void>(recv(std::move(message), room)), lifecycle_error);
  later.wait();

  later = send(world(), std::vector<int>{4, 5}, {.dest = right()}, nonblocking);
  EXPECT_EQ(recv(mprobe(world(), {.source = left()}), std::vector<int>(2), nonblocking).wait(), (std::vector{4, 5}));
  later.wait();

  later = send(world(), std::vector<int>{6}, {.dest = right()}, nonblocking);
  auto other = mprobe(world(), {.source = left()});
  matched_message moved = std::move(other);
  EXPECT_FALSE(other); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(recv<std::vector<int>>(std::move(moved)), std::vector{6});
}

TEST(probe, a_matched_object) {
  for (auto const& [first, chunk] : {std::pair{std::size_t{16384}, std::size_t{1} << 30}, {100, 300}}) {
    limits_guard const limits(first, chunk);
    table const mine{{"a", std::vector<double>(1000, world().rank())}};
    table const hers{{"a", std::vector<double>(1000, left())}};
    auto one = send(world(), mine, {.dest = right(), .tag = 1}, nonblocking);
    auto two = send(world(), mine, {.dest = right(), .tag = 2}, nonblocking);
    EXPECT_EQ(recv<table>(mprobe(world(), {.source = left(), .tag = 2})), hers);
    table existing{{"b", {}}};
    EXPECT_EQ(recv(mprobe(world(), {.source = left(), .tag = 1}), existing).source, left());
    EXPECT_EQ(existing, hers);
  }
}

TEST(probe, one_that_is_dropped_is_taken_off_the_network_whole) {
  for (auto const& [first, chunk] : {std::pair{std::size_t{16384}, std::size_t{1} << 30}, {100, 300}}) {
    limits_guard const limits(first, chunk);
    table const mine{{"a", std::vector<double>(20'000, world().rank())}};
    auto one = send(world(), mine, {.dest = right(), .tag = 1}, nonblocking);
    auto two = send(world(), std::vector<double>(100'000, 1), {.dest = right(), .tag = 1}, nonblocking);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(mprobe(world(), {.source = left(), .tag = 1}));
    one.wait(); // somebody took all of it
    two.wait();
    EXPECT_FALSE(iprobe(world(), {.source = left(), .tag = 1}));
    MPI_Barrier(world().raw()); // nobody is ahead
  }
}

TEST(probe, matching_takes_exactly_one) {
  auto const first = send(world(), 1, {.dest = right(), .tag = 4}, nonblocking);
  auto const second = send(world(), 2, {.dest = right(), .tag = 4}, nonblocking);
  auto held = mprobe(world(), {.source = left(), .tag = 4});
  EXPECT_EQ(recv<int>(world(), {.source = left(), .tag = 4}), 2) << "the first is held";
  EXPECT_EQ(recv<int>(std::move(held)), 1);
}

TEST(probe, wrong_kinds_are_refused) {
  auto one = send(world(), table{{"a", {1}}}, {.dest = right(), .tag = 1}, nonblocking);
  std::vector<std::byte> room(1000);
  EXPECT_THROW(static_cast<void>(recv(mprobe(world(), {.source = left(), .tag = 1}), room)), type_error);
  auto two = send(world(), std::vector<int>(100), {.dest = right(), .tag = 1}, nonblocking);
  EXPECT_THROW(static_cast<void>(recv<table>(mprobe(world(), {.source = left(), .tag = 1}))), type_error);
  auto three = send(world(), std::vector<int>(100), {.dest = right(), .tag = 1}, nonblocking);
  std::vector<int> narrow(99);
  EXPECT_THROW(static_cast<void>(recv(mprobe(world(), {.source = left(), .tag = 1}), narrow)), truncation_error);
  auto four = send(world(), std::vector<int>{1, 2}, {.dest = right(), .tag = 1}, nonblocking);
  EXPECT_THROW(static_cast<void>(recv<int>(mprobe(world(), {.source = left(), .tag = 1}))), truncation_error);
  EXPECT_FALSE(iprobe(world(), {.source = left(), .tag = 1}));
}

TEST(probe, nobody) {
  EXPECT_EQ(probe(world(), {.source = proc_null}).source, proc_null);
  EXPECT_EQ(iprobe(world(), {.source = proc_null})->source, proc_null);
  auto message = mprobe(world(), {.source = proc_null});
  EXPECT_EQ(message.get_status().source, proc_null);
  int value = 7;
  EXPECT_EQ(recv(std::move(message), value).source, proc_null);
  EXPECT_EQ(recv(mprobe(world(), {.source = proc_null}), value, nonblocking).wait().source, proc_null);
  EXPECT_EQ(recv<std::vector<int>>(mprobe(world(), {.source = proc_null})), std::vector<int>());
  EXPECT_TRUE(improbe(world(), {.source = proc_null}));
  EXPECT_EQ(value, 7);
}

TEST(probe, wrong_arguments_are_named) {
  int const nobody = world().size();
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(probe(world(), {.source = nobody})); }).substr(0, 6),
            "probe:");
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(iprobe(world(), {.source = nobody})); }).substr(0, 7),
            "iprobe:");
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(mprobe(world(), {.source = nobody})); }).substr(0, 7),
            "mprobe:");
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(improbe(world(), {.source = nobody})); }).substr(0, 8),
            "improbe:");
}

} // namespace
} // namespace armada
