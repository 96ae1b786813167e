#pragma once

#include <armada/core/communicator.hpp>

namespace armada {

/// A duplicate of `comm` whose large blocking collectives go through memory that its ranks share, past MPI: bcast,
/// gather, scatter, allgather and alltoall of equal blocks, reduce, allreduce and reduce_scatter_block. Functions,
/// results and errors are the same; a reduction's bracketing is from the left, in rank order, on every rank alike.
///   communicator fast = near(world()); allreduce(fast, in, out, std::plus{});
/// Where not all ranks are on one node, or there are more than 1024 of them, it is a plain duplicate: see `is_near`.
/// A `dup` or `split` of the result is an ordinary communicator. Everything else on it (nonblocking, persistent and
/// small collectives, messages) is MPI's, in any mixture: which way a call goes depends on what is the same on every
/// rank, so both ways see the same calls in the same order. For the same reason a rank cannot meet a collective of
/// Armada's with one of C's on the raw handle.
/// It is for cores that are the job's own: what else runs on them delays every step (see bench/README.md).
/// Costs 512 KiB of shared memory for each rank. Collective. Throws on every rank what `dup` throws, and
/// `out_of_memory` where one cannot share memory.
[[nodiscard]] communicator near(communicator const& comm);

/// Whether the large collectives of `comm` go through shared memory. Local; the same on every rank.
[[nodiscard]] bool is_near(communicator const& comm);

} // namespace armada
