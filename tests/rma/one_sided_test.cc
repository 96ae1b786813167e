#include <armada/rma/detail/one_sided.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <array>
#include <complex>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace armada {
namespace {

using support::throws;

std::vector<int> numbers(std::int64_t count, int first) {
  std::vector<int> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), first);
  return values;
}

std::vector<std::int64_t> places(layout const& arranged) {
  std::vector<std::int64_t> all;
  for (layout::cursor at(arranged); !at.done(); at.advance(1)) all.push_back(at.here().first);
  return all;
}

/// Layouts whose elements are distinct and lie in 0 … 59.
layout any_layout(std::mt19937& random) {
  auto const up_to = [&](int most) { return std::uniform_int_distribution<std::int64_t>(0, most)(random); };
  switch (up_to(4)) {
  case 0: return contiguous(up_to(12));
  case 1: return strided(up_to(6), 1 + up_to(8));
  case 2: return subarray({5, 12}, {up_to(3), up_to(6)}, {up_to(2), up_to(6)});
  case 3: return blocks(up_to(4), up_to(3), 3 + up_to(9));
  default:
    auto order = numbers(60, 0);
    std::ranges::shuffle(order, random);
    order.resize(static_cast<std::size_t>(up_to(9)));
    return indexed(order);
  }
}

constexpr std::int64_t offset = 3, extent = 70;

/// Any layout here with any layout there, against plain loops; what is not in them stays as it is.
TEST(one_sided, layouts_on_either_side) {
  auto win = window<int>::allocate(world(), extent);
  std::mt19937 random(static_cast<unsigned>(5 + me()));
  for (int round = 0; round < 150; ++round) {
    layout here = any_layout(random), there = any_layout(random);
    if (here.size() < there.size()) std::swap(here, there);
    auto const mine = places(here), theirs = places(there);
    std::vector<int> const memory = numbers(60, 1000 * me());
    std::vector<int> wanted = numbers(extent, 1), part(static_cast<std::size_t>(extent));
    std::vector<int> taken(60, -1), wanted_taken(60, -1);
    {
      auto epoch = win.lock(next_rank());
      epoch.put(wanted, {.rank = next_rank()});
      target const where{.rank = next_rank(), .offset = offset, .layout = there};
      epoch.put(laid_out(memory, here), where);
      epoch.accumulate(laid_out(memory, here), where, std::plus<>{});
      epoch.get(laid_out(taken, here), where);
      epoch.get(part, {.rank = next_rank()});
    }
    for (std::size_t i = 0; i < theirs.size(); ++i) {
      int const value = 2 * memory[static_cast<std::size_t>(mine[i])];
      wanted[static_cast<std::size_t>(offset + theirs[i])] = value;
      wanted_taken[static_cast<std::size_t>(mine[i])] = value;
    }
    ASSERT_EQ(part, wanted) << "round " << round;
    ASSERT_EQ(taken, wanted_taken) << "round " << round;
  }
}

/// Rows that move by less than their length; they do not meet each other.
TEST(one_sided, both_sides_may_be_the_same_memory) {
  auto win = window<int>::allocate(world(), extent);
  auto const rows = blocks(4, 10, 16);
  for (std::int64_t const shift : {0, 1, 3}) {
    auto wanted = numbers(extent, 0);
    for (auto const place : places(rows)) wanted[static_cast<std::size_t>(place + shift)] = static_cast<int>(place);
    std::ranges::copy(numbers(extent, 0), win.local().begin());
    auto epoch = win.lock(me());
    epoch.put(laid_out(win.local(), rows), {.rank = me(), .offset = shift, .layout = rows});
    EXPECT_TRUE(std::ranges::equal(win.local(), wanted)) << "forwards by " << shift;
    std::ranges::copy(numbers(extent, 0), win.local().begin());
    epoch.get(laid_out(win.local(), rows), {.rank = me(), .offset = shift, .layout = rows});
    for (auto const place : places(rows))
      EXPECT_EQ(win.local()[static_cast<std::size_t>(place)], place + shift) << "backwards by " << shift;
  }
}

