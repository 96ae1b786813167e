#include <armada/rma/active_epoch.hpp>
#include <armada/rma/epoch.hpp>

#include "tests/rma/ranks.hpp"

#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/layout.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace armada {
namespace {

/// Of each part, `length` elements that everybody gets from, and behind them a stretch of each rank, which it puts to.
constexpr std::int64_t length = 3000, stretch = 1000;

std::int64_t kept(int rank, std::int64_t i) { return 1'000'000 * rank + i; }

/// Elements of the part of `rank`: `count` of them, `step` apart.
struct drawn {
  int rank;
  std::int64_t offset, count, step;

  [[nodiscard]] target place() const {
    if (step == 1) return {.rank = rank, .offset = offset, .count = count};
    return {.rank = rank, .offset = offset, .layout = strided(count, step)};
  }
};

/// What `rank` does in one epoch: any number of gets, and one put for each rank that is put to.
struct deeds {
  deeds(int rank, unsigned round) {
    std::minstd_rand draw(7919U * round + static_cast<unsigned>(rank) + 1U);
    auto const below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(draw() / 16 % static_cast<unsigned>(n));
    };
    auto const within = [&](int from, std::int64_t first, std::int64_t size) {
      std::int64_t const step = below(3) == 0 ? 2 + below(5) : 1, most = (size - 1) / step + 1;
      std::int64_t const count = 1 + (below(4) == 0 ? below(most) : below(std::min<std::int64_t>(most, 20)));
      return drawn{from, first + below(size - (count - 1) * step), count, step};
    };
    for (std::int64_t k = below(12); k > 0; --k) gets.push_back(within(static_cast<int>(below(ranks())), 0, length));
    for (int to = 0; to < ranks(); ++to)
      if (below(2) == 0) puts.push_back(within(to, length + rank * stretch, stretch));
  }

  std::vector<drawn> gets, puts;
};

using part = std::vector<std::int64_t>;

part first_state() {
  part all(static_cast<std::size_t>(length + ranks() * stretch));
  for (std::int64_t i = 0; i < length; ++i) all[static_cast<std::size_t>(i)] = kept(me(), i);
  return all;
}

/// Rounds of what all ranks have drawn: `run` does it within one epoch, after which everything is where it should be.
template <class Run>
void transfers_arrive(window<std::int64_t>& win, Run run) {
  part mine = first_state();
  std::copy(mine.begin(), mine.end(), win.local().begin());
  win.sync();
  barrier(world());
  for (unsigned round = 0; round < 60; ++round) {
    deeds const own(me(), round);
    std::int64_t const first = std::int64_t{1000} * round; // of the values
    std::vector<part> got, given;
    for (drawn const& each : own.gets) got.emplace_back(each.count, -1);
    for (drawn const& each : own.puts) {
      given.emplace_back(each.count);
      std::iota(given.back().begin(), given.back().end(), first + 100'000 * each.rank);
    }
    run([&](auto& epoch) {
      for (std::size_t k = 0; k < got.size(); ++k) epoch.get(got[k], own.gets[k].place(), deferred);
      for (std::size_t k = 0; k < given.size(); ++k) epoch.put(given[k], own.puts[k].place(), deferred);
    });
    for (std::size_t k = 0; k < got.size(); ++k) {
      drawn const& from = own.gets[k];
      for (std::int64_t i = 0; i < from.count; ++i)
        ASSERT_EQ(got[k][static_cast<std::size_t>(i)], kept(from.rank, from.offset + i * from.step))
            << "round " << round << ", get " << k << " from rank " << from.rank;
    }
    for (int origin = 0; origin < ranks(); ++origin)
      for (drawn const& to : deeds(origin, round).puts)
        for (std::int64_t i = 0; to.rank == me() && i < to.count; ++i)
          mine[static_cast<std::size_t>(to.offset + i * to.step)] = first + 100'000 * me() + i;
    ASSERT_EQ(part(win.local().begin(), win.local().end()), mine) << "round " << round;
    barrier(world()); // before the next round writes
  }
}

window<std::int64_t> make_window() { return window<std::int64_t>::allocate(world(), length + ranks() * stretch); }

TEST(epoch_transfers, arrive_by_the_fence) {
  auto win = make_window();
  transfers_arrive(win, [&](auto const& transfers) {
    auto epoch = win.fence();
    transfers(epoch);
    epoch.fence();
  });
}

TEST(epoch_transfers, arrive_by_complete_and_wait) {
  auto win = make_window();
  std::vector<int> all(static_cast<std::size_t>(ranks()));
  std::iota(all.begin(), all.end(), 0);
  transfers_arrive(win, [&](auto const& transfers) {
    auto exposed = win.post(all);
    auto epoch = win.start(all);
    transfers(epoch);
    epoch.complete();
    exposed.wait();
  });
}

TEST(epoch_transfers, arrive_by_the_end_of_locks) {
  auto win = make_window();
  transfers_arrive(win, [&](auto const& transfers) {
    {
      auto epoch = win.lock_all();
      transfers(epoch);
      epoch.flush();
    }
    barrier(world());
    win.sync();
  });
}

} // namespace
} // namespace armada
