#pragma once

/// Where this process runs, and with which MPI. `this_library` in core/quirks.hpp says the latter in parts.

#include <compare>
#include <string>

namespace armada {

/// The name of the machine that this process is on. Local. Throws `lifecycle_error` while MPI does not run. MPI-4.0,
/// section 9.1.2.
[[nodiscard]] std::string processor_name();

/// What the library says of itself: name, version, device. Local, also before MPI runs. MPI-4.0, section 9.1.1.
[[nodiscard]] std::string library_version();

/// A version of the MPI standard.
struct standard_version {
  int major_number;
  int minor_number;
  friend auto operator<=>(standard_version const&, standard_version const&) = default;
};
/// The version of the standard that the library keeps to. Local, also before MPI runs.
[[nodiscard]] standard_version mpi_version();

/// Tells a profiling tool that is linked in to measure less (0), as usual (1) or more; without one nothing happens.
/// Local. Throws `lifecycle_error` while MPI does not run. MPI-4.0, section 15.2.4.
void pcontrol(int level);

} // namespace armada