TEST(one_sided, a_column_of_a_matrix) { // the design's example
  constexpr int rows = 5, columns = 4;
  auto win = window<float>::allocate(world(), rows * columns);
  for (int i = 0; i < rows * columns; ++i)
    win.local()[static_cast<std::size_t>(i)] = static_cast<float>(i + 100 * me());
  barrier(world());
  std::vector<float> column(rows + 1, -1.0F);
  auto epoch = win.lock_all();
  epoch.get(column, {.rank = next_rank(), .offset = 1, .layout = strided(rows, columns)});
  for (int i = 0; i < rows; ++i)
    EXPECT_EQ(column[static_cast<std::size_t>(i)], static_cast<float>(columns * i + 1 + 100 * next_rank()));
  EXPECT_EQ(column[rows], -1.0F) << "the tail stays";
}

TEST(one_sided, strided_views_are_buffers) {
  auto win = window<int>::allocate(world(), 12);
  xt::xtensor<int, 2> matrix({4, 6});
  std::iota(matrix.begin(), matrix.end(), 100 * me());
  xt::xtensor<int, 2> back = xt::zeros<int>({4, 6});
  {
    auto epoch = win.lock(next_rank());
    epoch.put(xt::view(matrix, xt::range(0, 4, 2), xt::range(1, 4)), {.rank = next_rank(), .offset = 2});
    auto into = xt::view(back, xt::range(1, 3), xt::range(2, 5));
    epoch.get(into, {.rank = next_rank(), .offset = 2});
  }
  xt::xtensor<int, 2> wanted = xt::zeros<int>({4, 6});
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 3; ++j) wanted(1 + i, 2 + j) = matrix(2 * i, 1 + j);
  EXPECT_EQ(back, wanted);
}

TEST(one_sided, modes_complete_when_they_say) {
  auto win = window<std::int64_t>::allocate(world(), 2000);
  std::vector<std::int64_t> given(1000), taken(1000, -1), column(10, -1);
  std::iota(given.begin(), given.end(), 7 * me());
  {
    auto epoch = win.lock(next_rank(), shared);
    epoch.put(given, {.rank = next_rank()}, deferred);
    epoch.flush(next_rank());
    auto read = epoch.get(taken, {.rank = next_rank()}, nonblocking);
    auto also = epoch.get(column, {.rank = next_rank(), .offset = 1, .layout = strided(10, 100)}, nonblocking);
    also.wait();
    read.wait();
    EXPECT_EQ(taken, given);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(column[i], given[1 + 100 * i]);
    EXPECT_TRUE(throws<lifecycle_error>([&] { read.wait(); }));

    auto written = epoch.put(given, {.rank = next_rank(), .offset = 1000}, nonblocking);
    while (!written.test()) {
    }
    written.wait();
    epoch.accumulate(given, {.rank = next_rank(), .offset = 1000}, std::plus<>{}, nonblocking).wait();
    epoch.flush_local(next_rank());
    epoch.flush();
    auto late = epoch.get(taken, {.rank = next_rank(), .offset = 1000}, nonblocking);
    auto never = epoch.put(given, {.rank = next_rank(), .layout = strided(5, 2)}, nonblocking);
    epoch.close();
    late.wait(); // the end of the epoch has completed them
    never.wait();
  }
  for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(taken[i], 2 * given[i]);
}

