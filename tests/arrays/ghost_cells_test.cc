#include <armada/arrays/creation.hpp>
#include <armada/arrays/element_list.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/owned.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <xtensor/xmath.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace armada {
namespace {

using xt::all, xt::range;

int me() { return world().rank(); }

int value_at(std::int64_t i, std::int64_t j) { return static_cast<int>(100 * i + j); }

/// Arrays of (7, 6) with ghost cells, filled with -1, and elements value_at(i, j).
template <storage_order Order = storage_order::row_major>
distributed_array<int, 2, Order> numbered(cut_array<2> const& cuts) {
  distributed_array<int, 2, Order> a(world(), {7, 6}, cuts, ghost_cells<2>({1, 2}, {3, 0}));
  a.padded() = -1;
  for_each_owned(a, [](auto const& index, int& element) { element = value_at(index[0], index[1]); });
  a.fence();
  return a;
}

/// How many cells of this rank's tile are not -1.
template <class Array>
std::int64_t written(Array const& a) {
  std::int64_t count = 0;
  for (int const each : a.padded().elements()) count += each != -1 ? 1 : 0;
  return count;
}

template <storage_order Order>
void all_access_knows_them() {
  for (cut_array<2> const& cuts : {cut_array<2>{block, whole}, {block, block}, {cyclic, block}, {whole, block}}) {
    auto a = numbered<Order>(cuts);
    SCOPED_TRACE(a.describe());
    auto const owns = a.distribution().tile_volume(me());
    EXPECT_EQ(written(a), owns);
    for (int i = 0; i < 7; ++i)
      for (int j = 0; j < 6; ++j) ASSERT_EQ(a(i, j), value_at(i, j));
    xt::xtensor<int, 2> const t = a(range(1, 7, 2), range(0, 6));
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t j = 0; j < 6; ++j)
        ASSERT_EQ(t(i, j), value_at(static_cast<std::int64_t>(2 * i + 1), static_cast<std::int64_t>(j)));
    xt::xtensor<int, 1> const one_piece = a(3, all());
    EXPECT_EQ(one_piece(5), 305);
    std::vector<std::array<int, 2>> const list{{6, 5}, {0, 0}, {-1, 2}};
    EXPECT_EQ(gather(a, list), (xt::xtensor<int, 1>{605, 0, 602}));
    a.fence();
    if (me() == 0) a(range(2, 4), all()) += 1;
    a.fence();
    EXPECT_EQ(a(3, 5), 306);
    for (auto const& part : a.locate(range(0, 7), range(0, 6))) EXPECT_EQ(part.range, a.range_of(part.rank));
    distributed_array<int, 2> b(world(), {7, 6});
    copy(a, b);
    EXPECT_EQ(b(3, 5), 306);
    EXPECT_EQ(b(6, 0), 600);
    b.fence();
    b(all(), all()) = -7;
    copy(b, a);
    EXPECT_EQ(a(4, 4), -7);
    EXPECT_EQ(written(a), owns);
    auto const turned = transpose(a);
    EXPECT_EQ(turned(5, 6), -7);
    a.fence();
    a.fill(5);
    EXPECT_EQ(written(a), owns);
    EXPECT_EQ(a(6, 5), 5);
    a.fence();
  }
}

TEST(ghost_cells, all_access_knows_them_by_rows) { all_access_knows_them<storage_order::row_major>(); }
TEST(ghost_cells, all_access_knows_them_by_columns) { all_access_knows_them<storage_order::column_major>(); }

TEST(ghost_cells, owned_is_a_view_between_them) {
  auto a = numbered({block, block});
  auto mine = owned(a);
  auto const first = a.local_range();
  for (std::size_t i = 0; i < mine.shape()[0]; ++i)
    for (std::size_t j = 0; j < mine.shape()[1]; ++j)
      ASSERT_EQ(mine(i, j), value_at(first.dimensions[0].first + static_cast<std::int64_t>(i),
                                     first.dimensions[1].first + static_cast<std::int64_t>(j)));
  mine = 2 * mine;
  a.fence();
  EXPECT_EQ(a(6, 5), 1210);
  EXPECT_EQ(written(a), a.distribution().tile_volume(me()));
  auto const& constant = a;
  static_assert(std::is_same_v<decltype(owned(constant)(0, 0)), int const&>);
  distributed_array<int, 1> dense(world(), {9});
  owned(dense) = 3;
  EXPECT_EQ(xt::sum(dense.local())(), 3 * dense.distribution().tile_volume(me()));
}

TEST(ghost_cells, what_needs_dense_tiles_refuses) {
  auto a = numbered({block, whole});
  auto const refused = [](auto action) {
    try {
      action();
    } catch (argument_error const& e) {
      return std::string(e.what()).find("ghost cells") != std::string::npos;
    }
    return false;
  };
  EXPECT_TRUE(refused([&] { static_cast<void>(a.local()); }));
  EXPECT_TRUE(refused([&] { static_cast<void>(a.tile(me())); }));
  EXPECT_TRUE(refused([&] { static_cast<void>(sum(a)); }));
  a.fence();
}

TEST(ghost_cells, must_be_the_same_everywhere_and_not_negative) {
  EXPECT_THROW((distributed_array<int, 1>(world(), {9}, ghost_cells{-1})), argument_error);
  if (world().size() > 1) {
    EXPECT_THROW((distributed_array<int, 1>(world(), {9}, ghost_cells{me()})), argument_error);
  }
}

} // namespace
} // namespace armada
