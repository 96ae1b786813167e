#pragma once

/// The one road to MPI's C interface: every routine is called through `call<Routine>(arguments...)`, and a code other
/// than MPI_SUCCESS becomes an exception in one place.

#include <armada/core/error.hpp>
#include <armada/core/mpi.hpp>

#include <string_view>

namespace armada {
namespace detail {

/// The name of an MPI routine, read from the compiler's own name of this function.
template <auto Routine>
[[nodiscard]] constexpr std::string_view routine_name() noexcept {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("Routine = ") + 10);
  if (name.starts_with('&')) name.remove_prefix(1);
  return name.substr(0, name.find_first_of(";]"));
}

/// Throws `mpi_error` with routine, rank, error class and MPI's own text.
[[noreturn]] void throw_mpi_error(int code, std::string_view routine);

} // namespace detail

/// Calls an MPI routine. Throws `mpi_error` when it returns a code other than MPI_SUCCESS.
template <auto Routine, class... Arguments>
void call(Arguments... arguments) {
  if (int const code = Routine(arguments...); code != MPI_SUCCESS) [[unlikely]]
    detail::throw_mpi_error(code, detail::routine_name<Routine>());
}

} // namespace armada
