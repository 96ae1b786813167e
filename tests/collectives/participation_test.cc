/// Collectives over intercommunicators: roots on either side, and ranks for which an argument has no meaning.

#include <armada/collectives/participation.hpp>

#include "tests/collectives/three_modes.hpp"

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/exscan.hpp>
#include <armada/collectives/gather.hpp>
#include <armada/collectives/reduce.hpp>
#include <armada/collectives/reduce_scatter.hpp>
#include <armada/collectives/scan.hpp>
#include <armada/collectives/scatter.hpp>
#include <armada/core/intercommunicator.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

/// The first rank of the world on one side, all others on the other: sides of different sizes.
class two_sides : public testing::Test {
protected:
  void SetUp() override {
    if (world().size() < 2) GTEST_SKIP() << "two sides need two ranks";
    side = here() == 0 ? 0 : 1;
    communicator const own = world().split(side);
    inter = intercommunicator(own, 0, world(), side == 0 ? 1 : 0);
  }

  [[nodiscard]] int size_of(int of) const { return of == 0 ? 1 : ranks() - 1; }
  /// The rank in the world of a rank of a side.
  [[nodiscard]] static int in_world(int of, int rank) { return of == 0 ? 0 : rank + 1; }

  /// One root: a rank of a side.
  struct root {
    int side;
    int rank;
    int world;    ///< its rank in the world
    int argument; ///< what this rank says
    bool here, beside, across;
  };
  /// Calls `visit` for every rank of both sides as the root.
  void for_each_root(auto visit) {
    for (int of = 0; of < 2; ++of)
      for (int rank = 0; rank < size_of(of); ++rank) {
        bool const mine = side == of;
        bool const is_here = mine && inter.rank() == rank;
        int const argument = is_here ? root_here : mine ? root_beside : rank;
        visit(root{of, rank, in_world(of, rank), argument, is_here, mine && !is_here, !mine});
      }
  }
  /// The blocks of all ranks of a side.
  template <class T>
  std::vector<T> all_of(int of, auto block) {
    return joined<T>(size_of(of), [&](int rank) { return block(in_world(of, rank)); });
  }

  int side = 0;
  intercommunicator inter;
};

TEST_F(two_sides, bcast) {
  for_each_root([&](root const& at) {
    guarded<int> buffer(4);
    in_three_modes(
        [&](int round) {
          clear(buffer);
          if (at.here) put(buffer, in_round<int>(round, at.world, 4));
        },
        [&](auto mode) {
          if (at.beside) return armada::bcast(inter, nothing, at.argument, mode);
          return armada::bcast(inter, buffer.room(), at.argument, mode);
        },
        [&](int round) { buffer.expect(at.beside ? std::vector<int>(4, 99) : in_round<int>(round, at.world, 4)); });
  });
}

