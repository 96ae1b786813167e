#include <armada/core/call.hpp>
#include <armada/core/error.hpp>
#include <armada/core/error_handler.hpp>
#include <armada/core/job.hpp>

namespace armada {

void throw_fault(fault kind, std::string const& what) {
  switch (kind) {
  case fault::argument: throw argument_error(what);
  case fault::index: throw index_error(what);
  case fault::type: throw type_error(what);
  case fault::truncation: throw truncation_error(what);
  case fault::lifecycle: throw lifecycle_error(what);
  case fault::mpi: throw mpi_error(what, MPI_ERR_OTHER, MPI_ERR_OTHER);
  case fault::out_of_memory: throw out_of_memory(what);
  case fault::io: throw io_error(what);
  case fault::format: throw format_error(what);
  case fault::numeric: throw numeric_error(what);
  case fault::unsupported: throw unsupported(what);
  case fault::race: throw race_error(what);
  case fault::collective: throw collective_mismatch(what);
  case fault::generic: break;
  }
  throw error(what, kind);
}

void detail::throw_mpi_error(int code, std::string_view routine) {
  run_error_handlers(code);
  int error_class = MPI_ERR_UNKNOWN;
  MPI_Error_class(code, &error_class);
  char description[MPI_MAX_ERROR_STRING] = {};
  int length = 0;
  MPI_Error_string(code, description, &length);
  throw mpi_error(
      text(routine, " on ", job::whoami(), ": ", std::string_view(description, static_cast<std::size_t>(length))), code,
      error_class);
}

} // namespace armada
