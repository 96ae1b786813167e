#pragma once

/// The partners of neighbourhood collectives, and an exchange with them message by message. Where several neighbours
/// are one and the same rank MPICH mixes their blocks up: in Neighbor_alltoallv and Neighbor_alltoallw of a grid (quirk
/// 5), in Neighbor_alltoall of a graph and of a grid of one place (quirk 50). These are never called.

#include <armada/core/cartesian.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/graph.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/plan.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace armada::detail {

/// One partner. Messages with equal tags between two ranks are matched in their order.
struct neighbour {
  int rank; ///< MPI_PROC_NULL beyond an open end of a grid
  int tag;
};

/// Those who send to this rank, and those that it sends to, in the order of neighbourhood collectives.
struct neighbourhood {
  std::vector<neighbour> sources;
  std::vector<neighbour> targets;
};
/// What goes down a dimension of a grid comes from above, also where both are one rank.
[[nodiscard]] neighbourhood neighbourhood_of(cartesian const& grid);
[[nodiscard]] neighbourhood neighbourhood_of(graph const& comm);
[[nodiscard]] neighbourhood neighbourhood_of(dist_graph const& comm);

/// How many there are.
struct degrees {
  MPI_Count sources;
  MPI_Count targets;
};
[[nodiscard]] degrees degrees_of(cartesian const& grid);
[[nodiscard]] degrees degrees_of(graph const& comm);
[[nodiscard]] degrees degrees_of(dist_graph const& comm);

/// A communicator whose ranks have neighbours.
template <class Comm>
concept with_neighbours = requires(Comm const& comm) {
  degrees_of(comm);
  neighbourhood_of(comm);
};

/// A block that comes from a neighbour or goes to one.
struct neighbour_block {
  void* address;
  MPI_Count count;
  MPI_Datatype type;
  neighbour partner = {MPI_PROC_NULL, 0};
};

/// `blocks` blocks of `count` items each, one behind the other.
[[nodiscard]] std::vector<neighbour_block> equal_blocks(void const* first, MPI_Count count, MPI_Datatype type,
                                                        MPI_Count blocks);

/// One message from each source and to each target, on the private twin.
class neighbour_exchange {
public:
  /// Throws `unsupported` for a borrowed communicator, which has no twin.
  neighbour_exchange(std::string_view operation, communicator const& comm, neighbourhood const& partners,
                     std::vector<neighbour_block> incoming, std::vector<neighbour_block> outgoing);

  void launch(blocking_t) const;
  [[nodiscard]] pending<> launch(nonblocking_t) const { return begin(); }
  [[nodiscard]] plan<> launch(persistent_t) const {
    return make_restarted([exchange = *this] { return exchange.begin(); });
  }

private:
  [[nodiscard]] pending<> begin() const;

  std::shared_ptr<communicator_state> comm_;
  std::vector<neighbour_block> incoming_;
  std::vector<neighbour_block> outgoing_;
};

} // namespace armada::detail
