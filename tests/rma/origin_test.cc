#include <armada/rma/origin.hpp>

#include "tests/support/throws.hpp"

#include <gtest/gtest.h>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <concepts>
#include <map>
#include <vector>

namespace armada {
namespace {

using support::throws;

using view_of_matrix = decltype(xt::view(std::declval<xt::xtensor<int, 2>&>(), xt::all(), 1));
using laid_out_constant = decltype(laid_out(std::declval<std::vector<int> const&>(), contiguous(0)));

static_assert(origin_source<std::vector<int>&> && origin_target<std::vector<int>&> && origin_source<double>);
static_assert(origin_source<std::vector<int> const&> && !origin_target<std::vector<int> const&>);
static_assert(origin_source<view_of_matrix> && origin_target<view_of_matrix&>);
static_assert(origin_source<laid_out_constant> && !origin_target<laid_out_constant>);
static_assert(!origin_source<std::map<int, int>> && !origin_source<int*>);
static_assert(std::same_as<origin_value_t<std::vector<int> const&>, int>);

template <class Buffer>
concept can_be_laid_out = requires(Buffer&& buffer) {
  laid_out(std::forward<Buffer>(buffer), contiguous(1));
};
static_assert(can_be_laid_out<std::vector<int>&> && !can_be_laid_out<std::vector<int>>, "a temporary would be gone");

/// The elements that an origin stands for, in order.
template <class Buffer>
auto elements(Buffer&& buffer) {
  auto const origin = detail::origin_elements_of(buffer);
  auto const dense = contiguous(origin.count);
  std::vector<origin_value_t<Buffer>> all;
  for (layout::cursor at(origin.layout ? *origin.layout : dense); !at.done(); at.advance(1))
    all.push_back(origin.data[at.here().first]);
  return all;
}

TEST(origin, buffers_and_layouts_and_views) {
  std::vector<int> const numbers{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(elements(numbers), numbers);
  EXPECT_EQ(elements(2.5), std::vector{2.5});
  EXPECT_EQ(elements(laid_out(numbers, strided(3, 3))), (std::vector{0, 3, 6}));
  EXPECT_EQ(elements(laid_out(numbers, indexed({5, 1, 1}))), (std::vector{5, 1, 1}));
  EXPECT_FALSE(detail::origin_elements_of(std::as_const(numbers)).layout);
  auto const dense = laid_out(numbers, contiguous(4));
  EXPECT_FALSE(detail::origin_elements_of(dense).layout) << "needs no walk";

  xt::xtensor<int, 2> matrix{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}};
  EXPECT_EQ(elements(xt::view(matrix, xt::all(), 1)), (std::vector{1, 5, 9}));
  EXPECT_EQ(elements(xt::view(matrix, xt::range(2, 0, -1), xt::range(0, 4, 2))), (std::vector{8, 10, 4, 6}));
  EXPECT_EQ(elements(xt::view(matrix, xt::range(1, 1), xt::all())), std::vector<int>{});
}

TEST(origin, a_layout_beyond_its_buffer_is_refused) {
  std::array<int, 6> numbers{};
  EXPECT_TRUE(throws<index_error>([&] { return laid_out(numbers, strided(3, 3)); }, {"places 0 to 6", "6 elements"}));
  EXPECT_TRUE(throws<index_error>([&] { return laid_out(numbers, strided(2, -1)); }, {"places -1 to 0"}));
  EXPECT_EQ(laid_out(numbers, strided(2, 5)).layout.size(), 2);
}

} // namespace
} // namespace armada
