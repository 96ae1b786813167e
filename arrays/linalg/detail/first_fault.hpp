#pragma once

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/error.hpp>

#include <new>
#include <optional>
#include <string>

namespace armada::detail {

/// What `action` throws, as a fault that other ranks can be told of. Local.
template <class Action>
[[nodiscard]] std::optional<local_fault> fault_of(Action action) {
  try {
    action();
  } catch (error const& e) {
    return local_fault{e.kind(), e.what()};
  } catch (std::bad_alloc const&) {
    return local_fault{fault::out_of_memory, "out of memory"};
  }
  return std::nullopt;
}

/// Throws on every rank the fault of the lowest rank that has one, in its own words, as `agree` does but without naming
/// the rank: for faults of rows and lines, where it does not matter which rank has them. Collective.
inline void throw_first(communicator const& comm, std::optional<local_fault> const& mine) {
  int const first = allreduce(comm, mine ? comm.rank() : comm.size(), minimum{});
  if (first == comm.size()) return;
  auto kind = mine ? mine->kind : fault::generic;
  auto what = mine ? mine->what : std::string();
  bcast(comm, kind, first);
  bcast(comm, what, first);
  throw_fault(kind, what);
}

} // namespace armada::detail
