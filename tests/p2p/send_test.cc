#include <armada/p2p/send.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class T>
concept sendable = requires(communicator const& c, T&& value) {
  send(c, std::forward<T>(value), {.dest = 0});
};
static_assert(sendable<int> && sendable<double&> && sendable<std::vector<int> const&> && sendable<std::string_view>);
static_assert(sendable<std::map<int, int>> && sendable<char const (&)[4]> && sendable<std::array<int, 3>>);
static_assert(!sendable<int*> && !sendable<char const*>, "a pointer says neither length nor type");

static_assert(
    std::same_as<decltype(send(world(), std::declval<std::vector<int>&>(), {.dest = 0}, nonblocking)), pending<>>);
static_assert(
    std::same_as<decltype(send(world(), std::vector<int>(), {.dest = 0}, nonblocking)), pending<std::vector<int>>>,
    "a temporary goes into the pending and comes back");
static_assert(
    std::same_as<decltype(send(world(), std::map<int, int>(), {.dest = 0}, nonblocking)), pending<std::map<int, int>>>);
static_assert(std::same_as<decltype(send(world(), std::span<int>(), {.dest = 0}, nonblocking)), pending<>>);

TEST(send, elements_of_every_type_and_number) {
  for_each_wire_type([](auto sample) {
    using T = decltype(sample);
    for (int tag = 0; tag < 10; ++tag) {
      auto const count = static_cast<std::size_t>(tag);
      auto const mine = values_of<T>(world().rank(), count);
      guarded<T> room(count);
      auto incoming = recv(world(), room.room(), {.source = left(), .tag = tag}, nonblocking);
      send(world(), mine, {.dest = right(), .tag = tag});
      auto const arrived = incoming.wait();
      room.expect(values_of<T>(left(), count));
      EXPECT_EQ(arrived.source, left());
      EXPECT_EQ(arrived.tag, tag);
      EXPECT_EQ(arrived.count, tag);
      EXPECT_EQ(arrived.bytes, static_cast<std::int64_t>(count * sizeof(T)));
    }
  });
}

TEST(send, everything_that_is_a_buffer) {
  int const numbers[3] = {1, 2, 3};
  std::array<double, 2> const pair{4, 5};
  std::vector<int> const vector{6, 7};
  auto const dest = to{right()};
  auto expect = [&](auto const& sent, auto expected) {
    auto incoming = recv(world(), decltype(expected)(expected.size()), {.source = left()}, nonblocking);
    send(world(), sent, dest);
    EXPECT_EQ(incoming.wait(), expected);
  };
  expect(numbers, std::vector{1, 2, 3});
  expect(pair, std::vector<double>{4, 5});
  expect(std::span(vector).subspan(1), std::vector{7});
  expect(std::string_view("text"), std::vector{'t', 'e', 'x', 't'});
  expect(std::string("a string"), std::vector{'a', ' ', 's', 't', 'r', 'i', 'n', 'g'});
  expect("abc", std::vector{'a', 'b', 'c', '\0'});
  expect(2.5, std::vector{2.5});
}

