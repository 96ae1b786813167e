#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Rank r receives block r of every rank, in rank order, each block of its own length. Collective over `comm`.
/// Shapes: counts of in (size), counts of out (size), in's count for rank r equal to r's count of out for this rank.
/// Throws `argument_error` when a cut does not have one block per rank, each inside its buffer.
/// MPI-4.0, sections 6.8 and 6.12.6.
template <wire In, writable_wire Out, completion Mode = blocking_t>
  requires std::same_as<std::remove_const_t<In>, Out>
auto alltoall(communicator const& comm, ragged_buffer<In> in, ragged_buffer<Out> out, Mode mode = {}) {
  auto const arguments = detail::exchanged_ragged("alltoall", comm, in, out);
  return routine<MPI_Alltoallv_c, MPI_Ialltoallv_c>::launch(mode, arguments, std::move(in), std::move(out));
}

} // namespace armada
