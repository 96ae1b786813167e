#include <armada/rma/detail/window_state.hpp>

#include "tests/rma/ranks.hpp"
#include "tests/support/lazy_mpi.hpp"
#include "tests/support/throws.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace armada::detail {
namespace {

using support::throws;

std::span<std::byte> part_of(window_state const& window, int rank, std::int64_t bytes) {
  return {window.near(rank), static_cast<std::size_t>(bytes)};
}

void fence(window_state& window) {
  window.flush_all();
  window.sync();
  barrier(world());
  window.sync();
}

/// A rank that this one reaches through MPI only; -1 if there is none.
int far_rank(window_state const& window) {
  for (int r = 0; r < ranks(); ++r)
    if (window.near(r) == nullptr) return r;
  return -1;
}

TEST(window_state, knows_every_length_and_what_is_near) {
  auto const bytes_of_rank = [](int rank) { return std::int64_t{rank % 3 == 1 ? 0 : 100 * rank + 7}; };
  window_state window(world(), bytes_of_rank(me()), {.name = "lengths"});
  auto const& near = world().state()->nearby();
  for (int r = 0; r < ranks(); ++r) {
    EXPECT_EQ(window.bytes(r), bytes_of_rank(r));
    EXPECT_EQ(window.bytes(r), bytes_of_rank(r)) << "asked again";
    EXPECT_EQ(window.near(r) != nullptr, near.find(r) >= 0);
    if (window.near(r) != nullptr) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(window.near(r)) % 64, 0U);
      EXPECT_TRUE(window.holds(window.near(r)));
    }
  }
  EXPECT_EQ(window.all_near(), near.size() == ranks());
  EXPECT_EQ(window.all_parts() != nullptr, window.all_near());
  EXPECT_EQ(window.local(), window.near(me()));
  EXPECT_FALSE(window.holds(&window));
  EXPECT_EQ(window.describe(), "window \"lengths\"");
  EXPECT_EQ(window.rank(), me());
  EXPECT_EQ(window.ranks(), ranks());
}

/// The window that MPI sees must begin on a multiple of 64 bytes, whatever the parts' lengths (quirk 1): it gives no
/// error, and moves up to 15 bytes to the wrong place.
TEST(window_state, parts_of_odd_lengths_do_not_touch_each_other) {
  for (std::int64_t const unit : {1, 3, 5, 7, 8, 20, 24, 63, 64, 65, 100, 4095, 4096}) {
    auto const length = [&](int rank) { return unit * (rank + 1); };
    window_state window(world(), length(me()), {.name = "odd"});
    window.lock_all();
    fence(window);
    std::int64_t const theirs = length((me() + 1) % ranks());
    std::vector<std::byte> const given(static_cast<std::size_t>(theirs), static_cast<std::byte>(me() + 1));
    int const next = (me() + 1) % ranks();
    if (window.near(next) == nullptr)
      window.far_put(given.data(), next, 0, theirs);
    else
      std::copy(given.begin(), given.end(), window.near(next));
    fence(window);
    auto const writer = static_cast<std::byte>((me() + ranks() - 1) % ranks() + 1);
    auto const mine = part_of(window, me(), length(me()));
    EXPECT_EQ(std::count(mine.begin(), mine.end(), writer), length(me())) << unit;
    if (int const far = far_rank(window); far >= 0) {
      std::vector<std::byte> taken(static_cast<std::size_t>(length(far)) + 2, std::byte{99});
      window.far_get(taken.data() + 1, far, 0, length(far));
      window.flush(far);
      EXPECT_EQ(taken.front(), std::byte{99});
      EXPECT_EQ(taken.back(), std::byte{99});
      auto const theirs_writer = static_cast<std::byte>((far + ranks() - 1) % ranks() + 1);
      EXPECT_EQ(std::count(taken.begin(), taken.end(), theirs_writer), length(far)) << unit;
    }
    fence(window);
    window.unlock_all();
  }
}

