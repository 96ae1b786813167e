#include <armada/arrays/expression.hpp>

#include "tests/arrays/whole_arrays.hpp"
#include "tests/support/throws.hpp"

#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/group.hpp>

#include <gtest/gtest.h>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

#include <complex>
#include <cstdint>
#include <string>
#include <utility>

namespace armada {
namespace {

using support::all_cuts;
using support::all_shapes;
using support::expect_same;
using support::throws;
using support::whole_array;

auto const squares = [](std::int64_t n) { return static_cast<double>(n * n % 17) - 3; };
auto const tenths = [](std::int64_t n) { return 0.5 + static_cast<double>(n % 7) / 4; };

template <class L, class R>
concept adds = requires(L l, R r) {
  l + r;
};
static_assert(adds<distributed_array<double, 2>&, double>);
static_assert(adds<xt::xtensor<double, 1>&, distributed_array<float, 2>&>);
static_assert(!adds<distributed_array<double, 2>&, std::string>);

TEST(Expression, ComputesWhatXtensorComputesHoweverItIsCut) {
  for (auto const& shape : all_shapes())
    for (auto const& cuts : all_cuts()) {
      whole_array<double> b(world(), shape, cuts, squares), c(world(), shape, cuts, tenths);
      distributed_array<double, 2> a(world(), shape, cuts);
      xt::xtensor<double, 2> s;

      a = 2.0 * b.spread + c.spread / 4;
      s = 2.0 * b.serial + c.serial / 4;
      expect_same(a, s);

      a = -(a - b.spread) * a;
      s = xt::eval(-(s - b.serial) * s);
      expect_same(a, s);

      a += b.spread;
      a -= 1;
      a *= c.spread;
      a /= 2.0;
      s = xt::eval((s + b.serial - 1) * c.serial / 2.0);
      expect_same(a, s);
    }
}

TEST(Expression, ComparesAndConnects) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double> b(world(), {7, 5}, cuts, squares), c(world(), {7, 5}, cuts, tenths);
    distributed_array<bool, 2> a(world(), {7, 5}, cuts);
    xt::xtensor<bool, 2> s;
    a = (b.spread < c.spread && c.spread >= 1.0) || !(b.spread <= 5.0);
    s = (b.serial < c.serial && c.serial >= 1.0) || !(b.serial <= 5.0);
    expect_same(a, s);
    a = 1.0 > c.spread;
    s = 1.0 > c.serial;
    expect_same(a, s);
  }
}

TEST(Expression, KnowsIntegers) {
  whole_array<int> b(world(), {5, 6}, all_cuts()[3], [](std::int64_t n) { return n - 7; });
  distributed_array<int, 2> a(world(), {5, 6}, all_cuts()[3]);
  a = (b.spread % 4 & 3) | (~b.spread ^ 5);
  xt::xtensor<int, 2> const s = (b.serial % 4 & 3) | (~b.serial ^ 5);
  expect_same(a, s);
}

TEST(Expression, ChangesTypes) {
  whole_array<int> b(world(), {5, 6}, all_cuts()[2], [](std::int64_t n) { return n - 7; });
  distributed_array<std::complex<double>, 2> a(world(), {5, 6}, all_cuts()[2]);
  a = b.spread * std::complex<double>(0, 2) + 1;
  xt::xtensor<std::complex<double>, 2> const s = xt::cast<double>(b.serial) * std::complex<double>(0, 2) + 1.0;
  expect_same(a, s);
  distributed_array<float, 2> f(world(), {5, 6}, all_cuts()[2]);
  f = b.spread / 2.0;
  expect_same(f, xt::xtensor<float, 2>(xt::cast<float>(b.serial / 2.0)));
}

TEST(Expression, MixesElementOrders) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double> b(world(), {7, 5}, cuts, squares);
    whole_array<double, storage_order::column_major> c(world(), {7, 5}, cuts, tenths);
    xt::xtensor<double, 2> const s = b.serial + 2 * c.serial;
    distributed_array<double, 2> a(world(), {7, 5}, cuts);
    a = b.spread + 2 * c.spread;
    expect_same(a, s);
    c.spread = b.spread + 2 * c.spread;
    expect_same(c.spread, s);
  }
}

