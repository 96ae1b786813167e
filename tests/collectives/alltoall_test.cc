#include <armada/collectives/alltoall.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/core/address.hpp>
#include <armada/core/derived_datatype.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

template <class In, class Out>
concept exchangeable = requires(communicator const& c, ragged_buffer<In> in, ragged_buffer<Out> out) {
  alltoall(c, in, out);
};
static_assert(exchangeable<int, int> && exchangeable<int const, int>);
static_assert(!exchangeable<int, int const>, "nothing can be written there");
static_assert(!exchangeable<int, long>);
template <class Range>
concept can_be_cut = requires(Range range, std::vector<int> counts) {
  ragged(static_cast<Range>(range), counts);
};
static_assert(can_be_cut<std::vector<int>&> && can_be_cut<std::span<int>> && can_be_cut<std::vector<int> const&>);
static_assert(!can_be_cut<std::vector<int>>, "a temporary is gone before it is read");

template <class In, class Out, class Mode>
concept alltoall_in = requires(communicator const& c, In in, Out out, Mode mode) {
  alltoall(c, static_cast<In>(in), static_cast<Out>(out), mode);
};
static_assert(alltoall_in<std::vector<int>&, std::vector<int>&, persistent_t>);
static_assert(alltoall_in<in_place_t, std::span<int>, persistent_t> &&
              alltoall_in<in_place_t, ragged_buffer<int>, persistent_t>);
static_assert(!alltoall_in<std::vector<int>, std::vector<int>&, persistent_t>, "a temporary is gone before it is read");
static_assert(!alltoall_in<std::vector<int>&, std::vector<int>, nonblocking_t>);
using read_blocks = std::vector<typed_buffer<void const>>;
using written_blocks = std::vector<typed_buffer<void>>;
static_assert(alltoall_in<read_blocks, written_blocks, persistent_t>, "what they show lives on");
static_assert(alltoall_in<in_place_t, written_blocks, blocking_t>);
static_assert(!alltoall_in<written_blocks, read_blocks, blocking_t>, "nothing can be written there");

/// How many elements rank `from` sends to rank `to`.
int count_between(int from, int to, int shift) { return (2 * from + 3 * to + shift) % 4; }

/// The value of element i of that block.
template <class T>
T element_between(int from, int to, int i) {
  return numbered<T>::at(1 + 25 * from + 6 * to + i);
}

template <class T>
void expect_exchange(int shift, int gap) {
  int const me = world().rank();
  std::vector<int> in_counts, in_places, out_counts;
  std::vector<std::int64_t> out_places;
  std::vector<T> in;
  int room = 0;
  for (int other = 0; other < world().size(); ++other) {
    in_counts.push_back(count_between(me, other, shift));
    for (int i = 0; i < gap; ++i) in.push_back(T{});
    in_places.push_back(static_cast<int>(in.size()));
    for (int i = 0; i < in_counts.back(); ++i) in.push_back(element_between<T>(me, other, i));
    out_counts.push_back(count_between(other, me, shift));
    out_places.push_back(room + 2 * gap);
    room += 2 * gap + out_counts.back();
  }
  guarded<T> now(static_cast<std::size_t>(room));
  guarded<T> later(static_cast<std::size_t>(room));
  std::vector<T> expected(now.room().begin(), now.room().end());
  for (int other = 0; other < world().size(); ++other)
    for (int i = 0; i < out_counts[static_cast<std::size_t>(other)]; ++i)
      expected[static_cast<std::size_t>(out_places[static_cast<std::size_t>(other)] + i)] =
          element_between<T>(other, me, i);

  std::vector<T> const& sent = in;
  alltoall(world(), ragged(sent, in_counts, in_places), ragged(now.room(), out_counts, out_places));
  now.expect(expected);
  auto pending = alltoall(world(), ragged(in, in_counts, in_places), ragged(later.room(), out_counts, out_places),
                          nonblocking); // which keeps the cuts
  pending.wait();
  later.expect(expected);
  clear(later);
  auto again = alltoall(world(), ragged(in, in_counts, in_places), ragged(later.room(), out_counts, out_places),
                        persistent); // which keeps them as well
  for (int round = 0; round < 2; ++round) {
    for (T& each : in) each = element_between<T>(0, 0, round); // what the first start sends is not what the second does
    again.start();
    again.wait();
  }
  for (std::size_t other = 0; other < many(); ++other)
    for (int i = 0; i < out_counts[other]; ++i)
      EXPECT_EQ(later.room()[static_cast<std::size_t>(out_places[other] + i)], element_between<T>(0, 0, 1));
}

TEST(alltoall, gives_every_rank_its_block_of_every_rank) {
  for_some_types([](auto sample) {
    for (int shift = 0; shift < 4; ++shift)
      for (int gap = 0; gap < 3; ++gap) expect_exchange<decltype(sample)>(shift, gap);
  });
}

