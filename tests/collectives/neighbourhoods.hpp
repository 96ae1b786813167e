#pragma once

/// Grids and graphs for the tests of neighbourhood collectives.

#include "tests/collectives/three_modes.hpp"

#include <armada/core/cartesian.hpp>
#include <armada/core/graph.hpp>

#include <vector>

namespace support {

/// Periodic, open and mixed grids of one and two dimensions, rings of one and two places among them. Ranks beyond a
/// grid have none.
inline std::vector<armada::cartesian> grids() {
  std::vector<armada::cartesian> all;
  auto const& world = armada::world();
  all.emplace_back(world, armada::grid_options{.dims = {0}, .periodic = {true}});
  all.emplace_back(world, armada::grid_options{.dims = {0}, .periodic = {false}});
  all.emplace_back(world, armada::grid_options{.dims = {0, 0}, .periodic = {true, false}});
  all.emplace_back(world, armada::grid_options{.dims = {1, 0}, .periodic = {true, true}});
  if (world.size() > 1) all.emplace_back(world, armada::grid_options{.dims = {2}, .periodic = {true}});
  return all;
}

/// Every rank beside its two neighbours on a ring, which may be one rank, or this one.
inline armada::graph ring_graph() {
  std::vector<std::vector<int>> edges;
  for (int rank = 0; rank < ranks(); ++rank) edges.push_back({(rank + 1) % ranks(), (rank + ranks() - 1) % ranks()});
  return {armada::world(), edges};
}

/// All ranks send to rank 0, twice, and rank 0 to all others.
inline armada::dist_graph star_graph() {
  std::vector<int> sources, targets;
  if (here() == 0) {
    for (int rank = 0; rank < ranks(); ++rank) sources.insert(sources.end(), {rank, rank});
    targets = {0, 0};
    for (int rank = 1; rank < ranks(); ++rank) targets.push_back(rank);
  } else {
    sources = {0};
    targets = {0, 0};
  }
  return dist_graph_adjacent(armada::world(), sources, targets);
}

} // namespace support
