#pragma once

/// MPI's clock.

namespace armada {

/// Seconds since some time in the past that stays the same while MPI runs, on this rank: `wtime_is_global` says whether
/// on all. Local. Throws `lifecycle_error` while MPI does not run. MPI-4.0, section 9.6.
[[nodiscard]] double wtime();
/// How many seconds lie between two ticks of `wtime`. Local. Throws as it does.
[[nodiscard]] double wtick();

} // namespace armada