/// One call of 2 GiB or more crashes, one of 4 GiB moves nothing (quirk 2): no call may exceed the chunk.
TEST(window_state, long_transfers_are_cut) {
  static_assert(window_state::default_chunk <= std::int64_t{1} << 30);
  constexpr std::int64_t length = 100;
  window_state window(world(), length * 8, {.name = "chunks"});
  window.lock_all();
  int const far = far_rank(window);
  for (std::int64_t const chunk : {1, 3, 8, 12, 64, 799, 800, 801}) {
    window.set_chunk(chunk);
    auto const reach = [&](std::int64_t element) { return std::max(chunk / element, std::int64_t{1}) * element; };
    std::fill_n(window.local(), length * 8, std::byte{0});
    fence(window);
    if (far >= 0) {
      std::vector<std::int64_t> given(length), taken(length);
      std::iota(given.begin(), given.end(), chunk);
      // Ranks may share a target: each gives the same bytes, and adds zeroes.
      lazy_mpi::seen = {};
      window.far_put(given.data(), far, 0, length * 8);
      EXPECT_LE(lazy_mpi::seen.longest, chunk);
      EXPECT_EQ(lazy_mpi::seen.calls, (length * 8 + chunk - 1) / chunk);
      window.flush(far);
      lazy_mpi::seen = {};
      window.far_get(taken.data(), far, 0, length * 8);
      EXPECT_LE(lazy_mpi::seen.longest, chunk);
      EXPECT_EQ(lazy_mpi::seen.calls, (length * 8 + chunk - 1) / chunk);
      window.flush(far);
      EXPECT_EQ(taken, given);
      std::vector<std::int64_t> const zeroes(length, 0);
      lazy_mpi::seen = {};
      window.far_accumulate(zeroes.data(), far, 0, length, {MPI_INT64_T, 8, MPI_SUM});
      EXPECT_LE(lazy_mpi::seen.longest, reach(8));
      EXPECT_EQ(lazy_mpi::seen.calls, (length * 8 + reach(8) - 1) / reach(8));
      window.flush(far);
      window.far_get(taken.data(), far, 0, length * 8);
      window.flush(far);
      EXPECT_EQ(taken, given);
    }
    fence(window);
  }
  if (far >= 0) { // sums in chunks: one for each element, on top of what is there
    auto* const mine = reinterpret_cast<std::int64_t*>(window.local());
    std::iota(mine, mine + length, 0);
    fence(window);
    window.set_chunk(20);
    std::vector<std::int64_t> const given(length, 1);
    window.far_accumulate(given.data(), (me() + 1) % ranks(), 0, length, {MPI_INT64_T, 8, MPI_SUM});
    fence(window);
    for (std::int64_t i = 0; i < length; ++i) ASSERT_EQ(mine[i], i + 1);
  }
  fence(window);
  window.unlock_all();
}

TEST(window_state, a_length_is_asked_inside_an_epoch_that_covers_the_rank_or_outside_of_any) {
  window_state window(world(), 8 * (me() + 1), {.name = "lengths"});
  int const far = far_rank(window);
  if (far >= 0) {
    window.lock(me(), shared);
    EXPECT_TRUE(throws<lifecycle_error>([&] { return window.bytes(far); }, {"window \"lengths\"", "is not locked"}));
    window.lock(far, shared);
    EXPECT_EQ(window.bytes(far), 8 * (far + 1));
    window.unlock(far);
    window.unlock(me());
    EXPECT_EQ(window.bytes(far), 8 * (far + 1)) << "known by now";
  }
  barrier(world());
  window.lock_all();
  for (int r = 0; r < ranks(); ++r) EXPECT_EQ(window.bytes(r), 8 * (r + 1));
  window.unlock_all();
  barrier(world());
}

/// Two transfers to each far rank at the first window of a communicator, and none later: lengths are known then.
TEST(window_state, the_first_window_of_a_communicator_connects_to_far_ranks) {
  auto const transfers = [](auto action) {
    lazy_mpi::seen = {};
    action();
    return lazy_mpi::seen.calls;
  };
  auto const ask_all = [](window_state& window) {
    for (int r = 0; r < ranks(); ++r) EXPECT_EQ(window.bytes(r), 8 * (r + 1));
  };
  std::int64_t const mine = 8 * (me() + 1);
  int const far = ranks() - world().state()->nearby().size();
  for (int const limit : {0, ranks() - 1, ranks()}) {
    auto const comm = world().dup();
    bool const connects = limit >= ranks();
    std::unique_ptr<window_state> first, second;
    EXPECT_EQ(
        transfers([&] { first = std::make_unique<window_state>(comm, mine, window_options{.connect_up_to = limit}); }),
        connects ? 2 * far : 0);
    EXPECT_EQ(transfers([&] { ask_all(*first); }), connects ? 0 : far);
    EXPECT_EQ(transfers([&] { second = std::make_unique<window_state>(comm, mine, window_options{}); }),
              connects ? 0 : 2 * far);
    EXPECT_EQ(transfers([&] { ask_all(*second); }), connects ? far : 0);
    barrier(world());
  }
}

