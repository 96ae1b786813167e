#include <armada/collectives/gather.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/environment.hpp>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class In, class Out>
concept nonblocking_gather = requires(communicator const& c, In in, Out out) {
  gather(c, static_cast<In>(in), static_cast<Out>(out), 0, nonblocking);
};
static_assert(nonblocking_gather<int&, std::vector<int>&> && nonblocking_gather<int&, ragged_buffer<int>>);
static_assert(!nonblocking_gather<int, std::vector<int>&>, "a temporary is gone before it is read");
static_assert(!nonblocking_gather<int&, std::vector<int>>);
static_assert(!nonblocking_gather<int, ragged_buffer<int>>);

TEST(gather, puts_the_blocks_of_all_ranks_one_behind_the_other_at_the_root) {
  auto const ranks = static_cast<std::size_t>(world().size());
  for_some_types([&](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < world().size(); ++root)
      for (std::size_t count = 0; count < 10; count += 3) {
        bool const here = world().rank() == root;
        auto const mine = values_of<T>(world().rank(), count);
        guarded<T> now(here ? count * ranks : 0);
        guarded<T> later(here ? count * ranks : 0);
        gather(world(), mine, now.room(), root);
        auto pending = gather(world(), mine, later.room(), root, nonblocking);
        pending.wait();
        now.expect(here ? all_values<T>(count) : std::vector<T>());
        later.expect(here ? all_values<T>(count) : std::vector<T>());
      }
  });
}

TEST(gather, what_other_ranks_pass_as_out_stays_untouched) {
  std::vector<int> out(static_cast<std::size_t>(world().size()), -1);
  gather(world(), world().rank(), out, 0);
  if (world().rank() != 0) {
    EXPECT_EQ(out, std::vector<int>(out.size(), -1));
  }
}

TEST(gather, large_blocks_with_gaps_to_every_root) {
  for (int root = 0; root < world().size(); ++root)
    for (auto const count : gapped_counts)
      for (bool in_place_there : {false, true}) {
        bool const is_root = world().rank() == root;
        std::vector<gapped> mine(count);
        std::vector<gapped> all(is_root ? count * static_cast<std::size_t>(world().size()) : 0);
        in_three_modes(
            [&](int round) {
              std::ranges::copy(gapped_block(round, world().rank(), count), mine.begin());
              std::ranges::fill(all, gapped{'-', -1});
              if (is_root && in_place_there)
                std::ranges::copy(mine, all.begin() + static_cast<std::ptrdiff_t>(count) * root);
            },
            [&](auto mode) {
              if (is_root && in_place_there) return gather(world(), in_place, all, root, mode);
              return gather(world(), mine, all, root, mode);
            },
            [&](int round) {
              if (is_root) {
                EXPECT_TRUE(all == gapped_blocks(round, count)) << count << " to " << root << ", " << round;
              }
            });
      }
}

TEST(gather, in_place_at_the_root) {
  for (int root = 0; root < world().size(); ++root) {
    std::vector<double> out;
    auto const mine = values_of<double>(world().rank(), 3);
    if (world().rank() == root) {
      out.assign(3 * static_cast<std::size_t>(world().size()), 0);
      std::ranges::copy(mine, out.begin() + 3 * root);
      gather(world(), in_place, out, root);
      EXPECT_EQ(out, all_values<double>(3));
    } else {
      gather(world(), mine, out, root);
    }
  }
}

TEST(gather, ragged_blocks_with_gaps) {
  for (int root = 0; root < world().size(); ++root)
    for (int gap = 0; gap < 3; ++gap)
      for (bool nonblocking_form : {false, true}) {
        bool const here = world().rank() == root;
        std::vector<int> counts;
        std::vector<int> places;
        int length = 0;
        for (int rank = 0; rank < world().size(); ++rank) {
          counts.push_back(3 - rank);
          places.push_back(length + gap);
          length += gap + counts.back();
        }
        guarded<float> out(here ? static_cast<std::size_t>(length) : 0);
        std::vector<float> expected(out.room().begin(), out.room().end());
        for (int rank = 0; here && rank < world().size(); ++rank)
          std::ranges::copy(values_of<float>(rank, static_cast<std::size_t>(3 - rank)),
                            expected.begin() + places[static_cast<std::size_t>(rank)]);
        auto const mine = values_of<float>(world().rank(), static_cast<std::size_t>(3 - world().rank()));
        auto const cut = here ? ragged(out.room(), counts, places) : ragged(out.room(), std::vector<int>());
        if (nonblocking_form)
          gather(world(), mine, cut, root, nonblocking).wait();
        else
          gather(world(), mine, cut, root);
        out.expect(expected);
        std::vector<float> other(mine.size());
        auto again = gather(world(), other, cut, root, persistent);
        for (int round = 0; round < 2; ++round) {
          for (float& each : other) each = static_cast<float>(10 * round + world().rank());
          again.start();
          again.wait();
          for (int rank = 0; here && rank < world().size(); ++rank)
            for (int i = 0; i < 3 - rank; ++i)
              expected[static_cast<std::size_t>(places[static_cast<std::size_t>(rank)] + i)] =
                  static_cast<float>(10 * round + rank);
          out.expect(expected);
        }
      }
}

