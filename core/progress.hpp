#pragma once

/// More ranks than cores: MPICH over UCX spins in its waits, so that on two cores a barrier of four ranks takes 8 ms.
/// Armada stands in for UCX's progress routine and yields the core whenever nothing moved (quirk 22).
/// It also keeps finalisation over TCP from hanging by standing in for UCX's disconnect (quirk 27).

#include <cstdint>

namespace armada::progress {

/// Whether waits give up the core when nothing moves. True until `environment` has counted ranks and cores.
[[nodiscard]] bool yields() noexcept;
void set_yields(bool on) noexcept;

/// From here on the process is leaving: endpoints that UCX would close with a handshake are dropped at once.
void begin_finalise() noexcept;

/// How often MPI's waits came through Armada's stand-in: 0 means that it is not linked, or that the device is not UCX.
[[nodiscard]] std::uint64_t calls() noexcept;

/// Gives up the core if waits do: what Armada's own waits in shared memory call between two looks.
void pause() noexcept;

} // namespace armada::progress
