/// Collectives through shared memory give what MPI's give, whatever else goes on.

#include <armada/collectives/near.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/detail/near_road.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/reduce.hpp>
#include <armada/collectives/reduce_scatter.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/environment.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using namespace support;

/// Whether `near` can help: all ranks on one node.
bool together() { return world().split_shared().size() == world().size(); }

/// Lengths on both sides of the thresholds, and more chunks than a stage has slots.
template <class T>
std::vector<std::size_t> lengths() {
  std::vector<std::size_t> counts;
  for (std::size_t count = 0; count < 10; ++count) counts.push_back(count);
  for (std::size_t const bytes : {512U, 4096U, 8192U})
    for (std::size_t const more : {0U, 1U}) counts.push_back(bytes / sizeof(T) + more);
  if (sizeof(T) > 4) counts.push_back((detail::near_team::slots + 1) * detail::near_team::chunk / sizeof(T) + 3);
  return counts;
}

template <class T>
void expect_movement(communicator const& comm) {
  int const me = comm.rank();
  int const size = comm.size();
  auto const all = static_cast<std::size_t>(size);
  for (std::size_t const count : lengths<T>())
    for (int round = 0; round < 2; ++round) {
      SCOPED_TRACE(std::to_string(count) + " elements, round " + std::to_string(round));
      auto const of = [&](int rank) { return in_round<T>(round, rank, count); };
      auto const pair = [&](int from, int to) { return between<T>(round, from, to, count); };
      auto const mine = of(me);
      auto const everybody = joined<T>(size, of);
      auto const sent = joined<T>(size, [&](int to) { return pair(me, to); });
      auto const received = joined<T>(size, [&](int from) { return pair(from, me); });
      guarded<T> one(count);
      guarded<T> many(count * all);

      allgather(comm, mine, many.room());
      many.expect(everybody);
      clear(many);
      put(many, mine, count * static_cast<std::size_t>(me));
      allgather(comm, in_place, many.room());
      many.expect(everybody);
      clear(many);
      alltoall(comm, sent, many.room());
      many.expect(received);
      put(many, sent);
      alltoall(comm, in_place, many.room());
      many.expect(received);

      for (int root = 0; root < size; ++root) {
        bool const here = me == root;
        clear(one);
        if (here) put(one, mine);
        bcast(comm, one.room(), root);
        one.expect(of(root));
        clear(many);
        clear(one);
        if (here) {
          gather(comm, mine, many.room(), root);
          many.expect(everybody);
          clear(many);
          put(many, mine, count * static_cast<std::size_t>(me));
          gather(comm, in_place, many.room(), root);
          many.expect(everybody);
          scatter(comm, sent, one.room(), root);
          one.expect(pair(root, me));
          scatter(comm, sent, in_place, root);
        } else {
          gather(comm, mine, nothing, root);
          gather(comm, mine, nothing, root);
          scatter(comm, nothing, one.room(), root);
          one.expect(pair(root, me));
          clear(one);
          scatter(comm, nothing, one.room(), root);
          one.expect(pair(root, me));
        }
      }
    }
}