TEST_F(two_sides, gather_and_scatter) {
  for_each_root([&](root const& at) {
    auto const others = static_cast<std::size_t>(size_of(1 - at.side));
    std::vector<double> mine(3);
    guarded<double> out(at.here ? 3 * others : 0);
    std::vector<std::size_t> const counts(others, 3);
    auto const fill = [&](int round) {
      std::ranges::copy(in_round<double>(round, here(), 3), mine.begin());
      clear(out);
    };
    auto const check = [&](int round) {
      out.expect(at.here ? all_of<double>(1 - at.side, [&](int from) { return in_round<double>(round, from, 3); })
                         : std::vector<double>());
    };
    in_three_modes(
        fill,
        [&](auto mode) {
          if (at.across) return gather(inter, mine, nothing, at.argument, mode);
          if (at.here) return gather(inter, nothing, out.room(), at.argument, mode);
          return gather(inter, nothing, nothing, at.argument, mode);
        },
        check);
    in_three_modes(
        fill,
        [&](auto mode) {
          auto const cut = at.here ? ragged(out.room(), counts) : ragged_buffer<double>();
          if (at.across) return gather(inter, mine, cut, at.argument, mode);
          return gather(inter, nothing, cut, at.argument, mode);
        },
        check);

    std::vector<double> all(at.here ? 3 * others : 0);
    guarded<double> received(3);
    auto const refill = [&](int round) {
      clear(received);
      if (at.here)
        std::ranges::copy(all_of<double>(1 - at.side, [&](int to) { return between<double>(round, at.world, to, 3); }),
                          all.begin());
    };
    auto const recheck = [&](int round) {
      received.expect(at.across ? between<double>(round, at.world, here(), 3) : std::vector<double>(3, 99));
    };
    in_three_modes(
        refill,
        [&](auto mode) {
          if (at.across) return scatter(inter, nothing, received.room(), at.argument, mode);
          if (at.here) return scatter(inter, all, nothing, at.argument, mode);
          return scatter(inter, nothing, nothing, at.argument, mode);
        },
        recheck);
    in_three_modes(
        refill,
        [&](auto mode) {
          auto const cut = at.here ? ragged(std::as_const(all), counts) : ragged_buffer<double const>();
          if (at.across) return scatter(inter, cut, received.room(), at.argument, mode);
          return scatter(inter, cut, nothing, at.argument, mode);
        },
        recheck);
  });
}

TEST_F(two_sides, reduce) {
  for_each_root([&](root const& at) {
    std::vector<int> mine(3);
    guarded<int> out(3);
    in_three_modes(
        [&](int round) {
          std::ranges::copy(in_round<int>(round, here(), 3), mine.begin());
          clear(out);
        },
        [&](auto mode) {
          if (at.across) return armada::reduce(inter, mine, nothing, std::plus{}, at.argument, mode);
          return armada::reduce(inter, nothing, out.room(), std::plus{}, at.argument, mode);
        },
        [&](int round) {
          std::vector<int> expected(3, at.here ? 0 : 99);
          for (int rank = 0; at.here && rank < size_of(1 - side); ++rank)
            for (std::size_t i = 0; i < 3; ++i) expected[i] += in_round<int>(round, in_world(1 - side, rank), 3)[i];
          out.expect(expected);
        });
  });
}

TEST_F(two_sides, allgather_alltoall_and_barrier) {
  auto const others = static_cast<std::size_t>(size_of(1 - side));
  std::vector<int> mine(2);
  std::vector<int> in(2 * others);
  guarded<int> out(2 * others);
  std::vector<std::size_t> const counts(others, 2);
  auto const fill = [&](int round) {
    std::ranges::copy(in_round<int>(round, here(), 2), mine.begin());
    std::ranges::copy(all_of<int>(1 - side, [&](int to) { return between<int>(round, here(), to, 2); }), in.begin());
    clear(out);
  };
  auto const gathered = [&](int round) {
    out.expect(all_of<int>(1 - side, [&](int from) { return in_round<int>(round, from, 2); }));
  };
  auto const exchanged = [&](int round) {
    out.expect(all_of<int>(1 - side, [&](int from) { return between<int>(round, from, here(), 2); }));
  };
  in_three_modes(
      fill, [&](auto mode) { return allgather(inter, mine, out.room(), mode); }, gathered);
  in_three_modes(
      fill, [&](auto mode) { return allgather(inter, mine, ragged(out.room(), counts), mode); }, gathered);
  in_three_modes(
      fill, [&](auto mode) { return alltoall(inter, in, out.room(), mode); }, exchanged);
  in_three_modes(
      fill, [&](auto mode) { return alltoall(inter, ragged(in, counts), ragged(out.room(), counts), mode); },
      exchanged);
  in_three_modes([](int) {}, [&](auto mode) { return barrier(inter, mode); }, [](int) {});
}

