#include <armada/collectives/scatter.hpp>

#include "tests/collectives/three_modes.hpp"

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Mode>
concept scatter_in = requires(communicator const& c, In in, Out out, Mode mode) {
  scatter(c, static_cast<In>(in), static_cast<Out>(out), 0, mode);
};
static_assert(scatter_in<std::vector<int>, int&, blocking_t> && scatter_in<nothing_t, int&, persistent_t>);
static_assert(scatter_in<std::vector<int>&, in_place_t, nonblocking_t> &&
              scatter_in<ragged_buffer<int const>, int&, persistent_t>);
static_assert(!scatter_in<std::vector<int>, int&, nonblocking_t>, "a temporary is gone before it is read");
static_assert(!scatter_in<std::vector<int>, int&, persistent_t>);
static_assert(!scatter_in<std::vector<int>&, std::vector<int>, persistent_t>);
static_assert(!scatter_in<std::vector<int>&, int const&, blocking_t>, "nothing can be written there");

TEST(scatter, large_blocks_with_gaps_from_every_root) {
  for (int root = 0; root < ranks(); ++root)
    for (auto const count : gapped_counts) {
      std::vector<gapped> all;
      std::vector<gapped> mine(count);
      in_three_modes(
          [&](int round) {
            std::ranges::fill(mine, gapped{'-', -1});
            if (here() != root) return;
            all.resize(count * many());
            std::ranges::copy(gapped_blocks(round, count), all.begin());
          },
          [&](auto mode) { return scatter(world(), all, mine, root, mode); },
          [&](int round) {
            EXPECT_TRUE(mine == gapped_block(round, here(), count)) << count << " from " << root << ", " << round;
          });
    }
}

TEST(scatter, gives_every_rank_its_block_of_the_root) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < ranks(); ++root)
      for (std::size_t count = 0; count < 10; ++count) {
        bool const is_root = here() == root;
        std::vector<T> all(is_root ? count * many() : 0);
        guarded<T> mine(count);
        in_three_modes(
            [&](int round) {
              clear(mine);
              if (is_root)
                std::ranges::copy(joined<T>(ranks(), [&](int to) { return between<T>(round, root, to, count); }),
                                  all.begin());
            },
            [&](auto mode) { return scatter(world(), all, mine.room(), root, mode); },
            [&](int round) { mine.expect(between<T>(round, root, here(), count)); });
      }
  });
}

TEST(scatter, in_place_at_the_root_and_nothing_elsewhere) {
  for (int root = 0; root < ranks(); ++root) {
    guarded<int> buffer(here() == root ? 3 * many() : 3);
    auto const all = [&](int round) {
      return joined<int>(ranks(), [&](int to) { return between<int>(round, root, to, 3); });
    };
    in_three_modes(
        [&](int round) {
          clear(buffer);
          if (here() == root) put(buffer, all(round));
        },
        [&](auto mode) {
          if (here() == root) return scatter(world(), buffer.room(), in_place, root, mode);
          return scatter(world(), nothing, buffer.room(), root, mode);
        },
        [&](int round) { buffer.expect(here() == root ? all(round) : between<int>(round, root, here(), 3)); });
  }
}

TEST(scatter, ragged_blocks_with_gaps) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < ranks(); ++root)
      for (int gap = 0; gap < 3; ++gap) {
        bool const is_root = here() == root;
        auto const length = [&](int rank) { return static_cast<std::size_t>((rank + gap) % 4); };
        std::vector<std::size_t> counts, places;
        std::size_t room = 0;
        for (int rank = 0; rank < ranks(); ++rank) {
          counts.push_back(length(rank));
          places.push_back(room + static_cast<std::size_t>(gap));
          room = places.back() + counts.back();
        }
        std::vector<T> all(is_root ? room : 0);
        guarded<T> mine(length(here()));
        in_three_modes(
            [&](int round) {
              clear(mine);
              for (int to = 0; is_root && to < ranks(); ++to)
                std::ranges::copy(between<T>(round, root, to, length(to)),
                                  all.begin() + static_cast<std::ptrdiff_t>(places[static_cast<std::size_t>(to)]));
            },
            [&](auto mode) {
              return scatter(world(), is_root ? ragged(std::as_const(all), counts, places) : ragged_buffer<T const>(),
                             mine.room(), root, mode);
            },
            [&](int round) { mine.expect(between<T>(round, root, here(), length(here()))); });
      }
  });
}

