#include <armada/arrays/detail/radix_sort.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
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
      auto const key = [](item const& each) { return each.key; };
      std::vector<item> sorted(items.size()), room(items.size());
      radix_sort(std::span<item const>(items), std::span(sorted), std::span(room), key);
      EXPECT_EQ(sorted, expected) << length << " items, mask " << mask;
      room = items;
      radix_sort(std::span<item const>(room), std::span(sorted), std::span(room), key);
      EXPECT_EQ(sorted, expected) << "their own memory is the room";
      radix_sort(items, key);
      EXPECT_EQ(items, expected) << "in place";
    }
}

TEST(radix_sort, takes_keys_of_any_width) {
  std::vector<unsigned char> bytes{200, 3, 255, 0, 3};
  radix_sort(bytes, [](unsigned char each) { return unsigned{each}; });
  EXPECT_EQ(bytes, (std::vector<unsigned char>{0, 3, 3, 200, 255}));
}

} // namespace
} // namespace armada::detail
