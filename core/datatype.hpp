#pragma once

/// Wire types: the C++ types that MPI moves as they are, and the MPI datatype of each.

#include <armada/core/mpi.hpp>

#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// Types that MPI has a datatype of its own for.
template <class T>
concept predefined = std::is_arithmetic_v<T> || std::same_as<T, std::byte> || std::is_enum_v<T> ||
    std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>> ||
    std::same_as<T, std::complex<long double>>;

template <class T>
inline constexpr bool is_wire = predefined<T>;
template <class First, class Second>
inline constexpr bool is_wire<std::pair<First, Second>> = is_wire<First>&& is_wire<Second>;
template <class T, std::size_t N>
inline constexpr bool is_wire<std::array<T, N>> = is_wire<T>&& N > 0;

/// The predefined datatype of T.
template <predefined T>
[[nodiscard]] MPI_Datatype predefined_datatype() noexcept {
  if constexpr (std::same_as<T, bool>)
    return MPI_C_BOOL;
  else if constexpr (std::same_as<T, std::byte>)
    return MPI_BYTE;
  else if constexpr (std::is_enum_v<T>)
    return predefined_datatype<std::underlying_type_t<T>>();
  else if constexpr (std::same_as<T, char>)
    return MPI_CHAR;
  else if constexpr (std::same_as<T, float>)
    return MPI_FLOAT;
  else if constexpr (std::same_as<T, double>)
    return MPI_DOUBLE;
  else if constexpr (std::same_as<T, long double>)
    return MPI_LONG_DOUBLE;
  else if constexpr (std::same_as<T, std::complex<float>>)
    return MPI_CXX_FLOAT_COMPLEX;
  else if constexpr (std::same_as<T, std::complex<double>>)
    return MPI_CXX_DOUBLE_COMPLEX;
  else if constexpr (std::same_as<T, std::complex<long double>>)
    return MPI_CXX_LONG_DOUBLE_COMPLEX;
  else if constexpr (sizeof(T) == 1)
    return std::is_signed_v<T> ? MPI_INT8_T : MPI_UINT8_T;
  else if constexpr (sizeof(T) == 2)
    return std::is_signed_v<T> ? MPI_INT16_T : MPI_UINT16_T;
  else if constexpr (sizeof(T) == 4)
    return std::is_signed_v<T> ? MPI_INT32_T : MPI_UINT32_T;
  else
    return std::is_signed_v<T> ? MPI_INT64_T : MPI_UINT64_T;
}

/// A committed datatype of the blocks (offset in bytes, type), whose extent is `extent` bytes. It lives until MPI
/// ends. Built with int constructors: MPI-IO aborts on types from the `_c` ones (quirk 12).
[[nodiscard]] MPI_Datatype make_struct(std::pair<std::ptrdiff_t, MPI_Datatype> const* members, int count,
                                       std::ptrdiff_t extent);
[[nodiscard]] MPI_Datatype make_array(MPI_Datatype element, int count);

} // namespace detail

/// A type whose values MPI moves without serialising them: numbers, `bool`, `std::byte`, enumerations, `std::complex`,
/// and pairs and arrays of these.
template <class T>
concept wire = detail::is_wire<std::remove_cv_t<T>>;

/// The MPI datatype of one T, committed. Padding inside pairs is never sent. Local.
template <wire T>
[[nodiscard]] MPI_Datatype datatype_of() {
  if constexpr (detail::predefined<T>) {
    return detail::predefined_datatype<T>();
  } else {
    static MPI_Datatype const type = [] {
      if constexpr (requires { typename T::first_type; }) {
        T const sample{};
        auto const offset = [&](auto const& member) {
          return reinterpret_cast<std::byte const*>(&member) - reinterpret_cast<std::byte const*>(&sample);
        };
        std::pair<std::ptrdiff_t, MPI_Datatype> const members[] = {
            {offset(sample.first), datatype_of<typename T::first_type>()},
            {offset(sample.second), datatype_of<typename T::second_type>()}};
        return detail::make_struct(members, 2, sizeof(T));
      } else {
        return detail::make_array(datatype_of<typename T::value_type>(), static_cast<int>(std::tuple_size_v<T>));
      }
    }();
    return type;
  }
}

} // namespace armada