TEST(Expression, BroadcastsTensorsThatEveryRankHas) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double> b(world(), {7, 5}, cuts, squares);
    distributed_array<double, 2> a(world(), {7, 5}, cuts);
    xt::xtensor<double, 1> const row{1, 20, 300, 4000, 50000};
    xt::xtensor<double, 2> column = xt::zeros<double>({7, 1}), both = xt::zeros<double>({7, 5}),
                           wide = xt::zeros<double>({7, 12});
    for (std::size_t i = 0; i < 7; ++i) column(i, 0) = static_cast<double>(i);
    for (std::size_t i = 0; i < 35; ++i) both.data()[i] = static_cast<double>(i % 11);
    for (std::size_t i = 0; i < wide.size(); ++i) wide.data()[i] = static_cast<double>(i % 13);
    auto view = xt::view(wide, xt::all(), xt::range(1, 11, 2));

    a = b.spread * row + column - both / view;
    xt::xtensor<double, 2> s = b.serial * row + column - both / view;
    for (std::size_t i = 0; i < 35; ++i) // 0 / 0
      if (s.data()[i] != s.data()[i]) s.data()[i] = 0;
    a = elementwise([](double x) { return x != x ? 0 : x; }, a);
    expect_same(a, s);

    a = xt::sin(row) + a; // a temporary expression
    s = xt::eval(xt::sin(row) + s);
    expect_same(a, s);
    a = both;
    expect_same(a, both);
    a = row + 1.0;
    s = xt::broadcast(row + 1.0, {7, 5});
    expect_same(a, s);
    a = 2.5;
    expect_same(a, xt::xtensor<double, 2>(xt::ones<double>({7, 5}) * 2.5));
  }
}

TEST(Expression, BroadcastsArraysThatHaveEachElementWhereItIsNeeded) {
  cut_array<2> const rows{cut(block), cut(whole)};
  whole_array<double> b(world(), {7, 5}, rows, squares), column(world(), {7, 1}, rows, tenths);
  distributed_array<double, 2> a(world(), {7, 5}, rows);
  a = b.spread / column.spread;
  expect_same(a, xt::xtensor<double, 2>(b.serial / column.serial));

  // One dimension of a process grid of one rank each.
  distributed_array<double, 1> line(world(), {7});
  line = 1.0;
  if (world().size() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { a = b.spread + line; }, {"do not conform", "(7, 5)", "(7)"}));
  }
}

TEST(Expression, ReadsSections) {
  whole_array<double> b(world(), {7, 5}, all_cuts()[0], squares), c(world(), {9, 5}, all_cuts()[2], tenths);
  c.spread.fence();
  distributed_array<double, 2> a(world(), {7, 5}, all_cuts()[0]);
  a = b.spread - c.spread(xt::range(2, 9), xt::all()) + c.spread(3, xt::all());
  xt::xtensor<double, 2> const s =
      b.serial - xt::view(c.serial, xt::range(2, 9), xt::all()) + xt::view(c.serial, 3, xt::all());
  expect_same(a, s);
}

TEST(Expression, BecomesAnArray) {
  for (auto const& cuts : all_cuts()) {
    whole_array<double> b(world(), {7, 5}, cuts, squares), column(world(), {1, 5}, all_cuts()[0], tenths);
    distributed_array a = 2 * b.spread + 1.0;
    static_assert(std::same_as<decltype(a), distributed_array<double, 2>>);
    expect_same(a, xt::xtensor<double, 2>(2 * b.serial + 1.0));
    EXPECT_EQ(a.distribution(), b.spread.distribution());
    distributed_array<bool, 2> const positive = b.spread > 0.0;
    expect_same(positive, xt::xtensor<bool, 2>(b.serial > 0.0));
  }
}