template <class T, class Op>
void expect_reductions(communicator const& comm, Op op) {
  int const me = comm.rank();
  int const size = comm.size();
  auto const all = static_cast<std::size_t>(size);
  for (std::size_t const count : lengths<T>())
    for (int round = 0; round < 2; ++round) {
      SCOPED_TRACE(std::to_string(count) + " elements, round " + std::to_string(round));
      /// From the left, in rank order.
      auto const combined = [&](auto const& of) {
        std::vector<T> total = of(0);
        for (int rank = 1; rank < size; ++rank) {
          auto const next = of(rank);
          for (std::size_t i = 0; i < total.size(); ++i) total[i] = static_cast<T>(op(total[i], next[i]));
        }
        return total;
      };
      auto const mine = in_round<T>(round, me, count);
      auto const expected = combined([&](int rank) { return in_round<T>(round, rank, count); });
      guarded<T> out(count);
      clear(out);
      allreduce(comm, mine, out.room(), op);
      out.expect(expected);
      put(out, mine);
      allreduce(comm, in_place, out.room(), op);
      out.expect(expected);
      for (int root = 0; root < size; ++root) {
        clear(out);
        if (me == root) {
          reduce(comm, mine, out.room(), op, root);
          out.expect(expected);
          put(out, mine);
          reduce(comm, in_place, out.room(), op, root);
          out.expect(expected);
        } else {
          reduce(comm, mine, nothing, op, root);
          reduce(comm, mine, nothing, op, root);
        }
      }
      auto const blocks = joined<T>(size, [&](int to) { return between<T>(round, me, to, count); });
      auto const block = combined([&](int rank) { return between<T>(round, rank, me, count); });
      clear(out);
      reduce_scatter_block(comm, blocks, out.room(), op);
      out.expect(block);
      guarded<T> whole(count * all);
      put(whole, blocks);
      reduce_scatter_block(comm, in_place, whole.room(), op);
      EXPECT_TRUE(std::ranges::equal(whole.room().first(count), block));
    }
}

TEST(near, says_whether_it_is) {
  auto const fast = near(world());
  EXPECT_EQ(is_near(fast), together());
  EXPECT_EQ(fast.size(), world().size());
  EXPECT_EQ(fast.rank(), world().rank());
  EXPECT_FALSE(is_near(world()));
  EXPECT_EQ(is_near(communicator::borrow(fast.raw())), together()) << "it is the same communicator";
  EXPECT_FALSE(is_near(fast.dup())) << "a duplicate is an ordinary one";
  EXPECT_FALSE(is_near(fast.split(0)));
  EXPECT_EQ(is_near(near(fast)), together());
}

TEST(near, moves_elements) {
  auto const fast = near(world());
  expect_movement<char>(fast);
  expect_movement<double>(fast);
}

TEST(near, moves_elements_with_padding) {
  auto const fast = near(world());
  if (is_near(fast)) expect_movement<std::pair<char, double>>(fast); // between hosts MPICH fails on large ones
}

TEST(near, reduces_elements) {
  auto const fast = near(world());
  expect_reductions<int>(fast, std::plus<>{});
  expect_reductions<double>(fast, maximum{});
}

TEST(near, operations_with_state_that_do_not_commute_go_in_rank_order) {
  // Of affine maps x -> a x + b, modulo a prime: order matters, brackets do not.
  using map = std::pair<std::int64_t, std::int64_t>;
  int const used = operation::in_use();
  expect_reductions<map>(near(world()), [prime = 10007](map const& f, map const& g) {
    return map(f.first * g.first % prime, (f.first * g.second + f.second) % prime);
  });
  EXPECT_EQ(operation::in_use(), used);
}

TEST(near, elements_larger_than_a_part_of_a_chunk) {
  using large = std::array<int, detail::near_team::chunk / sizeof(int) / 2 + 1>;
  auto const fast = near(world());
  auto const sum = [](large const& a, large const& b) {
    large c{};
    for (std::size_t i = 0; i < c.size(); ++i) c[i] = a[i] + b[i];
    return c;
  };
  std::vector<large> in(many(), large{});
  std::vector<large> out(1);
  for (auto& each : in) each.fill(here() + 1);
  reduce_scatter_block(fast, in, out, sum);
  EXPECT_EQ(out.front().back(), ranks() * (ranks() + 1) / 2);
  allreduce(fast, in_place, out, sum);
  EXPECT_EQ(out.front().front(), ranks() * ranks() * (ranks() + 1) / 2);
}

TEST(near, on_other_ranks_than_the_world_s) {
  auto const backwards = near(world().split(0, -world().rank()));
  EXPECT_EQ(backwards.rank(), world().size() - 1 - world().rank());
  expect_movement<int>(backwards);
  auto const half = near(world().split(world().rank() % 2));
  expect_reductions<int>(half, std::plus<>{});
}

} // namespace
} // namespace armada
