#include <armada/collectives/reduce_scatter.hpp>

#include "tests/collectives/three_modes.hpp"

#include <functional>
#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Op, class Mode>
concept block_in = requires(communicator const& c, In in, Out out, Op op, Mode mode) {
  reduce_scatter_block(c, static_cast<In>(in), static_cast<Out>(out), op, mode);
};
static_assert(block_in<std::vector<int>&, int&, std::plus<>, persistent_t>);
static_assert(!block_in<std::vector<int>, int&, std::plus<>, persistent_t>, "a temporary is gone before it is read");
static_assert(!block_in<std::vector<bool>&, bool&, std::plus<>, blocking_t>);
static_assert(!block_in<std::vector<double>&, double&, std::bit_or<>, blocking_t>, "there are no bits of a double");

/// Block `to` of the sum of what all ranks have for it.
template <class T>
std::vector<T> serial(int round, int to, std::size_t count, auto op) {
  auto total = between<T>(round, 0, to, count);
  for (int from = 1; from < ranks(); ++from) {
    auto const next = between<T>(round, from, to, count);
    for (std::size_t i = 0; i < count; ++i) total[i] = static_cast<T>(op(total[i], next[i]));
  }
  return total;
}

template <class T>
void expect_blocks(auto op) {
  for (std::size_t count = 0; count < 10; ++count) {
    std::vector<T> in(count * many());
    guarded<T> out(count);
    guarded<T> placed(count * many());
    auto const fill = [&](int round) {
      std::ranges::copy(joined<T>(ranks(), [&](int to) { return between<T>(round, here(), to, count); }), in.begin());
      clear(out);
      put(placed, in);
    };
    in_three_modes(
        fill, [&](auto mode) { return reduce_scatter_block(world(), in, out.room(), op, mode); },
        [&](int round) { out.expect(serial<T>(round, here(), count, op)); });
    in_three_modes(
        fill, [&](auto mode) { return reduce_scatter_block(world(), in_place, placed.room(), op, mode); },
        [&](int round) {
          auto const result = placed.room().first(count);
          EXPECT_EQ(std::vector<T>(result.begin(), result.end()), serial<T>(round, here(), count, op));
        });
  }
}

TEST(reduce_scatter, equal_blocks) {
  expect_blocks<int>(std::plus{});
  expect_blocks<double>(minimum{});
  expect_blocks<std::int64_t>([modulus = 101](std::int64_t a, std::int64_t b) { return (a + b) % modulus; });
}

template <class T>
void expect_ragged(int shift, auto op) {
  std::vector<std::size_t> counts;
  std::size_t total = 0;
  for (int rank = 0; rank < ranks(); ++rank) {
    counts.push_back(static_cast<std::size_t>((3 * rank + shift) % 10));
    total += counts.back();
  }
  auto const mine = counts[static_cast<std::size_t>(here())];
  std::vector<T> in(total);
  guarded<T> out(mine);
  guarded<T> placed(total);
  auto const fill = [&](int round) {
    std::ranges::copy(
        joined<T>(ranks(), [&](int to) { return between<T>(round, here(), to, counts[static_cast<std::size_t>(to)]); }),
        in.begin());
    clear(out);
    put(placed, in);
  };
  in_three_modes(
      fill, [&](auto mode) { return reduce_scatter(world(), ragged(std::as_const(in), counts), out.room(), op, mode); },
      [&](int round) { out.expect(serial<T>(round, here(), mine, op)); });
  in_three_modes(
      fill, [&](auto mode) { return reduce_scatter(world(), in_place, ragged(placed.room(), counts), op, mode); },
      [&](int round) {
        auto const result = placed.room().first(mine);
        EXPECT_EQ(std::vector<T>(result.begin(), result.end()), serial<T>(round, here(), mine, op));
      });
}

TEST(reduce_scatter, blocks_of_different_lengths) {
  for (int shift = 0; shift < 4; ++shift) {
    expect_ragged<int>(shift, std::plus{});
    expect_ragged<float>(shift, maximum{});
    expect_ragged<int>(shift, [modulus = 101](int a, int b) { return (a + b) % modulus; });
  }
}

TEST(reduce_scatter, keeps_the_order_of_the_ranks_and_finds_places) {
  using span = std::pair<int, int>; // first and last
  std::vector<span> const in(many(), span(here(), here()));
  span out;
  reduce_scatter_block(world(), in, out, [](span const& a, span const& b) { return span(a.first, b.second); });
  EXPECT_EQ(out, span(0, ranks() - 1));
  std::vector<located<double>> const places(many(), located<double>{-1.0 * here(), here()});
  located<double> least{};
  reduce_scatter_block(world(), places, least, min_location{});
  EXPECT_EQ(least, (located<double>{1.0 - ranks(), ranks() - 1}));
}

TEST(reduce_scatter, lengths_that_do_not_fit_are_named) {
  auto const where = "\"world\", rank " + std::to_string(here()) + ": ";
  std::vector<int> const in(2 * many() + 1);
  std::vector<int> out(2);
  EXPECT_EQ(message_of<argument_error>([&] { reduce_scatter_block(world(), in, out, std::plus{}); }),
            "reduce_scatter_block on " + where + "in has " + std::to_string(2 * many() + 1) + " elements and needs " +
                std::to_string(2 * many()));
  std::vector<int> const ones(many(), 1);
  std::vector<int> apart(many());
  for (std::size_t i = 0; i < many(); ++i) apart[i] = 1 + 2 * static_cast<int>(i);
  auto const expect = [&](auto const& cut, std::string const& end) {
    EXPECT_EQ(message_of<argument_error>([&] { reduce_scatter(world(), cut, out, std::plus{}); }),
              "reduce_scatter on " + where + end);
  };
  expect(ragged(in, ones), "in has " + std::to_string(in.size()) + " elements and needs " + std::to_string(many()));
  expect(ragged(in, ones, apart),
         "the block of rank 0 of in (1 elements at 1) does not begin at 0, where the one before it ends");
  expect(ragged(in, std::vector<int>(many() + 1, 1)),
         "counts of in has " + std::to_string(many() + 1) + " elements and needs " + std::to_string(many()));
}

} // namespace
} // namespace armada
