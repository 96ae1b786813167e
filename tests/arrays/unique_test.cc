#include <armada/arrays/unique.hpp>

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

namespace armada {
namespace {

using xt::all;

template <class T>
std::vector<T> everything(distributed_array<T, 1> const& a) {
  xt::xtensor<T, 1> const values = a(all());
  a.fence();
  return {values.begin(), values.end()};
}

/// Distinct elements of an array of `extent` elements f(i), and how many there are of each.
template <class Function>
void expect_counts(std::int64_t extent, cut const& how, Function f) {
  auto const a = from_function<int>(world(), {extent}, f, {how});
  std::map<int, std::int64_t> expected;
  for (std::int64_t i = 0; i < extent; ++i) ++expected[static_cast<int>(f(i))];
  std::vector<int> keys;
  std::vector<std::int64_t> times;
  for (auto const& [key, count] : expected) {
    keys.push_back(key);
    times.push_back(count);
  }
  auto const [values, counts] = unique_counts(a);
  EXPECT_EQ(everything(values), keys) << a.describe();
  EXPECT_EQ(everything(counts), times) << a.describe();
  EXPECT_EQ(everything(unique(a)), keys);
  EXPECT_EQ(values.distribution().cuts()[0], cut(block));
}

TEST(unique, counts_each_distinct_element) {
  for (std::int64_t const extent : {0, 3, 101}) {
    expect_counts(extent, cyclic, [](std::int64_t) { return 4; });
    expect_counts(extent, block, [](std::int64_t i) { return -i; });
    expect_counts(extent, cyclic, [](std::int64_t i) { return i * 31 % 17; });
    expect_counts(extent, block, [](std::int64_t i) { return i < 90 ? 7 : 9; });
  }
}

TEST(unique, of_several_dimensions_with_nan_and_in_another_order) {
  auto const a = from_function<double>(
      world(), {6, 5}, [](std::int64_t i, std::int64_t j) { return (i + j) % 4 == 3 ? std::nan("") : double(i % 2); },
      {cyclic, block});
  auto const [values, counts] = unique_counts(a, std::greater<>{});
  auto const found = everything(values);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], 1);
  EXPECT_EQ(found[1], 0);
  EXPECT_TRUE(std::isnan(found[2]));
  EXPECT_EQ(everything(counts)[2], 7);
  auto const whole_numbers = [](double x, double y) { return std::trunc(x) < std::trunc(y); };
  auto const b = from_function<double>(world(), {9}, [](std::int64_t i) { return 0.5 + 0.25 * double(i % 4); });
  EXPECT_EQ(unique(b, whole_numbers).size(), 2);
}

TEST(unique, steps_over_ghost_cells) {
  distributed_array<int, 2> a(world(), {8, 9}, {block, block}, ghost_cells{1, 2});
  a.padded() = -1;
  for_each_owned(a, [](auto const& index, int& element) { element = static_cast<int>(index[1] % 3); });
  auto const [values, counts] = unique_counts(a);
  EXPECT_EQ(everything(values), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(everything(counts), (std::vector<std::int64_t>{24, 24, 24}));
}

} // namespace
} // namespace armada
