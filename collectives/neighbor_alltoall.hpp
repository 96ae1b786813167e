#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/neighbours.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

namespace detail {

template <class T>
[[nodiscard]] std::vector<neighbour_block> neighbour_blocks(ragged_buffer<T> const& cut) {
  using plain = std::remove_const_t<T>;
  std::vector<neighbour_block> blocks;
  for (std::size_t i = 0; i < cut.counts.size(); ++i)
    blocks.push_back(
        {const_cast<plain*>(cut.elements.data()) + cut.displacements[i], cut.counts[i], datatype_of<plain>()});
  return blocks;
}
template <typed_blocks Range>
[[nodiscard]] std::vector<neighbour_block> neighbour_blocks(Range const& typed) {
  std::vector<neighbour_block> blocks;
  for (auto const& each : typed) blocks.push_back({const_cast<void*>(each.address), each.count, each.type});
  return blocks;
}

/// Exchanges one block with each neighbour.
template <class Mode>
auto exchange_with_neighbours(auto const& comm, std::vector<neighbour_block> incoming,
                              std::vector<neighbour_block> outgoing, Mode mode) {
  neighbour_exchange const exchange("neighbor_alltoall", comm, neighbourhood_of(comm), std::move(incoming),
                                    std::move(outgoing));
  return collectively(mode, {.comm = comm, .operation = "neighbor_alltoall"}, [&] { return exchange.launch(mode); });
}

/// The same with blocks that the caller has cut or described.
template <class In, class Out, class Mode>
auto exchange_cut_blocks(auto const& comm, In const& in, Out const& out, Mode mode) {
  auto const [sources, targets] = degrees_of(comm);
  if constexpr (is_ragged<In>) {
    check_cut("neighbor_alltoall", comm, "in", in, targets);
    check_cut("neighbor_alltoall", comm, "out", out, sources);
  }
  auto outgoing = neighbour_blocks(in);
  auto incoming = neighbour_blocks(out);
  check_lengths("neighbor_alltoall", comm, "in", static_cast<MPI_Count>(outgoing.size()), targets, "blocks");
  check_lengths("neighbor_alltoall", comm, "out", static_cast<MPI_Count>(incoming.size()), sources, "blocks");
  return exchange_with_neighbours(comm, std::move(incoming), std::move(outgoing), mode);
}

} // namespace detail

/// Every rank sends block i to its neighbour i and receives block i from its neighbour i: those of
/// `cartesian::neighbours` or `graph::neighbours`, or the destinations and the sources of a `dist_graph`. Blocks of
/// neighbours beyond an open end stay as they are. Collective over `comm`. Shapes: in (neighbours × n), out (neighbours
/// × n), the same n on every rank. Both may be `typed`. Throws `argument_error` when the lengths do not fit,
/// and `unsupported` for a borrowed communicator. Several edges between the same two ranks are in order. MPI-4.0,
/// sections 8.6.2, 8.7.2 and 8.8.2.
template <detail::with_neighbours Comm, detail::cut_source In, detail::cut_target Out, any_mode Mode = blocking_t>
  requires(!in_place_tag<In>)
&&detail::safe_until_complete<Mode, In, Out> auto neighbor_alltoall(Comm const& comm, In&& in, Out&& out,
                                                                    Mode mode = {}) {
  auto const [sources, targets] = detail::degrees_of(comm);
  auto const prepared = detail::exchanged("neighbor_alltoall", comm, in, out, targets, sources);
  auto const& [from, sent, from_type, to, received, to_type, raw] = prepared.arguments;
  return detail::exchange_with_neighbours(comm, detail::equal_blocks(to, received, to_type, sources),
                                          detail::equal_blocks(from, sent, from_type, targets), mode);
}

/// The same with blocks of each pair's own length: `ragged` says how `in` and `out` are cut, one block for each
/// neighbour. Throws `argument_error` when a block is not inside its buffer, and `unsupported` for a borrowed
/// communicator.
template <detail::with_neighbours Comm, wire In, writable_wire Out, any_mode Mode = blocking_t>
  requires std::same_as<std::remove_const_t<In>, Out>
auto neighbor_alltoall(Comm const& comm, ragged_buffer<In> in, ragged_buffer<Out> out, Mode mode = {}) {
  return detail::exchange_cut_blocks(comm, in, out, mode);
}

/// The same with blocks of each pair's own place and datatype: ranges of `typed(…)`, one for each neighbour, whose
/// memory and datatypes outlive the communication. Throws `argument_error` for another number of blocks, and
/// `unsupported` for a borrowed communicator. MPI-4.0, section 8.6.3.
template <detail::with_neighbours Comm, detail::typed_blocks In, detail::writable_typed_blocks Out,
          any_mode Mode = blocking_t>
auto neighbor_alltoall(Comm const& comm, In const& in, Out const& out, Mode mode = {}) {
  return detail::exchange_cut_blocks(comm, in, out, mode);
}

} // namespace armada
