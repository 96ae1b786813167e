#pragma once

/// What a rank passes to a collective where an argument has no meaning for it.

#include <armada/core/buffer.hpp>
#include <armada/core/mpi.hpp>

#include <concepts>
#include <type_traits>

namespace armada {

/// In the place of a buffer that is not read on this rank: `gather(world, mine, nothing, root)` elsewhere than at the
/// root. Throws `argument_error` where the buffer is needed.
struct nothing_t {};
inline constexpr nothing_t nothing{};

template <class T>
concept nothing_tag = std::same_as<std::remove_cvref_t<T>, nothing_t>;

template <>
inline constexpr bool borrows_memory<nothing_t> = true;

/// The root of a collective over an intercommunicator, as the ranks of its own side say it: `root_here` (MPI_ROOT) is
/// said by the root, `root_beside` (MPI_PROC_NULL) by the others, which have no part. The other side passes the root's
/// rank. MPI-4.0, section 6.2.3.
inline constexpr int root_here = MPI_ROOT;
inline constexpr int root_beside = MPI_PROC_NULL;

} // namespace armada
