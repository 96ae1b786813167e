#include <armada/arrays/histogram.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/creation.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace armada {
namespace {

using support::throws;
using counts = std::vector<std::int64_t>;

int me() { return world().rank(); }
int ranks() { return world().size(); }

template <class Array>
concept has_bincount = requires(Array const& a) {
  bincount(a);
};
static_assert(has_bincount<distributed_array<int, 2>> && !has_bincount<distributed_array<double, 1>>);

TEST(histogram, a_bin_has_its_lower_edge_and_the_last_one_both) {
  auto const a = from_serial<double>(world(), xt::xtensor<double, 1>{0, 0.5, 1, 1.5, 2, 2.5, 3, -0.001, 3.001}, 0);
  EXPECT_EQ(histogram(a, 3, {0, 3}), (counts{2, 2, 3}));
  EXPECT_EQ(histogram(a, {0, 1, 2, 3}), (counts{2, 2, 3}));
  EXPECT_EQ(histogram(a, {0.0, 0.25, 2.5}), (counts{1, 5}));
  EXPECT_EQ(histogram(a, {1, 1, 3, 3}), (counts{0, 4, 1})) << "bins without width";
  EXPECT_EQ(histogram(a, 1, {1, 1}), (counts{3})) << "from 0.5 to 1.5";
}

/// Edges that are no binary fractions, and values on them.
TEST(histogram, rounding_moves_nothing_to_another_bin) {
  constexpr std::int64_t bins = 70, extent = 700;
  double const low = 0.1, high = 0.8, width = (high - low) / bins;
  std::vector<double> edges;
  for (std::int64_t i = 0; i <= bins; ++i) edges.push_back(i == bins ? high : low + static_cast<double>(i) * width);
  auto const a = from_function<double>(world(), {extent},
                                       [&](std::int64_t i) {
                                         double const edge = edges[static_cast<std::size_t>(i % (bins + 1))];
                                         return i % 3 == 0 ? edge : std::nextafter(edge, i % 3 == 1 ? 0.0 : 1.0);
                                       },
                                       {cyclic});
  auto const found = histogram(a, bins, {low, high});
  EXPECT_EQ(found, histogram(a, edges));
  std::int64_t total = 0;
  for (auto const each : found) total += each;
  EXPECT_GT(total, extent - 10); // a few lie just outside
}

TEST(histogram, of_any_dimension_and_distribution) {
  auto const a =
      from_function<int>(world(), {7, 5, 3}, [](std::int64_t i, std::int64_t j, std::int64_t k) { return i + j - k; },
                         {cyclic, block, whole});
  counts expected(6);
  for (int i = 0; i < 7; ++i)
    for (int j = 0; j < 5; ++j)
      for (int k = 0; k < 3; ++k)
        if (int const value = i + j - k; value >= 0 && value <= 12)
          ++expected[static_cast<std::size_t>(value == 12 ? 5 : value / 2)];
  EXPECT_EQ(histogram(a, 6, {0, 12}), expected);
}

TEST(histogram, nan_and_infinity_are_outside) {
  auto const a = from_function<float>(world(), {20}, [](std::int64_t i) {
    return i % 4 == 0 ? std::nan("") : i % 4 == 1 ? -std::numeric_limits<double>::infinity() : 1.0;
  });
  EXPECT_EQ(histogram(a, 2, {0, 2}), (counts{0, 10}));
  EXPECT_EQ(histogram(a, {-std::numeric_limits<double>::infinity(), 0, 1}), (counts{5, 10}));
  EXPECT_EQ(histogram(zeros<float>(world(), {0}), 2, {0, 2}), (counts{0, 0}));
}

TEST(histogram, refuses_on_every_rank_what_makes_no_bins) {
  auto const a = ones<double>(world(), {4});
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, 0, {0, 1}); }, {"0 bins"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, 3, {1, 0}); }, {"from 1 to 0"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, 3, {0, std::nan("")}); }, {"nan"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, std::vector<double>{1}); }, {"1 edges"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, {0, 2, 1}); }, {"number 1", "2", "1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, {0, std::nan(""), 1}); }, {"number 0"}));
  EXPECT_TRUE(throws<out_of_memory>([&] { return histogram(a, std::int64_t{1} << 62, {0, 1}); }));
  if (ranks() == 1) return;
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, 1 + me(), {0, 1}); }, {"rank 1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, {0, 1.0 + me()}); }, {"rank 1", "edges"}));
}

