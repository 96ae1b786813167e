/// The litmus programs of docs/memory_model.md, on every road; tests/snippets_test.sh compares the two.

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>
#include <armada/rma/counter.hpp>
#include <armada/rma/notification.hpp>
#include <armada/rma/window.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada {
namespace {

using xt::all;
using xt::range;

class litmus : public testing::Test {
protected:
  int rank = world().rank();
  int ranks = world().size();
  int next = (world().rank() + 1) % world().size();
  static constexpr int rounds = 50;
};

TEST_F(litmus, a_fence_orders_calls) {
  distributed_array<double, 1> a(world(), {4 * ranks}, {cyclic});
  for (int k = 1; k <= rounds; ++k) {
    if (rank == 0) a(1) = k;
    a.fence();
    double const v = a(1); // k, on every rank
    a.fence();
    ASSERT_EQ(v, k);
  }
}

TEST_F(litmus, a_fence_orders_loads_and_stores) {
  distributed_array<double, 1> a(world(), {4 * ranks});
  for (int k = 1; k <= rounds; ++k) {
    a.local()(0) = k;
    a.fence();
    double const v = a(4 * next); // k, whoever owns it
    a.fence();
    ASSERT_EQ(v, k);
    a(4 * next + 1) = k;
    a.fence();
    double const w = a.local()(1); // k
    a.fence();
    ASSERT_EQ(w, k);
  }
}

TEST_F(litmus, a_message_orders_calls) {
  distributed_array<double, 1> a(world(), {8});
  a.fence();
  for (int k = 1; ranks > 1 && k <= rounds; ++k) {
    if (rank == 0) {
      a(range(4, 8)) = 1.0 * k; // complete when it returns
      send(world(), k, {.dest = 1});
      recv(world(), k, {.source = 1});
    } else if (rank == 1) {
      int said = 0;
      recv(world(), said, {.source = 0});
      double const v = a(7); // what rank 0 had put there
      send(world(), said, {.dest = 0});
      EXPECT_EQ(v, k);
    }
  }
  a.fence();
}

TEST_F(litmus, a_flush_completes_what_was_deferred) {
  distributed_array<double, 1> a(world(), {2 * ranks}, {cyclic});
  std::vector<double> values(2);
  for (int k = 1; k <= rounds; ++k) {
    std::fill(values.begin(), values.end(), k);
    put(a(range(next, 2 * ranks, ranks)), values, deferred);
    a.flush();
    barrier(world());
    double const v = a(rank); // k: its writer has flushed, and then told
    barrier(world());
    ASSERT_EQ(v, k);
  }
}

TEST_F(litmus, a_rank_sees_its_own_accesses_in_order) {
  distributed_array<std::int64_t, 1> a(world(), {4 * ranks});
  for (int k = 1; k <= rounds; ++k) {
    a(4 * next + 2) = k;
    std::int64_t const v = a(4 * next + 2); // k
    ASSERT_EQ(v, k);
    a(4 * next + 2) += 1;
    std::int64_t const w = a(4 * next + 2); // k + 1
    ASSERT_EQ(w, k + 1);
  }
  a.fence();
}

TEST_F(litmus, updates_are_atomic) {
  distributed_array<std::int64_t, 1> a(world(), {2});
  for (int k = 1; k <= rounds; ++k) {
    a(0) += 1;
    a.fetch_add({0}, std::int64_t{1});
  }
  a.fence();
  std::int64_t const v = a(0); // none is lost
  EXPECT_EQ(v, 2 * rounds * ranks);
  a.fence();
}

TEST_F(litmus, what_a_lock_protects_is_all_or_nothing) {
  auto win = window<int>::allocate(world(), rank == 0 ? 64 : 0);
  std::vector<int> x(64), y(64);
  for (int k = 1; k <= rounds; ++k) {
    std::fill(x.begin(), x.end(), rank * rounds + k);
    {
      auto epoch = win.lock(0);
      epoch.put(x, {.rank = 0});
    }
    {
      auto epoch = win.lock(0);
      epoch.get(y, {.rank = 0});
    }
    bool const whole = std::all_of(y.begin(), y.end(), [&](int each) { return each == y[0]; }); // of one rank
    ASSERT_TRUE(whole);
  }
  barrier(world());
}

TEST_F(litmus, a_ticket_is_given_once) {
  counter tickets(world());
  distributed_array<int, 1> taken(world(), {rounds * ranks});
  for (int k = 0; k < rounds; ++k) {
    auto const ticket = tickets.next();
    taken(ticket) += 1;
  }
  taken.fence();
  for (int const each : taken.local().elements()) EXPECT_EQ(each, 1);
  taken.fence();
}

TEST_F(litmus, a_notification_brings_what_was_put_before) {
  auto win = window<int>::allocate(world(), 16);
  notification signals(world(), 1);
  auto epoch = win.lock_all();
  std::vector<int> x(16);
  for (int k = 1; k <= rounds; ++k) {
    std::fill(x.begin(), x.end(), k);
    epoch.put(x, {.rank = next}, deferred);
    signals.notify_after(epoch, next, 0, k);
    signals.wait(0);
    win.sync();
    int const first = win.local()[0], last = win.local()[15]; // k and k
    ASSERT_EQ(first, k);
    ASSERT_EQ(last, k);
    barrier(world()); // before it is overwritten
    win.sync();
  }
}

} // namespace
} // namespace armada
