#pragma once

/// What the MPI underneath gets wrong, and what Armada does about it: one row each. No workaround without its row, and
/// no row without a test that runs the raw fault (tests/quirks), so that we hear of it when a newer MPI has mended it.

#include <array>
#include <compare>
#include <span>
#include <string>
#include <string_view>

namespace armada {

/// Which MPI this is, as MPI_Get_library_version tells.
struct mpi_library {
  std::string name;             ///< "MPICH"
  std::array<int, 3> version{}; ///< {4, 0, 2}
  std::string device;           ///< "ch4:ucx"
};

/// The library that this program is linked with. Local, also before MPI is initialised. MPI-4.0, section 9.1.1.
[[nodiscard]] mpi_library this_library();

/// One fault.
struct quirk {
  std::string_view id;           ///< as comments in the code name it: "8b"
  std::string_view fault;        ///< what the raw call does
  std::string_view remedy;       ///< what Armada does instead
  std::string_view where;        ///< the file that does it
  std::string_view device;       ///< the device that shows it; empty: any
  std::array<int, 3> fixed = {}; ///< the first version without it; zeros: none that we know of
};

/// All rows.
[[nodiscard]] std::span<quirk const> quirks() noexcept;

/// Whether a library is known to have a fault.
[[nodiscard]] bool shows(quirk const& row, mpi_library const& library);

namespace detail {

/// Reads what MPI_Get_library_version says. What it does not say stays empty.
[[nodiscard]] mpi_library parse_library(std::string_view text);

} // namespace detail
} // namespace armada
