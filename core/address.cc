#include <armada/core/address.hpp>
#include <armada/core/call.hpp>
#include <armada/core/job.hpp>

namespace armada {

MPI_Aint detail::address_of_memory(void const* memory) {
  job::require_running("address_of");
  MPI_Aint address = 0;
  call<MPI_Get_address>(memory, &address);
  return address;
}

MPI_Aint displacement_add(MPI_Aint base, MPI_Aint displacement) noexcept { return MPI_Aint_add(base, displacement); }
MPI_Aint displacement_diff(MPI_Aint to, MPI_Aint from) noexcept { return MPI_Aint_diff(to, from); }

} // namespace armada
