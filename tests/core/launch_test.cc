#include <armada/core/launch.hpp>

#include <armada/core/environment.hpp>

#include <memory>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(completion<blocking_t> && completion<nonblocking_t> && !completion<int>);

using bcast = routine<MPI_Bcast, MPI_Ibcast>;

auto arguments_for(int& value) { return std::tuple(static_cast<void*>(&value), 1, MPI_INT, 0, world().raw()); }

TEST(launch, blocking_returns_when_it_is_done) {
  int value = world().rank() == 0 ? 5 : 0;
  bcast::launch(blocking, arguments_for(value));
  EXPECT_EQ(value, 5);
}

TEST(launch, nonblocking_gives_a_pending) {
  int first = world().rank() == 0 ? 5 : 0;
  int second = world().rank() == 0 ? 6 : 0;
  pending<> a = bcast::launch(nonblocking, arguments_for(first));
  pending<> b = bcast::launch(nonblocking, arguments_for(second));
  wait_all(b, a);
  EXPECT_EQ(first, 5);
  EXPECT_EQ(second, 6);
}

TEST(launch, the_pending_keeps_what_it_is_given) {
  auto value = std::make_shared<int>(world().rank() == 0 ? 5 : 0);
  std::weak_ptr<int> const watch = value;
  auto pending = bcast::launch(nonblocking, arguments_for(*value), std::move(value));
  EXPECT_FALSE(watch.expired());
  pending.wait();
  EXPECT_TRUE(watch.expired());
}

/// Starts a plan of a broadcast from rank 0 three times, with another value each time.
template <class Routine>
void expect_plan() {
  int value = -1;
  auto kept = std::make_shared<int>();
  std::weak_ptr<int> const watch = kept;
  {
    plan<> again = Routine::launch(persistent, arguments_for(value), std::move(kept));
    for (int round = 0; round < 3; ++round) {
      value = world().rank() == 0 ? round : -1;
      again.start();
      again.wait();
      EXPECT_EQ(value, round);
    }
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST(launch, persistent_gives_a_plan_that_keeps_what_it_is_given) {
  expect_plan<routine<MPI_Bcast, MPI_Ibcast, MPI_Bcast_init>>();
  expect_plan<bcast>(); // which begins the nonblocking form anew
}

TEST(launch, what_a_family_has_prepared) {
  for (bool now : {true, false}) {
    auto value = std::make_shared<int>(world().rank() == 0 ? 5 : 0);
    std::weak_ptr<int> const watch = value;
    auto prepared = detail::prepare_call({.comm = world(), .operation = "bcast"}, arguments_for(*value), value);
    if (now) {
      bcast::run(blocking, std::move(prepared));
    } else {
      auto pending = bcast::run(nonblocking, std::move(prepared));
      pending.wait();
    }
    EXPECT_EQ(*value, 5);
    value.reset();
    EXPECT_TRUE(watch.expired());
  }
}

TEST(launch, errors_are_thrown_at_once) {
  int value = 0;
  auto const bad = std::tuple(static_cast<void*>(&value), 1, MPI_INT, world().size(), world().raw());
  EXPECT_THROW(bcast::launch(blocking, bad), mpi_error);
  EXPECT_THROW(bcast::launch(nonblocking, bad).wait(), mpi_error);
}

} // namespace
} // namespace armada