template <class T>
void expect_values(auto const& value_of) {
  for (int root = 0; root < world().size(); ++root) {
    std::optional<std::vector<T>> expected;
    if (world().rank() == root) {
      expected.emplace();
      for (int rank = 0; rank < world().size(); ++rank) expected->push_back(value_of(rank));
    }
    T const mine = value_of(world().rank());
    EXPECT_EQ(gather(world(), mine, root), expected);
    auto pending = gather(world(), T(mine), root, nonblocking); // the value may go
    EXPECT_EQ(pending.wait(), expected);
  }
}

TEST(gather, values_of_any_type_and_size) {
  expect_values<int>([](int rank) { return rank + 1; });
  expect_values<bool>([](int rank) { return rank == 1; });
  expect_values<std::string>([](int rank) { return text_of(rank, static_cast<std::size_t>(rank) * 1000); });
  expect_values<std::map<std::string, int>>([](int rank) {
    return std::map<std::string, int>{{"rank", rank}, {std::string(static_cast<std::size_t>(rank), 'x'), 1}};
  });
}

TEST(gather, values_of_other_types_are_refused_at_the_root) {
  if (world().size() == 1) GTEST_SKIP() << "needs two ranks";
  if (world().rank() == 1) {
    EXPECT_EQ(gather(world(), std::vector<int>(30'000, 1), 0), std::nullopt);
  } else if (world().rank() == 0) {
    auto const message = message_of<type_error>([&] {
      static_cast<void>(gather(world(), std::vector<float>{1, 2}, 0));
    });
    EXPECT_NE(message.find("the value of rank 1 is of another type than the std::vector<float"), std::string::npos)
        << message;
  } else {
    EXPECT_EQ(gather(world(), std::vector<float>{1, 2}, 0), std::nullopt);
  }
}

TEST(gather, wrong_arguments_are_named) {
  auto const ranks = static_cast<std::size_t>(world().size());
  std::vector<int> const two{1, 2};
  std::vector<int> out(2 * ranks + 1);
  auto const bad_root = "gather: root " + std::to_string(ranks) + " is not a rank of \"world\" (0 to " +
                        std::to_string(ranks - 1) + "), on rank " + std::to_string(world().rank());
  auto const root = world().size();
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), two, out, root); }), bad_root);
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), in_place, out, root); }), bad_root);
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), two, ragged(out, two), root); }), bad_root);
  EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(gather(world(), 1, root)); }), bad_root);

  auto const start = "gather on \"world\", rank " + std::to_string(world().rank()) + ": ";
  auto const mine = world().rank();
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), two, out, mine); }),
            start + "out has " + std::to_string(2 * ranks + 1) + " elements and needs " + std::to_string(2 * ranks));
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), two, ragged(out, std::vector<int>(ranks + 1)), mine); }),
            start + "counts of out has " + std::to_string(ranks + 1) + " elements and needs " + std::to_string(ranks));
  if (ranks > 1) {
    auto const other = (mine + 1) % world().size();
    EXPECT_EQ(message_of<argument_error>([&] { gather(world(), in_place, out, other); }),
              start + "in_place is for the root alone");
  }
}

TEST(gather, what_one_rank_cannot_encode_keeps_nobody_waiting) {
  refuses const mine{world().rank() == world().size() - 1};
  auto const fails = [&](auto gathered) {
    if (mine.here || world().rank() == 0)
      EXPECT_THROW(gathered(), std::exception);
    else
      EXPECT_NO_THROW(gathered());
  };
  fails([&] { static_cast<void>(gather(world(), mine, 0)); });
  fails([&] { static_cast<void>(gather(world(), mine, 0, nonblocking).wait()); });
  fails([&] { static_cast<void>(gather(world(), mine, 0, rank_by_rank)); });
}

TEST(gather, three_modes) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (int root = 0; root < ranks(); ++root)
      for (std::size_t count = 0; count < 10; count += 3) {
        bool const is_root = here() == root;
        auto const expected = [&](int round) {
          return is_root ? joined<T>(ranks(), [&](int from) { return in_round<T>(round, from, count); })
                         : std::vector<T>();
        };
        std::vector<T> mine(count);
        guarded<T> out(is_root ? count * many() : 0);
        auto const fill = [&](int round) {
          std::ranges::copy(in_round<T>(round, here(), count), mine.begin());
          clear(out);
        };
        auto const check = [&](int round) { out.expect(expected(round)); };
        in_three_modes(
            fill, [&](auto mode) { return gather(world(), mine, out.room(), root, mode); }, check);
        std::vector<std::size_t> const counts(many(), count);
        in_three_modes(
            fill,
            [&](auto mode) {
              auto const cut = is_root ? ragged(out.room(), counts) : ragged_buffer<T>();
              return gather(world(), mine, cut, root, mode);
            },
            check);
        in_three_modes(
            [&](int round) {
              fill(round);
              if (is_root) put(out, mine, count * static_cast<std::size_t>(here()));
            },
            [&](auto mode) {
              if (is_root) return gather(world(), in_place, out.room(), root, mode);
              return gather(world(), mine, nothing, root, mode);
            },
            check);
      }
  });
}

TEST(gather, nothing_is_not_for_the_root) {
  EXPECT_EQ(message_of<argument_error>([&] { gather(world(), 1, nothing, here()); }),
            "gather on \"world\", rank " + std::to_string(here()) + ": out is `nothing`, and this rank needs it");
}

} // namespace
} // namespace armada
