#pragma once

/// Addresses as MPI counts them: for datatypes over absolute addresses and for windows with memory attached later.

#include <armada/core/mpi.hpp>

#include <memory>

namespace armada {

namespace detail {

[[nodiscard]] MPI_Aint address_of_memory(void const* memory);

} // namespace detail

/// The address of an object, relative to MPI_BOTTOM. Local. Throws `lifecycle_error` while MPI does not run. MPI-4.0,
/// section 5.1.5.
template <class T>
[[nodiscard]] MPI_Aint address_of(T const& object) {
  return detail::address_of_memory(const_cast<void const*>(static_cast<void const volatile*>(std::addressof(object))));
}

/// `base + displacement`, and `to - from`: the sums of addresses that MPI defines. Local. MPI-4.0, section 5.1.5.
[[nodiscard]] MPI_Aint displacement_add(MPI_Aint base, MPI_Aint displacement) noexcept;
[[nodiscard]] MPI_Aint displacement_diff(MPI_Aint to, MPI_Aint from) noexcept;

} // namespace armada
