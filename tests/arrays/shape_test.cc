#include <armada/arrays/shape.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace armada {
namespace {

template <class Option, class... Extents>
concept takes = requires(Extents... extents) {
  Option{extents...};
};
static_assert(takes<shape_option<2>, int, std::size_t> && takes<shape_option<1>, short>);
static_assert(!takes<shape_option<2>, int> && !takes<shape_option<2>, int, int, int>);
static_assert(!takes<shape_option<2>, double, int> && !takes<shape_option<1>, std::string>);

index_array<2> shape_of(shape_option<2> const& option) { return option.value(); }

TEST(shape_option, takes_integers_of_every_type_in_braces) {
  std::size_t const rows = 3;
  EXPECT_EQ(shape_of({rows, 4}), (index_array<2>{3, 4}));
  EXPECT_EQ(shape_of({std::int8_t{-1}, 4U}), (index_array<2>{-1, 4}));
  EXPECT_EQ(shape_of(index_array<2>{5, 6}), (index_array<2>{5, 6}));
  EXPECT_EQ(shape_option<1>{7}.value(), index_array<1>{7});
}

/// It must not throw: the others would wait for this rank in the construction of an array.
TEST(shape_option, keeps_what_does_not_fit_beyond_every_extent) {
  static_assert(std::is_nothrow_constructible_v<shape_option<1>, std::uint64_t>);
  std::size_t const nothing = 0;
  EXPECT_EQ(shape_of({nothing - 1, 2}), (index_array<2>{std::numeric_limits<std::int64_t>::max(), 2}));
}

} // namespace
} // namespace armada
