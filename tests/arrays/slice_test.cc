#include <armada/arrays/slice.hpp>

#include "tests/support/throws.hpp"

#include <gtest/gtest.h>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::placeholders::_;

static_assert(integer_slice<int> && integer_slice<std::size_t const&> && integer_slice<std::int8_t>);
static_assert(!integer_slice<bool> && !integer_slice<double>);
static_assert(range_slice<decltype(xt::all())> && range_slice<decltype(xt::range(1, 2))>);
static_assert(range_slice<decltype(xt::range(1, _, -1))> && range_slice<decltype(xt::range(_, _))>);
static_assert(!slice<double> && !slice<std::string> && !slice<bool> && !slice<std::vector<double>>);
static_assert(list_slice<std::vector<int>> && list_slice<xt::xtensor<bool, 1> const&> && list_slice<xt::xarray<int>>);
static_assert(list_slice<decltype(xt::keep(1))> && list_slice<decltype(xt::drop(1, 2))>);
static_assert(!list_slice<xt::xtensor<bool, 2>>, "a mask of several dimensions is for the whole array");
static_assert(new_axis<decltype(xt::newaxis())> && ellipsis<decltype(xt::ellipsis())>);
static_assert(kept_dimensions<2, int, int> == 0 && kept_dimensions<2, int, decltype(xt::all())> == 1);
static_assert(kept_dimensions<2, decltype(xt::range(1, 2)), decltype(xt::newaxis())> == 3 && kept_dimensions<3> == 3);
static_assert(kept_dimensions<5, int, decltype(xt::ellipsis()), int> == 3);
static_assert(!slices_of<2, int, int, int> && slices_of<2, int> && slices_of<2, int, decltype(xt::newaxis()), int>);
static_assert(!slices_of<4, decltype(xt::ellipsis()), decltype(xt::ellipsis())>);

std::vector<std::int64_t> indices(interval const& selected) {
  std::vector<std::int64_t> result;
  for (std::int64_t k = 0; k < selected.count; ++k) result.push_back(selected[k]);
  return result;
}
auto indices_of(auto const& slice, std::int64_t extent) { return indices(resolve(slice, extent, 0)); }
using list = std::vector<std::int64_t>;

TEST(slice, an_integer_selects_one_index_from_either_end) {
  for (std::int64_t i = -5; i < 5; ++i) EXPECT_EQ(indices_of(i, 5), list{(i + 5) % 5});
  EXPECT_EQ(indices_of(std::uint8_t{4}, 5), list{4});
}

TEST(slice, all_selects_all) {
  EXPECT_EQ(indices_of(xt::all(), 3), (list{0, 1, 2}));
  EXPECT_EQ(indices_of(xt::all(), 0), list{});
}

TEST(slice, a_range_means_what_it_means_in_numpy) {
  EXPECT_EQ(indices_of(xt::range(1, 4), 6), (list{1, 2, 3}));
  EXPECT_EQ(indices_of(xt::range(0, 6, 2), 6), (list{0, 2, 4}));
  EXPECT_EQ(indices_of(xt::range(0, 6, 4), 6), (list{0, 4}));
  EXPECT_EQ(indices_of(xt::range(-3, -1), 6), (list{3, 4}));
  EXPECT_EQ(indices_of(xt::range(4, 1, -1), 6), (list{4, 3, 2}));
  EXPECT_EQ(indices_of(xt::range(5, 0, -2), 6), (list{5, 3, 1}));
  EXPECT_EQ(indices_of(xt::range(4, 1), 6), list{});
  EXPECT_EQ(indices_of(xt::range(2, 2), 6), list{});
  EXPECT_EQ(indices_of(xt::range(6, 6), 6), list{});
  EXPECT_EQ(indices_of(xt::range(0, 0), 0), list{});
}

TEST(slice, open_ends_reach_to_the_end) {
  EXPECT_EQ(indices_of(xt::range(2, _), 5), (list{2, 3, 4}));
  EXPECT_EQ(indices_of(xt::range(_, 2), 5), (list{0, 1}));
  EXPECT_EQ(indices_of(xt::range(_, _), 3), (list{0, 1, 2}));
  EXPECT_EQ(indices_of(xt::range(_, _, 2), 5), (list{0, 2, 4}));
  EXPECT_EQ(indices_of(xt::range(_, _, -1), 4), (list{3, 2, 1, 0}));
  EXPECT_EQ(indices_of(xt::range(2, _, -1), 4), (list{2, 1, 0}));
  EXPECT_EQ(indices_of(xt::range(_, 1, -1), 4), (list{3, 2}));
}

