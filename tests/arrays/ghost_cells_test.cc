/// Arrays with ghost cells in everything that goes over whole arrays: the cells are no elements.

#include "tests/arrays/whole_arrays.hpp"
#include "tests/support/throws.hpp"

#include <armada/arrays/concatenate.hpp>
#include <armada/arrays/cumulative.hpp>
#include <armada/arrays/owned.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/arrays/reshape.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace armada {
namespace {

using support::expect_same;

cut_array<2> const blocks{cut(block), cut(block)};

double value(std::int64_t n) { return static_cast<double>(n * n % 19); }

/// Elements as `value` has them, and -1000 in every ghost cell.
class GhostCells : public testing::Test {
protected:
  GhostCells() {
    a.padded() = -1000.0;
    b.padded() = -1000.0;
    a = plain.spread;
    a.fence();
  }
  ~GhostCells() override {
    double outside = 0;
    for (double const x : a.padded()) outside += x == -1000.0 ? 1 : 0;
    EXPECT_EQ(outside, static_cast<double>(a.padded().size()) - static_cast<double>(owned(a).size()));
  }

  support::whole_array<double> plain{world(), {7, 9}, blocks, value};
  distributed_array<double, 2> a{world(), {7, 9}, blocks, ghost_cells<2>{1, 2}};
  distributed_array<double, 2> b{world(), {7, 9}, blocks, ghost_cells<2>{1, 2}};
};

TEST_F(GhostCells, AreNotCopied) {
  expect_same(a, plain.serial);
  b = a; // at the same places
  expect_same(b, plain.serial);
  distributed_array<double, 2, storage_order::column_major> c(world(), {7, 9}, {cyclic, block});
  c = b;
  expect_same(c, plain.serial);
  expect_same(copy(a), plain.serial);
  expect_same(redistribute(a, {whole, cyclic}), plain.serial);
  expect_same(transpose(transpose(a)), plain.serial);
}

TEST_F(GhostCells, AreNotComputed) {
  b = 2.0 * a + plain.spread;
  expect_same(b, xt::xtensor<double, 2>(3.0 * plain.serial));
  plain.spread = b - a;
  expect_same(plain.spread, xt::xtensor<double, 2>(2.0 * plain.serial));
  b = 4.0;
  b += a;
  expect_same(b, xt::xtensor<double, 2>(4.0 + plain.serial));
  for (double const x : b.padded()) EXPECT_TRUE(x == -1000.0 || x >= 4.0);
}

TEST_F(GhostCells, AreNotReduced) {
  EXPECT_EQ(min(a), 0.0);
  EXPECT_EQ(sum(a), sum(plain.spread));
  EXPECT_EQ(argmax(a), argmax(plain.spread));
  EXPECT_TRUE(all(equal(sum(a, 0), sum(plain.spread, 0))));
  EXPECT_EQ(max(cumsum(a, 1)), max(cumsum(plain.spread, 1)));
}

TEST_F(GhostCells, AreNotReshaped) {
  xt::xtensor<double, 2> flat = plain.serial;
  flat.reshape({9, 7});
  expect_same(reshape(a, {9, 7}), flat);
  distributed_array<double, 2> rows(world(), {7, 9}, ghost_cells<2>{1, 1});
  rows.padded() = -1000.0;
  rows = a;
  expect_same(reshape(std::move(rows), {9, 7}), flat);
  auto const both = concatenate({&a, &plain.spread}, 0);
  EXPECT_EQ(sum(both), 2 * sum(a));
}

} // namespace
} // namespace armada
