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

TEST(launch, errors_are_thrown_at_once) {
  int value = 0;
  auto const bad = std::tuple(static_cast<void*>(&value), 1, MPI_INT, world().size(), world().raw());
  EXPECT_THROW(bcast::launch(blocking, bad), mpi_error);
  EXPECT_THROW(bcast::launch(nonblocking, bad).wait(), mpi_error);
}

} // namespace
} // namespace armada
