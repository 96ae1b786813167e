#pragma once

#include <armada/collectives/barrier.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/mode.hpp>

#include <optional>

namespace armada::detail {

/// What `fence()` of each of these arrays over `comm` does, at the price of one barrier. Collective.
template <class... Arrays>
void fence_all(communicator const& comm, Arrays const&... arrays) {
  (arrays.window().flush_all(), ...);
  (arrays.window().sync_memory(), ...);
  barrier(comm);
  (arrays.window().sync_memory(), ...);
}

/// The fence behind reading an array of other ranks, which begins here and ends when what it returns is waited for.
/// While ranks of one host load from memory something else can be computed; a far rank's get needs this rank inside
/// MPI, so that there the fence ends at once and nothing is returned. Collective; the same on every rank.
template <class Array>
[[nodiscard]] auto begin_fence(Array const& array) {
  std::optional<decltype(barrier(array.comm(), nonblocking))> end;
  if (array.window().all_near()) {
    array.window().sync_memory();
    end.emplace(barrier(array.comm(), nonblocking));
  } else {
    array.fence();
  }
  return end;
}

} // namespace armada::detail
