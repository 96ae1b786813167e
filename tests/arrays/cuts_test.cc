/// Distributed arrays that are cut in every way, in both orders.

#include <armada/arrays/distributed_array.hpp>

#include "tests/support/throws.hpp"

#include <armada/arrays/iteration.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <tuple>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using xt::range;
using xt::placeholders::_;

int me() { return world().rank(); }
int ranks() { return world().size(); }

/// Every element of an array that is cut so is one element of one tile, whoever reads it.
template <storage_order Order, std::size_t N>
void is_cut_as_told(index_array<N> const& shape, cut_array<N> const& cuts) {
  distributed_array<std::int64_t, N, Order> a(world(), shape, cuts);
  SCOPED_TRACE(a.describe());
  auto const strides = row_major_strides(shape);
  for_each_owned(a, [&](index_array<N> const& index, std::int64_t& e) { e = dot(index, strides); });
  a.fence();
  auto const& constant = a;
  for (std::int64_t number = 0; number < a.size(); ++number) {
    index_array<N> index{};
    for (std::size_t d = 0; d < N; ++d) index[d] = number / strides[d] % shape[d];
    ASSERT_EQ(std::apply([&](auto... i) { return constant(i...); }, index), number);
  }
  std::int64_t located = 0;
  for (auto const& [rank, range] : a.locate()) {
    located += range.volume();
    index_array<N> last{};
    for (std::size_t d = 0; d < N; ++d) last[d] = range.dimensions[d][range.dimensions[d].count - 1];
    EXPECT_EQ(std::apply([&](auto... i) { return a.owner(i...); }, last), rank);
  }
  EXPECT_EQ(located, a.size());
  a.fence();
}

TEST(cuts, is_cut_as_told) {
  using enum storage_order;
  is_cut_as_told<row_major, 1>({11}, {cyclic});
  is_cut_as_told<row_major, 1>({3}, {block_cyclic(2)}); // more ranks than blocks
  is_cut_as_told<column_major, 2>({7, 9}, {block_cyclic(2), block_cyclic(3)});
  is_cut_as_told<row_major, 2>({7, 9}, {whole, cyclic});
  std::vector<std::int64_t> boundaries{0};
  for (int r = 1; r <= ranks(); ++r) boundaries.push_back(boundaries.back() + r % 3);
  is_cut_as_told<row_major, 2>({boundaries.back(), 2}, {irregular(boundaries), whole});
  is_cut_as_told<column_major, 3>({2, 5, 3}, {block, cyclic, whole});
  is_cut_as_told<row_major, 7>({2, 1, 3, 2, 1, 2, 2}, {block, whole, cyclic, block, block, block, whole});
}

TEST(cuts, says_who_owns_what_of_a_slice) {
  distributed_array<int, 2> const a(world(), {4 * ranks(), 3});
  auto const found = a.locate(xt::range(0, 4 * ranks(), 4), 1);
  ASSERT_EQ(std::ssize(found), ranks());
  for (int r = 0; r < ranks(); ++r) {
    EXPECT_EQ(found[static_cast<std::size_t>(r)].rank, r);
    EXPECT_EQ(found[static_cast<std::size_t>(r)].range, (box<2>{interval{4 * r, 1, 1}, interval{1, 1, 1}}));
  }
  distributed_array<int, 1> const dealt(world(), {3 * ranks()}, {cyclic});
  for (auto const& [rank, range] : dealt.locate())
    EXPECT_EQ(range, (box<1>{interval{rank, 3, ranks() > 1 ? ranks() : 1}}));
  EXPECT_TRUE(throws<index_error>([&] { return a.locate(all(), 3); }, {"index 3"}));
}

TEST(cuts, tiles_show_memory_in_either_order) {
  distributed_array<double, 2, storage_order::column_major> a(world(), {3, 2 * ranks()}, {whole, block});
  auto tile = a.local();
  for (std::size_t k = 0; k < 6; ++k) tile.elements()[k] = static_cast<double>(k);
  EXPECT_EQ(tile(1, 1), 4.0);
  a.fence();
  EXPECT_EQ(a(1, 2 * ranks() - 1), 4.0);
  EXPECT_EQ(get(a(all(), 0)), (xt::xtensor<double, 1>{0, 1, 2}));
  a.fence();
  if (me() == 0) a(range(1, 3), all()) = xt::xtensor<double, 2>(-xt::ones<double>({2, 2 * ranks()}));
  a.fence();
  EXPECT_EQ(tile(2, 0), -1.0);
  EXPECT_EQ(tile.elements()[3], 3.0);
  a.local() = 2.0 * xt::ones<double>({3, 2});
  EXPECT_EQ(tile.elements()[5], 2.0);
}

struct particle {
  double mass;
  std::int8_t kind; // and seven bytes of padding
  friend bool operator==(particle const&, particle const&) = default;
};

TEST(cuts, of_aggregates) {
  distributed_array<particle, 1> a(world(), {5}, {cyclic});
  if (me() == ranks() - 1) {
    a(range(0, 4)) = xt::xtensor<particle, 1>{{1.0, 1}, {2.0, 2}, {3.0, 3}, {4.0, 4}};
    a(4) = particle{5.0, 5};
  }
  a.fence();
  EXPECT_EQ(get(a(range(_, _, -2)))(0), (particle{5.0, 5}));
  EXPECT_EQ(static_cast<particle>(a(1)), (particle{2.0, 2}));
  a.fence();
}

} // namespace
} // namespace armada
