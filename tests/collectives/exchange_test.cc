/// Nonblocking collectives on values: several in flight, in whatever order they are waited for.

#include <armada/collectives/detail/exchange.hpp>

#include "tests/support/values.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/exscan.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/reduce.hpp>
#include <armada/collectives/scan.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/environment.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

using table = std::map<std::string, std::vector<int>>;

std::size_t length_of(int rank, int round) { return static_cast<std::size_t>((rank * 7 + round * 13) % 29) * 300; }

std::vector<std::string> texts_of_round(int round) {
  std::vector<std::string> texts;
  for (int rank = 0; rank < world().size(); ++rank) texts.push_back(text_of(rank, length_of(rank, round)));
  return texts;
}

TEST(exchange, waits_in_another_order_on_each_rank) {
  constexpr int rounds = 12;
  std::vector<pending<std::vector<std::string>>> open;
  for (int round = 0; round < rounds; ++round)
    open.push_back(allgather(world(), text_of(world().rank(), length_of(world().rank(), round)), nonblocking));
  std::vector<int> order(rounds);
  for (int i = 0; i < rounds; ++i) order[static_cast<std::size_t>(i)] = i;
  std::mt19937 random(static_cast<unsigned>(world().rank()) + 5);
  std::shuffle(order.begin(), order.end(), random);
  for (int round : order) EXPECT_EQ(open[static_cast<std::size_t>(round)].wait(), texts_of_round(round)) << round;
}

