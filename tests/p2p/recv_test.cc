#include <armada/p2p/recv.hpp>

#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/object_limits.hpp>
#include <armada/p2p/send.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, int>;

template <class T>
concept receivable_into = requires(communicator const& c, T&& value) {
  recv(c, std::forward<T>(value), {.source = 0});
};
static_assert(receivable_into<int&> && receivable_into<std::vector<int>&> && receivable_into<table&>);
static_assert(receivable_into<as_object<std::vector<int>>> && receivable_into<std::span<int>>);
static_assert(!receivable_into<int const&> && !receivable_into<std::vector<int> const&>);
static_assert(!receivable_into<table const&>, "nothing can be written there");
static_assert(!receivable_into<table>, "nobody would see the result");
static_assert(!receivable_into<as_object<std::vector<int> const>>);
static_assert(!receivable_into<int*>);

template <class T, class Mode = blocking_t>
concept receivable_as = requires(communicator const& c) {
  recv<T>(c, {.source = 0}, Mode{});
};
static_assert(receivable_as<double> && receivable_as<std::vector<int>> && receivable_as<table>);
static_assert(receivable_as<double, nonblocking_t> && receivable_as<table, nonblocking_t>);
static_assert(!receivable_as<std::vector<int>, nonblocking_t>, "how long?");
static_assert(!receivable_as<int[3]>);

/// Sends `value` to the right, in the background.
template <class T>
auto to_the_right(T value, int tag = 0) {
  return send(world(), std::move(value), {.dest = right(), .tag = tag}, nonblocking);
}

TEST(recv, a_shorter_message_leaves_the_tail_untouched) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; ++count)
      for (bool later : {false, true}) {
        auto const outgoing = to_the_right(values_of<T>(world().rank(), count));
        guarded<T> room(count + 3);
        std::vector<T> expected(room.room().begin(), room.room().end());
        std::ranges::copy(values_of<T>(left(), count), expected.begin());
        auto const arrived = later ? recv(world(), room.room(), {.source = left()}, nonblocking).wait()
                                   : recv(world(), room.room(), {.source = left()});
        room.expect(expected);
        EXPECT_EQ(arrived.count, static_cast<std::int64_t>(count));
        EXPECT_EQ(arrived.bytes, static_cast<std::int64_t>(count * sizeof(T)));
        EXPECT_EQ(arrived.source, left());
      }
  });
}

TEST(recv, a_container_takes_the_length_that_arrives) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; ++count) {
      auto const outgoing = to_the_right(values_of<T>(world().rank(), count));
      EXPECT_EQ(recv<std::vector<T>>(world(), {.source = left()}), values_of<T>(left(), count));
    }
  });
  auto const outgoing = to_the_right(text_of(world().rank(), 1'000'000));
  EXPECT_EQ(recv<std::string>(world(), {.source = left()}), text_of(left(), 1'000'000));
}

TEST(recv, scalars_and_arrays_as_values) {
  for (bool later : {false, true}) {
    auto take = [&]<class T>(T) {
      return later ? recv<T>(world(), {.source = left()}, nonblocking).wait() : recv<T>(world(), {.source = left()});
    };
    using numbers = std::array<int, 3>;
    using nested = std::pair<char, std::array<double, 2>>;
    auto const a = to_the_right(2.5);
    EXPECT_EQ(take(0.0), 2.5);
    auto const b = to_the_right(true);
    EXPECT_TRUE(take(false));
    auto const c = to_the_right(numbers{1, 2, world().rank()});
    EXPECT_EQ(take(numbers{}), (numbers{1, 2, left()}));
    auto const d = to_the_right(nested{'x', {1, 2}});
    EXPECT_EQ(take(nested{}), (nested{'x', {1, 2}}));
  }
}

TEST(recv, a_value_that_does_not_arrive_whole_is_refused) {
  for (bool later : {false, true}) {
    auto const outgoing = to_the_right(std::vector{1, 2});
    using numbers = std::array<int, 3>;
    auto const message = message_of<type_error>([&] {
      if (later)
        static_cast<void>(recv<numbers>(world(), {.source = left()}, nonblocking).wait());
      else
        static_cast<void>(recv<numbers>(world(), {.source = left()}));
    });
    EXPECT_NE(message.find(": 2 elements came from rank " + std::to_string(left()) + ", and the value has 3"),
              std::string::npos)
        << message;
    auto const nothing = to_the_right(std::vector<double>());
    EXPECT_THROW(static_cast<void>(later ? recv<double>(world(), {.source = left()}, nonblocking).wait()
                                         : recv<double>(world(), {.source = left()})),
                 type_error);
  }
}