TEST(one_sided, get_accumulate_gives_what_was_there) {
  auto win = window<int>::allocate(world(), 10);
  auto const fill = numbers(10, 50);
  std::vector<int> const add{1, 2, 3};
  auto const try_with = [&](auto op, auto combined) {
    std::vector<int> old(4, -1), now(3);
    auto epoch = win.lock(next_rank());
    epoch.put(fill, {.rank = next_rank()});
    epoch.get_accumulate(add, old, {.rank = next_rank(), .offset = 4}, op);
    EXPECT_EQ(old, (std::vector<int>{54, 55, 56, -1}));
    epoch.get(now, {.rank = next_rank(), .offset = 4});
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(now[i], combined(54 + static_cast<int>(i), add[i]));
  };
  try_with(std::plus<>{}, std::plus<>{});
  try_with(replace{}, [](int, int b) { return b; });
  try_with(no_op{}, [](int a, int) { return a; });
  try_with(minimum{}, [](int a, int b) { return std::min(a, b); });

  auto epoch = win.lock(next_rank());
  epoch.put(fill, {.rank = next_rank()});
  std::vector<int> old(3, -1), now(10);
  epoch.get_accumulate(add, old, {.rank = next_rank(), .offset = 1, .layout = indexed({1, 2}, {6, 0})}, std::plus<>{});
  EXPECT_EQ(old, (std::vector<int>{57, 51, 52}));
  epoch.get(now, {.rank = next_rank()});
  EXPECT_EQ(now, (std::vector<int>{50, 53, 55, 53, 54, 55, 56, 58, 58, 59}));
  // Layouts on all three sides: 30, 10, 20 are added to places 0, 4, 8, and what was there goes backwards.
  std::vector<int> const spread{10, 20, 30};
  std::vector<int> olds(8, -1);
  std::vector<std::pair<std::int64_t, std::int64_t>> const backwards{{3, -3}};
  epoch.put(fill, {.rank = next_rank()});
  epoch.get_accumulate(laid_out(spread, indexed({2, 0, 1})), laid_out(olds, nested(backwards, 6)),
                       {.rank = next_rank(), .layout = strided(3, 4)}, std::plus<>{});
  EXPECT_EQ(olds, (std::vector<int>{58, -1, -1, 54, -1, -1, 50, -1}));
  epoch.get(now, {.rank = next_rank()});
  EXPECT_EQ(now, (std::vector<int>{80, 51, 52, 53, 64, 55, 56, 57, 78, 59}));
  xt::xtensor<int, 2> const table{{1, 2}, {3, 4}};
  auto const column = xt::view(table, xt::all(), 1);
  epoch.get_accumulate(column, old, {.rank = next_rank(), .offset = 1}, replace{});
  EXPECT_EQ(old[0], 51);
  EXPECT_EQ(old[1], 52);
  epoch.get(now, {.rank = next_rank(), .count = 4});
  EXPECT_EQ(now[1], 2);
  EXPECT_EQ(now[2], 4);
  std::vector<int> small(2);
  EXPECT_TRUE(throws<argument_error>([&] { epoch.get_accumulate(add, small, {.rank = next_rank()}, no_op{}); },
                                     {"3 old values and a buffer of 2"}));
}

