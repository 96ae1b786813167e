#include <armada/arrays/distributed_array.hpp>

#include "tests/support/throws.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace armada {
namespace {

using support::throws;
using xt::all;
using xt::range;

int me() { return world().rank(); }
int ranks() { return world().size(); }

static_assert(std::movable<distributed_array<double, 2>> && !std::copyable<distributed_array<double, 2>>);

template <class Array>
concept can_fill = requires(Array& a) {
  a.fill(1.0);
};
template <class Array>
concept can_add = requires(Array& a) {
  a.fetch_add({0, 0}, 1.0);
};
static_assert(can_fill<distributed_array<double, 2>> && !can_fill<distributed_array<double, 2> const>);
static_assert(can_add<distributed_array<double, 2>> && !can_add<distributed_array<double, 2> const>);
static_assert(!std::is_assignable_v<decltype(std::declval<distributed_array<double, 2> const&>()(0, 0)), double>);
static_assert(
    std::same_as<decltype(std::declval<distributed_array<double, 2> const&>().local()), tile_view<double const, 2>>);
static_assert(
    std::same_as<decltype(std::declval<distributed_array<double, 2> const&>().tile(0)), tile_view<double const, 2>>);
template <class Array, class... Index>
concept can_index = requires(Array& a, Index... index) {
  a(index...);
};
static_assert(can_index<distributed_array<int, 2>, int, std::size_t> && can_index<distributed_array<int, 2>, int>);
static_assert(!can_index<distributed_array<int, 2>, int, int, int>);
static_assert(!can_index<distributed_array<int, 2>, double, int> && !can_index<distributed_array<int, 1>, bool>);

/// All grids of `places` ranks.
template <std::size_t N>
std::vector<process_grid<N>> grids(std::int64_t places) {
  std::vector<process_grid<N>> result;
  index_array<N> extents{};
  auto const choose = [&](auto const& self, std::size_t d, std::int64_t rest) -> void {
    if (d + 1 == N) {
      extents[d] = rest;
      result.push_back(process_grid<N>(extents));
      return;
    }
    for (std::int64_t e = 1; e <= rest; ++e)
      if (rest % e == 0) {
        extents[d] = e;
        self(self, d + 1, rest / e);
      }
  };
  choose(choose, 0, places);
  return result;
}

/// Tiles cover the array once, owners are right, and `local()` is what others read.
template <class T, std::size_t N>
void covers(index_array<N> const& shape) {
  for (auto const& grid : grids<N>(ranks())) {
    SCOPED_TRACE(detail::text(detail::tuple_text(shape), " on ", detail::tuple_text(grid.extents)));
    distributed_array<T, N> a(world(), shape, grid);
    EXPECT_EQ(a.shape(), shape);
    EXPECT_EQ(a.size(), checked_volume(shape));
    EXPECT_EQ(a.distribution().grid(), grid);
    auto const mine = a.local_range();
    auto tile = a.local();
    for (std::size_t d = 0; d < N; ++d) ASSERT_EQ(tile.shape()[d], static_cast<std::size_t>(mine.dimensions[d].count));
    for (T const& value : tile.elements()) ASSERT_EQ(value, T{});
    std::fill(tile.elements().begin(), tile.elements().end(), static_cast<T>(me() + 1));
    a.fence();
    std::int64_t total = 0;
    for (int r = 0; r < ranks(); ++r) {
      auto const range = a.range_of(r);
      total += range.volume();
      if (range.empty()) continue;
      index_array<N> first{}, last{};
      for (std::size_t d = 0; d < N; ++d) {
        first[d] = range.dimensions[d].first;
        last[d] = first[d] + range.dimensions[d].count - 1;
      }
      std::apply([&](auto... i) { EXPECT_EQ(a.owner(i...), r); }, first);
      std::apply([&](auto... i) { EXPECT_EQ(a.owner(i...), r); }, last);
      std::apply([&](auto... i) { EXPECT_EQ(static_cast<T>(a(i...)), static_cast<T>(r + 1)); }, first);
      std::apply([&](auto... i) { EXPECT_EQ(static_cast<T>(a(i...)), static_cast<T>(r + 1)); }, last);
    }
    EXPECT_EQ(total, a.size());
    a.fence();
  }
}

TEST(distributed_array, covers_every_shape_on_every_grid) {
  covers<double, 1>({10});
  covers<std::int8_t, 1>({2}); // more ranks than elements
  covers<float, 1>({0});
  covers<std::int16_t, 2>({7, 5});
  covers<double, 2>({1, 9});
  covers<std::int64_t, 2>({3, 0});
  covers<std::complex<double>, 3>({3, 4, 5});
  covers<std::uint8_t, 3>({1, 1, 3});
  covers<float, 3>({2, 0, 3});
}

TEST(distributed_array, is_cut_into_rows_unless_told_otherwise) {
  distributed_array<int, 2> const a(world(), {4 * ranks(), 3});
  EXPECT_EQ(a.distribution().grid(), (process_grid<2>{ranks(), 1}));
  EXPECT_EQ(a.local().shape(), (std::array<std::size_t, 2>{4, 3}));
  EXPECT_EQ(a.owner(4 * ranks() - 1, 0), ranks() - 1);
  EXPECT_EQ(a.owner(-1, -3), ranks() - 1);
  EXPECT_TRUE(throws<index_error>([&] { return a.owner(0, 3); }, {"index 3", "extent 3", "axis 1"}));
  EXPECT_EQ(a.describe(),
            detail::text("distributed_array of (", 4 * ranks(), ", 3) elements of 4 bytes, block, whole on a (",
                         ranks(), ", 1) grid of \"world\""));
}

TEST(distributed_array, tiles_of_near_ranks_are_their_memory) {
  distributed_array<double, 2> a(world(), {2 * ranks(), 3});
  a.local() = static_cast<double>(me());
  a.local()(1, 2) = 0.5;
  a.fence();
  auto const& constant = a;
  for (int r = 0; r < ranks(); ++r) {
    if (!a.is_near(r)) {
      EXPECT_TRUE(throws<argument_error>([&] { return a.tile(r); }, {"tile of distributed_array of", "no memory on"}));
      continue;
    }
    auto tile = a.tile(r);
    EXPECT_EQ(tile(0, 0), r);
    EXPECT_EQ(constant.tile(r)(1, 2), 0.5);
    EXPECT_EQ(tile.shape(), (std::array<std::size_t, 2>{2, 3}));
  }
  EXPECT_TRUE(a.is_near(me()));
  EXPECT_EQ(a.tile(me()).data(), a.local().data());
  for (int const wrong : {-1, ranks(), 12345}) {
    EXPECT_FALSE(a.is_near(wrong));
    EXPECT_TRUE(throws<argument_error>([&] { return a.tile(wrong); }, {"rank " + std::to_string(wrong)}));
    EXPECT_TRUE(throws<argument_error>([&] { return a.range_of(wrong); }));
  }
  a.fence();
  if (int const next = (me() + 1) % ranks(); a.is_near(next)) a.tile(next)(0, 1) = -1.0 - me();
  a.fence();
  int const previous = (me() + ranks() - 1) % ranks();
  EXPECT_EQ(a.local()(0, 1), a.is_near(previous) ? -1.0 - previous : me());
  a.fence();
}

TEST(distributed_array, fill_and_fence_order_what_ranks_do) {
  distributed_array<int, 1> a(world(), {3 * ranks()});
  for (int round = 0; round < 20; ++round) {
    a.fill(round);
    ASSERT_EQ(a(3 * ((me() + round) % ranks())), round);
    a.fence();
    if (me() == round % ranks()) {
      if (round % 4 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2)); // the others must wait
      a(all()) = 1000 + round;
    }
    a.fence();
    ASSERT_EQ(a(3 * ((me() + round + 1) % ranks()) + 2), 1000 + round);
    a.fence(); // before the next fill
  }
}