TEST(slice, nothing_is_clamped) {
  auto const beyond = [](auto const& slice, std::int64_t extent, std::string const& text) {
    EXPECT_TRUE(throws<index_error>([&] { return resolve(slice, extent, 2); },
                                    {text, "extent " + std::to_string(extent), "axis 2"}));
  };
  beyond(5, 5, "index 5");
  beyond(-6, 5, "index -6");
  beyond(0, 0, "index 0");
  beyond(xt::range(0, 6), 5, "range(0, 6, 1)");
  beyond(xt::range(-6, 2), 5, "range(-6, 2, 1)");
  beyond(xt::range(6, 6), 5, "range(6, 6, 1)");
  beyond(xt::range(5, 0, -1), 5, "range(5, 0, -1)");
  beyond(xt::range(7, _), 5, "range(7, _, 1)");
  beyond(xt::range(_, 7), 5, "range(_, 7, 1)");
}

/// `n - 1` of an unsigned n = 0 is not the last index.
TEST(slice, an_unsigned_index_that_has_wrapped_is_beyond_every_extent) {
  std::size_t const nothing = 0;
  EXPECT_TRUE(throws<index_error>([&] { return resolve(nothing - 1, 5, 0); }, {"extent 5", "axis 0"}));
  EXPECT_TRUE(throws<index_error>([&] { return resolve(std::numeric_limits<std::uint64_t>::max() / 2 + 2, 5, 0); }));
  EXPECT_EQ(indices_of(4294967295U % 5U, 5), list{0});
}

TEST(slice, a_step_of_zero_is_refused) {
  EXPECT_TRUE(throws<argument_error>([] { return resolve(xt::range(0, 3, 0), 5, 1); }, {"range(0, 3, 0)", "axis 1"}));
}

TEST(slice, a_list_selects_in_its_order) {
  EXPECT_EQ(resolve(std::vector<int>{4, 0, -1, 0}, 5, 0).indices(), (list{4, 0, 4, 0}));
  EXPECT_EQ(resolve(xt::xtensor<std::size_t, 1>{3, 1}, 5, 0).indices(), (list{3, 1}));
  EXPECT_EQ(resolve(xt::keep(-5, 2), 5, 0).indices(), (list{0, 2}));
  EXPECT_EQ(resolve(xt::keep(1), 5, 0).indices(), list{1});
  EXPECT_EQ(resolve(xt::drop(1, -1), 5, 0).indices(), (list{0, 2, 3}));
  EXPECT_EQ(resolve(std::vector<bool>{true, false, true}, 3, 0).indices(), (list{0, 2}));
  EXPECT_EQ(resolve(xt::xtensor<bool, 1>{false, false}, 2, 0).indices(), list{});
  EXPECT_EQ(resolve(std::vector<int>{}, 5, 0).size(), 0);
}

TEST(slice, no_list_is_clamped) {
  auto const beyond = [](auto const& slice, std::string const& text) {
    EXPECT_TRUE(throws<index_error>([&] { return resolve(slice, 5, 2); }, {text, "extent 5", "axis 2"}));
  };
  beyond(std::vector<int>{1, 5}, "index 5");
  beyond(std::vector<long>{-6}, "index -6");
  beyond(xt::keep(1, -7), "index -7");
  beyond(xt::keep(5), "index 5");
  beyond(xt::drop(0, 5), "xt::drop");
  beyond(xt::drop(-6), "xt::drop");
  beyond(xt::drop(1, 1), "xt::drop");
  beyond(std::vector<bool>{true}, "a mask of 1");
  beyond(std::vector<bool>(6), "a mask of 6");
  EXPECT_TRUE(throws<argument_error>([] { return resolve(xt::xarray<int>{{0, 1}, {2, 3}}, 5, 2); }, {"2 dimensions"}));
}

} // namespace
} // namespace armada
