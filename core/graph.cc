#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/graph.hpp>

#include <cstdint>
#include <numeric>
#include <string>

namespace armada {
namespace {

int count_of(std::vector<int> const& list) { return static_cast<int>(list.size()); }

/// The topology routines take pointers that may not be null, even to nothing.
int* never_null(std::vector<int>& values) {
  values.reserve(1);
  return values.data();
}

[[noreturn]] void refuse(std::string_view operation, communicator const& comm, std::string const& why) {
  throw argument_error(detail::text(operation, " of \"", comm.name(), "\": ", why));
}

void refuse_inter(std::string_view operation, communicator const& comm) {
  if (comm.is_inter()) refuse(operation, comm, "it is an intercommunicator");
}

void check_ranks(std::string_view operation, communicator const& comm, std::string_view what,
                 std::vector<int> const& ranks, int limit) {
  for (int const rank : ranks)
    if (rank < 0 || rank >= limit)
      refuse(operation, comm, detail::text(what, " ", rank, " is not between 0 and ", limit - 1));
}

void check_length(std::string_view operation, communicator const& comm, std::string_view what, std::size_t have,
                  std::size_t wanted) {
  if (have != wanted) refuse(operation, comm, detail::text(what, " has ", have, " entries instead of ", wanted));
}

void check_weights(std::string_view operation, communicator const& comm, std::string_view what,
                   std::vector<int> const& weights, std::size_t edges) {
  check_length(operation, comm, what, weights.size(), edges);
  for (int const weight : weights)
    if (weight < 0) refuse(operation, comm, detail::text(what, " has a negative weight ", weight));
}

void check_graph(std::string_view operation, communicator const& comm, std::vector<int> const& index,
                 std::vector<int> const& edges) {
  if (index.size() > static_cast<std::size_t>(comm.size()))
    refuse(operation, comm, detail::text(index.size(), " nodes are more than ", comm.size(), " ranks"));
  int before = 0;
  for (int const end : index) {
    if (end < before) refuse(operation, comm, "index goes down: " + detail::tuple_text(index));
    before = end;
  }
  check_length(operation, comm, "edges", edges.size(), static_cast<std::size_t>(before));
  check_ranks(operation, comm, "neighbour", edges, count_of(index));
}

/// Where each list ends in all of them joined.
std::vector<int> ends_of(std::vector<std::vector<int>> const& lists) {
  std::vector<int> ends;
  ends.reserve(lists.size());
  std::size_t end = 0;
  for (auto const& list : lists) ends.push_back(static_cast<int>(end += list.size()));
  return ends;
}

std::vector<int> joined(std::vector<std::vector<int>> const& lists) {
  std::vector<int> all;
  for (auto const& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

/// What MPI wants for weights: the list, or one of its two names for none.
int const* weights_or_none(bool weighted, std::vector<int> const& weights) {
  if (!weighted) return MPI_UNWEIGHTED;
  return weights.empty() ? MPI_WEIGHTS_EMPTY : weights.data();
}

void check_all_weighted(communicator const& comm, bool weighted, bool reorder) {
  std::int64_t const choices[] = {weighted ? 1 : 0, reorder ? 1 : 0};
  detail::check_same_everywhere(comm, "(weighted, reorder) of a distributed graph", choices);
}

} // namespace

graph::graph(communicator const& comm, std::vector<std::vector<int>> const& neighbours, bool reorder) {
  refuse_inter("graph", comm);
  detail::collective_scope const inside({.comm = comm, .operation = "graph"});
  auto const [ends, all] = agree(comm, [&] { return std::pair(ends_of(neighbours), joined(neighbours)); });
  *this = graph(comm, ends, all, reorder);
}

graph::graph(communicator const& comm, std::vector<int> const& index, std::vector<int> const& edges, bool reorder) {
  refuse_inter("graph", comm);
  detail::collective_scope const inside({.comm = comm, .operation = "graph"});
  std::vector<std::int64_t> ends;
  std::vector<std::int64_t> all;
  auto room = agree(comm, [&] {
    check_graph("graph", comm, index, edges);
    ends.assign(index.begin(), index.end());
    all.assign(edges.begin(), edges.end());
    index_ = index;
    edges_ = edges;
    index_.reserve(1); // the routine takes no null
    edges_.reserve(1);
    return room_for(comm.name(), "/graph");
  });
  std::int64_t const reordered = reorder ? 1 : 0;
  detail::check_same_list(comm, "index of a graph", ends);
  detail::check_same_list(comm, "edges of a graph", all);
  detail::check_same_everywhere(comm, "reorder of a graph", {&reordered, 1});
  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Graph_create>(comm.raw(), count_of(index_), index_.data(), edges_.data(), reorder ? 1 : 0, &raw);
  communicator::operator=(adopt(raw, std::move(room)));
  if (*this) return;
  index_.clear();
  edges_.clear();
}

graph::graph(communicator comm) : communicator(std::move(comm)) {
  if (topology() != topology_kind::graph) refuse("graph", *this, "it is no graph");
  read_topology();
}

void graph::read_topology() {
  int nodes = 0;
  int edges = 0;
  call<MPI_Graphdims_get>(raw(), &nodes, &edges);
  index_.resize(static_cast<std::size_t>(nodes));
  edges_.resize(static_cast<std::size_t>(edges));
  call<MPI_Graph_get>(raw(), nodes, edges, never_null(index_), never_null(edges_));
}

std::vector<int> graph::neighbours(int rank) const {
  check_rank(*this, rank, "neighbours", "rank");
  int count = 0;
  call<MPI_Graph_neighbors_count>(raw(), rank, &count);
  std::vector<int> result(static_cast<std::size_t>(count));
  call<MPI_Graph_neighbors>(raw(), rank, count, never_null(result));
  return result;
}

std::optional<int> graph_map(communicator const& comm, std::vector<int> const& index, std::vector<int> const& edges) {
  check_graph("graph_map", comm, index, edges);
  auto ends = index;
  auto all = edges;
  int rank = MPI_UNDEFINED;
  call<MPI_Graph_map>(comm.raw(), count_of(ends), never_null(ends), never_null(all), &rank);
  return rank == MPI_UNDEFINED ? std::nullopt : std::optional(rank);
}

dist_graph::dist_graph(communicator const& comm, std::vector<int> const& sources, std::vector<int> const& degrees,
                       std::vector<int> const& destinations, std::optional<std::vector<int>> const& weights,
                       bool reorder) {
  constexpr auto operation = "dist_graph";
  refuse_inter(operation, comm);
  detail::collective_scope const inside({.comm = comm, .operation = operation});
  auto room = agree(comm, [&] {
    check_ranks(operation, comm, "source", sources, comm.size());
    check_ranks(operation, comm, "destination", destinations, comm.size());
    check_length(operation, comm, "degrees", degrees.size(), sources.size());
    for (int const degree : degrees)
      if (degree < 0) refuse(operation, comm, detail::text("degrees has a negative ", degree));
    check_length(operation, comm, "destinations", destinations.size(),
                 static_cast<std::size_t>(std::accumulate(degrees.begin(), degrees.end(), std::int64_t{0})));
    if (weights) check_weights(operation, comm, "weights", *weights, destinations.size());
    return room_for(comm.name(), "/graph");
  });
  check_all_weighted(comm, weights.has_value(), reorder);
  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Dist_graph_create>(comm.raw(), count_of(sources), sources.data(), degrees.data(), destinations.data(),
                              weights_or_none(weights.has_value(), weights ? *weights : destinations), MPI_INFO_NULL,
                              reorder ? 1 : 0, &raw);
  communicator::operator=(adopt(raw, std::move(room)));
  agree(*this, [&] { read_topology(); });
}

dist_graph::dist_graph(communicator comm) : communicator(std::move(comm)) {
  if (topology() != topology_kind::dist_graph) refuse("dist_graph", *this, "it is no distributed graph");
  read_topology();
}

dist_graph dist_graph_adjacent(communicator const& comm, std::vector<int> const& sources,
                               std::vector<int> const& destinations, std::optional<edge_weights> const& weights,
                               bool reorder) {
  constexpr auto operation = "dist_graph_adjacent";
  refuse_inter(operation, comm);
  detail::collective_scope const inside({.comm = comm, .operation = operation});
  auto room = agree(comm, [&] {
    check_ranks(operation, comm, "source", sources, comm.size());
    check_ranks(operation, comm, "destination", destinations, comm.size());
    if (weights) {
      check_weights(operation, comm, "the sources' weights", weights->sources, sources.size());
      check_weights(operation, comm, "the destinations' weights", weights->destinations, destinations.size());
    }
    return dist_graph::room_for(comm.name(), "/graph");
  });
  check_all_weighted(comm, weights.has_value(), reorder);
  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Dist_graph_create_adjacent>(
      comm.raw(), count_of(sources), sources.data(),
      weights_or_none(weights.has_value(), weights ? weights->sources : sources), count_of(destinations),
      destinations.data(), weights_or_none(weights.has_value(), weights ? weights->destinations : destinations),
      MPI_INFO_NULL, reorder ? 1 : 0, &raw);
  dist_graph made;
  static_cast<communicator&>(made) = dist_graph::adopt(raw, std::move(room));
  agree(made, [&] { made.read_topology(); });
  return made;
}

void dist_graph::read_topology() {
  int in = 0;
  int out = 0;
  int weighted = 0;
  call<MPI_Dist_graph_neighbors_count>(raw(), &in, &out, &weighted);
  sources_.resize(static_cast<std::size_t>(in));
  destinations_.resize(static_cast<std::size_t>(out));
  edge_weights found{std::vector<int>(sources_.size()), std::vector<int>(destinations_.size())};
  call<MPI_Dist_graph_neighbors>(
      raw(), in, never_null(sources_), weighted != 0 ? never_null(found.sources) : MPI_UNWEIGHTED, out,
      never_null(destinations_), weighted != 0 ? never_null(found.destinations) : MPI_UNWEIGHTED);
  weights_ = weighted != 0 ? std::optional(std::move(found)) : std::nullopt;
}

} // namespace armada