template <class T>
void expect_values(auto const& value_of) {
  for (int root = 0; root < ranks(); ++root) {
    std::vector<T> all;
    if (here() == root)
      for (int rank = 0; rank < ranks(); ++rank) all.push_back(value_of(rank));
    EXPECT_EQ(scatter(world(), all, root), value_of(here()));
    auto first = scatter(world(), all, root, nonblocking);
    auto second = scatter(world(), std::vector<T>(all), root, nonblocking); // the values may go
    if (here() % 2 == 0) {
      EXPECT_EQ(second.wait(), value_of(here()));
      EXPECT_EQ(first.wait(), value_of(here()));
    } else {
      EXPECT_EQ(first.wait(), value_of(here()));
      EXPECT_EQ(second.wait(), value_of(here()));
    }
  }
}

TEST(scatter, values_of_any_type_and_size) {
  expect_values<int>([](int rank) { return rank * rank; });
  expect_values<bool>([](int rank) { return rank % 2 == 0; });
  expect_values<std::array<int, 3>>([](int rank) { return std::array{rank, 1, 2}; });
  expect_values<std::string>([](int rank) { return text_of(rank, 1000 * static_cast<std::size_t>(rank)); });
  expect_values<std::vector<double>>([](int rank) { return std::vector<double>(30'000, rank); });
  expect_values<std::map<int, std::string>>([](int rank) { return std::map<int, std::string>{{rank, "x"}}; });
}

TEST(scatter, wrong_arguments_are_named) {
  auto const start = "scatter on \"world\", rank " + std::to_string(here()) + ": ";
  std::vector<int> const all(2 * many() + 1);
  std::vector<int> mine(2);
  EXPECT_EQ(message_of<argument_error>([&] { scatter(world(), all, mine, here()); }),
            start + "in has " + std::to_string(2 * many() + 1) + " elements and needs " + std::to_string(2 * many()));
  EXPECT_EQ(message_of<argument_error>([&] { scatter(world(), nothing, mine, here()); }),
            start + "in is `nothing`, and this rank needs it");
  EXPECT_EQ(message_of<argument_error>([&] { scatter(world(), all, nothing, here()); }),
            start + "out is `nothing`, and this rank needs it");
  EXPECT_NE(message_of<argument_error>([&] { scatter(world(), all, mine, ranks()); }).find("is not a rank"),
            std::string::npos);
  EXPECT_EQ(
      message_of<argument_error>([&] { scatter(world(), ragged(all, std::vector<int>(many(), 1)), mine, here()); }),
      start + "out has 2 elements and needs 1");
  if (ranks() > 1) {
    EXPECT_EQ(message_of<argument_error>([&] { scatter(world(), all, in_place, (here() + 1) % ranks()); }),
              start + "in_place is for the root alone");
  }
}

template <class T>
void expect_refused() {
  for (int root = 0; root < ranks(); ++root)
    for (std::size_t given : {std::size_t{0}, many() + 1}) {
      std::vector<T> const values(here() == root ? given : 0);
      auto const expected = "scatter on rank " + std::to_string(here()) + " of " + std::to_string(ranks()) +
                            ": the vector of values of rank " + std::to_string(root) + " has " + std::to_string(given) +
                            " elements, and needs one for each rank";
      EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(scatter(world(), values, root)); }), expected);
      auto pending = scatter(world(), values, root, nonblocking);
      EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(pending.wait()); }), expected);
    }
}

TEST(scatter, another_number_of_values_than_ranks_at_the_root_is_refused_on_every_rank) {
  expect_refused<int>();
  expect_refused<std::string>();
}

TEST(scatter, what_the_root_cannot_encode_keeps_nobody_waiting) {
  std::vector<refuses> const values(many(), {here() == 0});
  EXPECT_THROW(static_cast<void>(scatter(world(), values, 0)), std::exception);
  EXPECT_THROW(static_cast<void>(scatter(world(), values, 0, nonblocking).wait()), std::exception);
}

} // namespace
} // namespace armada
