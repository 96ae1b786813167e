#include <armada/p2p/detail/object_transfer.hpp>

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<double>>;

template <class T>
void expect_ring(auto const& value_of) {
  T const mine = value_of(world().rank());
  T const expected = value_of(left());
  auto posted = recv<T>(world(), {.source = left(), .tag = 1}, nonblocking); // before the send, in every sense
  send(world(), mine, {.dest = right(), .tag = 1});
  EXPECT_EQ(posted.wait(), expected);
  auto outgoing = send(world(), T(mine), {.dest = right(), .tag = 2}, nonblocking);
  EXPECT_EQ(recv<T>(world(), {.source = left(), .tag = 2}), expected);
  EXPECT_EQ(outgoing.wait(), mine);
  T existing = value_of(17);
  auto const again = send(world(), mine, {.dest = right(), .tag = 3}, nonblocking);
  auto const arrived = recv(world(), existing, {.source = left(), .tag = 3});
  EXPECT_EQ(existing, expected);
  EXPECT_EQ(arrived.source, left());
  EXPECT_EQ(arrived.tag, 3);
  EXPECT_EQ(arrived.count, 1);
}

struct animal {
  std::string name;
  bool operator==(animal const&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& name;
  }
};
struct dog : animal {
  std::vector<int> bones;
  bool operator==(dog const&) const = default;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& boost::serialization::make_nvp("animal", static_cast<animal&>(*this));
    archive& bones;
  }
};