/// Too wide for a double, too narrow for its digits, and just within.
TEST(histogram, refuses_on_every_rank_bins_that_numbers_cannot_tell_apart) {
  auto const a = full<double>(world(), {4}, 1e308);
  double const above = std::nextafter(1.0, 2.0), least = std::numeric_limits<double>::denorm_min();
  for (value_range const& range :
       {value_range{-1.5e308, 1.5e308}, {1e17, 1e17}, {1, above}, {0, least}, {0, 3 * least}})
    EXPECT_TRUE(throws<argument_error>([&] { return histogram(a, 10, range); }, {"10 bins", "edges"})) << range.high;
  EXPECT_EQ(histogram(a, 2, {0, 1.5e308}), (counts{0, 4}));
  auto const b = from_function<double>(world(), {10}, [](std::int64_t i) { return 0x1p52 + static_cast<double>(i); });
  EXPECT_EQ(histogram(b, 10, {0x1p52, 0x1p52 + 10}), counts(10, 1));
  EXPECT_EQ(histogram(b, 1, {0x1p52, 0x1p52 + 1}), (counts{2}));
  EXPECT_TRUE(throws<argument_error>([&] { return histogram(b, 20, {0x1p52, 0x1p52 + 10}); }, {"20 bins"}));
  EXPECT_EQ(histogram(full<double>(world(), {3}, 1), 1, {1, above}), (counts{3}));
}

TEST(histogram, steps_over_ghost_cells) {
  distributed_array<int, 2> a(world(), {8, 8}, {block, block}, ghost_cells{1, 2});
  a.padded() = 3;
  for_each_owned(a, [](auto const& index, int& element) { element = static_cast<int>(index[1]) / 2; });
  EXPECT_EQ(histogram(a, 4, {0, 4}), (counts{16, 16, 16, 16}));
  EXPECT_EQ(bincount(a), (counts{16, 16, 16, 16}));
}

TEST(bincount, counts_whole_numbers) {
  auto const a = from_function<int>(world(), {30, 2}, [](std::int64_t i, std::int64_t j) { return i % 5 + 3 * j; },
                                    {block, whole});
  EXPECT_EQ(bincount(a), (counts{6, 6, 6, 12, 12, 6, 6, 6}));
  EXPECT_EQ(bincount(a, 10), (counts{6, 6, 6, 12, 12, 6, 6, 6, 0, 0}));
  EXPECT_EQ(bincount(zeros<std::uint8_t>(world(), {0})), counts());
  EXPECT_EQ(bincount(full<std::uint8_t>(world(), {3}, 255))[255], 3);
  EXPECT_EQ(bincount(from_function<bool>(world(), {9}, [](std::int64_t i) { return i % 3 == 0; })), (counts{6, 3}));
  EXPECT_EQ(bincount(full<char>(world(), {3}, 'a'))['a'], 3);
}

TEST(bincount, refuses_on_every_rank_what_it_cannot_count) {
  auto a = arange<std::int64_t>(world(), 8);
  EXPECT_TRUE(throws<argument_error>([&] { return bincount(a, -1); }, {"-1"}));
  if (me() == 0) a(5) = -2;
  EXPECT_TRUE(throws<argument_error>([&] { return bincount(a); }, {"is -2"}));
  if (me() == 0) a(5) = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(throws<out_of_memory>([&] { return bincount(a); }));
  auto b = zeros<std::uint64_t>(world(), {8});
  if (me() == ranks() - 1) b(2) = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(throws<out_of_memory>([&] { return bincount(b); }));
}

} // namespace
} // namespace armada
