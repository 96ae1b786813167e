// The four ways to send, each in three modes, for buffers and objects.

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/p2p/attached_buffer.hpp>
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

/// One way to send, as an object that can be handed around.
#define ARMADA_WAY(name)                                                                                               \
  struct name##_way {                                                                                                  \
    static constexpr char const* text = #name;                                                                         \
    auto operator()(auto&&... arguments) const { return name(std::forward<decltype(arguments)>(arguments)...); }       \
  }
ARMADA_WAY(send);
ARMADA_WAY(ssend);
ARMADA_WAY(bsend);
ARMADA_WAY(rsend);
#undef ARMADA_WAY

void for_each_way(auto visit) {
  visit(send_way{});
  visit(ssend_way{});
  visit(bsend_way{});
  visit(rsend_way{});
}

/// A ready send needs a posted receive on the other side.
void everybody_has_posted() { MPI_Barrier(world().raw()); }

TEST(send_modes, buffers_of_every_length) {
  attached_buffer const memory(100'000);
  for_each_way([](auto way) {
    SCOPED_TRACE(way.text);
    for (std::size_t count : {0U, 1U, 9U, 1000U}) {
      auto const mine = values_of<double>(world().rank(), count);
      auto const hers = values_of<double>(left(), count);
      guarded<double> first(count), second(count);
      auto one = recv(world(), first.room(), {.source = left(), .tag = 1}, nonblocking);
      auto two = recv(world(), second.room(), {.source = left(), .tag = 2}, nonblocking);
      everybody_has_posted();
      auto later = way(world(), mine, to{right(), 1}, nonblocking);
      way(world(), mine, to{right(), 2});
      later.wait();
      EXPECT_EQ(one.wait().count, static_cast<std::int64_t>(count));
      two.wait();
      first.expect(hers);
      second.expect(hers);
    }
  });
}

TEST(send_modes, a_nonblocking_one_owns_what_is_moved_in) {
  attached_buffer const memory(100'000);
  for_each_way([](auto way) {
    auto incoming = recv(world(), std::vector<int>(3), {.source = left()}, nonblocking);
    auto object = recv<table>(world(), {.source = left(), .tag = 4}, nonblocking);
    everybody_has_posted();
    auto leaving = way(world(), std::vector<int>(3, world().rank()), to{right()}, nonblocking);
    auto thing = way(world(), table{{"a", {1, 2}}}, to{right(), 4}, nonblocking);
    EXPECT_EQ(incoming.wait(), std::vector<int>(3, left()));
    EXPECT_EQ(object.wait(), (table{{"a", {1, 2}}}));
    EXPECT_EQ(leaving.wait(), std::vector<int>(3, world().rank()));
    EXPECT_EQ(thing.wait(), (table{{"a", {1, 2}}}));
  });
}

TEST(send_modes, prepared_buffers_are_read_anew_at_each_start) {
  attached_buffer const memory(100'000);
  for_each_way([](auto way) {
    SCOPED_TRACE(way.text);
    std::vector<int> mine(9), hers(10, -1);
    auto leaving = way(world(), mine, to{right(), 3}, persistent);
    auto arriving = recv(world(), std::span(hers).first(9), {.source = left(), .tag = 3}, persistent);
    for (int round = 0; round < 5; ++round) {
      std::fill(mine.begin(), mine.end(), 100 * round + world().rank());
      arriving.start();
      everybody_has_posted();
      leaving.start();
      leaving.wait();
      auto const arrived = arriving.wait();
      EXPECT_EQ(arrived.source, left());
      EXPECT_EQ(arrived.count, 9);
      EXPECT_EQ(std::vector(hers.begin(), hers.end() - 1), std::vector(9, 100 * round + left()));
      EXPECT_EQ(hers.back(), -1);
    }
  });
}

TEST(send_modes, prepared_objects_are_serialised_anew_at_each_start) {
  limits_guard const limits(200, 1000);
  attached_buffer const memory(1'000'000);
  for_each_way([](auto way) {
    SCOPED_TRACE(way.text);
    table mine, hers;
    auto leaving = way(world(), mine, to{right(), 5}, persistent);
    auto arriving = recv(world(), hers, {.source = left(), .tag = 5}, persistent);
    for (int round = 0; round < 4; ++round) {
      mine["round " + std::to_string(round)] = std::vector<double>(1000, world().rank());
      arriving.start();
      everybody_has_posted();
      leaving.start();
      EXPECT_EQ(arriving.wait().source, left());
      leaving.wait();
      EXPECT_EQ(hers.size(), static_cast<std::size_t>(round) + 1);
      EXPECT_EQ(hers.at("round " + std::to_string(round)), std::vector<double>(1000, left()));
    }
  });
}

TEST(send_modes, objects_of_many_messages) {
  limits_guard const limits(100, 777);
  attached_buffer const memory(1'000'000);
  for_each_way([](auto way) {
    SCOPED_TRACE(way.text);
    table const mine{{"x", std::vector<double>(3000, world().rank())}, {text_of(world().rank(), 500), {}}};
    table const hers{{"x", std::vector<double>(3000, left())}, {text_of(left(), 500), {}}};
    auto one = recv<table>(world(), {.source = left(), .tag = 1}, nonblocking);
    auto two = recv<table>(world(), {.source = left(), .tag = 2}, nonblocking);
    everybody_has_posted();
    auto later = way(world(), mine, to{right(), 1}, nonblocking);
    auto other = way(world(), mine, to{right(), 2}, nonblocking);
    EXPECT_EQ(one.wait(), hers);
    EXPECT_EQ(two.wait(), hers);
    later.wait();
    other.wait();
  });
}

TEST(send_modes, a_synchronous_one_ends_after_its_receive_has_begun) {
  auto leaving = ssend(world(), 5, {.dest = right(), .tag = 1}, nonblocking);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(leaving.test()) << "nobody receives yet";
  everybody_has_posted();
  EXPECT_EQ(recv<int>(world(), {.source = left(), .tag = 1}), 5);
  leaving.wait();
}

TEST(send_modes, a_buffered_one_needs_no_receive) {
  std::vector<double> mine(10'000, world().rank());
  attached_buffer memory(4 * bsend_bytes(mine));
  for (int tag = 0; tag < 4; ++tag) {
    bsend(world(), mine, {.dest = right(), .tag = tag});
    mine.front() = tag + 0.5; // free at once
  }
  for (int tag = 3; tag >= 0; --tag) {
    auto const hers = recv<std::vector<double>>(world(), {.source = left(), .tag = tag});
    EXPECT_EQ(hers.front(), tag == 0 ? left() : tag - 0.5);
    EXPECT_EQ(hers.back(), left());
  }
}

TEST(send_modes, nobody_is_a_destination) {
  attached_buffer const memory(10'000);
  for_each_way([](auto way) {
    std::vector<int> const numbers{1, 2};
    table const object{{"a", {1}}};
    way(world(), numbers, to{proc_null});
    way(world(), object, to{proc_null});
    way(world(), numbers, to{proc_null}, nonblocking).wait();
    way(world(), object, to{proc_null}, nonblocking).wait();
    auto plan = way(world(), numbers, to{proc_null}, persistent);
    auto other = way(world(), object, to{proc_null}, persistent);
    for (int round = 0; round < 2; ++round) {
      start_all(plan, other);
      wait_all(plan, other);
    }
  });
  double value = 7;
  auto arriving = recv(world(), value, {.source = proc_null}, persistent);
  for (int round = 0; round < 2; ++round) {
    arriving.start();
    auto const arrived = arriving.wait();
    EXPECT_EQ(arrived.source, proc_null);
    EXPECT_EQ(arrived.count, 0);
  }
  EXPECT_EQ(value, 7);
}

TEST(send_modes, each_names_itself_when_its_arguments_are_wrong) {
  for_each_way([](auto way) {
    std::string const name = way.text;
    auto const begins = [&](std::string const& message) { EXPECT_EQ(message.substr(0, name.size() + 1), name + ":"); };
    int const nobody = world().size();
    std::vector<int> const numbers{1};
    table const object;
    begins(message_of<argument_error>([&] { way(world(), numbers, to{nobody}); }));
    begins(message_of<argument_error>([&] { way(world(), object, to{nobody}); }));
    begins(message_of<argument_error>([&] { way(world(), numbers, to{-7}, nonblocking).wait(); }));
    begins(message_of<argument_error>([&] { way(world(), object, to{-7}, nonblocking).wait(); }));
    begins(message_of<argument_error>([&] { static_cast<void>(way(world(), numbers, to{nobody}, persistent)); }));
    begins(message_of<argument_error>([&] { static_cast<void>(way(world(), object, to{nobody}, persistent)); }));
  });
}

template <class T>
concept preparable = requires(communicator const& comm, T&& value) {
  send(comm, std::forward<T>(value), {.dest = 0}, persistent);
};
static_assert(preparable<std::vector<int>&> && preparable<std::span<int>> && preparable<table&>);
static_assert(!preparable<std::vector<int>> && !preparable<int> && !preparable<table>, "gone before the first start");
template <class T>
concept preparable_receive = requires(communicator const& comm, T&& value) {
  recv(comm, std::forward<T>(value), {.source = 0}, persistent);
};
static_assert(preparable_receive<std::vector<int>&> && preparable_receive<std::span<int>> &&
              preparable_receive<table&>);
static_assert(!preparable_receive<std::vector<int>> && !preparable_receive<std::vector<int> const&>);

} // namespace
} // namespace armada