/// A store through `local()` by one rank, a fence, and every other rank must see it, whatever road it looks by.
TEST(distributed_array, a_fence_shows_stores_to_every_rank) {
  distributed_array<std::int64_t, 1> a(world(), {ranks()});
  for (std::int64_t round = 1; round <= 30; ++round) {
    if (me() == static_cast<int>(round) % ranks()) std::this_thread::sleep_for(std::chrono::microseconds(300));
    a.local()(0) = 10 * round + me();
    a.fence();
    for (int r = 0; r < ranks(); ++r) ASSERT_EQ(a(r), 10 * round + r);
    a.fence();
  }
}

TEST(distributed_array, fetch_add_hands_out_every_ticket_once) {
  constexpr int rounds = 60;
  distributed_array<std::int64_t, 1> counter(world(), {3});
  distributed_array<int, 1> taken(world(), {rounds * ranks()});
  for (int i = 0; i < rounds; ++i) {
    auto const ticket = counter.fetch_add({2}, std::int64_t{1});
    ASSERT_TRUE(ticket >= 0 && ticket < rounds * ranks());
    taken(ticket) += 1;
  }
  counter.fence();
  taken.fence();
  EXPECT_EQ(counter(2), rounds * ranks());
  EXPECT_EQ(counter(1), 0);
  for (int times : taken.local().elements()) EXPECT_EQ(times, 1);
  EXPECT_TRUE(throws<index_error>([&] { return counter.fetch_add({3}, std::int64_t{1}); }, {"index 3", "extent 3"}));
  counter.fence();
}

