#pragma once

/// Ranks arranged as a graph: each has neighbours, with which neighbourhood collectives exchange.

#include <armada/core/communicator.hpp>

#include <optional>
#include <vector>

namespace armada {

/// A communicator with a graph that every rank knows as a whole. Everything is local but the creation. MPI-4.0,
/// section 8.5.3. It grows with the number of ranks: prefer a `dist_graph`.
class graph : public communicator {
public:
  /// No graph: what ranks beyond its nodes have. Converts to false.
  graph() noexcept = default;

  /// Rank i becomes a node with the neighbours `neighbours[i]`; further ranks of `comm` get an empty one. Collective;
  /// the same lists on every rank. Throws `argument_error` on every rank for more nodes than ranks, for a neighbour
  /// that is no node, or for lists that differ.
  graph(communicator const& comm, std::vector<std::vector<int>> const& neighbours, bool reorder = false);
  /// The same as MPI writes it: `index[i]` is where the neighbours of node i end in `edges`. Throws `argument_error` as
  /// well for an `index` that goes down, or does not end with the length of `edges`.
  graph(communicator const& comm, std::vector<int> const& index, std::vector<int> const& edges, bool reorder = false);

  /// The graph that a communicator is: a duplicate, or a borrowed one. Throws `argument_error` when it is none.
  explicit graph(communicator comm);

  [[nodiscard]] int node_count() const noexcept { return static_cast<int>(index_.size()); }
  [[nodiscard]] std::vector<int> const& index() const noexcept { return index_; }
  [[nodiscard]] std::vector<int> const& edges() const noexcept { return edges_; }
  /// The neighbours of a rank, or of this one, in the order of neighbourhood collectives. Throws `argument_error` for
  /// no rank of the graph.
  [[nodiscard]] std::vector<int> neighbours(int rank) const;
  [[nodiscard]] std::vector<int> neighbours() const { return neighbours(rank()); }

private:
  void read_topology();

  std::vector<int> index_;
  std::vector<int> edges_;
};

/// The rank that MPI would give this process in such a graph, or nothing. Local. Throws as `graph` does, on this rank
/// alone. MPI-4.0, section 8.5.8.
[[nodiscard]] std::optional<int> graph_map(communicator const& comm, std::vector<int> const& index,
                                           std::vector<int> const& edges);

/// How much travels along the edges of a rank, as hints for reordering; none negative. Each as long as its edges.
struct edge_weights {
  std::vector<int> sources;
  std::vector<int> destinations;
};

/// A communicator with a graph of which every rank knows its own edges. Everything is local but the creation. MPI-4.0,
/// section 8.5.4.
class dist_graph : public communicator {
public:
  dist_graph() noexcept = default;

  /// Each rank gives any edges of the graph: those from `sources[i]` go to the next `degrees[i]` of `destinations`.
  /// `weights` has one entry for each destination; given on every rank or on none. Collective. Throws `argument_error`
  /// on every rank when a node is no rank of `comm`, lengths do not conform, a weight is negative, or some ranks give
  /// weights and others none.
  dist_graph(communicator const& comm, std::vector<int> const& sources, std::vector<int> const& degrees,
             std::vector<int> const& destinations, std::optional<std::vector<int>> const& weights = std::nullopt,
             bool reorder = false);

  /// The graph that a communicator is: a duplicate, or a borrowed one. Throws `argument_error` when it is none.
  explicit dist_graph(communicator comm);

  /// The ranks that send to this one, and those that it sends to, in the order of neighbourhood collectives.
  [[nodiscard]] std::vector<int> const& sources() const noexcept { return sources_; }
  [[nodiscard]] std::vector<int> const& destinations() const noexcept { return destinations_; }
  /// The weights of these edges; nothing when the graph was made without.
  [[nodiscard]] std::optional<edge_weights> const& weights() const noexcept { return weights_; }

private:
  friend dist_graph dist_graph_adjacent(communicator const&, std::vector<int> const&, std::vector<int> const&,
                                        std::optional<edge_weights> const&, bool);
  void read_topology();

  std::vector<int> sources_;
  std::vector<int> destinations_;
  std::optional<edge_weights> weights_;
};

/// The same from each rank's own edges: `sources` send to it, `destinations` receive from it, in the order of
/// neighbourhood collectives. Each edge is given at both of its ends. Throws as above. Collective.
[[nodiscard]] dist_graph dist_graph_adjacent(communicator const& comm, std::vector<int> const& sources,
                                             std::vector<int> const& destinations,
                                             std::optional<edge_weights> const& weights = std::nullopt,
                                             bool reorder = false);

} // namespace armada