TEST(Expression, BecomesAnArrayOfMoreElementsThanItsArraysHave) {
  xt::xtensor<double, 1> const row{1, 2, 3, 4, 5};
  xt::xtensor<double, 2> const high{{10}, {20}, {30}};
  for (auto const& cuts :
       {cut_array<2>{block, whole}, cut_array<2>{cyclic, whole}, cut_array<2>{block_cyclic(2), whole}}) {
    whole_array<double> column(world(), {7, 1}, cuts, tenths);
    distributed_array const a = column.spread * row;
    expect_same(a, xt::xtensor<double, 2>(column.serial * row));
    EXPECT_EQ(a.distribution(), (distributed_array<double, 2>(world(), {7, 5}, cuts).distribution()));
    EXPECT_NEAR(sum(row - column.spread), xt::sum(row - column.serial)(), 1e-12);
    distributed_array const b = a - column.spread; // and it conforms with the column
    expect_same(b, xt::xtensor<double, 2>(column.serial * row - column.serial));
  }
  // Of one dimension, cut along the second one of the result.
  distributed_array<double, 1> line(world(), {7}, {cyclic});
  for_each_owned(line, [](index_array<1> const& at, double& x) { x = static_cast<double>(at[0] * at[0]); });
  distributed_array const c = high + line;
  EXPECT_EQ(c.shape(), (index_array<2>{3, 7}));
  EXPECT_EQ(c.distribution().grid().extents, (index_array<2>{1, world().size()}));
  for (std::int64_t i = 0; i < 3; ++i)
    for (std::int64_t j = 0; j < 7; ++j) EXPECT_EQ(double{c(i, j)}, static_cast<double>(10 * (i + 1) + j * j));
  c.fence();
  EXPECT_EQ(get(max(high + line, 1)(xt::all())), (xt::xtensor<double, 1>{46, 56, 66}));
  distributed_array const zeroth = line * xt::xtensor<double, 2>(xt::xtensor<double, 2>::shape_type{0, 1});
  EXPECT_EQ(zeroth.shape(), (index_array<2>{0, 7}));
}

// Nobody waits for a rank that has thrown already.
TEST(Expression, WhoseTensorsDifferBetweenRanksIsRefusedOnAll) {
  whole_array<double> a(world(), {4, 3}, {block, whole}, squares), column(world(), {4, 1}, {block, whole}, squares);
  std::size_t const odd = world().rank() == world().size() - 1 ? 1 : 0;
  xt::xtensor<double, 2> const first = xt::zeros<double>({std::size_t{4}, 3 + odd});
  xt::xtensor<double, 1> const row = xt::zeros<double>({5 + odd});
  if (world().size() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { return sum(first + a.spread); }, {"shape of an expression"}));
    EXPECT_TRUE(throws<argument_error>([&] { return sum(column.spread * row, 0); }, {"shape of an expression"}));
    EXPECT_TRUE(throws<argument_error>([&] { distributed_array const d = row + column.spread; }, {"rank"}));
  }
  // Cut along a dimension in which it would be repeated.
  distributed_array<double, 2> flat(world(), {1, 4}, {block, whole}, process_grid{world().size(), 1});
  xt::xtensor<double, 2> const high = xt::zeros<double>({3, 1});
  if (world().size() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { return sum(flat + high); }, {"do not conform", "(1, 4)", "(3, 1)"}));
  }
  EXPECT_EQ(sum(a.spread), xt::sum(a.serial)()); // and it works on
}

TEST(Expression, OwnsTemporaries) {
  auto const later = [] {
    whole_array<double> b(world(), {7, 5}, all_cuts()[0], squares);
    xt::xtensor<double, 1> row{1, 2, 3, 4, 5};
    return std::move(b.spread) + std::move(row);
  }();
  distributed_array<double, 2> a = later * 2.0, again = later * 2.0;
  whole_array<double> b(world(), {7, 5}, all_cuts()[0], squares);
  xt::xtensor<double, 1> const row{1, 2, 3, 4, 5};
  expect_same(a, xt::xtensor<double, 2>((b.serial + row) * 2.0));
  expect_same(again, xt::xtensor<double, 2>((b.serial + row) * 2.0));
}

