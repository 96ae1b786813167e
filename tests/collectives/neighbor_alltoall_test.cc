#include <armada/collectives/neighbor_alltoall.hpp>

#include "tests/collectives/neighbourhoods.hpp"

#include <armada/core/derived_datatype.hpp>

#include <string>
#include <vector>

namespace armada {
namespace {

using namespace support;

template <class In, class Out, class Mode>
concept exchanged_in = requires(cartesian const& c, In in, Out out, Mode mode) {
  neighbor_alltoall(c, static_cast<In>(in), static_cast<Out>(out), mode);
};
using read_blocks = std::vector<typed_buffer<void const>>;
using written_blocks = std::vector<typed_buffer<void>>;
static_assert(exchanged_in<std::vector<int>&, std::vector<int>&, persistent_t>);
static_assert(exchanged_in<ragged_buffer<int const>, ragged_buffer<int>, persistent_t>);
static_assert(exchanged_in<read_blocks, written_blocks, persistent_t>);
static_assert(!exchanged_in<std::vector<int>, std::vector<int>&, persistent_t>,
              "a temporary is gone before it is read");
static_assert(!exchanged_in<in_place_t, std::vector<int>&, blocking_t>, "MPI has none in place");
static_assert(!exchanged_in<read_blocks, read_blocks, blocking_t>, "nothing can be written there");

/// Block `place` of what a rank sends. `from_place` says for each incoming block where its sender has it.
std::vector<int> sent(int round, int rank, int place, std::size_t count) {
  return between<int>(round, rank, place, count);
}

struct incoming {
  int rank;
  int place;
};

/// Equal, ragged and typed blocks in three modes; block i comes from `from[i]`.
void expect_blocks(auto const& comm, std::vector<incoming> const& from, std::size_t targets) {
  for (std::size_t count = 0; count < 10; count += 3) {
    std::vector<int> in(count * targets);
    guarded<int> out(count * from.size());
    auto const fill = [&](int round) {
      for (std::size_t i = 0; i < targets; ++i)
        std::ranges::copy(sent(round, comm.rank(), static_cast<int>(i), count),
                          in.begin() + static_cast<std::ptrdiff_t>(i * count));
      clear(out);
    };
    auto const check = [&](int round) {
      std::vector<int> all;
      for (auto const& [rank, place] : from) {
        auto const block = rank == MPI_PROC_NULL ? std::vector<int>(count, 99) : sent(round, rank, place, count);
        all.insert(all.end(), block.begin(), block.end());
      }
      out.expect(all);
    };
    in_three_modes(
        fill, [&](auto mode) { return neighbor_alltoall(comm, in, out.room(), mode); }, check);
    std::vector<std::size_t> const in_counts(targets, count);
    std::vector<std::size_t> const out_counts(from.size(), count);
    in_three_modes(
        fill,
        [&](auto mode) {
          return neighbor_alltoall(comm, ragged(std::as_const(in), in_counts), ragged(out.room(), out_counts), mode);
        },
        check);
    auto const block = datatype::contiguous(static_cast<std::int64_t>(count), datatype::of<int>());
    read_blocks reads;
    written_blocks writes;
    for (std::size_t i = 0; i < targets; ++i)
      reads.push_back(typed(std::as_const(in).data() + i * count, static_cast<MPI_Count>(count), MPI_INT));
    for (std::size_t i = 0; i < from.size(); ++i) writes.push_back(typed(out.room().data() + i * count, 1, block));
    in_three_modes(
        fill, [&](auto mode) { return neighbor_alltoall(comm, reads, writes, mode); }, check);
  }
}

TEST(neighbor_alltoall, on_grids) {
  for (auto const& grid : grids()) {
    if (!grid) continue;
    std::vector<incoming> from;
    int place = 0;
    for (int const rank : grid.neighbours()) from.push_back({rank, place++ ^ 1}); // what is up here is down there
    expect_blocks(grid, from, from.size());
  }
}

TEST(neighbor_alltoall, on_graphs) {
  auto const ring = ring_graph();
  if (ranks() > 2) // one's neighbour up the ring has this one down it
    expect_blocks(ring, {{(here() + 1) % ranks(), 1}, {(here() + ranks() - 1) % ranks(), 0}}, 2);
  else // edges between the same two ranks are in order
    expect_blocks(ring, {{(here() + 1) % ranks(), 0}, {(here() + 1) % ranks(), 1}}, 2);
  auto const star = star_graph();
  std::vector<incoming> from;
  if (here() == 0)
    for (int rank = 0; rank < ranks(); ++rank) from.insert(from.end(), {{rank, 0}, {rank, 1}});
  else
    from.push_back({0, here() + 1});
  expect_blocks(star, from, star.destinations().size());
}

TEST(neighbor_alltoall, halos_of_different_lengths_on_a_ring) {
  cartesian const ring(world(), {.dims = {0}, .periodic = {true}});
  auto const partners = ring.shift(0, 1);
  std::vector<int> in(5);
  guarded<int> out(7);
  in_three_modes(
      [&](int round) {
        std::ranges::copy(sent(round, ring.rank(), 0, 5), in.begin());
        clear(out);
      },
      [&](auto mode) { // two down, three up; what comes from below is the longer one
        return neighbor_alltoall(ring, ragged(in, std::vector{2, 3}),
                                 ragged(out.room(), std::vector{3, 2}, std::vector{1, 5}), mode);
      },
      [&](int round) {
        auto const below = sent(round, partners.source, 0, 5);
        auto const above = sent(round, partners.dest, 0, 5);
        out.expect({99, below[2], below[3], below[4], 99, above[0], above[1]});
      });
}

TEST(neighbor_alltoall, several_in_flight_and_a_dropped_one) {
  cartesian const ring(world(), {.dims = {0}, .periodic = {true}});
  auto const [down, up] = ring.shift(0, 1);
  std::vector<std::vector<int>> in, out(4, std::vector<int>(2));
  std::vector<pending<>> open;
  std::vector<int> const ones{1, 1};
  for (int n = 0; n < 4; ++n) in.push_back({10 * n + ring.rank(), 10 * n + ring.rank() + 5});
  for (std::size_t n = 0; n < 4; ++n)
    open.push_back(neighbor_alltoall(ring, ragged(in[n], ones), ragged(out[n], ones), nonblocking));
  { auto const dropped = std::move(open.back()); }
  for (std::size_t n = 0; n < 3; ++n) open[here() % 2 == 0 ? n : 2 - n].wait();
  for (int n = 0; n < 4; ++n)
    EXPECT_EQ(out[static_cast<std::size_t>(n)], (std::vector{10 * n + down + 5, 10 * n + up}));
}

TEST(neighbor_alltoall, wrong_arguments_are_named) {
  cartesian const ring(world(), {.dims = {0}, .periodic = {true}});
  std::vector<int> const two{1, 2};
  std::vector<int> out(3);
  std::vector<int> const ones{1, 1};
  auto const expect = [](auto action, std::string const& end) {
    auto const message = message_of<argument_error>(action);
    EXPECT_NE(message.find(end), std::string::npos) << message;
  };
  expect([&] { neighbor_alltoall(ring, two, out); }, "out has 3 elements and needs 2");
  expect([&] { neighbor_alltoall(ring, two, nothing); }, "out is `nothing`, and this rank needs it");
  expect(
      [&] {
        neighbor_alltoall(ring, ragged(two, std::vector{1, 2}), ragged(out, ones));
      },
      "the block of rank 1 (2 elements at 1) is not inside in's 2 elements");
  expect([&] { neighbor_alltoall(ring, ragged(two, std::vector{1}), ragged(out, ones)); },
         "counts of in has 1 elements and needs 2");
  expect([&] { neighbor_alltoall(ring, read_blocks(2, typed(two.data(), 1, MPI_INT)), written_blocks()); },
         "out has 0 blocks and needs 2");
  cartesian const borrowed(communicator::borrow(ring.raw()));
  auto const message =
      message_of<unsupported>([&] { neighbor_alltoall(borrowed, ragged(two, ones), ragged(out, ones)); });
  EXPECT_NE(message.find("it needs a private twin"), std::string::npos) << message;
}

} // namespace
} // namespace armada
