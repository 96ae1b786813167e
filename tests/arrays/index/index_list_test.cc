#include <armada/arrays/index/index_list.hpp>

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using numbers = std::vector<std::int64_t>;

TEST(index_list, evenly_spaced_indices_are_one_interval) {
  index_list const list(numbers{1, 3, 5, 9, 8, 7, 7});
  EXPECT_EQ(list.size(), 7);
  ASSERT_EQ(list.intervals().size(), 3U);
  EXPECT_EQ(list.intervals()[0], (placed_interval{{1, 3, 2}, 0}));
  EXPECT_EQ(list.intervals()[1], (placed_interval{{9, 3, -1}, 3}));
  EXPECT_EQ(list.intervals()[2], (placed_interval{{7, 1, 1}, 6}));
  EXPECT_EQ(list.indices(), (numbers{1, 3, 5, 9, 8, 7, 7}));
}

TEST(index_list, of_an_interval) {
  EXPECT_EQ(index_list(interval{8, 3, -2}).indices(), (numbers{8, 6, 4}));
  EXPECT_EQ(index_list(interval{0, 0, 1}).intervals().size(), 0U);
  EXPECT_EQ(index_list(numbers{}).size(), 0);
}

TEST(index_list, the_last_of_each_keeps_its_position) {
  auto const last = index_list(numbers{4, 2, 4, 3, 2}).last_of_each();
  EXPECT_EQ(last.size(), 5);
  ASSERT_EQ(last.intervals().size(), 1U);
  EXPECT_EQ(last.intervals()[0], (placed_interval{{4, 3, -1}, 2}));
  numbers const without{5, 1, 3};
  EXPECT_EQ(index_list(without).last_of_each().indices(), without);
}

TEST(index_list, a_product_has_the_shape_of_its_lists) {
  listed_box<2> const some{index_list(numbers{4, 2, 4}), index_list(interval{0, 5, 1})};
  EXPECT_EQ(some.shape(), (index_array<2>{3, 5}));
  EXPECT_EQ(some.volume(), 15);
  EXPECT_FALSE(some.empty());
  EXPECT_TRUE((listed_box<2>{index_list(numbers{}), index_list(interval{0, 5, 1})}.empty()));
}

} // namespace
} // namespace armada
