#include <armada/collectives/alltoall.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>

#include <cstdint>
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
}

TEST(alltoall, gives_every_rank_its_block_of_every_rank) {
  for_each_wire_type([](auto sample) {
    for (int shift = 0; shift < 4; ++shift)
      for (int gap = 0; gap < 3; ++gap) expect_exchange<decltype(sample)>(shift, gap);
  });
}

TEST(alltoall, large_blocks) {
  std::vector<int> const counts(static_cast<std::size_t>(world().size()), 50'000);
  std::vector<int> in(50'000 * counts.size(), world().rank());
  std::vector<int> out(in.size(), -1);
  alltoall(world(), ragged(in, counts), ragged(out, counts));
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], static_cast<int>(i / 50'000));
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