TEST(recv, a_longer_message_is_refused_with_the_length_of_the_buffer) {
  for (std::size_t sent : {4U, 100U, 100'000U})
    for (int source : {left(), any_source})
      for (bool later : {false, true}) {
        auto const outgoing = to_the_right(std::vector<double>(sent, 1), 8);
        guarded<double> room(3);
        auto const message = message_of<truncation_error>([&] {
          if (later)
            static_cast<void>(recv(world(), room.room(), {.source = source, .tag = 8}, nonblocking).wait());
          else
            static_cast<void>(recv(world(), room.room(), {.source = source, .tag = 8}));
        });
        auto const sender = source == any_source ? "some rank" : "rank " + std::to_string(left());
        EXPECT_EQ(message, "recv on rank " + std::to_string(world().rank()) + " of " + std::to_string(world().size()) +
                               ": the message from " + sender + " is longer than the buffer of 3 elements = 24 bytes");
        auto const next = to_the_right(5, 8); // the refused one is gone
        EXPECT_EQ(recv<int>(world(), {.source = left(), .tag = 8}), 5);
      }
}

template <class T>
void expect_no_whole_number(std::size_t bytes) {
  for (int source : {left(), any_source})
    for (int form = 0; form < 3; ++form) {
      auto const outgoing = to_the_right(std::vector<std::byte>(bytes, std::byte{1}));
      std::vector<T> room(8);
      try {
        if (form == 0)
          static_cast<void>(recv(world(), room, {.source = source}));
        else if (form == 1)
          static_cast<void>(recv(world(), room, {.source = source}, nonblocking).wait());
        else
          static_cast<void>(recv<std::vector<T>>(world(), {.source = source}));
        ADD_FAILURE() << "no exception";
      } catch (type_error const& e) {
        EXPECT_NE(
            std::string(e.what()).find("is no whole number of elements of " + std::to_string(sizeof(T)) + " bytes"),
            std::string::npos)
            << e.what();
      } catch (truncation_error const&) { // what MPICH makes of it for elements with padding
        EXPECT_GT(sizeof(T), sizeof(std::pair<int, int>));
      }
    }
}

TEST(recv, a_message_that_ends_inside_an_element_is_refused) {
  expect_no_whole_number<double>(13);
  expect_no_whole_number<short>(3);
  expect_no_whole_number<std::array<int, 3>>(13);
  expect_no_whole_number<std::pair<int, int>>(13);
  expect_no_whole_number<std::pair<char, double>>(13);
}

TEST(recv, an_object_is_no_buffer) {
  for (int form = 0; form < 3; ++form) {
    auto const outgoing = to_the_right(table{{"a", 1}}, 3);
    std::vector<std::byte> room(10'000);
    auto const message = message_of<type_error>([&] {
      if (form == 0)
        static_cast<void>(recv(world(), room, {.source = left(), .tag = 3}));
      else if (form == 1)
        static_cast<void>(recv(world(), room, {.source = left(), .tag = 3}, nonblocking).wait());
      else
        static_cast<void>(recv<std::vector<std::byte>>(world(), {.source = left(), .tag = 3}));
    });
    EXPECT_NE(message.find("the message from rank " + std::to_string(left()) + ", tag 3, is an object"),
              std::string::npos)
        << message;
    auto const again = to_the_right(table{{"a", 1}}); // no whole number of doubles, but an object in the first place
    EXPECT_THROW(static_cast<void>(recv<std::vector<double>>(world(), {.source = left()})), type_error);
  }
}

TEST(recv, a_buffer_is_no_object) {
  for (std::size_t length : {0U, 1U, 15U, 16U, 63U, 64U, 1000U, 16'384U, 16'385U, 1'000'000U})
    for (int form = 0; form < 3; ++form) {
      auto const outgoing = to_the_right(std::string(length, 'x'));
      table room{{"old", 1}};
      auto const message = message_of<type_error>([&] {
        if (form == 0)
          static_cast<void>(recv(world(), room, {.source = left()}));
        else if (form == 1)
          static_cast<void>(recv(world(), room, {.source = left()}, nonblocking).wait());
        else
          static_cast<void>(recv<table>(world(), {.source = left()}));
      });
      EXPECT_NE(message.find("is no object but a buffer"), std::string::npos) << message;
      EXPECT_EQ(room, (table{{"old", 1}}));
    }
}

TEST(recv, from_any_source_with_any_tag) {
  if (world().rank() != 0) {
    send(world(), world().rank() * 11, {.dest = 0, .tag = world().rank()});
    send(world(), table{{"rank", world().rank()}}, {.dest = 0, .tag = 100});
    return;
  }
  std::vector<int> seen;
  for (int i = 1; i < world().size(); ++i) {
    int value = 0;
    auto const arrived = recv(world(), value, {.source = any_source, .tag = i});
    EXPECT_EQ(value, arrived.source * 11);
    table object;
    auto const from = recv(world(), object, {.source = any_source, .tag = 100});
    EXPECT_EQ(object["rank"], from.source);
    EXPECT_EQ(from.tag, 100);
    seen.push_back(from.source);
  }
  std::ranges::sort(seen);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<int>(i) + 1);
}

TEST(recv, from_nobody_ends_at_once_and_writes_nothing) {
  std::vector<int> room{1, 2};
  table object{{"old", 1}};
  auto expect_nothing = [](status const& arrived) {
    EXPECT_EQ(arrived.source, proc_null);
    EXPECT_EQ(arrived.bytes, 0);
  };
  expect_nothing(recv(world(), room, {.source = proc_null}));
  expect_nothing(recv(world(), room, {.source = proc_null}, nonblocking).wait());
  expect_nothing(recv(world(), object, {.source = proc_null}));
  expect_nothing(recv(world(), object, {.source = proc_null}, nonblocking).wait());
  EXPECT_EQ(room, (std::vector{1, 2}));
  EXPECT_EQ(object, (table{{"old", 1}}));
  EXPECT_EQ(recv<int>(world(), {.source = proc_null}), 0);
  EXPECT_EQ(recv<int>(world(), {.source = proc_null}, nonblocking).wait(), 0);
  EXPECT_EQ(recv<std::vector<int>>(world(), {.source = proc_null}), std::vector<int>());
  EXPECT_EQ(recv<table>(world(), {.source = proc_null}), table());
  EXPECT_EQ(recv<table>(world(), {.source = proc_null}, nonblocking).wait(), table());
}

TEST(recv, nonblocking_into_moved_buffers_hands_them_back) {
  std::vector<int> room(5, -1);
  auto const* const memory = room.data();
  auto incoming = recv(world(), std::move(room), {.source = left()}, nonblocking);
  auto const outgoing = to_the_right(std::vector{1, 2, 3});
  auto const back = incoming.wait();
  EXPECT_EQ(back, (std::vector{1, 2, 3, -1, -1}));
  EXPECT_EQ(back.data(), memory);
}

TEST(recv, many_in_flight_keep_their_order) {
  constexpr int messages = 20;
  std::vector<pending<int>> before;
  for (int i = 0; i < messages; ++i) before.push_back(recv<int>(world(), {.source = left(), .tag = 1}, nonblocking));
  for (int i = 0; i < messages; ++i) send(world(), i, {.dest = right(), .tag = 1});
  for (int i = messages; i-- > 0;) EXPECT_EQ(before[static_cast<std::size_t>(i)].wait(), i);
}

TEST(recv, wrong_arguments_throw_before_anything_is_received) {
  std::vector<int> room(1);
  table object;
  int const nobody = world().size();
  auto const bad = "recv: source " + std::to_string(nobody) + " is not a rank of \"world\" (0 to " +
                   std::to_string(nobody - 1) + "), on rank " + std::to_string(world().rank());
  auto message = [&](auto&&... arguments) {
    return message_of<argument_error>([&] { static_cast<void>(recv(world(), arguments..., {.source = nobody})); });
  };
  EXPECT_EQ(message(room), bad);
  EXPECT_EQ(message(object), bad);
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(recv<int>(world(), {.source = nobody})); }), bad);
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(recv<table>(world(), {.source = nobody})); }), bad);
  EXPECT_EQ(message_of<argument_error>(
                [&] { static_cast<void>(recv<table>(world(), {.source = nobody}, nonblocking).wait()); }),
            bad);
  EXPECT_THROW(static_cast<void>(recv(world(), room, {.source = 0, .tag = -5})), argument_error);
}

TEST(recv, a_status_is_a_value_as_any_other) {
  auto const outgoing = to_the_right(status{.source = 77, .tag = 5}, 3);
  EXPECT_EQ(recv<status>(world(), {.source = left(), .tag = 3}, nonblocking).wait(), (status{.source = 77, .tag = 5}));
}

static_assert(!receivable_as<xt::xtensor<double, 1>>, "of which shape?");
static_assert(!receivable_as<xt::xarray<double>>);
static_assert(receivable_into<xt::xtensor<double, 2>&>);

} // namespace
} // namespace armada
