#include <armada/arrays/detail/merge_runs.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace armada::detail {
namespace {

using item = std::pair<int, int>; // a key, and where it was
bool by_key(item const& a, item const& b) { return a.first < b.first; }

TEST(merge_runs, agrees_with_a_stable_sort) {
  std::mt19937 random(3);
  for (int const runs : {0, 1, 2, 3, 5, 8, 13})
    for (int const longest : {0, 1, 4, 50}) {
      std::vector<std::vector<item>> parts(static_cast<std::size_t>(runs));
      std::vector<item> expected;
      for (auto& part : parts) {
        part.resize(random() % static_cast<unsigned>(longest + 1));
        for (auto& each : part) each.first = static_cast<int>(random() % 10);
        std::sort(part.begin(), part.end());
        for (auto& each : part) expected.push_back(each = {each.first, static_cast<int>(expected.size())});
      }
      std::vector<std::span<item const>> const views(parts.begin(), parts.end());
      std::vector<item> merged(expected.size()), room(expected.size());
      merge_runs<item>(views, merged.data(), room.data(), by_key);
      std::stable_sort(expected.begin(), expected.end(), by_key);
      EXPECT_EQ(merged, expected) << runs << " runs";
    }
}

} // namespace
} // namespace armada::detail