TEST(one_sided, several_targets_in_one_call) {
  auto win = window<int>::allocate(world(), 10);
  std::vector<target> targets;
  for (int r = 0; r < ranks(); ++r) targets.push_back({.rank = r, .offset = 2 * me(), .count = 2});
  targets.push_back({.rank = proc_null, .count = 1});
  targets.push_back({.rank = me(), .offset = 8, .layout = strided(2, 1)});
  auto const given = numbers(2 * ranks() + 3, 100 * me());
  {
    auto epoch = win.lock_all();
    epoch.put(given, targets);
    epoch.accumulate(given, targets, std::plus<>{});
  }
  barrier(world());
  for (int r = 0; r < ranks(); ++r)
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(win.local()[static_cast<std::size_t>(2 * r + i)], 2 * (100 * r + 2 * me() + i));
  EXPECT_EQ(win.local()[9], 2 * (given.back()));
  {
    auto epoch = win.lock_all();
    std::vector<int> taken(given.size() + 1, -1);
    epoch.get(taken, targets, nonblocking).wait();
    for (std::size_t i = 0; i < given.size(); ++i)
      EXPECT_EQ(taken[i], static_cast<int>(i) == 2 * ranks() ? -1 : 2 * given[i]) << i;
    EXPECT_EQ(taken.back(), -1);
    std::vector<int> const none(given.size());
    epoch.get_accumulate(none, taken, targets, no_op{});
    for (std::size_t i = 0; i < given.size(); ++i)
      EXPECT_EQ(taken[i], static_cast<int>(i) == 2 * ranks() ? -1 : 2 * given[i]) << i;
    std::vector<int> small(given.size() - 1);
    EXPECT_TRUE(
        throws<argument_error>([&] { epoch.get_accumulate(none, small, targets, no_op{}); }, {"get_accumulate"}));
    targets.push_back({.rank = 0, .offset = 10, .count = 1});
    std::vector<int> const more(given.size() + 1, 77);
    EXPECT_TRUE(throws<index_error>([&] { epoch.put(more, targets); }, {"offset 10"}));
    targets.back() = {.rank = 0};
    EXPECT_TRUE(throws<argument_error>([&] { epoch.put(more, targets); }, {"no count"}));
  }
  barrier(world());
  EXPECT_EQ(std::ranges::count(win.local(), 77), 0) << "nothing moves when one target is wrong";
}

TEST(one_sided, several_targets_are_all_aligned_or_nothing_is_updated) {
  auto win = window<std::byte>::allocate(world(), 32, {.displacement_unit = 1});
  std::vector<std::int64_t> const given{-1, -1};
  {
    auto epoch = win.lock(next_rank());
    for (std::int64_t const wrong : {1, 12, 20}) {
      std::vector<target> const targets{{.rank = next_rank(), .count = 1},
                                        {.rank = next_rank(), .offset = wrong, .count = 1}};
      EXPECT_TRUE(throws<argument_error>([&] { epoch.accumulate(given, targets, std::plus<>{}); }, {"alignment 8"}));
    }
  }
  barrier(world());
  EXPECT_EQ(std::ranges::count(win.local(), std::byte{0}), 32);
  barrier(world());
  auto epoch = win.lock(next_rank());
  std::vector<target> const targets{{.rank = next_rank(), .count = 1}, {.rank = next_rank(), .offset = 12, .count = 1}};
  epoch.put(given, targets); // moved as bytes: any place
  std::vector<std::int64_t> taken(2);
  epoch.get(taken, targets);
  EXPECT_EQ(taken, given);
}

