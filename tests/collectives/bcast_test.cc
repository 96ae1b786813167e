#include <armada/collectives/bcast.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/completion.hpp>
#include <armada/core/environment.hpp>

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

using table = std::map<std::string, std::vector<double>>;

static_assert(requires(communicator c, double& x) { bcast(c, x, 0); });
static_assert(requires(communicator c, double& x) { bcast(c, x, 0, nonblocking); });
static_assert(requires(communicator c, std::span<int> x) { bcast(c, std::move(x), 0, nonblocking); });
template <class T>
concept bcast_of = requires(communicator const& c, T x) {
  bcast(c, static_cast<T>(x), 0);
};
template <class T>
concept nonblocking_bcast_of = requires(communicator const& c, T x) {
  bcast(c, static_cast<T>(x), 0, nonblocking);
};
static_assert(bcast_of<int&> && bcast_of<std::vector<int>&> && bcast_of<table&> && bcast_of<std::array<int, 3>&>);
static_assert(!bcast_of<int const&>, "nothing can be written there");
static_assert(!bcast_of<std::vector<int> const&>);
static_assert(!bcast_of<table const&>);
static_assert(!bcast_of<table>, "nobody would see the result");
static_assert(!nonblocking_bcast_of<std::array<int, 3>>, "a temporary is gone before it is written");

TEST(bcast, gives_every_rank_the_elements_of_the_root) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < world().size(); ++root)
      for (std::size_t count = 0; count < 10; ++count) {
        guarded<T> buffer(count);
        if (world().rank() == root) std::ranges::copy(values_of<T>(root, count), buffer.room().begin());
        bcast(world(), buffer.room(), root);
        buffer.expect(values_of<T>(root, count));
      }
  });
}

TEST(bcast, scalars_and_arrays) {
  for (int root = 0; root < world().size(); ++root) {
    bool const here = world().rank() == root;
    double scalar = here ? 3.5 + root : 0;
    bool truth = here;
    int numbers[3] = {here ? root : -1, here ? 2 : -1, here ? 3 : -1};
    std::array<std::array<int, 2>, 2> nested{};
    if (here) nested = {{{1, 2}, {3, root}}};
    bcast(world(), scalar, root);
    bcast(world(), truth, root);
    bcast(world(), numbers, root);
    bcast(world(), nested, root);
    EXPECT_EQ(scalar, 3.5 + root);
    EXPECT_TRUE(truth);
    EXPECT_EQ(std::vector(numbers, numbers + 3), (std::vector{root, 2, 3}));
    EXPECT_EQ(nested, (std::array<std::array<int, 2>, 2>{{{1, 2}, {3, root}}}));
  }
}

TEST(bcast, a_container_takes_the_length_of_the_root) {
  for (int root = 0; root < world().size(); ++root)
    for (std::size_t length : {0U, 1U, 9U, 100'000U}) {
      std::vector<int> numbers(world().rank() == root ? length : static_cast<std::size_t>(world().rank()) * 3, root);
      std::string letters = world().rank() == root ? text_of(root, length) : "of another length";
      std::vector<std::pair<char, double>> pairs;
      if (world().rank() == root) pairs = values_of<std::pair<char, double>>(root, length % 1000);
      bcast(world(), numbers, root);
      bcast(world(), letters, root);
      bcast(world(), pairs, root);
      EXPECT_EQ(numbers, std::vector<int>(length, root));
      EXPECT_EQ(letters, text_of(root, length));
      EXPECT_EQ(pairs, (values_of<std::pair<char, double>>(root, length % 1000)));
    }
}

TEST(bcast, objects) {
  for (int root = 0; root < world().size(); ++root) {
    table const sent{{"a", {1, 2, 3}}, {"root", std::vector<double>(5000, root)}, {"", {}}};
    table values = world().rank() == root ? sent : table{{"old", {1}}};
    bcast(world(), values, root);
    EXPECT_EQ(values, sent);
  }
}

TEST(bcast, nonblocking_several_in_flight) {
  for (int root = 0; root < world().size(); ++root) {
    bool const here = world().rank() == root;
    double scalar = here ? 1.5 : 0;
    std::vector<int> numbers;
    std::string letters;
    table values;
    if (here) {
      numbers.assign(1000, root);
      letters = text_of(root, 33);
      values["x"] = {1, 2};
    }
    auto first = bcast(world(), scalar, root, nonblocking);
    auto second = bcast(world(), numbers, root, nonblocking);
    auto third = bcast(world(), letters, root, nonblocking);
    auto fourth = bcast(world(), values, root, nonblocking);
    if (world().rank() % 2 == 0) {
      wait_all(fourth, third, second, first);
    } else {
      while (!third.test()) {
      }
      wait_all(first, third, fourth, second);
    }
    EXPECT_EQ(scalar, 1.5);
    EXPECT_EQ(numbers, std::vector<int>(1000, root));
    EXPECT_EQ(letters, text_of(root, 33));
    EXPECT_EQ(values, (table{{"x", {1, 2}}}));
  }
}

TEST(bcast, a_wrong_root_is_named) {
  int x = 0;
  std::vector<int> numbers;
  table values;
  for (int root : {-1, world().size(), world().size() + 5}) {
    auto const expected = "bcast: root " + std::to_string(root) + " is not a rank of \"world\" (0 to " +
                          std::to_string(world().size() - 1) + "), on rank " + std::to_string(world().rank());
    EXPECT_EQ(message_of<argument_error>([&] { bcast(world(), x, root); }), expected);
    EXPECT_EQ(message_of<argument_error>([&] { bcast(world(), x, root, nonblocking).wait(); }), expected);
    EXPECT_EQ(message_of<argument_error>([&] { bcast(world(), numbers, root); }), expected);
    EXPECT_EQ(message_of<argument_error>([&] { bcast(world(), values, root); }), expected);
  }
}

/// Broadcasts from rank 0, where the value is of type Root, to ranks where it is of type Elsewhere.
template <class Root, class Elsewhere>
void expect_type_error(Root sent, Elsewhere const& before) {
  if (world().rank() == 0) {
    Root const copy = sent;
    bcast(world(), sent, 0);
    EXPECT_EQ(sent, copy);
  } else {
    Elsewhere value = before;
    auto const message = message_of<type_error>([&] { bcast(world(), value, 0); });
    EXPECT_NE(message.find("bcast on rank"), std::string::npos) << message;
    EXPECT_NE(message.find("the value of rank 0 is of another type"), std::string::npos) << message;
    EXPECT_EQ(value, before);
  }
}

TEST(bcast, values_of_other_types_are_refused) {
  expect_type_error(std::string(13, 'x'), std::vector<double>{1, 2});
  expect_type_error(std::vector<int>(100'000, 3), std::vector<float>{1, 2});
  expect_type_error(table{{"a", {1}}}, std::map<int, int>{{1, 2}});
  expect_type_error(std::vector<int>{1, 2}, table{{"a", {1}}});
  int x = world().rank() == 0 ? 5 : 0;
  bcast(world(), x, 0); // the communicator still serves
  EXPECT_EQ(x, 5);
}

TEST(bcast, three_modes) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < ranks(); ++root)
      for (std::size_t count = 0; count < 10; ++count) {
        guarded<T> buffer(count);
        in_three_modes(
            [&](int round) {
              clear(buffer);
              if (here() == root) put(buffer, in_round<T>(round, root, count));
            },
            [&](auto mode) { return bcast(world(), buffer.room(), root, mode); },
            [&](int round) { buffer.expect(in_round<T>(round, root, count)); });
      }
  });
}

} // namespace
} // namespace armada