TEST_F(two_sides, alltoall_of_a_datatype_each) {
  auto const others = static_cast<std::size_t>(size_of(1 - side));
  std::vector<int> in(2 * others);
  guarded<int> out(2 * others);
  std::vector<typed_buffer<void const>> sent;
  std::vector<typed_buffer<void>> received;
  for (std::size_t i = 0; i < others; ++i) {
    sent.push_back(typed(std::as_const(in).data() + 2 * i, 2, MPI_INT));
    received.push_back(typed(out.room().data() + 2 * i, 2, MPI_INT));
  }
  in_three_modes(
      [&](int round) {
        std::ranges::copy(all_of<int>(1 - side, [&](int to) { return between<int>(round, here(), to, 2); }),
                          in.begin());
        clear(out);
      },
      [&](auto mode) { return alltoall(inter, sent, received, mode); },
      [&](int round) {
        out.expect(all_of<int>(1 - side, [&](int from) { return between<int>(round, from, here(), 2); }));
      });
}

TEST_F(two_sides, allreduce_and_reduce_scatter_give_the_other_sides_result) {
  std::vector<int> mine(3);
  guarded<int> out(3);
  auto const theirs = [&](int round, auto block) {
    std::vector<int> total(block(round, in_world(1 - side, 0)).size());
    for (int rank = 0; rank < size_of(1 - side); ++rank) {
      auto const one = block(round, in_world(1 - side, rank));
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += one[i];
    }
    return total;
  };
  in_three_modes(
      [&](int round) {
        std::ranges::copy(in_round<int>(round, here(), 3), mine.begin());
        clear(out);
      },
      [&](auto mode) { return allreduce(inter, mine, out.room(), std::plus{}, mode); },
      [&](int round) { out.expect(theirs(round, [](int r, int from) { return in_round<int>(r, from, 3); })); });

  auto const length = static_cast<std::size_t>(size_of(0) * size_of(1)); // blocks of the one are as long as all others'
  auto const block = length / static_cast<std::size_t>(inter.size());
  std::vector<int> in(length);
  guarded<int> part(block);
  auto const expected = [&](int round) {
    auto const all = theirs(round, [&](int r, int from) { return in_round<int>(r, from, length); });
    auto const first = all.begin() + static_cast<std::ptrdiff_t>(block) * inter.rank();
    return std::vector<int>(first, first + static_cast<std::ptrdiff_t>(block));
  };
  auto const fill = [&](int round) {
    std::ranges::copy(in_round<int>(round, here(), length), in.begin());
    clear(part);
  };
  auto const check = [&](int round) { part.expect(expected(round)); };
  in_three_modes(
      fill, [&](auto mode) { return reduce_scatter_block(inter, in, part.room(), std::plus{}, mode); }, check);
  std::vector<std::size_t> const counts(static_cast<std::size_t>(inter.size()), block);
  in_three_modes(
      fill, [&](auto mode) { return reduce_scatter(inter, ragged(in, counts), part.room(), std::plus{}, mode); },
      check);
}

TEST_F(two_sides, values) {
  using table = std::map<int, std::string>;
  auto const value_of = [](int rank) { return table{{rank, text_of(rank, 500 * static_cast<std::size_t>(rank))}}; };
  std::vector<table> theirs;
  std::vector<int> numbers;
  for (int rank = 0; rank < size_of(1 - side); ++rank) {
    theirs.push_back(value_of(in_world(1 - side, rank)));
    numbers.push_back(in_world(1 - side, rank));
  }
  EXPECT_EQ(allgather(inter, value_of(here())), theirs);
  EXPECT_EQ(allgather(inter, value_of(here()), nonblocking).wait(), theirs);
  EXPECT_EQ(allgather(inter, here()), numbers);
  EXPECT_EQ(allreduce(inter, here(), maximum{}), numbers.back());
  EXPECT_EQ(alltoall(inter, std::vector<table>(theirs.size(), value_of(here()))), theirs);
  for_each_root([&](root const& at) {
    auto const at_root = [&](auto value) { return at.here ? std::optional(value) : std::nullopt; };
    EXPECT_EQ(gather(inter, value_of(here()), at.argument), at_root(theirs));
    EXPECT_EQ(gather(inter, value_of(here()), at.argument, nonblocking).wait(), at_root(theirs));
    EXPECT_EQ(gather(inter, value_of(here()), at.argument, rank_by_rank), at_root(theirs));
    EXPECT_EQ(gather(inter, here(), at.argument), at_root(numbers));
    EXPECT_EQ(armada::reduce(inter, here(), maximum{}, at.argument), at_root(numbers.back()));
    auto const all = at.here ? theirs : std::vector<table>();
    EXPECT_EQ(scatter(inter, all, at.argument), at.across ? value_of(here()) : table());
    table value = at.here ? value_of(at.world) : table();
    armada::bcast(inter, value, at.argument);
    EXPECT_EQ(value, at.beside ? table() : value_of(at.world));
    std::vector<int> numbers_of_root(at.here ? 7 : 0, at.world);
    armada::bcast(inter, numbers_of_root, at.argument, nonblocking).wait();
    EXPECT_EQ(numbers_of_root, std::vector<int>(at.beside ? 0 : 7, at.world));
  });
}

