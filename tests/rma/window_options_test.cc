#include <armada/rma/window_options.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/rma/dynamic_window.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;

window<int> made_with(window_options options) { return window<int>::allocate(world(), 3, std::move(options)); }

TEST(window_options, without_any) {
  auto const win = made_with({});
  EXPECT_EQ(win.name(), "window");
  EXPECT_EQ(win.displacement_unit(), 4) << "elements, whatever the unit of a window of bytes would be";
  bool const spans = world().split_shared().size() < ranks();
  EXPECT_EQ(throws<unsupported>([&] { return win.raw(); }, {"window \"window\""}), !spans);
}

TEST(window_options, a_unit_counts_on_windows_of_bytes_alone) {
  EXPECT_EQ(made_with({.displacement_unit = 2}).displacement_unit(), 4);
  auto const win = window<std::byte>::allocate(world(), 12 * (1 + me()), {.displacement_unit = 1 + me()});
  EXPECT_EQ(win.displacement_unit(), 1 + me());
  int const given = 42 + me();
  win.lock(next_rank()).put(given, {.rank = next_rank(), .offset = 8});
  barrier(world());
  win.sync();
  int arrived = 0;
  std::memcpy(&arrived, win.local().data() + 8 * (1 + me()), sizeof(arrived));
  EXPECT_EQ(arrived, 42 + previous_rank());
}

/// What every rank must choose alike: with ARMADA_CHECK=collectives all ranks throw where they would wait for each
/// other, or take different roads.
TEST(window_options, ranks_that_choose_differently_are_told) {
  auto const refused = [](auto action) { return throws<collective_mismatch>(action, {"window"}) || ranks() == 1; };
  bool const odd = me() == ranks() - 1;
  EXPECT_TRUE(refused([&] { return made_with({.raw = odd}); }));
  EXPECT_TRUE(refused([&] { return made_with({.connect_up_to = odd ? 0 : 64}); }));
  EXPECT_TRUE(refused([&] {
    std::vector<int> memory(3);
    return odd ? window<int>::create(world(), memory) : made_with({});
  }));
  EXPECT_TRUE(refused([&] {
    return odd ? static_cast<void>(dynamic_window(world(), {.raw = true}))
               : static_cast<void>(made_with({.raw = true}));
  }));
  auto const after = made_with({.name = odd ? "one" : "another"});
  EXPECT_EQ(after.size(next_rank()), 3);
}

} // namespace
} // namespace armada