TEST(distributed_array, fetch_and_op_takes_every_operation) {
  distributed_array<std::int32_t, 2> a(world(), {2, 2 * ranks()});
  a.fill(12);
  int const column = 2 * me();
  EXPECT_EQ(a.fetch_and_op({0, column}, 10, std::bit_and<>{}), 12);
  EXPECT_EQ(a.fetch_and_op({0, column}, 3, std::multiplies<>{}), 8);
  EXPECT_EQ(a.fetch_and_op({0, column}, 20, minimum{}), 24);
  EXPECT_EQ(a.fetch_and_op({0, column}, 7, replace{}), 20);
  EXPECT_EQ(a.fetch_and_op({0, column - 2 * ranks()}, 0, no_op{}), 7);
  EXPECT_EQ(a.fetch_add({1, column + 1}, 5), 12);
  a.fence();
}

TEST(distributed_array, shapes_that_cannot_be_are_errors_of_every_rank) {
  using array = distributed_array<double, 2>;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(throws<argument_error>([] { array a(world(), {-1, 4}); }, {"(-1, 4)", "negative"}));
  EXPECT_TRUE(throws<argument_error>([] { array a(world(), {most / 4, 4}); }, {"(2305843009213693951, 4)", "2^63"}));
  EXPECT_TRUE(throws<argument_error>([] { array a(world(), {most, 0}); }, {"2^63"}));
  EXPECT_TRUE(throws<out_of_memory>(
      [] {
        array a(world(), {std::int64_t{1} << 24, std::int64_t{1} << 24});
      },
      {"bytes are available"}));
  std::size_t const nothing = 0;
  EXPECT_TRUE(throws<argument_error>([&] { array a(world(), {nothing - 1, 4}); }));
  EXPECT_TRUE(throws<argument_error>(
      [] {
        array a(world(), {4, 4}, process_grid{ranks() + 1, 1});
      },
      {"process grid", "as many places as there are ranks"}));
  EXPECT_TRUE(throws<argument_error>([] { array a(world(), {4, 4}, process_grid{ranks(), 0}); }));
  array const fine(world(), {1, 1});
}

TEST(distributed_array, what_differs_between_ranks_is_an_error_of_every_rank) {
  if (ranks() == 1) return;
  bool const odd_one = me() == ranks() - 1;
  auto const what = [&](auto const& make) {
    try {
      make();
      return std::string("nothing was thrown");
    } catch (argument_error const& e) {
      return std::string(e.what());
    }
  };
  auto const same_everywhere = [](std::string const& text, std::vector<std::string> const& parts) {
    for (auto const& part : parts) EXPECT_NE(text.find(part), std::string::npos) << text;
    for (auto const& other : allgather(world(), text)) EXPECT_EQ(other, text);
  };
  same_everywhere(what([&] {
                    distributed_array<int, 2> a(world(), {4, odd_one ? 5 : 4});
                  }),
                  {"rank " + std::to_string(ranks() - 1), "shape of a distributed array is (4, 5) here and (4, 4)"});
  same_everywhere(what([&] { distributed_array<int, 1> a(world(), {me() == 0 ? -3 : 3}); }), {"(-3)", "rank 1"});
  same_everywhere(
      what([&] {
        distributed_array<int, 2> a(world(), {4, 4}, odd_one ? process_grid{ranks(), 1} : process_grid{1, ranks()});
      }),
      {"process grid of a distributed array"});
  same_everywhere(what([&] { distributed_array<int, 1> a(world(), {4}, {block_cyclic(odd_one ? 2 : 3)}); }),
                  {"cuts of a distributed array", "rank " + std::to_string(ranks() - 1)});
  same_everywhere(what([&] {
                    distributed_array<int, 1> a(world(), {4}, {irregular({0, odd_one ? 1 : 2, 4})});
                  }),
                  {"cuts of a distributed array"});
  std::size_t const nothing = 0;
  same_everywhere(what([&] { distributed_array<int, 1> a(world(), {odd_one ? nothing - 1 : 4}); }), {"shape"});
}

