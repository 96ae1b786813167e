#pragma once

/// The four ways to send of MPI-4.0, section 3.4.

#include <armada/core/launch.hpp>

#include <string_view>

namespace armada::detail {

enum class send_kind { standard, synchronous, buffered, ready };

template <send_kind Kind>
struct send_routines;
template <>
struct send_routines<send_kind::standard> : routine<MPI_Send_c, MPI_Isend_c, MPI_Send_init_c> {
  static constexpr std::string_view name = "send";
};
template <>
struct send_routines<send_kind::synchronous> : routine<MPI_Ssend_c, MPI_Issend_c, MPI_Ssend_init_c> {
  static constexpr std::string_view name = "ssend";
};
template <>
struct send_routines<send_kind::buffered> : routine<MPI_Bsend_c, MPI_Ibsend_c, MPI_Bsend_init_c> {
  static constexpr std::string_view name = "bsend";
};
template <>
struct send_routines<send_kind::ready> : routine<MPI_Rsend_c, MPI_Irsend_c, MPI_Rsend_init_c> {
  static constexpr std::string_view name = "rsend";
};

} // namespace armada::detail
