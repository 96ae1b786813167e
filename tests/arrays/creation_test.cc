#include <armada/arrays/creation.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace armada {
namespace {

using support::throws;
using xt::all;

int me() { return world().rank(); }
int ranks() { return world().size(); }
using matrix = xt::xtensor<double, 2>;

TEST(creation, of_one_value) {
  EXPECT_EQ(get(zeros<double>(world(), {3, 2})(all(), all())), matrix(xt::zeros<double>({3, 2})));
  auto const a = ones<int>(world(), {4, 3, 2}, {block, whole, cyclic});
  EXPECT_EQ(get(a(xt::ellipsis())), (xt::xtensor<int, 3>(std::array<std::size_t, 3>{4, 3, 2}, 1)));
  EXPECT_EQ(a.distribution().cuts()[2], cut(cyclic));
  EXPECT_EQ(get(full(world(), {2}, 2.5F)(all())), (xt::xtensor<float, 1>{2.5F, 2.5F}));
  EXPECT_EQ(zeros<int>(world(), {0, 4}).size(), 0);
  EXPECT_TRUE(throws<argument_error>([] { return zeros<int>(world(), {-1}); }, {"(-1)"}));
}

TEST(creation, by_index) {
  auto const a =
      from_function<int>(world(), {5, 4}, [](std::int64_t i, std::int64_t j) { return 10 * i + j; }, {cyclic, block});
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 4; ++j) EXPECT_EQ(a(i, j), 10 * i + j);
  EXPECT_EQ(get(eye<double>(world(), 3)(all(), all())), matrix(xt::eye<double>(3)));
  a.fence();
}

TEST(creation, what_the_function_throws_on_one_rank_all_ranks_throw) {
  std::int64_t const last = ranks() - 1;
  auto const f = [&](std::int64_t i) {
    if (i == last) throw index_error("no such number");
    return i;
  };
  EXPECT_TRUE(throws<index_error>([&] { return from_function<int>(world(), {ranks()}, f); }, {"no such number"}));
}

TEST(creation, ranges_are_those_of_numpy) {
  EXPECT_EQ(get(arange(world(), 5)(all())), (xt::xtensor<int, 1>{0, 1, 2, 3, 4}));
  EXPECT_EQ(get(arange(world(), 2, 9, 3)(all())), (xt::xtensor<int, 1>{2, 5, 8}));
  EXPECT_EQ(get(arange(world(), 9, 2, -3)(all())), (xt::xtensor<int, 1>{9, 6, 3}));
  EXPECT_EQ(arange(world(), 3, 3).size(), 0);
  EXPECT_EQ(arange(world(), 3, -3).size(), 0);
  EXPECT_EQ(get(arange(world(), 0.0, 1.0, 0.25, {cyclic})(all())), (xt::xtensor<double, 1>{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(get(linspace(world(), 1.0, 2.0, 5)(all())), (xt::xtensor<double, 1>{1, 1.25, 1.5, 1.75, 2}));
  EXPECT_EQ(get(linspace(world(), 1.0, 2.0, 1)(all())), (xt::xtensor<double, 1>{1}));
  EXPECT_TRUE(throws<argument_error>([] { return arange(world(), 0, 3, 0); }, {"step of 0"}));
  EXPECT_TRUE(throws<argument_error>([] { return arange(world(), 0, 3, me() == ranks() - 1 ? 0 : 1); }, {"of 0"}));
  EXPECT_TRUE(throws<argument_error>([] { return arange(world(), 0., 1e30, 1.); }, {"to 1e+30", "length 1e+30"}));
  EXPECT_TRUE(throws<argument_error>([] { return arange(world(), 0., std::nan("")); }, {"nan"}));
}

TEST(creation, of_the_blocks_that_ranks_have) {
  auto const rows = static_cast<std::size_t>(me() + 1);
  matrix const mine(std::array<std::size_t, 2>{rows, 3}, me());
  auto const a = from_local(world(), mine);
  ASSERT_EQ(a.shape(), (index_array<2>{ranks() * (ranks() + 1) / 2, 3}));
  EXPECT_EQ(a.local(), mine);
  EXPECT_EQ(a(-1, 2), ranks() - 1);
  EXPECT_EQ(a(0, 0), 0);
  a.fence();
  EXPECT_EQ(from_local(world(), xt::xtensor<int, 1>::from_shape({0})).size(), 0);
  if (ranks() > 1) {
    matrix const odd(std::array<std::size_t, 2>{2, me() == 0 ? 4U : 3U}, 1);
    EXPECT_TRUE(throws<argument_error>([&] { return from_local(world(), odd); }, {"shape of the blocks"}));
  }
}

TEST(creation, of_what_one_rank_has) {
  for (int root = 0; root < ranks(); ++root) {
    matrix const given{{1, 2, 3}, {4, 5, 6}};
    auto const a = from_serial(world(), me() == root ? given : matrix(), root, {block, cyclic});
    EXPECT_EQ(get(a(all(), all())), given);
    a.fence();
  }
  EXPECT_TRUE(throws<argument_error>([] { return from_serial(world(), matrix(), ranks()); }));
}

} // namespace
} // namespace armada
