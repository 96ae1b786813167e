#pragma once

#include <armada/collectives/barrier.hpp>
#include <armada/core/communicator.hpp>

namespace armada::detail {

/// What `fence()` of each of these arrays over `comm` does, at the price of one barrier. Collective.
template <class... Arrays>
void fence_all(communicator const& comm, Arrays const&... arrays) {
  (arrays.window().flush_all(), ...);
  (arrays.window().sync(), ...);
  barrier(comm);
  (arrays.window().sync(), ...);
}

} // namespace armada::detail
