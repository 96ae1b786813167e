/// Minimum and maximum of unsigned numbers that are negative as signed ones, on every road of one-sided access: where
/// MPI does them, it is wrong (quirk 57).

#include <armada/arrays/distributed_array.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using xt::range;

constexpr std::uint32_t large = 0xf0000000;

int me() { return world().rank(); }
int ranks() { return world().size(); }

TEST(unsigned_update, of_elements) {
  distributed_array<std::uint32_t, 1> a(world(), {2 * ranks()});
  a.fill(7);
  for (int i = 0; i < ranks(); ++i) {
    std::uint32_t const was = a.fetch_and_op({i}, large + static_cast<unsigned>(me()), maximum{});
    EXPECT_TRUE(was == 7 || was >= large);
    EXPECT_EQ(a.fetch_and_op({ranks() + i}, large, minimum{}), 7U);
  }
  a.fence();
  for (int i = 0; i < ranks(); ++i) {
    EXPECT_EQ(a(i), large + static_cast<unsigned>(ranks() - 1));
    EXPECT_EQ(a(ranks() + i), 7U);
  }
  a.fence();
}

TEST(unsigned_update, of_slices) {
  distributed_array<std::uint32_t, 2> a(world(), {6, 5}, {cyclic, block});
  a.fill(100);
  xt::xtensor<std::uint32_t, 2> const values{{1, large, 99}, {101, 100, large + 1}};
  accumulate(a(range(1, 5, 3), range(4, 1, -1)), values, maximum{});
  a.fence();
  EXPECT_EQ(get(a(1, all())), (xt::xtensor<std::uint32_t, 1>{100, 100, 100, large, 100}));
  EXPECT_EQ(get(a(4, all())), (xt::xtensor<std::uint32_t, 1>{100, 100, large + 1, 100, 101}));
  EXPECT_EQ(get(a(2, all())), (xt::xtensor<std::uint32_t, 1>{100, 100, 100, 100, 100}));
  a.fence();
}

TEST(unsigned_update, in_windows) {
  auto const win = window<std::uint32_t>::allocate(world(), 8);
  int const next = (me() + 1) % ranks();
  std::ranges::fill(win.local(), 50U);
  win.fence().close();
  std::vector<std::uint32_t> const values{large, 3};
  {
    auto epoch = win.lock(next);
    epoch.accumulate(values, {.rank = next}, maximum{});
    epoch.accumulate(values, {.rank = next, .offset = 2, .layout = strided(2, 3)}, minimum{});
    EXPECT_EQ(epoch.fetch_and_op(large, {.rank = next, .offset = 3}, maximum{}), 50U);
    std::vector<std::uint32_t> old(2);
    epoch.get_accumulate(values, old, {.rank = next, .offset = 6}, maximum{});
    EXPECT_EQ(old, (std::vector<std::uint32_t>{50, 50}));
  }
  auto epoch = win.fence();
  EXPECT_EQ(std::vector<std::uint32_t>(win.local().begin(), win.local().end()),
            (std::vector<std::uint32_t>{large, 50, 50, large, 50, 3, large, 50}));
  bool whole = true;
  for (int r = 0; r < ranks(); ++r) whole = whole && win.is_near(r);
  if (!whole) {
    EXPECT_TRUE(throws<unsupported>([&] { epoch.accumulate(values, {.rank = next}, maximum{}); }, {"unsigned"}));
  }
  epoch.close();
}

} // namespace
} // namespace armada