TEST(one_sided, nobody_is_a_target_without_effect) {
  auto win = window<int>::allocate(world(), 1);
  std::vector<int> buffer{1, 2, 3};
  auto epoch = win.lock(me());
  epoch.put(buffer, {.rank = proc_null});
  epoch.get(buffer, {.rank = proc_null, .offset = 9, .count = 2});
  epoch.accumulate(buffer, {.rank = proc_null}, std::plus<>{});
  epoch.get(buffer, {.rank = proc_null, .layout = strided(2, 5)}, nonblocking).wait();
  EXPECT_EQ(buffer, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(epoch.fetch_and_op(5, {.rank = proc_null}, std::plus<>{}), 0);
  EXPECT_EQ(epoch.compare_and_swap(0, 5, {.rank = proc_null}), 0);
  EXPECT_TRUE(throws<argument_error>([&] { epoch.put(buffer, {.rank = proc_null, .count = 4}); }));
}

TEST(one_sided, what_does_not_fit_moves_nothing) {
  auto win = window<int>::allocate(world(), 10);
  std::vector<int> buffer(6, 9);
  auto epoch = win.lock(me());
  auto const refused = [&](target const& where) {
    return throws<index_error>([&] { epoch.put(buffer, where); }, {"put on window", "rank ", "has 10 elements"}) &&
           throws<index_error>([&] { epoch.get(buffer, where); }) &&
           throws<index_error>([&] { epoch.accumulate(buffer, where, std::plus<>{}); });
  };
  EXPECT_TRUE(refused({.rank = me(), .layout = strided(4, 4)}));
  EXPECT_TRUE(refused({.rank = me(), .offset = 2, .layout = strided(2, -3)}));
  EXPECT_TRUE(refused({.rank = me(), .offset = 8, .layout = blocks(1, 3, 3)}));
  EXPECT_TRUE(refused({.rank = me(), .offset = 5, .layout = indexed({0, -6})}));
  EXPECT_TRUE(refused({.rank = me(), .offset = std::numeric_limits<std::int64_t>::max() - 1, .layout = strided(2, 2)}));
  EXPECT_TRUE(throws<argument_error>([&] { epoch.put(buffer, {.rank = me(), .layout = strided(7, 1)}); },
                                     {"7 elements", "a buffer of 6"}));
  EXPECT_TRUE(throws<argument_error>([&] { epoch.put(buffer, {.rank = me(), .count = 2, .layout = strided(3, 1)}); },
                                     {"a count of 2", "3 elements"}));
  EXPECT_TRUE(throws<index_error>([&] { return laid_out(buffer, strided(3, 3)); }, {"buffer of 6"}));
  EXPECT_EQ(std::ranges::count(win.local(), 0), 10);
}

TEST(one_sided, bytes_hold_elements_of_any_type) {
  constexpr std::int64_t unit = 8;
  auto win = window<std::byte>::allocate(world(), 96, {.displacement_unit = unit + 8 * (me() % 2)});
  EXPECT_EQ(win.displacement_unit(), unit + 8 * (me() % 2));
  EXPECT_EQ(win.size(next_rank()), 96);
  auto const step = unit + 8 * (next_rank() % 2); // offsets count by the target's unit
  std::vector<double> const given{1.5, 2.5};
  std::vector<std::int16_t> const small{1, 2, 3};
  {
    auto epoch = win.lock(next_rank());
    epoch.put(given, {.rank = next_rank(), .offset = 2});
    epoch.accumulate(given, {.rank = next_rank(), .offset = 2}, std::plus<>{});
    epoch.put(small, {.rank = next_rank(), .offset = 5, .layout = strided(3, 2)});
    std::vector<double> taken(2);
    epoch.get(taken, {.rank = next_rank(), .offset = 2});
    EXPECT_EQ(taken, (std::vector<double>{3, 5}));
    EXPECT_EQ(epoch.fetch_and_op(std::int64_t{4}, {.rank = next_rank(), .offset = 0}, std::plus<>{}), 0);
    std::vector<std::byte> raw(16);
    epoch.get(raw, {.rank = next_rank(), .offset = 96 / step - 1, .count = 8});
    EXPECT_TRUE(throws<index_error>([&] { epoch.get(raw, {.rank = next_rank(), .offset = 96 / step}); }));
  }
  barrier(world());
  auto const* const mine = win.local().data();
  auto const own = unit + 8 * (me() % 2);
  double second = 0;
  std::memcpy(&second, mine + 2 * own + 8, 8);
  EXPECT_EQ(second, 5);
  std::int16_t last = 0;
  std::memcpy(&last, mine + 5 * own + 8, 2);
  EXPECT_EQ(last, 3);

  auto odd = window<std::byte>::allocate(world(), 32, {.displacement_unit = 1});
  auto epoch = odd.lock(me());
  double const half = 0.5;
  double back = 0;
  epoch.put(half, {.rank = me(), .offset = 3}); // moved as bytes: any place
  epoch.get(back, {.rank = me(), .offset = 3});
  EXPECT_EQ(back, half);
  EXPECT_TRUE(throws<argument_error>([&] { epoch.accumulate(half, {.rank = me(), .offset = 3}, std::plus<>{}); },
                                     {"alignment 8"}));
}

} // namespace
} // namespace armada
