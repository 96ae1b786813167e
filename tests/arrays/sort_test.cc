#include <armada/arrays/sort.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;

int me() { return world().rank(); }
int ranks() { return world().size(); }

/// A key and who brought it.
struct card {
  int value;
  int number;
  friend bool operator==(card const&, card const&) = default;
};
bool cannot_tell = false;
int can_tell = -1; ///< so many times; from below zero always
bool by_value(card const& a, card const& b) {
  if (cannot_tell || (can_tell >= 0 && can_tell-- == 0)) throw std::runtime_error("cannot tell");
  return a.value < b.value;
}

static_assert(detail::order_of<std::less<>, double> && !detail::order_of<std::less<>, card>);
static_assert(detail::order_of<decltype(&by_value), card> && !detail::order_of<int, int>);

/// All cuts of an extent over the ranks: also one where the last rank has everything.
std::vector<cut> cuts_of(std::int64_t extent) {
  auto const parts = static_cast<std::size_t>(ranks());
  std::vector<std::int64_t> last(parts + 1, 0), growing(parts + 1, 0);
  last.back() = extent;
  for (std::size_t p = 1; p <= parts; ++p)
    growing[p] = extent * static_cast<std::int64_t>(p * p) / static_cast<std::int64_t>(parts * parts);
  return {block, block_cyclic(3), irregular(last), irregular(growing)};
}

template <class T>
distributed_array<T, 1> spread(std::vector<T> const& values, cut const& how) {
  distributed_array<T, 1> a(world(), {values.size()}, {how});
  for_each_owned(a, [&](index_array<1> const& index, T& e) { e = values[static_cast<std::size_t>(index[0])]; });
  a.fence();
  return a;
}
template <class T>
std::vector<T> everything(distributed_array<T, 1> const& a) {
  xt::xtensor<T, 1> const values = a(all());
  a.fence();
  return {values.begin(), values.end()};
}

/// Fewer numbers than ranks, equal ones, few and many different ones, backwards.
std::vector<std::vector<double>> cases() {
  std::mt19937 random(7);
  std::vector<std::vector<double>> all_cases{{}, {2, 1}};
  for (int const different : {1, 3, 1'000'000}) {
    all_cases.emplace_back();
    std::uniform_int_distribution<int> number(1 - different, different - 1);
    for (int i = 0; i < 97; ++i) all_cases.back().push_back(number(random));
  }
  all_cases.emplace_back();
  for (int i = 50; i > 0; --i) all_cases.back().push_back(i);
  return all_cases;
}

TEST(sort, agrees_with_one_rank_however_the_elements_are_spread) {
  for (auto const& values : cases()) {
    auto expected = values;
    std::sort(expected.begin(), expected.end());
    for (auto const& how : cuts_of(std::ssize(values))) {
      auto a = spread(values, how);
      auto const sorted = sort(a);
      ASSERT_EQ(sorted.distribution(), a.distribution());
      ASSERT_EQ(everything(sorted), expected) << a.describe();
      ASSERT_EQ(everything(a), values);
      sort_in_place(a);
      ASSERT_EQ(everything(a), expected) << a.describe();
    }
  }
}

TEST(sort, indices_of_equal_elements_rise) {
  for (auto const& values : cases()) {
    std::vector<std::int64_t> expected(values.size());
    std::iota(expected.begin(), expected.end(), 0);
    std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) {
      return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
    });
    for (cut const& how : {cut(cyclic), cuts_of(std::ssize(values)).back()}) {
      auto const a = spread(values, how);
      auto const indices = argsort(a);
      ASSERT_EQ(indices.distribution(), a.distribution());
      ASSERT_EQ(everything(indices), expected) << a.describe();
    }
  }
}

/// More elements than are sorted by comparison.
TEST(sort, many_numbers) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> number;
  std::vector<double> values(20'001);
  for (double& each : values) each = number(random);
  std::fill_n(values.begin() + 5000, 9000, 0.5); // the boundaries of shares are among equal ones
  auto expected = values;
  std::sort(expected.begin(), expected.end());
  auto a = spread(values, block);
  EXPECT_EQ(everything(sort(a)), expected);
  sort_in_place(a);
  EXPECT_EQ(everything(a), expected);
  sort_in_place(a, std::greater<>{});
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(everything(a), expected);
}

TEST(sort, nan_comes_last_and_zeros_are_equal) {
  double const nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (std::size_t const more : {0U, 5000U}) { // by comparison, and by bytes
    std::vector<double> values{nan, 1, -0.0, -infinity, -nan, 0.0, infinity, -1, nan};
    values.insert(values.end(), more, 2.0);
    auto const a = spread(values, cyclic);
    auto const rising = everything(sort(a)), falling = everything(sort(a, std::greater<>{}));
    auto const first = static_cast<std::ptrdiff_t>(more);
    EXPECT_EQ(rising[0], -infinity);
    EXPECT_EQ(rising[1], -1);
    EXPECT_EQ(rising[4], 1);
    EXPECT_EQ(rising[5 + more], infinity);
    EXPECT_EQ(falling[0], infinity);
    EXPECT_EQ(falling[5 + more], -infinity);
    for (auto const* found : {&rising, &falling}) {
      EXPECT_TRUE(std::all_of(found->begin() + first + 6, found->end(), [](double e) { return std::isnan(e); }));
      EXPECT_TRUE(std::none_of(found->begin(), found->begin() + first + 6, [](double e) { return std::isnan(e); }));
    }
    auto const indices = everything(argsort(a));
    EXPECT_EQ(indices[2], 2) << "-0 and 0 are equal";
    EXPECT_EQ(indices[3], 5);
    EXPECT_EQ((std::vector<std::int64_t>(indices.end() - 3, indices.end())), (std::vector<std::int64_t>{0, 4, 8}));
  }
}