TEST(alltoall, equal_blocks) {
  for_some_types([](auto sample) {
    using T = decltype(sample);
    for (std::size_t count = 0; count < 10; ++count) {
      std::vector<T> in(count * many());
      guarded<T> out(in.size());
      guarded<T> placed(in.size());
      auto const fill = [&](int round) {
        std::ranges::copy(joined<T>(ranks(), [&](int to) { return between<T>(round, here(), to, count); }), in.begin());
        clear(out);
        put(placed, in);
      };
      auto const expected = [&](int round) {
        return joined<T>(ranks(), [&](int from) { return between<T>(round, from, here(), count); });
      };
      in_three_modes(
          fill, [&](auto mode) { return alltoall(world(), in, out.room(), mode); },
          [&](int round) { out.expect(expected(round)); });
      in_three_modes(
          fill, [&](auto mode) { return alltoall(world(), in_place, placed.room(), mode); },
          [&](int round) { placed.expect(expected(round)); });
    }
  });
}

TEST(alltoall, blocks_of_different_lengths_in_three_modes) {
  auto const length = [](int a, int b) { return static_cast<std::size_t>((a + b) % 4); }; // the same both ways
  std::vector<std::size_t> counts;
  for (int other = 0; other < ranks(); ++other) counts.push_back(length(here(), other));
  auto const all = [&](auto block) { return joined<int>(ranks(), block); };
  auto const sent = [&](int round) {
    return all([&](int to) { return between<int>(round, here(), to, length(here(), to)); });
  };
  auto const received = [&](int round) {
    return all([&](int from) { return between<int>(round, from, here(), length(here(), from)); });
  };
  std::vector<int> in(sent(0).size());
  guarded<int> out(in.size());
  guarded<int> placed(in.size());
  auto const fill = [&](int round) {
    std::ranges::copy(sent(round), in.begin());
    clear(out);
    put(placed, in);
  };
  in_three_modes(
      fill,
      [&](auto mode) { return alltoall(world(), ragged(std::as_const(in), counts), ragged(out.room(), counts), mode); },
      [&](int round) { out.expect(received(round)); });
  in_three_modes(
      fill, [&](auto mode) { return alltoall(world(), in_place, ragged(placed.room(), counts), mode); },
      [&](int round) { placed.expect(received(round)); });
}

TEST(alltoall, blocks_of_a_datatype_each) {
  // Rank `to` gets every second of six elements, some blocks said by absolute addresses; they arrive in one piece.
  auto const every_second = datatype::vector(3, 1, 2, datatype::of<int>());
  std::vector<std::vector<int>> in(many(), std::vector<int>(6));
  std::vector<guarded<int>> out(many(), guarded<int>(3));
  std::vector<datatype> absolute_types;
  std::vector<typed_buffer<void const>> sent;
  std::vector<typed_buffer<void>> received;
  for (std::size_t other = 0; other < many(); ++other) {
    sent.push_back(typed(std::as_const(in[other]).data(), 1, every_second));
    auto* const room = out[other].room().data();
    if (other % 2 == 0) {
      received.push_back(typed(room, 3, MPI_INT));
    } else {
      absolute_types.push_back(datatype::hindexed({3}, {address_of(*room)}, datatype::of<int>()));
      received.push_back(typed(absolute, 1, absolute_types.back()));
    }
  }
  in_three_modes(
      [&](int round) {
        for (std::size_t other = 0; other < many(); ++other) {
          auto const block = between<int>(round, here(), static_cast<int>(other), 3);
          for (std::size_t i = 0; i < 3; ++i) in[other][2 * i] = block[i];
          clear(out[other]);
        }
      },
      [&](auto mode) { return alltoall(world(), sent, received, mode); },
      [&](int round) {
        for (std::size_t other = 0; other < many(); ++other)
          out[other].expect(between<int>(round, static_cast<int>(other), here(), 3));
      });
  std::vector<typed_buffer<void>> placed;
  for (auto& each : out) placed.push_back(typed(each.room().data(), 3, MPI_INT));
  in_three_modes(
      [&](int round) {
        for (std::size_t other = 0; other < many(); ++other)
          put(out[other], between<int>(round, here(), static_cast<int>(other), 3));
      },
      [&](auto mode) { return alltoall(world(), in_place, placed, mode); },
      [&](int round) {
        for (std::size_t other = 0; other < many(); ++other)
          out[other].expect(between<int>(round, static_cast<int>(other), here(), 3));
      });
  sent.pop_back();
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), sent, received); }),
            "alltoall on \"world\", rank " + std::to_string(here()) + ": in has " + std::to_string(many() - 1) +
                " blocks and needs " + std::to_string(many()));
}

