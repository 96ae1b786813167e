#include <armada/p2p/sendrecv.hpp>

#include "tests/p2p/limits_guard.hpp"
#include "tests/support/ring.hpp"
#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

namespace armada {
namespace {

using namespace support;
using table = std::map<std::string, std::vector<double>>;

table table_of(int rank) { return {{"mine", std::vector<double>(1000, rank)}, {text_of(rank, 40), {}}}; }

TEST(sendrecv, a_ring_of_buffers_of_every_type) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; ++count)
      for (bool later : {false, true}) {
        auto const mine = values_of<T>(world().rank(), count);
        guarded<T> room(count);
        auto const arrived =
            later ? sendrecv(world(), mine, {.dest = right()}, room.room(), {.source = left()}, nonblocking).wait()
                  : sendrecv(world(), mine, {.dest = right()}, room.room(), {.source = left()});
        room.expect(values_of<T>(left(), count));
        EXPECT_EQ(arrived.source, left());
        EXPECT_EQ(arrived.count, static_cast<std::int64_t>(count));
      }
  });
}

TEST(sendrecv, long_messages_do_not_lock_each_other_up) {
  std::vector<double> const mine(1'000'000, world().rank());
  std::vector<double> hers(1'000'000);
  sendrecv(world(), mine, {.dest = right()}, hers, {.source = left()});
  EXPECT_EQ(hers, std::vector<double>(1'000'000, left()));
}

TEST(sendrecv, objects_and_buffers_mix) {
  table const mine = table_of(world().rank());
  table hers;
  EXPECT_EQ(sendrecv(world(), mine, {.dest = right(), .tag = 3}, hers, {.source = left(), .tag = 3}).tag, 3);
  EXPECT_EQ(hers, table_of(left()));
  auto later = sendrecv(world(), mine, {.dest = right()}, hers, {.source = left()}, nonblocking);
  EXPECT_EQ(later.wait().source, left());
  EXPECT_EQ(hers, table_of(left()));

  // Even ranks send an object and receive numbers, odd ranks the reverse, in pairs.
  if (world().size() % 2 != 0) return;
  int const partner = world().rank() ^ 1;
  std::vector<int> numbers(3, world().rank());
  if (world().rank() % 2 == 0) {
    sendrecv(world(), mine, {.dest = partner}, numbers, {.source = partner});
    EXPECT_EQ(numbers, std::vector<int>(3, partner));
  } else {
    sendrecv(world(), numbers, {.dest = partner}, hers, {.source = partner});
    EXPECT_EQ(hers, table_of(partner));
  }
}

TEST(sendrecv, as_new_values) {
  EXPECT_EQ(sendrecv<int>(world(), world().rank(), {.dest = right()}, {.source = left()}), left());
  auto const size = static_cast<std::size_t>(world().rank()) + 1;
  auto const vector =
      sendrecv<std::vector<double>>(world(), std::vector<double>(size, 2.5), {.dest = right()}, {.source = left()});
  EXPECT_EQ(vector, std::vector<double>(static_cast<std::size_t>(left()) + 1, 2.5));
  EXPECT_EQ(sendrecv<table>(world(), table_of(world().rank()), {.dest = right()}, {.source = left()}),
            table_of(left()));
  table const mine = table_of(world().rank());
  auto later = sendrecv<table>(world(), mine, {.dest = right()}, {.source = left()}, nonblocking);
  EXPECT_EQ(later.wait(), table_of(left()));
}

TEST(sendrecv, replace_sends_what_was_there) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (bool later : {false, true}) {
      guarded<T> room(9);
      auto const mine = values_of<T>(world().rank(), 9);
      std::copy(mine.begin(), mine.end(), room.room().begin());
      auto const arrived =
          later ? sendrecv_replace(world(), room.room(), {.dest = right()}, {.source = left()}, nonblocking).wait()
                : sendrecv_replace(world(), room.room(), {.dest = right()}, {.source = left()});
      room.expect(values_of<T>(left(), 9));
      EXPECT_EQ(arrived.source, left());
      EXPECT_EQ(arrived.count, 9);
    }
  });
}

TEST(sendrecv, replace_of_large_buffers_with_gaps) {
  struct item { // MPI_Sendrecv_replace fails (quirk 56)
    char letter;
    double number;
  };
  for (std::size_t const count : {1, 900, 1000, 116'509}) {
    std::vector<item> items(count);
    for (std::size_t i = 0; i < count; ++i) items[i] = {'x', 1e6 * world().rank() + static_cast<double>(i)};
    sendrecv_replace(world(), items, {.dest = right()}, {.source = left()});
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i)
      if (items[i].letter != 'x' || items[i].number != 1e6 * left() + static_cast<double>(i)) ++wrong;
    EXPECT_EQ(wrong, 0U) << "of " << count;
  }
}

