#include <armada/arrays/detail/transfer.hpp>

#include "tests/support/lazy_mpi.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <numeric>
#include <vector>

/// With an MPI that moves at the last moment: what is complete here is complete everywhere.

namespace armada::detail {
namespace {

using xt::all;
using xt::range;
using xt::placeholders::_;

int me() { return world().rank(); }
int ranks() { return world().size(); }

template <class T>
struct fixture {
  distributed_array<T, 2> array{world(), {9, 2 * ranks() + 3}, process_grid{1, ranks()}};
  std::int64_t const columns = 2 * ranks() + 3;

  fixture() {
    for (std::int64_t i = 0; i < 9 && me() == 0; ++i)
      for (std::int64_t j = 0; j < columns; ++j) array(i, j) = number(i, j);
    array.fence();
  }
  static T number(std::int64_t i, std::int64_t j) { return static_cast<T>(static_cast<float>(10 * i + j)); }
};

TEST(transfer, an_element_is_complete_when_the_call_returns) {
  fixture<double> f;
  EXPECT_EQ(f.array(8, -1), f.number(8, f.columns - 1));
  f.array.fence();
  std::int64_t const mine = (me() + 1) % ranks(); // a row of its own for each rank
  f.array(mine, f.columns - 2 - me()) = -1.0;
  EXPECT_EQ(f.array(mine, f.columns - 2 - me()), -1.0);
  f.array(mine, 0) += 5.0;
  EXPECT_EQ(f.array(mine, 0), f.number(mine, 0) + 5.0);
  EXPECT_EQ(f.array.fetch_add({mine, -1}, 1.0), f.number(mine, f.columns - 1));
  EXPECT_EQ(f.array(mine, -1), f.number(mine, f.columns - 1) + 1.0);
  EXPECT_TRUE(lazy_mpi::waiting.empty());
  f.array.fence();
}

/// One after the other, every rank reads, writes, updates and fills; the result is there, and nothing waits.
template <class T>
void complete_when_it_returns() {
  fixture<T> f;
  xt::xtensor<T, 2> const before = f.array(all(), all());
  EXPECT_EQ(before(8, 0), f.number(8, 0));
  EXPECT_EQ(before(4, static_cast<std::size_t>(f.columns) - 1), f.number(4, f.columns - 1));
  EXPECT_TRUE(lazy_mpi::waiting.empty());
  f.array.fence();
  for (int turn = 0; turn < ranks(); ++turn) {
    if (turn == me()) {
      {
        xt::xtensor<T, 2> values = before;
        f.array(range(_, _, -1), all()) = values;
        values.fill(T(77)); // the buffer is free again
      }
      EXPECT_EQ(get(f.array(range(_, _, -1), all())), before);
      f.array(range(0, 9, 2), range(1, _, 2)) = T(3);
      EXPECT_EQ(static_cast<T>(f.array(8, 1)), T(3));
      f.array(3, all()) = T(4);
      f.array(3, range(0, 3)) += T(2);
      {
        xt::xtensor<T, 1> values{T(1), T(2), T(1)};
        f.array(range(3, 8, 2), -1) += values;
        values.fill(T(77));
      }
      EXPECT_EQ(static_cast<T>(f.array(3, 2)), T(6));
      EXPECT_EQ(static_cast<T>(f.array(3, -1)), T(5));
      EXPECT_TRUE(lazy_mpi::waiting.empty());
    }
    f.array.fence();
    EXPECT_EQ(static_cast<T>(f.array(3, 2)), T(6));
    EXPECT_EQ(static_cast<T>(f.array(0, f.columns - 1)),
              (f.columns - 1) % 2 == 1 ? T(3) : before(8, before.shape()[1] - 1));
    f.array.fence();
  }
}

TEST(transfer, a_section_is_complete_when_the_call_returns) {
  complete_when_it_returns<double>();
  complete_when_it_returns<std::int32_t>();
  complete_when_it_returns<std::uint8_t>();
  complete_when_it_returns<std::complex<double>>();
}

TEST(transfer, long_sections_go_in_chunks) {
  distributed_array<std::int16_t, 1> a(world(), {50 * ranks()});
  a.window().set_chunk(7);
  xt::xtensor<std::int16_t, 1> values = xt::arange<std::int16_t>(static_cast<std::int16_t>(50 * ranks()));
  xt::xtensor<std::int16_t, 1> const doubled = 2 * values, twice = xt::flip(doubled, 0);
  for (int turn = 0; turn < ranks(); ++turn) {
    if (turn == me()) {
      lazy_mpi::seen = {};
      a(all()) = values;
      EXPECT_EQ(get(a(all())), values);
      a(all()) += values;
      EXPECT_EQ(get(a(range(_, _, -1))), twice);
      a(all()) = std::int16_t{5};
      EXPECT_EQ(a(50 * ranks() - 1), 5);
      EXPECT_LE(lazy_mpi::seen.longest, 7);
    }
    a.fence();
  }
}

/// Near ranks of a window that spans hosts update through MPI like the far ones: processor atomics would not exclude
/// them.
TEST(transfer, a_window_that_spans_hosts_updates_through_mpi_only) {
  distributed_array<double, 1> a(world(), {ranks()});
  lazy_mpi::seen = {};
  a(me()) += 1.0;
  a(range(0, ranks())) += 1.0;
  static_cast<void>(a.fetch_add({me()}, 1.0));
  EXPECT_EQ(lazy_mpi::seen.calls, a.window().all_near() ? 0 : ranks() + 2);
  a.fence();
  EXPECT_EQ(a(me()), ranks() + 2.0);
  a.fence();
}

/// Request-based calls with derived types complete too early (quirk 3); and what is near costs no call at all.
TEST(transfer, asks_mpi_for_what_is_far_only) {
  distributed_array<double, 2> a(world(), {6, 6 * ranks()}, process_grid{1, ranks()});
  for (int r = 0; r < ranks(); ++r) {
    lazy_mpi::seen = {};
    static_cast<void>(get(a(all(), range(6 * r, 6 * r + 6))));
    EXPECT_EQ(lazy_mpi::seen.calls > 0, !a.is_near(r));
  }
  a.fence();
}

} // namespace
} // namespace armada::detail
