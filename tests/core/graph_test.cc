#include <armada/core/graph.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <algorithm>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;
using list = std::vector<int>;

static_assert(std::is_base_of_v<communicator, graph> && std::is_base_of_v<communicator, dist_graph>);
static_assert(!std::is_convertible_v<communicator, graph> && !std::is_convertible_v<communicator, dist_graph>);

int me() { return world().rank(); }
int size() { return world().size(); }
int right() { return (me() + 1) % size(); }
int left() { return (me() + size() - 1) % size(); }

list sorted(list values) {
  std::sort(values.begin(), values.end());
  return values;
}

/// Rank i has the neighbours 0 to i - 1, and 0 has none.
std::vector<list> stairs(int nodes) {
  std::vector<list> lists;
  for (int i = 0; i < nodes; ++i) {
    lists.emplace_back(static_cast<std::size_t>(i));
    std::iota(lists.back().begin(), lists.back().end(), 0);
  }
  return lists;
}

TEST(graph, every_rank_knows_all_neighbours) {
  for (int nodes = 0; nodes <= size(); ++nodes) {
    auto const lists = stairs(nodes);
    graph const stair(world(), lists);
    EXPECT_EQ(static_cast<bool>(stair), me() < nodes);
    if (!stair) continue;
    EXPECT_EQ(stair.topology(), topology_kind::graph);
    EXPECT_EQ(stair.node_count(), nodes);
    EXPECT_EQ(stair.neighbours(), lists[static_cast<std::size_t>(me())]);
    for (int rank = 0; rank < nodes; ++rank) EXPECT_EQ(stair.neighbours(rank), lists[static_cast<std::size_t>(rank)]);
    EXPECT_EQ(stair.edges().size(), static_cast<std::size_t>(nodes * (nodes - 1) / 2));
  }
}

TEST(graph, as_mpi_writes_it) {
  list index;
  list edges;
  for (int rank = 0; rank < size(); ++rank) {
    edges.insert(edges.end(), {(rank + 1) % size(), rank}); // to the right, and to itself
    index.push_back(static_cast<int>(edges.size()));
  }
  graph const ring(world(), index, edges);
  EXPECT_EQ(ring.index(), index);
  EXPECT_EQ(ring.edges(), edges);
  EXPECT_EQ(ring.neighbours(), (list{right(), me()}));
  communicator copy = ring.dup();
  EXPECT_EQ(graph(std::move(copy)).edges(), edges);
  EXPECT_TRUE(throws<argument_error>([] { return graph(world().dup()).size(); }, {"it is no graph"}));
  auto const place = graph_map(world(), index, edges);
  ASSERT_TRUE(place.has_value());
  EXPECT_LT(*place, size());
}

TEST(graph, wrong_lists_throw_on_every_rank) {
  auto make = [](std::vector<list> const& lists) { return graph(world(), lists).size(); };
  auto make_raw = [](list const& index, list const& edges) { return graph(world(), index, edges).size(); };
  EXPECT_TRUE(throws<argument_error>([&] { return make(std::vector<list>(static_cast<std::size_t>(size() + 1))); },
                                     {"nodes are more than"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({{1}}); }, {"neighbour 1 is not between 0 and 0"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({{-1}}); }, {"neighbour -1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make_raw({1}, {}); }, {"edges has 0 entries instead of 1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make_raw({-1}, {}); }, {"index goes down: (-1)"}));
  bool const odd = me() == size() - 1;
  EXPECT_TRUE(throws<argument_error>([&] { return make({{odd ? 7 : 0}}); }, {"neighbour 7"}));
  if (size() > 1) {
    EXPECT_TRUE(throws<argument_error>([&] { return make({odd ? list{0} : list{}}); }, {"of a graph"}));
  }
  EXPECT_TRUE(throws<argument_error>([] { return graph_map(world(), {2}, {0}); }, {"graph_map"}));
}

TEST(dist_graph, adjacent_edges_in_the_given_order) {
  for (bool weighted : {false, true}) {
    std::optional<edge_weights> weights;
    if (weighted) weights = edge_weights{{left(), 100}, {me(), 100}};
    dist_graph const ring = dist_graph_adjacent(world(), {left(), me()}, {right(), me()}, weights);
    EXPECT_EQ(ring.topology(), topology_kind::dist_graph);
    EXPECT_EQ(ring.name(), "world/graph");
    EXPECT_EQ(ring.sources(), (list{left(), me()}));
    EXPECT_EQ(ring.destinations(), (list{right(), me()}));
    ASSERT_EQ(ring.weights().has_value(), weighted);
    if (weighted) {
      EXPECT_EQ(ring.weights()->sources, (list{left(), 100}));
      EXPECT_EQ(ring.weights()->destinations, (list{me(), 100}));
    }
    dist_graph const again(ring.dup());
    EXPECT_EQ(again.sources(), ring.sources());
    EXPECT_EQ(again.destinations(), ring.destinations());
    EXPECT_EQ(again.weights().has_value(), weighted);
  }
}

