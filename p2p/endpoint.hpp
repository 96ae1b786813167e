#pragma once

/// Whom a message goes to and where it comes from.

#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/option.hpp>
#include <armada/core/status.hpp>

#include <string_view>

namespace armada {

/// Receive from any rank; receive any tag.
inline constexpr int any_source = MPI_ANY_SOURCE;
inline constexpr int any_tag = MPI_ANY_TAG;

/// Where a message goes: `{.dest = 1, .tag = 11}`. The rank must be given, or be `proc_null`.
struct to {
  rank_option dest;
  int tag = 0;
};

/// Which message to receive: `{.source = 0}`, `{.source = any_source, .tag = 11}`.
struct from {
  placed_rank_option source;
  int tag = any_tag;
};

namespace detail {

/// What a receive from `proc_null` gives. MPI-4.0, section 3.10. Nothing is posted for it: the status of an MPI_Irecv
/// from there is that of no message at all (quirk 32).
inline constexpr status from_nobody{proc_null, any_tag, 0, 0};

/// `tag_ub()`, asked for once.
[[nodiscard]] int largest_tag();

[[noreturn]] void throw_bad_tag(communicator const& comm, std::string_view operation, int tag);

/// Throws `argument_error` for a rank or tag that MPI does not take.
inline void check_endpoint(communicator const& comm, to const& destination, std::string_view operation) {
  int const rank = destination.dest.value;
  if (rank != proc_null && (rank < 0 || rank >= comm.peers())) check_rank(comm, rank, operation, "dest");
  if (destination.tag < 0 || destination.tag > largest_tag()) throw_bad_tag(comm, operation, destination.tag);
}
inline void check_endpoint(communicator const& comm, from const& origin, std::string_view operation) {
  int const rank = origin.source.value;
  if (rank != proc_null && rank != any_source && (rank < 0 || rank >= comm.peers()))
    check_rank(comm, rank, operation, "source");
  if (origin.tag != any_tag && (origin.tag < 0 || origin.tag > largest_tag()))
    throw_bad_tag(comm, operation, origin.tag);
}

} // namespace detail
} // namespace armada
