#pragma once

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/error.hpp>

#include <optional>
#include <string>

namespace armada::detail {

/// A fault in words that outlive its exception.
struct named_fault {
  fault kind;
  std::string what;
};

/// What `action` throws, as a fault that other ranks can be told of. Local.
template <class Action>
[[nodiscard]] std::optional<named_fault> named_fault_of(Action action) {
  auto const mine = fault_of(action);
  return mine.what == nullptr ? std::nullopt : std::optional(named_fault{mine.kind, mine.what});
}

/// Throws on every rank the fault of the lowest rank that has one, in its own words, as `agree` does but without naming
/// the rank: for faults of rows and lines, where it does not matter which rank has them. Collective.
inline void throw_first(communicator const& comm, std::optional<named_fault> const& mine) {
  int const first = allreduce(comm, mine ? comm.rank() : comm.size(), minimum{});
  if (first == comm.size()) return;
  auto kind = mine ? mine->kind : fault::generic;
  auto what = mine ? mine->what : std::string();
  bcast(comm, kind, first);
  bcast(comm, what, first);
  throw_fault(kind, what);
}

} // namespace armada::detail