TEST(sendrecv, replace_of_objects_and_views) {
  for (auto const& [first, chunk] : {std::pair{std::size_t{16384}, std::size_t{1} << 30}, {100, 300}}) {
    limits_guard const limits(first, chunk);
    table object = table_of(world().rank());
    sendrecv_replace(world(), object, {.dest = right()}, {.source = left()});
    EXPECT_EQ(object, table_of(left()));
    object = table_of(world().rank());
    auto later = sendrecv_replace(world(), object, {.dest = right()}, {.source = left()}, nonblocking);
    later.wait();
    EXPECT_EQ(object, table_of(left()));
  }

  auto grid = xt::xtensor<int, 2>::from_shape({4, 6});
  grid.fill(-1);
  auto column = xt::view(grid, xt::all(), 2);
  column = world().rank();
  sendrecv_replace(world(), column, {.dest = right()}, {.source = left()});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 6; ++j) EXPECT_EQ(grid(i, j), j == 2 ? left() : -1);
}

TEST(sendrecv, nobody_on_either_side) {
  std::vector<int> const mine{1, 2};
  std::vector<int> hers{7, 7};
  for (bool later : {false, true}) {
    auto const both =
        later ? sendrecv(world(), mine, {.dest = proc_null}, hers, {.source = proc_null}, nonblocking).wait()
              : sendrecv(world(), mine, {.dest = proc_null}, hers, {.source = proc_null});
    EXPECT_EQ(both.source, proc_null);
    EXPECT_EQ(both.count, 0);
    EXPECT_EQ(hers, (std::vector{7, 7}));
  }
  // An open chain: the last rank has nobody to its right.
  int const next = world().rank() + 1 < world().size() ? world().rank() + 1 : proc_null;
  int const previous = world().rank() > 0 ? world().rank() - 1 : proc_null;
  int value = world().rank();
  auto const arrived = sendrecv_replace(world(), value, {.dest = next}, {.source = previous});
  EXPECT_EQ(value, world().rank() > 0 ? world().rank() - 1 : 0);
  EXPECT_EQ(arrived.source, previous);
}

TEST(sendrecv, wrong_arguments_throw_before_anything_moves) {
  std::vector<int> const mine{1};
  std::vector<int> hers(1);
  int const nobody = world().size();
  EXPECT_EQ(message_of<argument_error>([&] {
              sendrecv(world(), mine, {.dest = nobody}, hers, {.source = left()});
            }).substr(0, 13),
            "sendrecv: des");
  EXPECT_EQ(message_of<argument_error>([&] {
              sendrecv(world(), mine, {.dest = right()}, hers, {.source = nobody});
            }).substr(0, 13),
            "sendrecv: sou");
  EXPECT_THROW(sendrecv_replace(world(), hers, {.dest = right(), .tag = -1}, {.source = left()}), argument_error);
  EXPECT_THROW(static_cast<void>(sendrecv<int>(world(), 1, {.dest = right()}, {.source = -9})), argument_error);
  EXPECT_EQ(sendrecv<int>(world(), 5, {.dest = right()}, {.source = left()}), 5) << "nothing was left over";
}

template <class In>
concept exchangeable = requires(communicator const& comm, In&& in) {
  sendrecv(comm, 1, {.dest = 0}, std::forward<In>(in), {.source = 0}, nonblocking);
};
static_assert(!exchangeable<int&>, "the temporary sent would be gone");
static_assert(!exchangeable<int const&>);

TEST(sendrecv, truth_values_are_replaced_as_any_other) {
  bool flag = world().rank() % 2 == 0;
  sendrecv_replace(world(), flag, {.dest = right()}, {.source = left()});
  EXPECT_EQ(flag, left() % 2 == 0);
  bool flags[3] = {true, false, world().rank() == 0};
  sendrecv_replace(world(), flags, {.dest = right()}, {.source = left()});
  EXPECT_EQ(flags[2], left() == 0);
}

TEST(sendrecv, an_error_that_test_meets_is_the_end) {
  std::vector<int> const four(4);
  std::vector<int> two(2);
  auto both = sendrecv(world(), four, {.dest = right()}, two, {.source = left()}, nonblocking);
  EXPECT_THROW(while (!both.test()){}, truncation_error);
  EXPECT_TRUE(both.ended());
  EXPECT_EQ(both.get_status(), std::nullopt);
}

} // namespace
} // namespace armada