TEST(Expression, CallsAnyFunctionOfSeveral) {
  whole_array<double> b(world(), {7, 5}, all_cuts()[5], squares), c(world(), {7, 5}, all_cuts()[5], tenths);
  distributed_array<double, 2> a =
      elementwise([](double x, double y, int z) { return x * y + z; }, b.spread, c.spread, 3);
  expect_same(a, xt::xtensor<double, 2>(b.serial * c.serial + 3));
}

TEST(Expression, SeesWhatOthersPut) {
  distributed_array<double, 1> a(world(), {64}), b(world(), {64});
  for (int round = 1; round < 20; ++round) {
    a(xt::range(world().rank(), 64, world().size())) = static_cast<double>(round);
    b = a + 1.0;
    for (int i = 0; i < 64; ++i) ASSERT_EQ(b(i), round + 1) << i;
    b.fence();
  }
}

TEST(Expression, NamesWhatDoesNotConform) {
  distributed_array<double, 2> a(world(), {4, 4}), b(world(), {4, 5}), c(world(), {4, 4}, {cyclic, block});
  xt::xtensor<double, 1> const row{1, 2, 3};
  xt::xtensor<double, 2> here = xt::zeros<double>({4, world().rank() == 0 ? 4 : 3});
  EXPECT_TRUE(throws<argument_error>([&] { a = a + b; }, {"do not conform", "(4, 4)", "(4, 5)", "shapes", "rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { a = 2 * b; }, {"(4, 4)", "(4, 5)"}));
  EXPECT_TRUE(throws<argument_error>([&] { a = a * row; }, {"do not conform", "tensor of shape (3)"}));
  EXPECT_TRUE(throws<argument_error>([&] { distributed_array<double, 2> const d = a + b; }, {"(4, 4)", "(4, 5)"}));
  if (world().size() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { a = a + c; }, {"cyclic", "cut in different ways", "redistributed"}));
    EXPECT_TRUE(throws<argument_error>([&] { a = a + here; }, {"tensor of shape (4, 3)"})); // on every rank
  }
  communicator const other = world().dup();
  distributed_array<double, 2> d(other, {4, 4});
  EXPECT_TRUE(throws<argument_error>([&] { a = a + d; }, {"different communicators"}));
  a = a + 1.0; // and it works on
  EXPECT_EQ(a(3, 3), 1.0);
}

TEST(Expression, WorksOnAPartOfTheRanks) {
  communicator const half = world().split(world().rank() % 2);
  whole_array<double> b(half, {7, 5}, all_cuts()[2], squares);
  b.spread = b.spread * b.spread;
  expect_same(b.spread, xt::xtensor<double, 2>(b.serial * b.serial));
}

TEST(Expression, WorksInThreeDimensions) {
  distributed_array<std::int64_t, 3> a(world(), {3, 4, 5}, {block, cyclic, block_cyclic(2)});
  for_each_owned(a, [](index_array<3> const& i, std::int64_t& x) { x = i[0] * 100 + i[1] * 10 + i[2]; });
  xt::xtensor<std::int64_t, 3> plane = xt::zeros<std::int64_t>({4, 1, 5}), all = xt::zeros<std::int64_t>({3, 4, 5});
  plane = xt::zeros<std::int64_t>({3, 1, 5});
  for (std::size_t i = 0; i < plane.size(); ++i) plane.data()[i] = static_cast<std::int64_t>(1000 * i);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t k = 0; k < 5; ++k)
        all(i, j, k) = static_cast<std::int64_t>(i * 100 + j * 10 + k) + plane(i, 0, k);
  a += plane;
  expect_same(a, all);
}

} // namespace
} // namespace armada
