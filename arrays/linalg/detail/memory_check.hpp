#pragma once

#include <armada/collectives/allreduce.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/shared_segment.hpp>

#include <functional>
#include <string>

namespace armada::detail {

/// Throws `out_of_memory` with need and have on every rank, before anything is allocated, unless the hosts' memory
/// holds `bytes` on each rank (a floating-point number, so that nothing overflows). Collective.
inline void check_memory(communicator const& comm, std::string const& what, double bytes) {
  double const need = allreduce(comm, bytes, std::plus{});
  agree(comm, [&] {
    auto const share = need * comm.state()->nearby().size() / comm.size();
    auto const have = available_memory();
    if (share > static_cast<double>(have))
      throw out_of_memory(text(what, " needs ", share, " bytes on this host, and ", have, " are available"));
  });
}

} // namespace armada::detail