TEST(exchange, with_other_communication_between) {
  int const me = world().rank();
  int const ranks = world().size();
  auto first = allgather(world(), text_of(me, length_of(me, 1)), nonblocking);
  table values;
  if (me == 0) values["root"].assign(5000, 7);
  auto second = bcast(world(), values, 0, nonblocking);
  EXPECT_EQ(allreduce(world(), 1, std::plus{}), ranks); // on the same communicator, while both are open
  auto third = gather(world(), std::vector<int>(static_cast<std::size_t>(me) * 100, me), ranks - 1, nonblocking);

  int const right = (me + 1) % ranks;
  int const left = (me + ranks - 1) % ranks;
  table arrived;
  auto incoming = recv(world(), arrived, {.source = left, .tag = 4}, nonblocking);
  if (me % 2 == 0) {
    EXPECT_EQ(first.wait(), texts_of_round(1));
  }
  send(world(), table{{"from", std::vector<int>(20'000, me)}}, {.dest = right, .tag = 4});
  static_cast<void>(incoming.wait());
  EXPECT_EQ(arrived["from"], std::vector<int>(20'000, left));
  EXPECT_EQ(allgather(world(), text_of(me, length_of(me, 2))), texts_of_round(2)); // a blocking one of the same kind
  barrier(world());

  auto const gathered = third.wait();
  ASSERT_EQ(gathered.has_value(), me == ranks - 1);
  for (int rank = 0; gathered && rank < ranks; ++rank)
    EXPECT_EQ((*gathered)[static_cast<std::size_t>(rank)],
              std::vector<int>(static_cast<std::size_t>(rank) * 100, rank));
  if (me % 2 != 0) {
    EXPECT_EQ(first.wait(), texts_of_round(1));
  }
  second.wait();
  EXPECT_EQ(values, (table{{"root", std::vector<int>(5000, 7)}}));
}

TEST(exchange, a_wait_on_one_rank_ends_while_others_are_in_a_blocking_collective) {
  for (int round = 0; round < 10; ++round) {
    auto first = allgather(world(), text_of(world().rank(), length_of(world().rank(), round)), nonblocking);
    auto second = allgather(world(), text_of(world().rank(), 5), nonblocking);
    bool const late = (world().rank() + round) % 2 == 0;
    if (late) barrier(world());
    EXPECT_EQ(second.wait().back(), text_of(world().size() - 1, 5));
    if (!late) barrier(world());
    EXPECT_EQ(first.wait(), texts_of_round(round));
  }
}

TEST(exchange, all_kinds_at_once) {
  int const me = world().rank();
  int const ranks = world().size();
  auto const merge = [](table a, table const& b) {
    for (auto const& [key, values] : b) a[key].insert(a[key].end(), values.begin(), values.end());
    return a;
  };
  table const mine{{"x", {me}}};
  std::vector<std::string> for_each;
  for (int rank = 0; rank < ranks; ++rank) for_each.push_back(text_of(me, length_of(rank, me)));
  for (int round = 0; round < 4; ++round) {
    int const root = round % ranks;
    auto scattered = scatter(world(), for_each, root, nonblocking);
    auto number = allreduce(world(), me, std::plus{}, nonblocking);
    auto exchanged = alltoall(world(), for_each, nonblocking);
    auto reduced = reduce(world(), mine, merge, root, nonblocking);
    barrier(world());
    auto scanned = scan(world(), mine, merge, nonblocking);
    auto before = exscan(world(), mine, merge, nonblocking);
    auto gathered = gather(world(), for_each.front(), root, nonblocking);
    EXPECT_EQ(reduce(world(), 1, std::plus{}, root).value_or(ranks), ranks);
    std::vector<int> upto(static_cast<std::size_t>(ranks));
    for (int rank = 0; rank < ranks; ++rank) upto[static_cast<std::size_t>(rank)] = rank;
    auto const first = [&](int count) { return std::vector<int>(upto.begin(), upto.begin() + count); };
    std::vector<std::function<void()>> waits{
        [&] { EXPECT_EQ(scattered.wait(), text_of(root, length_of(me, root))); },
        [&] { EXPECT_EQ(number.wait(), ranks * (ranks - 1) / 2); },
        [&] { EXPECT_EQ(exchanged.wait().back(), text_of(ranks - 1, length_of(me, ranks - 1))); },
        [&] {
          auto const all = reduced.wait();
          EXPECT_EQ(all.has_value(), me == root);
          if (all) {
            EXPECT_EQ(all->at("x"), first(ranks));
          }
        },
        [&] { EXPECT_EQ(scanned.wait().at("x"), first(me + 1)); },
        [&] {
          EXPECT_EQ(before.wait().value_or(table{{"x", {}}}).at("x"), first(me));
        },
        [&] { EXPECT_EQ(gathered.wait().has_value(), me == root); },
    };
    std::mt19937 random(static_cast<unsigned>(100 * round + me));
    std::shuffle(waits.begin(), waits.end(), random);
    for (auto const& wait : waits) wait();
  }
}

TEST(exchange, dropped_ones_are_completed) {
  for (int round = 0; round < 5; ++round) {
    auto kept = allgather(world(), text_of(world().rank(), length_of(world().rank(), round)), nonblocking);
    {
      auto const dropped = allgather(world(), text_of(world().rank(), 10'000), nonblocking);
      auto const also_dropped = allreduce(
          world(), table{{"x", {world().rank()}}}, [](table a, table const&) { return a; }, nonblocking);
    }
    EXPECT_EQ(kept.wait(), texts_of_round(round));
  }
}

TEST(exchange, test_moves_it_on) {
  auto first = allgather(world(), text_of(world().rank(), 5000), nonblocking);
  auto second = allgather(world(), text_of(world().rank(), 50), nonblocking);
  while (!second.test()) {
  }
  EXPECT_TRUE(second.test());
  for (int rank = 0; rank < world().size(); ++rank) {
    auto const texts = rank == 0 ? second.wait() : first.wait();
    EXPECT_EQ(texts.back(), text_of(world().size() - 1, rank == 0 ? 50 : 5000));
    if (rank == 1) break;
  }
}

TEST(exchange, each_communicator_has_an_order_of_its_own) {
  communicator const other = world().dup();
  bool const even = world().rank() % 2 == 0;
  // Posted in another order on each rank, which is right on two communicators.
  auto on_one = [&] { return allgather(world(), text_of(world().rank(), 300), nonblocking); };
  auto on_other = [&] { return allgather(other, text_of(world().rank(), 3000), nonblocking); };
  auto first = even ? on_one() : on_other();
  auto second = even ? on_other() : on_one();
  EXPECT_EQ((even ? first : second).wait().front(), text_of(0, 300));
  EXPECT_EQ((even ? second : first).wait().front(), text_of(0, 3000));
}

TEST(exchange, errors_come_from_wait) {
  if (world().size() == 1) GTEST_SKIP() << "needs two ranks";
  auto const begin = [&](auto value) { return allgather(world(), value, nonblocking); };
  auto before = begin(std::string("before"));
  auto const message = [&] {
    if (world().rank() == 0)
      return message_of<type_error>([&] { static_cast<void>(begin(std::vector<int>{1}).wait()); });
    return message_of<type_error>([&] { static_cast<void>(begin(std::vector<long>{1}).wait()); });
  }();
  EXPECT_NE(message.find("is of another type"), std::string::npos) << message;
  auto after = begin(std::string("after"));
  EXPECT_EQ(after.wait().back(), "after");
  EXPECT_EQ(before.wait().back(), "before");
}

TEST(exchange, a_borrowed_communicator_has_no_twin_for_it) {
  auto const borrowed = communicator::borrow(MPI_COMM_WORLD);
  EXPECT_EQ(allgather(borrowed, text_of(world().rank(), 40)).back(), text_of(world().size() - 1, 40));
  auto const message =
      message_of<unsupported>([&] { static_cast<void>(allgather(borrowed, std::string(), nonblocking)); });
  EXPECT_EQ(message, "a nonblocking collective on values over the borrowed communicator \"MPI_COMM_WORLD\": it needs a "
                     "private twin; use comm.dup()");
  std::vector<int> out(static_cast<std::size_t>(world().size()));
  int const mine = world().rank();
  allgather(borrowed, mine, out, nonblocking).wait(); // needs none
  EXPECT_EQ(out.back(), world().size() - 1);
}

} // namespace
} // namespace armada
