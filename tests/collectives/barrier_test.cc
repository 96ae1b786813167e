#include <armada/collectives/barrier.hpp>

#include <armada/core/environment.hpp>

#include <atomic>

#include <gtest/gtest.h>

namespace armada {
namespace {

/// A counter in the memory of all ranks.
class shared_counter {
public:
  shared_counter() {
    MPI_Win_allocate_shared(world().rank() == 0 ? sizeof(int) : 0, 1, MPI_INFO_NULL, world().raw(), &value_, &window_);
    MPI_Aint bytes = 0;
    int unit = 0;
    MPI_Win_shared_query(window_, 0, &bytes, &unit, static_cast<void*>(&value_));
    if (world().rank() == 0) *value_ = 0;
    MPI_Barrier(world().raw());
  }
  ~shared_counter() { MPI_Win_free(&window_); }
  shared_counter(shared_counter const&) = delete;
  shared_counter& operator=(shared_counter const&) = delete;

  void increment() { ++std::atomic_ref(*value_); }
  [[nodiscard]] int read() { return std::atomic_ref(*value_); }

private:
  MPI_Win window_ = MPI_WIN_NULL;
  int* value_ = nullptr;
};

TEST(barrier, ends_when_every_rank_has_called_it) {
  shared_counter arrived;
  for (int round = 1; round <= 50; ++round) {
    arrived.increment();
    barrier(world());
    ASSERT_EQ(arrived.read(), round * world().size());
    barrier(world());
  }
}

TEST(barrier, nonblocking_ends_when_every_rank_has_begun_it) {
  shared_counter arrived;
  for (int round = 1; round <= 50; ++round) {
    arrived.increment();
    auto pending = barrier(world(), nonblocking);
    if (round % 2 == 0)
      while (!pending.test()) {
      }
    pending.wait();
    ASSERT_EQ(arrived.read(), round * world().size());
    barrier(world());
  }
}

TEST(barrier, nonblocking_does_not_end_before_every_rank_has_begun_it) {
  int token = 0;
  if (world().rank() == 0) { // comes late: after all others have found their own barrier open
    for (int rank = 1; rank < world().size(); ++rank)
      MPI_Recv(&token, 1, MPI_INT, rank, 0, world().raw(), MPI_STATUS_IGNORE);
    barrier(world(), nonblocking).wait();
  } else {
    auto pending = barrier(world(), nonblocking);
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(pending.test());
    MPI_Send(&token, 1, MPI_INT, 0, 0, world().raw());
    pending.wait();
  }
}

TEST(barrier, several_are_in_flight_at_once) {
  auto first = barrier(world(), nonblocking);
  auto second = barrier(world(), nonblocking);
  if (world().rank() % 2 == 0) std::swap(first, second);
  first.wait();
  second.wait();
}

TEST(barrier, persistent_ends_when_every_rank_has_started_it) {
  shared_counter arrived;
  auto plan = barrier(world(), persistent);
  for (int round = 1; round <= 20; ++round) {
    arrived.increment();
    plan.start();
    plan.wait();
    ASSERT_EQ(arrived.read(), round * world().size());
    barrier(world());
  }
}

} // namespace
} // namespace armada