TEST(window_state, locks_are_checked) {
  window_state window(world(), 8, {.name = "checked"});
  int const next = (me() + 1) % ranks();
  window.lock(me(), shared);
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock(me(), shared); }, {"has locked the part of rank", "already"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock_all(); }, {"has locked parts"}));
  if (next != me()) {
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.unlock(next); }, {"is not locked"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.flush(next); }, {"flush of window \"checked\""}));
  }
  EXPECT_TRUE(throws<argument_error>([&] { window.flush(ranks()); }, {"is not a rank"}));
  EXPECT_TRUE(throws<argument_error>([&] { window.lock(-1, shared); }, {"-1 is not a rank (0 to "}));
  EXPECT_TRUE(throws<argument_error>([&] { window.lock(ranks(), exclusive); }, {"is not a rank"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.unlock_all(); }));
  window.flush(me());
  window.flush_all();
  window.unlock(me());
  window.lock_all();
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock(next, shared); }, {"has locked all parts already"}));
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock_all(); }));
  EXPECT_TRUE(throws<lifecycle_error>([&] { window.unlock(next); }, {"all parts are locked"}));
  window.unlock_all();
  barrier(world());
}

/// A window closed inside an epoch must leave no lock behind, and MPI must not assert (quirk 13).
TEST(window_state, closing_ends_the_epochs_that_are_open) {
  for (int kind = 0; kind < 3; ++kind) {
    window_state window(world(), 8, {.name = "closed"});
    if (me() == 0) {
      if (kind == 0) window.lock(ranks() - 1, exclusive);
      if (kind == 1) window.lock(0, shared);
      if (kind == 2) window.lock_all();
    }
    if (me() == 0) window.release();
    if (me() != 0 && window.all_near()) window.lock(ranks() - 1, exclusive); // hangs if it is still taken
    window.release();
    EXPECT_FALSE(window.is_open());
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock(0, shared); }, {"was closed"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.lock_all(); }, {"was closed"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.unlock(0); }, {"was closed"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.unlock_all(); }));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.flush(0); }, {"was closed"}));
    EXPECT_TRUE(throws<lifecycle_error>([&] { window.flush_all(); }, {"was closed"}));
    EXPECT_EQ(window.local(), nullptr);
    window.release(); // again: nothing
  }
}

/// On the far road MPI orders what load and store did with what put and get did.
TEST(window_state, tells_mpi_where_loads_and_stores_meet_puts_and_gets) {
  window_state window(world(), 8, {.name = "sync"});
  if (!window.all_near()) {
    lazy_mpi::seen = {};
    window.sync(); // MPICH calls it an error outside of an epoch
    EXPECT_EQ(lazy_mpi::seen.syncs, 0);
    window.lock_all();
    EXPECT_EQ(lazy_mpi::seen.syncs, 1);
    window.sync();
    EXPECT_EQ(lazy_mpi::seen.syncs, 2);
    window.unlock_all();
    EXPECT_EQ(lazy_mpi::seen.syncs, 3);
    window.lock(me(), shared);
    EXPECT_EQ(lazy_mpi::seen.syncs, 4);
    window.unlock(me());
    EXPECT_EQ(lazy_mpi::seen.syncs, 5);
  } else {
    lazy_mpi::seen = {};
    window.lock_all();
    window.sync();
    window.flush_all();
    window.unlock_all();
    EXPECT_EQ(lazy_mpi::seen.syncs, 0) << "no MPI where all is memory";
  }
  barrier(world());
}

/// MPI's errors must come back as codes: a window does not inherit that (quirk 26).
TEST(window_state, returns_errors) {
  window_state window(world(), 8, {.name = "errors"});
  if (window.raw() != MPI_WIN_NULL) {
    MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
    MPI_Win_get_errhandler(window.raw(), &handler);
    EXPECT_EQ(handler, MPI_ERRORS_RETURN);
    MPI_Errhandler_free(&handler);
  }
  EXPECT_EQ(window.raw() == MPI_WIN_NULL, window.all_near());
}

TEST(window_state, a_length_that_cannot_be_is_an_error_of_every_rank) {
  EXPECT_TRUE(
      throws<argument_error>([&] { window_state w(world(), me() == ranks() - 1 ? -8 : 8, {.name = "negative"}); },
                             {"window \"negative\"", "-8"}));
  EXPECT_TRUE(throws<out_of_memory>(
      [&] { window_state w(world(), me() == 0 ? std::numeric_limits<std::int64_t>::max() : 8, {.name = "huge"}); },
      {"window \"huge\"", "9223372036854775807 bytes", "available"}));
  EXPECT_TRUE(
      throws<out_of_memory>([&] { window_state w(world(), me() == 0 ? std::int64_t{1} << 46 : 8, {.name = "large"}); },
                            {"bytes are available"}));
  window_state const next(world(), 8, {.name = "next"}); // all is well again
  EXPECT_EQ(next.local()[0], std::byte{0});
}

} // namespace
} // namespace armada::detail
