#include <armada/arrays/index/extents.hpp>

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

static_assert(checked_volume(index_array<0>{}) == 1);
static_assert(checked_volume(index_array<3>{4, 5, 6}) == 120);
static_assert(checked_volume(index_array<3>{4, 0, 6}) == 0);
static_assert(checked_volume(index_array<1>{largest}) == largest);
static_assert(row_major_strides(index_array<3>{4, 5, 6}) == index_array<3>{30, 6, 1});
static_assert(row_major_strides(index_array<0>{}) == index_array<0>{});
static_assert(dot(index_array<0>{}, index_array<0>{}) == 0);
static_assert(dot(index_array<2>{3, 4}, index_array<2>{10, -1}) == 26);

template <std::size_t N>
std::string volume_error(index_array<N> const& shape, std::int64_t element_size = 1) {
  try {
    static_cast<void>(checked_volume(shape, element_size));
  } catch (argument_error const& e) {
    return e.what();
  }
  return "accepted";
}

TEST(extents, volume_is_the_product) {
  for (std::int64_t i = 0; i < 18; ++i)
    for (std::int64_t j = 0; j < 18; ++j) {
      EXPECT_EQ(checked_volume(index_array<2>{i, j}), i * j);
      EXPECT_EQ(checked_volume(index_array<2>{i, j}, 8), i * j) << "elements are counted, not bytes";
    }
}

TEST(extents, negative_extents_are_refused) {
  EXPECT_EQ(volume_error(index_array<3>{4, -1, 6}), "shape (4, -1, 6) has a negative extent");
  EXPECT_EQ(volume_error(index_array<2>{0, -1}), "shape (0, -1) has a negative extent");
}

TEST(extents, overflow_is_refused_at_the_very_limit) {
  std::int64_t const root = std::int64_t{1} << 31;
  EXPECT_EQ(volume_error(index_array<2>{root, root}), "accepted");
  EXPECT_EQ(volume_error(index_array<2>{root, 2 * root}),
            "shape (2147483648, 4294967296) with elements of 1 bytes needs more than 2^63 - 1 bytes");
  EXPECT_EQ(volume_error(index_array<1>{largest / 8}, 8), "accepted");
  EXPECT_EQ(volume_error(index_array<1>{largest / 8 + 1}, 8),
            "shape (1152921504606846976) with elements of 8 bytes needs more than 2^63 - 1 bytes");
  EXPECT_NE(volume_error(index_array<4>{largest, largest, 2, 2}), "accepted")
      << "a product that wraps to something small";
}

TEST(extents, a_zero_extent_does_not_hide_an_overflow_of_the_strides) {
  EXPECT_NE(volume_error(index_array<3>{0, largest, 3}), "accepted");
  EXPECT_NE(volume_error(index_array<3>{largest, 3, 0}), "accepted");
  EXPECT_EQ(volume_error(index_array<3>{largest, 1, 0}), "accepted");
}

TEST(extents, strides_number_the_elements_in_row_major_order) {
  index_array<3> const shape{3, 4, 5}, strides = row_major_strides(shape);
  std::int64_t number = 0;
  for (std::int64_t i = 0; i < 3; ++i)
    for (std::int64_t j = 0; j < 4; ++j)
      for (std::int64_t k = 0; k < 5; ++k) EXPECT_EQ(dot(index_array<3>{i, j, k}, strides), number++);
}

} // namespace
} // namespace armada
