/// A rank that runs out of memory in the middle of a collective construction: all ranks throw, or none, wherever it
/// happens, and the library goes on working.

#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/near.hpp>
#include <armada/core/cartesian.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/graph.hpp>
#include <armada/core/group.hpp>
#include <armada/core/intercommunicator.hpp>
#include <armada/rma/dynamic_window.hpp>
#include <armada/rma/mutex.hpp>
#include <armada/rma/notification.hpp>
#include <armada/rma/window.hpp>

#include <cstdlib>
#include <functional>
#include <new>
#include <numeric>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace {

// Of this thread, from `operator new`: how many are still granted, unless it is negative; whether the one that is not
// is the only one; whether there was one.
thread_local int granted = -1;
thread_local bool once = false;
thread_local bool refused = false;

void* grant(std::size_t bytes) {
  if (granted == 0) {
    refused = true;
    if (once) granted = -1;
    throw std::bad_alloc();
  }
  if (granted > 0) --granted;
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

} // namespace

void* operator new(std::size_t bytes) { return grant(bytes); }
void* operator new[](std::size_t bytes) { return grant(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace armada {
namespace {

int over_all(int mine, MPI_Op operation) {
  int all = 0;
  MPI_Allreduce(&mine, &all, 1, MPI_INT, operation, MPI_COMM_WORLD);
  return all;
}

enum class outcome { untouched, made, thrown, torn };

/// Makes one on every rank, while rank `bad` gets `allocations` and then one failure, or none any more.
template <class Construct>
outcome attempt(Construct construct, int bad, int allocations, bool only_one) {
  bool threw = false;
  bool foreign = false;
  {
    using made = decltype(construct());
    std::optional<made> result;
    refused = false;
    once = only_one;
    if (world().rank() == bad) granted = allocations;
    try {
      result.emplace(construct());
    } catch (out_of_memory const&) {
      threw = true;
    } catch (std::bad_alloc const&) {
      threw = true;
      foreign = world().rank() != bad;
    }
    granted = -1;
    if (over_all(threw ? 1 : 0, MPI_MIN) != over_all(threw ? 1 : 0, MPI_MAX)) return outcome::torn;
  }
  if (over_all(foreign ? 1 : 0, MPI_MAX) != 0) return outcome::torn; // not an error of Armada's
  if (threw) return outcome::thrown;
  return over_all(refused ? 1 : 0, MPI_MAX) != 0 ? outcome::made : outcome::untouched;
}

/// Every allocation of a construction fails in turn: it alone on the first rank, with all that follow on the last.
template <class Construct>
void expect_all_or_none(Construct construct) {
  int thrown = 0;
  for (bool const only_one : {true, false}) {
    int const bad = only_one ? 0 : world().size() - 1;
    for (int allocations = 0;; ++allocations) {
      auto const result = attempt(construct, bad, allocations, only_one);
      if (result == outcome::untouched) break;
      if (result == outcome::thrown) ++thrown;
      ASSERT_NE(result, outcome::torn) << "rank " << bad << " after " << allocations << " allocations"
                                       << (only_one ? ", one failure" : "");
      barrier(world());
      ASSERT_EQ(allreduce(world(), 1, std::plus{}), world().size());
    }
  }
  EXPECT_GT(thrown, 0) << "nothing was ever refused";
}

TEST(lack_of_memory, while_a_communicator_is_duplicated) {
  expect_all_or_none([] { return world().dup(); });
  expect_all_or_none([] { return world().dup(nonblocking).wait(); });
}

TEST(lack_of_memory, while_a_communicator_is_cut) {
  int const all = world().size();
  expect_all_or_none([] { return world().split(world().rank() % 2); });
  expect_all_or_none([&] { return world().split(world().rank() == all - 1 ? communicator::undefined : 0); });
  expect_all_or_none([] { return world().split_shared(); });
  group const everybody(world());
  group const most = all == 1 ? group(world()) : everybody.exclude({all - 1});
  expect_all_or_none([&] { return world().create(most); });
  expect_all_or_none([&] { return world().create_group(everybody); });
  expect_all_or_none([&] { return communicator::create_from_group(everybody, "with a tag of its own"); });
}

TEST(lack_of_memory, while_ranks_are_arranged) {
  int const all = world().size();
  grid_options const fits{.dims = {0, 1}, .periodic = {true, false}};
  grid_options const leaves_one_out{.dims = {all > 1 ? all - 1 : 1}};
  expect_all_or_none([&] { return cartesian(world(), fits); });
  expect_all_or_none([&] { return cartesian(world(), leaves_one_out); });
  cartesian const grid(world(), fits);
  std::vector<bool> const rows{true, false};
  std::vector<bool> const nothing{false, false};
  expect_all_or_none([&] { return grid.sub(rows); });
  expect_all_or_none([&] { return grid.sub(nothing); });

  std::vector<int> const next{(world().rank() + 1) % all};
  std::vector<int> const before{(world().rank() + all - 1) % all};
  std::vector<int> const me{world().rank()};
  std::vector<int> const one{1};
  std::optional<edge_weights> const weights = edge_weights{one, one};
  expect_all_or_none([&] { return dist_graph_adjacent(world(), before, next, weights, false); });
  expect_all_or_none([&] { return dist_graph(world(), me, one, next); });
  std::vector<std::vector<int>> const loops{{0}};
  expect_all_or_none([&] { return graph(world(), loops); });
}

TEST(lack_of_memory, while_two_sides_are_joined) {
  if (world().size() < 2) GTEST_SKIP() << "two sides need two ranks";
  bool const second = world().rank() % 2 == 1;
  auto const half = world().split(second ? 1 : 0);
  expect_all_or_none([&] { return intercommunicator(half, 0, world(), second ? 0 : 1); });
  group const mine(half);
  group const others = set_difference(group(world()), mine);
  expect_all_or_none([&] { return intercommunicator::create_from_groups(mine, 0, others, 0, "these two together"); });
  intercommunicator const inter(half, 0, world(), second ? 0 : 1);
  expect_all_or_none([&] { return inter.merge(second); });
  expect_all_or_none([&] { return inter.dup(); });
  expect_all_or_none([&] { return inter.split(0); });
}

TEST(lack_of_memory, while_a_window_is_made) {
  std::vector<int> memory(5);
  expect_all_or_none([] { return window<int>::allocate(world(), 5); });
  expect_all_or_none([] { return window<int>::allocate(world(), 5, {.raw = true}); });
  expect_all_or_none([&] { return window<int>::create(world(), memory); });
  expect_all_or_none([] { return dynamic_window(world()); });
  auto const node = world().split_shared();
  if (node.size() == world().size()) expect_all_or_none([] { return window<int>::allocate_shared(world(), 5); });
}

TEST(lack_of_memory, while_the_first_window_on_a_communicator_is_made) {
  expect_all_or_none([] {
    auto const fresh = world().dup();
    return window<int>::allocate(fresh, 5);
  });
}

TEST(lack_of_memory, while_a_tool_is_made) {
  expect_all_or_none([] { return mutex(world()); });
  expect_all_or_none([] { return notification(world(), 3); });
}

TEST(lack_of_memory, while_an_array_is_made) {
  expect_all_or_none([] { return distributed_array<double, 2>(world(), {5, 3}); });
}

TEST(lack_of_memory, while_a_communicator_gets_its_near_road) {
  expect_all_or_none([] { return near(world()); });
}

} // namespace
} // namespace armada