/// The keys of numbers rise as the numbers do.
template <class T>
void expect_rising_keys(std::vector<T> const& rising) {
  for (std::size_t i = 1; i < rising.size(); ++i) {
    EXPECT_LT((detail::sort_order<T, std::less<>>::key(rising[i - 1])),
              (detail::sort_order<T, std::less<>>::key(rising[i])));
    EXPECT_GT((detail::sort_order<T, std::greater<T>>::key(rising[i - 1])),
              (detail::sort_order<T, std::greater<T>>::key(rising[i])));
  }
}
TEST(sort, keys_of_numbers) {
  expect_rising_keys<std::int8_t>({-128, -1, 0, 1, 127});
  expect_rising_keys<std::uint16_t>({0, 1, 40000, 65535});
  expect_rising_keys<std::int64_t>({std::numeric_limits<std::int64_t>::min(), -5, 0, 1L << 40});
  expect_rising_keys<float>({-std::numeric_limits<float>::infinity(), -1e30F, -1e-40F, 0, 1e-40F, 1, 1e30F});
  expect_rising_keys<bool>({false, true});
}

TEST(sort, elements_of_any_type_in_any_order) {
  std::vector<card> cards;
  for (int i = 0; i < 61; ++i) cards.push_back({(i * 37) % 10, i});
  auto expected = cards;
  std::stable_sort(expected.begin(), expected.end(), by_value);
  for (cut const& how : {cut(block), cut(cyclic)}) {
    auto const a = spread(cards, how);
    auto const found = everything(sort(a, by_value));
    ASSERT_TRUE(std::is_sorted(found.begin(), found.end(), by_value)) << a.describe();
    ASSERT_TRUE(std::is_permutation(found.begin(), found.end(), expected.begin()));
    auto const indices = everything(argsort(a, by_value));
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(indices[i], expected[i].number);
  }
}

TEST(sort, on_some_of_the_ranks) {
  auto const half = world().split(me() % 2);
  distributed_array<int, 1> a(half, {30}, {cyclic});
  for_each_owned(a, [](index_array<1> const& index, int& e) { e = static_cast<int>(index[0] * 7 % 30); });
  sort_in_place(a);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(a(i), i);
  a.fence();
}

TEST(sort, what_the_order_throws_on_one_rank_all_ranks_throw) {
  std::vector<card> const cards(10 * static_cast<std::size_t>(ranks()));
  auto const a = spread(cards, block);
  cannot_tell = me() == ranks() - 1;
  EXPECT_TRUE(throws<error>([&] { return sort(a, by_value); }, {"cannot tell"}));
  EXPECT_TRUE(throws<error>([&] { return argsort(a, by_value); }, {"cannot tell"}));
  cannot_tell = false;
  EXPECT_EQ(everything(sort(a, by_value)), cards) << "afterwards all is as before";
}

/// At every comparison: in the sort of what is here, in the search for the shares, and in the merge.
TEST(sort, at_whichever_comparison_the_order_throws_all_ranks_throw) {
  std::vector<card> cards;
  for (int i = 0; i < 12; ++i) cards.push_back({(i * 7) % 5, i});
  auto const a = spread(cards, cyclic);
  auto const each = [&](auto const& sorts, int thrower) {
    for (int comparisons = 0;; ++comparisons) {
      can_tell = me() == thrower ? comparisons : -1;
      try {
        sorts();
      } catch (error const& e) {
        ASSERT_NE(std::string(e.what()).find("cannot tell"), std::string::npos) << e.what();
        continue;
      }
      ASSERT_GE(comparisons, ranks() == 1 ? 12 : 5);
      break; // so many were enough
    }
    can_tell = -1;
  };
  for (int const thrower : {0, ranks() - 1}) {
    each([&] { static_cast<void>(sort(a, by_value)); }, thrower);
    each([&] { static_cast<void>(argsort(a, by_value)); }, thrower);
  }
}

TEST(sort, steps_over_ghost_cells) {
  std::vector<int> values;
  for (int i = 0; i < 40; ++i) values.push_back(i * 11 % 40);
  auto expected = values;
  std::sort(expected.begin(), expected.end());
  for (cut const& how : {cut(block), cut(cyclic)}) {
    distributed_array<int, 1> a(world(), {40}, {how}, ghost_cells{2});
    a.padded() = -1;
    for_each_owned(a, [&](auto const& index, int& element) { element = values[static_cast<std::size_t>(index[0])]; });
    EXPECT_EQ(everything(sort(a)), expected);
    EXPECT_EQ(values[static_cast<std::size_t>(everything(argsort(a))[39])], 39);
    sort_in_place(a);
    EXPECT_EQ(everything(a), expected);
    auto const tile = a.padded().elements();
    EXPECT_EQ(std::count(tile.begin(), tile.end(), -1), 4);
  }
}

} // namespace
} // namespace armada
