#include <armada/arrays/detail/radix_sort.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace armada::detail {
namespace {

struct item {
  std::uint64_t key;
  int number;
  friend bool operator==(item const&, item const&) = default;
};

TEST(radix_sort, agrees_with_a_stable_sort) {
  std::mt19937_64 random(5);
  for (int const length : {0, 1, 2, 300, 5000})
    for (std::uint64_t const mask : {0x0UL, 0x3UL, 0xff00UL, 0xf0000000000000f0UL, ~0UL}) {
      std::vector<item> items;
      for (int k = 0; k < length; ++k) items.push_back({(random() & mask) | 0x800, k});
      auto expected = items;
      std::stable_sort(expected.begin(), expected.end(), [](item const& a, item const& b) { return a.key < b.key; });
      radix_sort(items, [](item const& each) { return each.key; });
      EXPECT_EQ(items, expected) << length << " items, mask " << mask;
    }
}

TEST(radix_sort, takes_keys_of_any_width) {
  std::vector<unsigned char> bytes{200, 3, 255, 0, 3};
  radix_sort(bytes, [](unsigned char each) { return unsigned{each}; });
  EXPECT_EQ(bytes, (std::vector<unsigned char>{0, 3, 3, 200, 255}));
}

} // namespace
} // namespace armada::detail
