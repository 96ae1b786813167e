// Conway's game of life on a plane without an end, from five cells:
//   mpiexec -n 4 life [PICTURE.png]

#include "picture.hpp"

#include <armada/arrays/halo.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/sweep.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/core/environment.hpp>

#include <array>
#include <functional>
#include <iostream>
#include <utility>
#include <vector>

int main(int argc, char** argv) {
  using namespace armada;
  environment const env(argc, argv);
  constexpr int size = 96, generations = 300;

  using plane = distributed_array<int, 2>;
  plane now(world(), {size, size}, {block, block}, ghost_cells{1, 1});
  plane next(world(), {size, size}, {block, block}, ghost_cells{1, 1});
  if (world().rank() == 0)
    for (auto const& [i, j] : std::vector<std::array<int, 2>>{{0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 1}})
      now(size / 2 + i, size / 2 + j) = 1; // wherever that is
  now.fence();

  halo_options<2> const around{.width = {1, 1}, .periodic = {true, true}, .corners = true};
  halo<2> edges(now, around), next_edges(next, around);
  for (int generation = 0; generation < generations; ++generation) {
    sweep(
        edges, next,
        [](auto const& cell) {
          int const neighbours = cell(-1, -1) + cell(-1, 0) + cell(-1, 1) + cell(0, -1) + cell(0, 1) + cell(1, -1) +
                                 cell(1, 0) + cell(1, 1);
          return neighbours == 3 || (neighbours == 2 && cell() == 1) ? 1 : 0;
        },
        now);
    std::swap(now, next);
    std::swap(edges, next_edges);
  }

  int alive = 0;
  for_each_owned(now, [&](auto const&, int cell) { alive += cell; });
  alive = allreduce(world(), alive, std::plus{});
  if (world().rank() == 0) std::cout << alive << " cells live after " << generations << " generations\n";
  if (auto const all = to_serial(now, 0); all && argc > 1) example::draw_field(*all, 0, 1).save(argv[1]);
}