TEST(dist_graph, ranks_without_edges) {
  bool const first = me() == 0;
  bool const last = me() == size() - 1;
  for (bool weighted : {false, true}) { // a line: nobody sends to the first, the last sends to nobody
    list const sources = first ? list{} : list{left()};
    list const destinations = last ? list{} : list{right()};
    std::optional<edge_weights> weights;
    if (weighted) weights = edge_weights{list(sources.size(), 3), list(destinations.size(), 4)};
    dist_graph const line = dist_graph_adjacent(world(), sources, destinations, weights);
    EXPECT_EQ(line.sources(), sources);
    EXPECT_EQ(line.destinations(), destinations);
    ASSERT_EQ(line.weights().has_value(), weighted);
    if (weighted) {
      EXPECT_EQ(line.weights()->sources, list(sources.size(), 3));
      EXPECT_EQ(line.weights()->destinations, list(destinations.size(), 4));
    }
  }
}

TEST(dist_graph, any_rank_may_give_any_edge) {
  for (bool weighted : {false, true}) {
    list sources; // rank 0 gives the whole ring, and a second edge from everybody to rank 0
    list degrees;
    list destinations;
    list weights;
    if (me() == 0)
      for (int rank = 0; rank < size(); ++rank) {
        sources.push_back(rank);
        degrees.push_back(2);
        destinations.insert(destinations.end(), {(rank + 1) % size(), 0});
        weights.insert(weights.end(), {rank, 50});
      }
    auto const given = weighted ? std::optional(weights) : std::nullopt;
    dist_graph const made(world(), sources, degrees, destinations, given);
    EXPECT_EQ(sorted(made.destinations()), sorted({right(), 0}));
    list expected{left()};
    if (me() == 0)
      for (int rank = 0; rank < size(); ++rank) expected.push_back(rank);
    EXPECT_EQ(sorted(made.sources()), sorted(expected));
    ASSERT_EQ(made.weights().has_value(), weighted);
    if (!weighted) continue;
    list expected_weights{left()};
    if (me() == 0) expected_weights.resize(expected.size(), 50);
    EXPECT_EQ(sorted(made.weights()->sources), sorted(expected_weights));
    EXPECT_EQ(sorted(made.weights()->destinations), sorted({me(), 50}));
  }
}

TEST(dist_graph, neighbours_exchange) {
  if (size() < 3) return; // two edges between the same ranks: which message takes which is another matter
  dist_graph const ring = dist_graph_adjacent(world(), {left(), right()}, {right(), left()});
  int const out[2] = {10 * me(), 10 * me() + 1};
  int in[2] = {-1, -1};
  MPI_Neighbor_alltoall(out, 1, MPI_INT, in, 1, MPI_INT, ring.raw());
  EXPECT_EQ(in[0], 10 * left()) << "what the left one sent to the right";
  EXPECT_EQ(in[1], 10 * right() + 1);
}

TEST(dist_graph, wrong_edges_throw_on_every_rank) {
  bool const odd = me() == size() - 1;
  auto adjacent = [&](list const& in, list const& out, std::optional<edge_weights> const& weights = {}) {
    return dist_graph_adjacent(world(), in, out, weights).size();
  };
  EXPECT_TRUE(throws<argument_error>([&] { return adjacent({odd ? size() : 0}, {}); },
                                     {"dist_graph_adjacent of \"world\": source " + std::to_string(size())}));
  EXPECT_TRUE(throws<argument_error>([&] { return adjacent({}, {odd ? -1 : 0}); }, {"destination -1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return adjacent({0}, {0}, edge_weights{{}, {1}});
      },
      {"the sources' weights has 0 entries instead of 1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return adjacent({0}, {0}, edge_weights{{1}, {-1}});
      },
      {"the destinations' weights has a negative weight -1"}));
  auto make = [](list const& sources, list const& degrees, list const& destinations) {
    return dist_graph(world(), sources, degrees, destinations).size();
  };
  EXPECT_TRUE(throws<argument_error>([&] { return make({0}, {}, {}); }, {"degrees has 0 entries instead of 1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({0}, {2}, {0}); }, {"destinations has 1 entries instead of 2"}));
  EXPECT_TRUE(throws<argument_error>([&] { return make({0, 0}, {-1, 1}, {}); }, {"degrees has a negative -1"}));
  EXPECT_TRUE(
      throws<argument_error>([] { return dist_graph(world(), {0}, {1}, {0}, list{}).size(); }, {"weights has 0"}));
  if (size() > 1) {
    auto const some = odd ? std::optional(edge_weights{{1}, {1}}) : std::nullopt;
    EXPECT_TRUE(throws<argument_error>([&] { return adjacent({0}, {0}, some); }, {"(weighted, reorder)"}));
  }
  EXPECT_TRUE(throws<argument_error>([] { return dist_graph(world().dup()).size(); }, {"no distributed graph"}));
}

} // namespace
} // namespace armada