template <class T>
void expect_values(auto const& value_of) {
  std::vector<T> sent, expected;
  for (int other = 0; other < ranks(); ++other) {
    sent.push_back(value_of(here(), other));
    expected.push_back(value_of(other, here()));
  }
  EXPECT_EQ(alltoall(world(), sent), expected);
  auto first = alltoall(world(), std::vector<T>(sent), nonblocking); // the values may go
  auto second = alltoall(world(), sent, nonblocking);
  if (here() % 2 == 0) std::swap(first, second);
  EXPECT_EQ(second.wait(), expected);
  EXPECT_EQ(first.wait(), expected);
}

TEST(alltoall, values_of_any_type_and_size) {
  expect_values<int>([](int from, int to) { return 10 * from + to; });
  expect_values<bool>([](int from, int to) { return from < to; });
  expect_values<std::array<short, 3>>([](int from, int to) {
    return std::array{static_cast<short>(from), static_cast<short>(to), short{5}};
  });
  expect_values<std::string>([](int from, int to) { return text_of(from, static_cast<std::size_t>(to) * 9000); });
  expect_values<std::map<int, std::string>>([](int from, int to) {
    return std::map<int, std::string>{{from, text_of(to, 20)}};
  });
}

TEST(alltoall, large_blocks) {
  std::vector<int> const counts(static_cast<std::size_t>(world().size()), 50'000);
  std::vector<int> in(50'000 * counts.size(), world().rank());
  std::vector<int> out(in.size(), -1);
  alltoall(world(), ragged(in, counts), ragged(out, counts));
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], static_cast<int>(i / 50'000));
}

TEST(alltoall, lengths_that_do_not_fit_are_named) {
  auto const start = "alltoall on \"world\", rank " + std::to_string(here()) + ": ";
  std::vector<int> const one_each(many());
  std::vector<int> out(2 * many());
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), one_each, out); }),
            start + "a block of out has 2 elements and needs 1");
  EXPECT_EQ(message_of<argument_error>(
                [&] { alltoall(world(), one_each, typed(out.data(), 2 * static_cast<MPI_Count>(many()), MPI_INT)); }),
            start + "a block of out has 8 bytes and needs 4");
  if (ranks() > 1) {
    std::vector<int> const uneven(many() + 1);
    EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), uneven, out); }),
              start + "in has " + std::to_string(many() + 1) + " elements and needs " + std::to_string(many()));
  }
}

template <class T>
void expect_refused() {
  for (int wrong = 0; wrong < ranks(); ++wrong) {
    std::vector<T> const values(many() + (here() == wrong ? 1 : 0));
    auto const expected = "alltoall on rank " + std::to_string(here()) + " of " + std::to_string(ranks()) +
                          ": the vector of values of rank " + std::to_string(wrong) + " has " +
                          std::to_string(many() + 1) + " elements, and needs one for each rank";
    EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(alltoall(world(), values)); }), expected);
    auto pending = alltoall(world(), values, nonblocking);
    EXPECT_EQ(message_of<argument_error>([&] { static_cast<void>(pending.wait()); }), expected);
  }
}

TEST(alltoall, another_number_of_values_than_ranks_on_one_rank_is_refused_on_every_rank) {
  expect_refused<int>();
  expect_refused<std::string>();
}

TEST(alltoall, cuts_that_do_not_fit_are_named) {
  auto const ranks = static_cast<std::size_t>(world().size());
  auto const start = "alltoall on \"world\", rank " + std::to_string(world().rank()) + ": ";
  std::vector<int> numbers(ranks, 1);
  std::vector<int> const ones(ranks, 1);
  std::vector<int> const more(ranks + 1, 0);
  std::vector<int> const negative(ranks, -1);
  auto const good = ragged(numbers, ones);
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), ragged(numbers, more), good); }),
            start + "counts of in has " + std::to_string(ranks + 1) + " elements and needs " + std::to_string(ranks));
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), good, ragged(numbers, more)); }),
            start + "counts of out has " + std::to_string(ranks + 1) + " elements and needs " + std::to_string(ranks));
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), ragged(numbers, ones, more), good); }),
            start + "displacements of in has " + std::to_string(ranks + 1) + " elements and needs " +
                std::to_string(ranks));
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), good, ragged(numbers, negative)); }),
            start + "the block of rank 0 (-1 elements at 0) is not inside out's " + std::to_string(ranks) +
                " elements");
  std::vector<int> places(ranks, 0);
  places.back() = static_cast<int>(ranks);
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(world(), ragged(numbers, ones, places), good); }),
            start + "the block of rank " + std::to_string(ranks - 1) + " (1 elements at " + std::to_string(ranks) +
                ") is not inside in's " + std::to_string(ranks) + " elements");
}

} // namespace
} // namespace armada