TEST(object_transfer, types_of_every_kind) {
  auto size = [](int rank) { return static_cast<std::size_t>(rank) + 1; };
  expect_ring<std::map<std::string, double>>([](int r) {
    return std::map<std::string, double>{{"a", r}, {"b", 3.14}};
  });
  expect_ring<std::vector<std::string>>([&](int r) { return std::vector(size(r), text_of(r % 8, 20)); });
  expect_ring<std::vector<std::vector<double>>>(
      [&](int r) { return std::vector(3, std::vector<double>(10'000 * size(r), r)); });
  expect_ring<std::set<int>>([](int r) { return std::set{1, r, 50}; });
  expect_ring<std::list<std::string>>([](int r) { return std::list<std::string>{"x", std::to_string(r)}; });
  expect_ring<std::deque<int>>([](int r) { return std::deque{r, 2, 3}; });
  expect_ring<std::unordered_map<std::string, int>>([](int r) {
    return std::unordered_map<std::string, int>{{"r", r}};
  });
  expect_ring<std::unordered_set<int>>([](int r) { return std::unordered_set{r, 100}; });
  expect_ring<std::vector<bool>>([](int r) { return std::vector<bool>{true, r % 2 == 0}; });
  expect_ring<std::pair<std::string, int>>([](int r) { return std::pair(std::string("x"), r); });
  expect_ring<std::array<std::string, 2>>([](int r) { return std::array<std::string, 2>{"x", std::to_string(r)}; });
  expect_ring<dog>([](int r) { return dog{{"rex"}, std::vector<int>(5000, r)}; });
  expect_ring<std::map<int, dog>>([](int r) { return std::map<int, dog>{{r, dog{{"rex"}, {r}}}}; });
}

TEST(object_transfer, sizes_from_nothing_to_megabytes) {
  for (std::size_t length : {0U, 1U, 100U, 4095U, 4096U, 16'000U, 100'000U, 3'000'000U}) {
    expect_ring<std::vector<std::string>>([&](int r) { return std::vector{text_of(r % 8, length)}; });
    expect_ring<std::deque<int>>([&](int r) { return std::deque<int>(length / 10, r); });
    expect_ring<table>([&](int r) { return table{{"a", std::vector<double>(length / 8, r)}, {"b", {1}}}; });
  }
}

TEST(object_transfer, a_buffer_as_an_object) {
  std::vector<double> const mine(20'000, world().rank());
  std::vector<double> arrived{1, 2};
  auto incoming = recv(world(), as_object(arrived), {.source = left()}, nonblocking);
  send(world(), as_object(mine), {.dest = right()});
  static_cast<void>(incoming.wait());
  EXPECT_EQ(arrived, std::vector<double>(20'000, left()));
  auto const outgoing = send(world(), as_object(mine), {.dest = right()}, nonblocking);
  std::vector<float> other;
  EXPECT_THROW(static_cast<void>(recv(world(), as_object(other), {.source = left()})), type_error);
}

TEST(object_transfer, memory_is_reused) {
  std::vector<std::vector<double>> arrived(2, std::vector<double>(10'000));
  auto const* const memory = arrived[0].data();
  auto const outgoing = send(world(), std::vector(2, std::vector<double>(10'000, 5)), {.dest = right()}, nonblocking);
  static_cast<void>(recv(world(), arrived, {.source = left()}));
  EXPECT_EQ(arrived[0], std::vector<double>(10'000, 5));
  EXPECT_EQ(arrived[0].data(), memory);
}

/// Objects from small to large, in turn.
table numbered_object(int rank, int number) {
  return {{"from", {static_cast<double>(rank), static_cast<double>(number)}},
          {"block", std::vector<double>(static_cast<std::size_t>(number % 4) * 30'000, rank)}};
}

TEST(object_transfer, many_posted_before_blocking_sends_and_completed_in_any_order) {
  constexpr int objects = 12;
  std::vector<pending<table>> incoming;
  for (int i = 0; i < objects; ++i)
    incoming.push_back(recv<table>(world(), {.source = left(), .tag = i % 3}, nonblocking));
  for (int i = 0; i < objects; ++i) send(world(), numbered_object(world().rank(), i), {.dest = right(), .tag = i % 3});
  std::vector<std::size_t> order(objects);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(world().rank()) + 1));
  for (std::size_t i : order) EXPECT_EQ(incoming[i].wait(), numbered_object(left(), static_cast<int>(i)));
}

TEST(object_transfer, many_posted_after_the_sends) {
  constexpr int objects = 12;
  std::vector<pending<table>> outgoing;
  for (int i = 0; i < objects; ++i)
    outgoing.push_back(send(world(), numbered_object(world().rank(), i), {.dest = right()}, nonblocking));
  std::vector<pending<table>> incoming;
  for (int i = 0; i < objects; ++i) incoming.push_back(recv<table>(world(), {.source = left()}, nonblocking));
  for (int i = objects; i-- > 0;) EXPECT_EQ(incoming[static_cast<std::size_t>(i)].wait(), numbered_object(left(), i));
  wait_all(outgoing);
}

TEST(object_transfer, sends_are_waited_for_before_receives) {
  auto incoming = recv<table>(world(), {.source = left()}, nonblocking);
  auto outgoing = send(world(), numbered_object(world().rank(), 3), {.dest = right()}, nonblocking);
  EXPECT_EQ(outgoing.wait(), numbered_object(world().rank(), 3));
  EXPECT_EQ(incoming.wait(), numbered_object(left(), 3));
}

TEST(object_transfer, an_open_receive_does_not_stop_what_comes_later) {
  // The object's sender goes on only when this rank takes the object, while it waits for something else.
  auto first = recv<table>(world(), {.source = left(), .tag = 1}, nonblocking);
  auto second = recv<int>(world(), {.source = left(), .tag = 2}, nonblocking);
  auto fourth = recv<int>(world(), {.source = left(), .tag = 4}, nonblocking);
  send(world(), numbered_object(world().rank(), 3), {.dest = right(), .tag = 1});
  send(world(), 7, {.dest = right(), .tag = 2});
  auto large = send(world(), std::vector<int>(100'000, 8), {.dest = right(), .tag = 3}, nonblocking);
  send(world(), 9, {.dest = right(), .tag = 4});
  EXPECT_EQ(fourth.wait(), 9);
  EXPECT_EQ(recv<std::vector<int>>(world(), {.source = left(), .tag = 3}).size(), 100'000U);
  EXPECT_EQ(large.wait().size(), 100'000U);
  EXPECT_EQ(second.wait(), 7);
  EXPECT_EQ(first.wait(), numbered_object(left(), 3));
}

TEST(object_transfer, objects_and_buffers_keep_their_order) {
  auto const a = send(world(), std::vector{1, 2}, {.dest = right()}, nonblocking);
  auto const b = send(world(), numbered_object(world().rank(), 3), {.dest = right()}, nonblocking);
  auto const c = send(world(), std::vector{3}, {.dest = right()}, nonblocking);
  auto const d = send(world(), numbered_object(world().rank(), 0), {.dest = right()}, nonblocking);
  auto third = [&] {
    EXPECT_EQ(recv<std::vector<int>>(world(), {.source = left()}), (std::vector{1, 2}));
    auto second = recv<table>(world(), {.source = left()}, nonblocking);
    auto later = recv<int>(world(), {.source = left()}, nonblocking);
    EXPECT_EQ(recv<table>(world(), {.source = left()}), numbered_object(left(), 0));
    EXPECT_EQ(later.wait(), 3);
    return second;
  }();
  EXPECT_EQ(third.wait(), numbered_object(left(), 3));
}

TEST(object_transfer, an_object_of_another_type_is_refused_and_its_sender_ends) {
  for (std::size_t length : {0U, 10U, 100'000U}) {
    limits_guard const limits(100, 1000);
    auto outgoing =
        send(world(), std::vector<std::string>(3, text_of(world().rank(), length)), {.dest = right()}, nonblocking);
    auto const message = message_of<type_error>([&] { static_cast<void>(recv<table>(world(), {.source = left()})); });
    EXPECT_NE(message.find("the message holds an object of another type"), std::string::npos) << message;
    EXPECT_EQ(outgoing.wait().size(), 3U);
    expect_ring<table>([](int r) { return table{{"next", {1.0 * r}}}; });
  }
}

struct refusing { // refuses to be read
  std::vector<double> before;
  std::vector<double> after;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& before;
    if (Archive::is_loading::value) throw std::runtime_error("I will not");
    archive& after;
  }
};

TEST(object_transfer, what_serialising_throws_reaches_the_caller_and_nothing_is_left_over) {
  auto outgoing = send(world(), refusing{std::vector<double>(9000, 1), std::vector<double>(9000, 2)}, {.dest = right()},
                       nonblocking);
  EXPECT_EQ(message_of<std::runtime_error>([&] { static_cast<void>(recv<refusing>(world(), {.source = left()})); }),
            "I will not");
  static_cast<void>(outgoing.wait());
  auto later = recv<refusing>(world(), {.source = left()}, nonblocking);
  auto const again = send(world(), refusing{{1}, std::vector<double>(9000, 2)}, {.dest = right()}, nonblocking);
  EXPECT_EQ(message_of<std::runtime_error>([&] { static_cast<void>(later.wait()); }), "I will not");
  expect_ring<table>([](int r) { return table{{"next", {1.0 * r}}}; });
}

TEST(object_transfer, borrowed_communicators_have_one_message_for_everything) {
  auto const borrowed = communicator::borrow(world().raw());
  limits_guard const limits(100, 40);
  auto const outgoing = send(borrowed, numbered_object(world().rank(), 2), {.dest = right()}, nonblocking);
  auto incoming = recv<table>(borrowed, {.source = left()}, nonblocking);
  while (!incoming.test()) {
  }
  EXPECT_EQ(incoming.wait(), numbered_object(left(), 2));
  auto const again = send(borrowed, numbered_object(world().rank(), 1), {.dest = right()}, nonblocking);
  EXPECT_EQ(recv<table>(borrowed, {.source = left()}), numbered_object(left(), 1));
  auto posted = recv<table>(borrowed, {.source = left(), .tag = 6}, nonblocking);
  auto const other = send(borrowed, numbered_object(world().rank(), 3), {.dest = right(), .tag = 6}, nonblocking);
  EXPECT_EQ(posted.wait(), numbered_object(left(), 3));
}

TEST(object_transfer, dropped_pendings_are_completed) {
  for (int number = 0; number < 4; ++number) {
    {
      auto const incoming = recv<table>(world(), {.source = left()}, nonblocking);
      auto const outgoing = send(world(), numbered_object(world().rank(), number), {.dest = right()}, nonblocking);
    }
    expect_ring<table>([](int r) { return table{{"next", {1.0 * r}}}; });
  }
}

TEST(object_transfer, moved_pendings_keep_what_they_receive_into) {
  table arrived;
  auto incoming = recv(world(), arrived, {.source = left()}, nonblocking);
  std::vector<decltype(incoming)> kept;
  kept.push_back(std::move(incoming));
  kept.reserve(100);
  send(world(), numbered_object(world().rank(), 2), {.dest = right()});
  EXPECT_EQ(kept.front().wait().source, left());
  EXPECT_EQ(arrived, numbered_object(left(), 2));
}

TEST(object_transfer, many_small_ones_between_the_parts_of_a_large_one) {
  std::vector<double> const first(50'000, 1.0 + world().rank());
  std::vector<double> const second(50'000, 100.0 + world().rank());
  std::vector<double> one(50'000), two(50'000);
  auto leaving = send(world(), as_object(first), {.dest = right(), .tag = 1}, nonblocking);
  std::map<int, int> const small{{1, 2}};
  for (int i = 0; i < 40'000; ++i) { // more than the least number of tags that MPI promises
    auto each = send(world(), small, {.dest = right(), .tag = 2}, nonblocking);
    EXPECT_EQ((recv<std::map<int, int>>(world(), {.source = left(), .tag = 2})), small);
    each.wait();
  }
  auto later = send(world(), as_object(second), {.dest = right(), .tag = 3}, nonblocking);
  recv(world(), as_object(two), {.source = left(), .tag = 3});
  recv(world(), as_object(one), {.source = left(), .tag = 1});
  EXPECT_EQ(one, std::vector<double>(50'000, 1.0 + left()));
  EXPECT_EQ(two, std::vector<double>(50'000, 100.0 + left()));
}

TEST(object_transfer, one_that_a_buffer_receive_refuses_lets_its_sender_end) {
  std::map<int, std::vector<double>> const large{{1, std::vector<double>(200'000, 1)}};
  auto leaving = send(world(), large, {.dest = right()}, nonblocking);
  std::vector<double> room(100'000);
  EXPECT_THROW(static_cast<void>(recv(world(), room, {.source = left()})), type_error);
  leaving.wait();
}

TEST(object_transfer, a_pending_that_is_dropped_moves_the_others_on) {
  // Both ranks of a pair drop the send of a long buffer while a large object is on its way to them.
  if (world().size() % 2 != 0) return;
  int const partner = world().rank() ^ 1;
  std::vector<double> const numbers(1'000'000, 2);
  std::map<int, std::vector<double>> const large{{1, std::vector<double>(1'000'000, 3)}};
  std::vector<double> room(1'000'000);
  if (world().rank() % 2 == 0) {
    auto later = recv<std::map<int, std::vector<double>>>(world(), {.source = partner, .tag = 1}, nonblocking);
    { auto const dropped = send(world(), numbers, {.dest = partner, .tag = 2}, nonblocking); }
    EXPECT_EQ(later.wait(), large);
  } else {
    send(world(), large, {.dest = partner, .tag = 1});
    recv(world(), room, {.source = partner, .tag = 2});
    EXPECT_EQ(room, numbers);
  }
}

} // namespace
} // namespace armada