TEST_F(two_sides, what_has_no_meaning_is_named) {
  std::vector<int> buffer(static_cast<std::size_t>(inter.size() * inter.peers()));
  auto const where = " on \"" + inter.name() + "\", rank " + std::to_string(inter.rank()) + ": ";
  auto const in_place_is_none = where + "in_place has no meaning on an intercommunicator";
  EXPECT_EQ(message_of<argument_error>([&] { allgather(inter, in_place, buffer); }), "allgather" + in_place_is_none);
  EXPECT_EQ(message_of<argument_error>([&] { allreduce(inter, in_place, buffer, std::plus{}); }),
            "allreduce" + in_place_is_none);
  EXPECT_EQ(message_of<argument_error>([&] { alltoall(inter, in_place, buffer); }), "alltoall" + in_place_is_none);
  EXPECT_EQ(message_of<argument_error>([&] { gather(inter, in_place, buffer, root_here); }),
            "gather" + where + "in_place is for the root alone");
  auto const none = where + "MPI has none over an intercommunicator";
  EXPECT_EQ(message_of<argument_error>([&] { scan(inter, 1, buffer[0], std::plus{}); }), "scan" + none);
  EXPECT_EQ(message_of<argument_error>(
                [&] { static_cast<void>(exscan(inter, std::map<int, int>(), [](auto a, auto) { return a; })); }),
            "exscan" + none);
  EXPECT_NE(message_of<argument_error>([&] { armada::bcast(inter, buffer[0], inter.peers()); }).find("is not a rank"),
            std::string::npos);
}

TEST(participation, roots_of_two_sides_are_none_of_one_group) {
  int x = 0;
  for (int root : {root_here, root_beside}) {
    EXPECT_NE(message_of<argument_error>([&] { bcast(world(), x, root); }).find("is not a rank of \"world\""),
              std::string::npos);
    EXPECT_NE(message_of<argument_error>([&] { gather(world(), x, nothing, root); }).find("is not a rank"),
              std::string::npos);
  }
  EXPECT_EQ(message_of<argument_error>([&] { bcast(world(), nothing, 0); }),
            "bcast on \"world\", rank " + std::to_string(here()) + ": the buffer is `nothing`, and this rank needs it");
}

TEST(participation, no_communicator) {
  communicator const none;
  int x = 0;
  std::vector<int> out(4);
  EXPECT_THROW(bcast(none, x, 0), error);
  EXPECT_THROW(gather(none, x, out, 0), error);
  EXPECT_THROW(static_cast<void>(gather(none, std::string(), 0)), error);
  EXPECT_THROW(allreduce(none, x, out[0], std::plus{}), error);
  EXPECT_THROW(static_cast<void>(allgather(none, std::string())), error);
  EXPECT_THROW(alltoall(none, out, out), error);
  EXPECT_THROW(barrier(none), error);
}

} // namespace
} // namespace armada