TEST(send, nonblocking_borrows_or_owns) {
  std::vector<int> const borrowed{1, 2, 3};
  std::vector<int> owned(100'000, world().rank());
  auto const* const memory = owned.data();
  auto first = send(world(), borrowed, {.dest = right(), .tag = 1}, nonblocking);
  auto second = send(world(), std::move(owned), {.dest = right(), .tag = 2}, nonblocking);
  auto third = send(world(), 7.5, {.dest = right(), .tag = 3}, nonblocking);
  EXPECT_EQ(recv<double>(world(), {.source = left(), .tag = 3}), 7.5); // in another order
  EXPECT_EQ(recv<std::vector<int>>(world(), {.source = left(), .tag = 2}), std::vector<int>(100'000, left()));
  EXPECT_EQ(recv<std::vector<int>>(world(), {.source = left(), .tag = 1}), borrowed);
  first.wait();
  auto const back = second.wait();
  EXPECT_EQ(back.data(), memory) << "the same memory comes back";
  EXPECT_EQ(third.wait(), 7.5);
}

TEST(send, nonblocking_objects_borrow_or_own) {
  std::map<std::string, std::vector<int>> const borrowed{{"a", {1, 2, 3}}};
  std::map<std::string, std::vector<int>> owned{{"b", std::vector<int>(100'000, world().rank())}};
  auto const* const memory = owned["b"].data();
  using table = std::map<std::string, std::vector<int>>;
  auto first = send(world(), borrowed, {.dest = right(), .tag = 1}, nonblocking);
  auto second = send(world(), std::move(owned), {.dest = right(), .tag = 2}, nonblocking);
  EXPECT_EQ(recv<table>(world(), {.source = left(), .tag = 2})["b"], std::vector<int>(100'000, left()));
  EXPECT_EQ(recv<table>(world(), {.source = left(), .tag = 1}), borrowed);
  first.wait();
  auto const back = second.wait();
  EXPECT_EQ(back.at("b").data(), memory);
  EXPECT_EQ(back.at("b"), std::vector<int>(100'000, world().rank()));
}

TEST(send, test_says_when_wait_would_return) {
  auto outgoing =
      send(world(), std::map<int, std::string>{{1, std::string(100'000, 'x')}}, {.dest = right()}, nonblocking);
  auto incoming = recv<std::map<int, std::string>>(world(), {.source = left()}, nonblocking);
  while (!incoming.test()) {
  }
  EXPECT_TRUE(incoming.test());
  EXPECT_EQ(incoming.wait()[1], std::string(100'000, 'x'));
  while (!outgoing.test()) {
  }
  EXPECT_EQ(outgoing.wait().size(), 1U);
  EXPECT_TRUE(outgoing.test());
}

TEST(send, to_nobody) {
  std::vector<int> numbers{1, 2};
  std::map<int, int> object{{1, 2}};
  send(world(), numbers, {.dest = proc_null});
  send(world(), object, {.dest = proc_null});
  send(world(), numbers, {.dest = proc_null}, nonblocking).wait();
  send(world(), object, {.dest = proc_null}, nonblocking).wait();
  EXPECT_EQ(send(world(), std::vector<int>{3}, {.dest = proc_null}, nonblocking).wait(), std::vector<int>{3});
}

TEST(send, wrong_arguments_throw_before_anything_is_sent) {
  std::vector<int> const numbers{1};
  std::map<int, int> const object{{1, 2}};
  int const nobody = world().size();
  auto const bad = "send: dest " + std::to_string(nobody) + " is not a rank of \"world\" (0 to " +
                   std::to_string(nobody - 1) + "), on rank " + std::to_string(world().rank());
  EXPECT_EQ(message_of<argument_error>([&] { send(world(), numbers, {.dest = nobody}); }), bad);
  EXPECT_EQ(message_of<argument_error>([&] { send(world(), object, {.dest = nobody}); }), bad);
  EXPECT_EQ(message_of<argument_error>([&] { send(world(), numbers, {.dest = nobody}, nonblocking).wait(); }), bad);
  EXPECT_EQ(message_of<argument_error>([&] { send(world(), object, {.dest = nobody}, nonblocking).wait(); }), bad);
  EXPECT_THROW(send(world(), numbers, {.dest = 0, .tag = -3}), argument_error);
  EXPECT_THROW(send(communicator(), numbers, {.dest = 0}), error);
}

template <class T>
concept sendable_later = requires(communicator const& c, T&& value) {
  send(c, std::forward<T>(value), {.dest = 0}, nonblocking);
};
static_assert(sendable<std::initializer_list<double>>);
static_assert(!sendable_later<std::initializer_list<double>>, "its elements go when the call ends");
static_assert(sendable_later<std::vector<double>> && sendable_later<double>);

} // namespace
} // namespace armada
