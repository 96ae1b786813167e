// What is at the edge of expressions and reductions: views, memory of the array itself, exceptions of one rank, mixed
// and narrow integers, large elements.

#include <armada/arrays/functions.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/creation.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <xtensor/xadapt.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <complex>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace armada {
namespace {

using support::throws;
using matrix = xt::xtensor<double, 2>;

matrix all_of(distributed_array<double, 2> const& a) {
  matrix values = a(xt::all(), xt::all());
  a.fence();
  return values;
}

TEST(expression_edges, views_of_tensors_are_operands) {
  matrix const t = xt::reshape_view(xt::arange<double>(24), {4, 6});
  distributed_array<double, 2> a(world(), {8, 3}, {cyclic, block});
  auto row = xt::view(t, 1, xt::range(0, 6, 2)); // 6, 8, 10
  a = xt::view(t, 2, xt::range(0, 3));           // 12, 13, 14
  a -= row;
  EXPECT_EQ(all_of(a), matrix(xt::broadcast(xt::xtensor<double, 1>{6, 5, 4}, {8, 3})));
  a = row;
  EXPECT_EQ(sum(a), 8 * 24);
}

TEST(expression_edges, a_view_of_the_array_itself_is_read_before_it_changes) {
  for (auto const& cuts : {cut_array<2>{block, block}, cut_array<2>{block_cyclic(2), whole}}) {
    distributed_array<double, 2> a(world(), {6, 3}, cuts, process_grid<2>{world().size(), 1});
    a = matrix(xt::reshape_view(xt::arange<double>(18), {6, 3}));
    matrix const before = all_of(a);
    xt::xtensor<double, 1> const first = a(0, xt::all());
    a.fence();
    double const* const memory = a.is_near(0) ? a.tile(0).data() : first.data();
    auto row = xt::adapt(memory, 3, xt::no_ownership(), std::array<std::size_t, 1>{3});
    a -= row;
    EXPECT_EQ(all_of(a), matrix(before - first));
  }
}

TEST(expression_edges, every_rank_throws_what_a_function_throws_on_one) {
  distributed_array<double, 2> a(world(), {8, 6}), b = ones<double>(world(), {8, 6});
  std::int64_t calls = 0;
  auto const fails = [&calls](double x) {
    if (++calls == 3 && world().rank() == world().size() - 1) throw std::domain_error("no root");
    return x;
  };
  std::string const who = world().size() == 1 ? "" : "rank " + std::to_string(world().size() - 1);
  EXPECT_TRUE(throws<error>([&] { a = elementwise(fails, b); }, {who, "no root"}));
  calls = 0;
  EXPECT_TRUE(throws<error>([&] { return sum(elementwise(fails, b)); }, {who, "no root"}));
  calls = 0;
  EXPECT_TRUE(throws<error>([&] { return sum(elementwise(fails, b), 0); }, {who, "no root"}));
  a = b + 1.0;
  EXPECT_EQ(sum(a), 96);
}

TEST(expression_edges, elements_may_be_large) {
  using large = std::array<double, 2000>;
  distributed_array<large, 2, storage_order::column_major> a(world(), {4, 3});
  large one{};
  one[1999] = 2.5;
  a.fill(one);
  distributed_array<double, 2> b(world(), {4, 3});
  b = elementwise([](large const& x) { return x[1999]; }, a);
  EXPECT_EQ(sum(b), 30);
}

TEST(expression_edges, integers_compare_as_numbers) {
  auto const a = full<std::uint32_t>(world(), {5}, 3U);
  EXPECT_TRUE(all(a > -1));
  EXPECT_FALSE(any(a < -1));
  EXPECT_TRUE(all(equal(a, std::int64_t{3})) && all(not_equal(a, -3)));
  auto const big = full<std::uint64_t>(world(), {5}, std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(any(equal(big, -1)));
  EXPECT_EQ(sum(abs(a)), 15U);
  EXPECT_TRUE(allclose(big, big));
  EXPECT_FALSE(allclose(a, 4U, 0, 0.5));
  EXPECT_TRUE(allclose(a, 4U, 0, 1));
  EXPECT_FALSE(allclose(big, big - std::uint64_t{1}, 0, 0.5));
}

TEST(expression_edges, nothing_finite_is_close_to_an_infinity) {
  double const infinite = std::numeric_limits<double>::infinity();
  auto const a = ones<double>(world(), {4});
  EXPECT_FALSE(any(isclose(a, infinite)) || any(isclose(infinite * a, 1.0)) || any(isclose(-infinite * a, infinite)));
  EXPECT_TRUE(all(isclose(infinite * a, infinite)) && all(isclose(a, 1.000001)));
  distributed_array<std::complex<float>, 1> c(world(), {4});
  c.fill({1, 0});
  EXPECT_TRUE(all(equal(c, 1.0)) && all(isclose(c, std::complex<float>(1, 1e-7F))));
}

TEST(expression_edges, clip_saturates_its_bounds) {
  auto const u = full<std::uint8_t>(world(), {3}, std::uint8_t{5});
  auto const i = full<std::int8_t>(world(), {3}, std::int8_t{5});
  auto const n = full<int>(world(), {3}, 2);
  EXPECT_EQ(max(clip(u, -1, 100)), 5);
  EXPECT_EQ(max(clip(u, 300, 400)), 255);
  EXPECT_EQ(max(clip(i, 0, 200)), 5);
  EXPECT_EQ(max(clip(i, -1000, -200)), -128);
  EXPECT_EQ(max(clip(n, 2.5, 7.5)), 3);
  EXPECT_EQ(max(clip(n, -1e30, 1.5)), 1);
  EXPECT_EQ(max(clip(n, 0.0, 1e30)), 2);
}

TEST(expression_edges, products_of_narrow_integers_do_not_wrap) {
  auto const a = full<std::int32_t>(world(), {4}, 100'000);
  auto const b = full<std::uint16_t>(world(), {4}, std::uint16_t{65535});
  EXPECT_EQ(dot(a, a), 40'000'000'000);
  EXPECT_EQ(dot(b, b), std::uint64_t{4} * 65535 * 65535);
}

TEST(expression_edges, a_reproducible_mean_of_integers_is_exact) {
  std::int64_t const n = 10'007;
  auto const number = [](std::int64_t i) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(i + 1) * 0x9e3779b97f4a7c15U);
  };
  __extension__ using wide = __int128;
  wide whole_sum = 0, unsigned_sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    whole_sum += number(i);
    unsigned_sum += static_cast<std::uint64_t>(number(i));
  }
  auto const a = from_function<std::int64_t>(world(), {n}, number);
  EXPECT_EQ(mean(a, reproducible), static_cast<double>(whole_sum) / static_cast<double>(n));
  EXPECT_EQ(mean(cast<std::uint64_t>(a), reproducible), static_cast<double>(unsigned_sum) / static_cast<double>(n));
  EXPECT_EQ(mean(cast<std::int8_t>(a * std::int64_t{0} - std::int64_t{3}), reproducible), -3);
}

TEST(expression_edges, truths_go_along_axes_and_beside_tensors) {
  distributed_array<bool, 2> a(world(), {5, 4}, {block_cyclic(2), whole}, process_grid<2>{world().size(), 1});
  a(xt::range(0, 2), 1) = true; // on every rank the same
  a.fence();
  auto const columns = max(a, 0);
  for (std::int64_t j = 0; j < 4; ++j) EXPECT_EQ(columns(j), j == 1);
  xt::xtensor<bool, 2> chosen = xt::zeros<bool>({5, 1});
  chosen(1, 0) = true;
  EXPECT_EQ(count_nonzero(a && chosen), 1);
  auto const ones_of = full<double>(world(), {5, 4}, 1.0);
  xt::xtensor<bool, 1> const first{true, false, false, false};
  EXPECT_EQ(sum(where(first, ones_of, 0.0)), 5);
}

} // namespace
} // namespace armada
