/// Collectives that the ranks compare before they begin: run with ARMADA_CHECK=collectives.

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/communicator_state.hpp>

#include "tests/collectives/three_modes.hpp"

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace armada {
namespace {

using namespace support;

bool last() { return here() == ranks() - 1; }

/// The last rank does one thing and the others another; the error, which all ranks share, names both.
void expect_mismatch(auto odd, auto even, std::string const& of_last, std::string const& of_others) {
  if (ranks() == 1) return;
  auto const message = message_of<collective_mismatch>([&] {
    if (last())
      odd();
    else
      even();
  });
  EXPECT_NE(message.find("collectives on \"world\" do not match: "), std::string::npos) << message;
  EXPECT_NE(message.find("rank " + std::to_string(ranks() - 1) + " called " + of_last), std::string::npos) << message;
  EXPECT_NE(message.find((ranks() == 2 ? "rank 0 called " : "ranks 0 1") + (ranks() == 2 ? of_others : std::string())),
            std::string::npos)
      << message;
  EXPECT_NE(message.find(" called " + of_others), std::string::npos) << message;
  for (auto const& theirs : allgather(world(), message)) EXPECT_EQ(theirs, message);
}

/// `name #N`, as the next collective will be called.
std::string next(std::string const& name) {
  return name + " #" + std::to_string(world().state()->next_collective() + 1);
}

TEST(checked, roots_counts_types_and_operations) {
  std::vector<double> x(3);
  double total = 0;
  auto named = next("bcast");
  std::span<double> const three(x);
  expect_mismatch([&] { bcast(world(), three, ranks() - 1); }, [&] { bcast(world(), three, 0); },
                  named + " (root " + std::to_string(ranks() - 1) + ", 3 x double)", named + " (root 0, 3 x double)");
  named = next("bcast");
  expect_mismatch([&] { bcast(world(), three.first(2), 0); }, [&] { bcast(world(), three, 0); },
                  named + " (root 0, 2 x double)", named + " (root 0, 3 x double)");
  named = next("allreduce");
  std::array<float, 3> f{};
  expect_mismatch([&] { allreduce(world(), in_place, f, std::plus{}); },
                  [&] { allreduce(world(), in_place, three, std::plus{}); }, named + " (sum, 3 x float)",
                  named + " (sum, 3 x double)");
  named = next("allreduce");
  expect_mismatch([&] { total = allreduce(world(), 1.0, minimum{}); },
                  [&] { total = allreduce(world(), 1.0, std::plus{}); }, named + " (min, 1 x double)",
                  named + " (sum, 1 x double)");
  EXPECT_EQ(allreduce(world(), 1.0, std::plus{}), ranks()); // nothing was begun, and all goes on
}

TEST(checked, different_collectives) {
  auto const number = next("");
  int one = 1;
  expect_mismatch([] { barrier(world()); }, [&] { bcast(world(), one, 0); }, "barrier" + number,
                  "bcast" + number + " (root 0, 1 x int32_t)");
  auto const after = next("");
  std::vector<int> resizable(3);
  std::span<int> const fixed(resizable);
  expect_mismatch([&] { bcast(world(), resizable, 0); }, [&] { bcast(world(), fixed, 0); },
                  "bcast" + after + " (values of any size, root 0)", "bcast" + after + " (root 0, 3 x int32_t)");
  auto const split = next("");
  expect_mismatch([] { static_cast<void>(world().split(0)); }, [] { barrier(world()); }, "split" + split,
                  "barrier" + split);
}

TEST(checked, an_argument_that_the_root_alone_has) {
  if (ranks() == 1) return;
  std::vector<int> const all(2 * many() + 1);
  std::vector<int> mine(2);
  auto const root = ranks() - 1;
  auto const number = next("");
  expect_mismatch([&] { scatter(world(), all, mine, root); }, [&] { scatter(world(), nothing, mine, root); },
                  "scatter" + number + " (in has " + std::to_string(all.size()) + " elements and needs " +
                      std::to_string(2 * many()),
                  "scatter" + number + " (root " + std::to_string(root) + ", 2 x int32_t)");
}

TEST(checked, what_MPI_takes_as_the_same_is_the_same) {
  std::vector<double> x(6, here());
  std::vector<std::array<double, 2>> y(3, {1.0 * here(), 1.0 * here()});
  if (last())
    bcast(world(), typed(x.data(), 6, MPI_DOUBLE), 0);
  else
    bcast(world(), std::span(y), 0);
  EXPECT_EQ(last() && ranks() > 1 ? x.back() : y.back()[1], 0.0);

  std::vector<int> counts;
  for (int rank = 0; rank < ranks(); ++rank) counts.push_back(rank);
  std::vector<int> out(static_cast<std::size_t>(ranks() * (ranks() - 1) / 2), -1);
  std::vector<int> const own(static_cast<std::size_t>(here()), here());
  allgather(world(), own, ragged(out, counts));
  EXPECT_EQ(out.empty() ? 0 : out.back(), out.empty() ? 0 : ranks() - 1);
  std::vector<int> received(out);
  gather(world(), own, here() == 0 ? ragged(received, counts) : ragged_buffer<int>(), 0);
  std::vector<double> none;
  std::vector<int> nor;
  if (last())
    bcast(world(), std::span(none), 0);
  else
    bcast(world(), std::span(nor), 0);
}

TEST(checked, nonblocking_ones_are_waited_for_in_any_order) {
  int a = here() == 0 ? 1 : 0;
  std::vector<int> b(3, here());
  auto first = bcast(world(), a, 0, nonblocking);
  auto second = allgather(world(), std::string(static_cast<std::size_t>(here()), 'x'), nonblocking);
  auto third = allreduce(world(), b, std::plus{}, nonblocking);
  barrier(world());
  if (here() % 2 == 0) {
    EXPECT_EQ(third.wait()[2], ranks() * (ranks() - 1) / 2);
    while (!second.test()) {
    }
    EXPECT_EQ(second.wait().size(), many());
    first.wait();
  } else {
    first.wait();
    EXPECT_EQ(second.wait().back().size(), many() - 1);
    EXPECT_EQ(third.wait()[2], ranks() * (ranks() - 1) / 2);
  }
  EXPECT_EQ(a, 1);
}

TEST(checked, plans_are_started_as_often_as_wanted) {
  int a = 0;
  int sum = 0;
  auto plan = allreduce(world(), a, sum, std::plus{}, persistent);
  std::vector<int> all(many());
  auto other = allgather(world(), a, all, persistent);
  for (int round = 0; round < 4; ++round) {
    a = round;
    plan.start();
    other.start();
    if (round % 2 == 0) {
      plan.wait();
      other.wait();
    } else {
      other.wait();
      while (!plan.test()) {
      }
      plan.wait();
    }
    EXPECT_EQ(sum, round * ranks());
    EXPECT_EQ(all.back(), round);
  }
}

} // namespace
} // namespace armada
