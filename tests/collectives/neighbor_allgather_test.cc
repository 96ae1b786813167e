#include <armada/collectives/neighbor_allgather.hpp>

#include "tests/collectives/neighbourhoods.hpp"

#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Mode>
concept gathered_in = requires(cartesian const& c, In in, Out out, Mode mode) {
  neighbor_allgather(c, static_cast<In>(in), static_cast<Out>(out), mode);
};
static_assert(gathered_in<int&, std::vector<int>&, persistent_t> &&
              gathered_in<int&, ragged_buffer<int>, persistent_t>);
static_assert(!gathered_in<int, std::vector<int>&, persistent_t>, "a temporary is gone before it is read");
static_assert(!gathered_in<in_place_t, std::vector<int>&, blocking_t>, "MPI has none in place");
template <class Comm>
concept has_neighbours = requires(Comm const& c, int x, std::vector<int>& out) {
  neighbor_allgather(c, x, out);
};
static_assert(has_neighbours<graph> && has_neighbours<dist_graph> && !has_neighbours<communicator>);

/// Equal and ragged blocks in three modes; block i is what neighbour `from[i]` has.
void expect_blocks(auto const& comm, std::vector<int> const& from) {
  for (std::size_t count = 0; count < 10; count += 3) {
    std::vector<int> mine(count);
    guarded<int> out(count * from.size());
    guarded<int> apart((count + 1) * from.size());
    std::vector<std::size_t> const counts(from.size(), count);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < from.size(); ++i) places.push_back(i * (count + 1) + 1);
    auto const fill = [&](int round) {
      std::ranges::copy(in_round<int>(round, comm.rank(), count), mine.begin());
      clear(out);
      clear(apart);
    };
    auto const expected = [&](int round, std::size_t gap) {
      std::vector<int> all;
      for (int const rank : from) {
        all.insert(all.end(), gap, 99);
        auto const block = rank == MPI_PROC_NULL ? std::vector<int>(count, 99) : in_round<int>(round, rank, count);
        all.insert(all.end(), block.begin(), block.end());
      }
      return all;
    };
    in_three_modes(
        fill, [&](auto mode) { return neighbor_allgather(comm, mine, out.room(), mode); },
        [&](int round) { out.expect(expected(round, 0)); });
    in_three_modes(
        fill, [&](auto mode) { return neighbor_allgather(comm, mine, ragged(apart.room(), counts, places), mode); },
        [&](int round) { apart.expect(expected(round, 1)); });
  }
}

TEST(neighbor_allgather, on_grids) {
  for (auto const& grid : grids())
    if (grid) expect_blocks(grid, grid.neighbours());
}

TEST(neighbor_allgather, on_graphs) {
  auto const ring = ring_graph();
  expect_blocks(ring, ring.neighbours());
  auto const star = star_graph();
  expect_blocks(star, star.sources());
}

TEST(neighbor_allgather, lengths_that_do_not_fit_are_named) {
  cartesian const grid(world(), {.dims = {0}, .periodic = {true}});
  int const mine = 0;
  std::vector<int> out(3);
  EXPECT_NE(
      message_of<argument_error>([&] { neighbor_allgather(grid, mine, out); }).find("out has 3 elements and needs 2"),
      std::string::npos);
  EXPECT_NE(message_of<argument_error>([&] {
              neighbor_allgather(grid, mine, ragged(out, std::vector<int>(3, 1)));
            }).find("counts of out has 3 elements and needs 2"),
            std::string::npos);
}

} // namespace
} // namespace armada
