#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/processor.hpp>

namespace armada {

std::string processor_name() {
  job::require_running("processor_name");
  char name[MPI_MAX_PROCESSOR_NAME + 1] = {};
  int length = 0;
  call<MPI_Get_processor_name>(name, &length);
  return name;
}

std::string library_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING + 1] = {};
  int length = 0;
  call<MPI_Get_library_version>(text, &length);
  return {text, static_cast<std::size_t>(length)};
}

standard_version mpi_version() {
  standard_version result{0, 0};
  call<MPI_Get_version>(&result.major_number, &result.minor_number);
  return result;
}

void pcontrol(int level) {
  job::require_running("pcontrol");
  call<MPI_Pcontrol>(level);
}

} // namespace armada