TEST(distributed_array, moves) {
  distributed_array<double, 1> a(world(), {4 * ranks()});
  a.fill(1.0);
  auto const* const data = a.local().data();
  distributed_array<double, 1> b = std::move(a);
  EXPECT_EQ(b.local().data(), data);
  EXPECT_EQ(b(-1), 1.0);
  b(me()) = 2.0;
  b.fence();
  distributed_array<double, 1> c(world(), {2});
  c = std::move(b);
  EXPECT_EQ(c.shape(), (index_array<1>{4 * ranks()}));
  EXPECT_EQ(c.local().data(), data);
  EXPECT_EQ(c(ranks() - 1), 2.0);
  c.fence();
  c(all()) += 1.0;
  c.fence();
  EXPECT_EQ(c(-1), 1.0 + ranks());
  c.fence();
  std::vector<distributed_array<double, 1>> several;
  for (int i = 0; i < 5; ++i) several.emplace_back(world(), shape_option<1>{i + 1});
  for (int i = 0; i < 5; ++i) several[static_cast<std::size_t>(i)].fill(i);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(several[static_cast<std::size_t>(i)](i), i);
  several.front().fence();
}

TEST(distributed_array, on_parts_of_the_ranks_at_once) {
  auto const half = world().split(me() % 2, -me());
  distributed_array<int, 1> everybody(world(), {ranks()});
  distributed_array<int, 1> ours(half, {3 * half.size()});
  distributed_array<int, 1> mine(self(), {5});
  ours.fill(me() % 2);
  mine.fill(me());
  everybody.local()(0) = 100 * me();
  ours(half.rank()) += 10;
  ours.fence();
  everybody.fence();
  for (int i = 0; i < 3 * half.size(); ++i) EXPECT_EQ(ours(i), me() % 2 + (i < half.size() ? 10 : 0));
  for (int r = 0; r < ranks(); ++r) EXPECT_EQ(everybody(r), 100 * r);
  EXPECT_EQ(mine(4), me());
  EXPECT_EQ(ours.comm().size(), half.size());
  everybody.fence();
}

TEST(distributed_array, outlives_the_communicator_object_that_it_was_made_on) {
  auto const make = [] {
    auto const comm = world().dup();
    return distributed_array<int, 1>(comm, {ranks()});
  };
  auto a = make();
  a.local()(0) = me();
  a.fence();
  EXPECT_EQ(a((me() + 1) % ranks()), (me() + 1) % ranks());
  a.fence();
}

/// Near access needs nothing of the owner: rank 0 stays outside of MPI until its neighbours have finished.
TEST(distributed_array, a_rank_that_computes_is_read_written_and_updated_by_its_neighbours) {
  auto const first = [](int rank) { return 5 * rank + 5; }; // of the elements that it alone writes
  distributed_array<int, 1> a(world(), {first(ranks()) * ranks()}), finished(world(), {ranks()});
  a.fill(3);
  int near = 0;
  for (int r = 0; r < ranks(); ++r) near += a.is_near(r);
  bool const all_near = near == ranks();
  if (me() == 0) {
    std::atomic_ref<int> const others(finished.local()(0));
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (others < near - 1 && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(others, near - 1) << "they wait for this rank";
  } else if (a.is_near(0)) {
    EXPECT_EQ(get(a(range(0, 3))), (xt::xtensor<int, 1>{3, 3, 3}));
    a(range(first(me()), first(me()) + 3)) = xt::xtensor<int, 1>{7, 8, 9};
    a(first(me()) + 3) = 1;
    if (all_near) {
      a(range(3, 5)) += 2;
      EXPECT_GE(a.fetch_add({9}, 1), 3);
    }
    ++std::atomic_ref<int>(finished.tile(0)(0));
  }
  a.fence();
  if (me() == 0) {
    for (int r = 1; r < ranks(); ++r) {
      EXPECT_EQ(a(first(r) + 2), a.is_near(r) ? 9 : 3);
      EXPECT_EQ(a(first(r) + 3), a.is_near(r) ? 1 : 3);
    }
    EXPECT_EQ(a(4), all_near ? 3 + 2 * (ranks() - 1) : 3);
  }
  a.fence();
}

} // namespace
} // namespace armada
