#pragma once

/// Wire types: the C++ types that MPI moves as they are, and the MPI datatype of each.

#include <armada/core/aggregate.hpp>
#include <armada/core/located.hpp>
#include <armada/core/mpi.hpp>

#include <array>
#include <complex>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// Types that MPI has a datatype of its own for.
template <class T>
concept predefined = std::is_arithmetic_v<T> || std::same_as<T, std::byte> || std::is_enum_v<T> ||
    std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>> ||
    std::same_as<T, std::complex<long double>>;

/// A copy of a T is a copy of its members. (Trivially copyable would be too much: pairs and tuples are not.)
template <class T>
concept copied_by_members = std::is_trivially_copy_constructible_v<T> && std::is_trivially_destructible_v<T>;

template <class T>
[[nodiscard]] consteval bool decide_wire();

template <class T>
inline constexpr bool is_wire = decide_wire<T>();
template <class First, class Second>
inline constexpr bool is_wire<std::pair<First, Second>> = is_wire<First>&& is_wire<Second>;
template <class... T>
inline constexpr bool is_wire<std::tuple<T...>> = sizeof...(T) > 0 && (is_wire<T> && ...);
template <class T, std::size_t N>
inline constexpr bool is_wire<std::array<T, N>> = is_wire<T>&& N > 0;

/// The parts of which a struct, pair or tuple is made, as a tuple of references.
template <class First, class Second>
[[nodiscard]] constexpr auto parts_of(std::pair<First, Second>& value) noexcept {
  return std::tie(value.first, value.second);
}
template <class... T>
[[nodiscard]] constexpr auto parts_of(std::tuple<T...>& value) noexcept {
  return std::apply([](auto&... part) { return std::tie(part...); }, value);
}
template <reflected T>
[[nodiscard]] constexpr auto parts_of(T& value) noexcept {
  return members_of(value);
}
template <class T>
using parts = decltype(parts_of(std::declval<T&>()));

/// A member that travels: a wire type, or a C array of one, that can be overwritten.
template <class T>
concept wire_member = std::same_as<T, std::remove_cv_t<T>> && is_wire<std::remove_all_extents_t<T>>;
template <class Parts>
inline constexpr bool all_wire = false;
template <class... T>
inline constexpr bool all_wire<std::tuple<T&...>> = (wire_member<T> && ...);

template <class T>
consteval bool decide_wire() {
  if constexpr (predefined<T>) {
    return true;
  } else if constexpr (wire_as_bytes<T>) {
    static_assert(std::is_trivially_copyable_v<T>, "wire_as_bytes is for trivially copyable types");
    return true;
  } else if constexpr (registered<T>) {
    static_assert(copied_by_members<T>, "wire_members is for types whose copy is a copy of the members");
    static_assert(all_wire<parts<T>>, "wire_members names a member that is neither a wire type nor an array of one");
    return true;
  } else if constexpr (plain_struct<T>) {
    if constexpr (copied_by_members<T> && is_enumerable<T>)
      return all_wire<parts<T>>;
    else
      return false;
  } else {
    return false;
  }
}

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

/// MPI's own datatype of a value with its place; MPI_DATATYPE_NULL where there is none.
template <class T>
inline constexpr MPI_Datatype located_datatype = MPI_DATATYPE_NULL;
template <std::floating_point T>
inline constexpr MPI_Datatype located_datatype<located<T, int>> = std::same_as<T, float>    ? MPI_FLOAT_INT
                                                                  : std::same_as<T, double> ? MPI_DOUBLE_INT
                                                                                            : MPI_LONG_DOUBLE_INT;
template <std::signed_integral T>
inline constexpr MPI_Datatype located_datatype<located<T, int>> = sizeof(T) == sizeof(short)  ? MPI_SHORT_INT
                                                                  : sizeof(T) == sizeof(int)  ? MPI_2INT
                                                                  : sizeof(T) == sizeof(long) ? MPI_LONG_INT
                                                                                              : MPI_DATATYPE_NULL;

/// `count` elements of a type, one behind the other, `offset` bytes from the beginning.
struct datatype_block {
  std::ptrdiff_t offset;
  MPI_Datatype type;
  std::int64_t count;
};

/// A committed datatype of the blocks, whose extent is `extent` bytes. It lives until MPI ends. Built with int
/// constructors: MPI-IO aborts on types from the `_c` ones (quirk 12).
[[nodiscard]] MPI_Datatype make_struct(std::span<datatype_block const> blocks, std::ptrdiff_t extent);
[[nodiscard]] MPI_Datatype make_array(MPI_Datatype element, std::int64_t count);

template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

/// The datatype of T, made at the first call.
template <class T>
[[nodiscard]] MPI_Datatype kept_datatype();

/// Wire types whose memory has no padding, so that it is what travels.
template <class T>
inline constexpr bool is_dense = predefined<T> || wire_as_bytes<T>;
template <class T, std::size_t N>
inline constexpr bool is_dense<T[N]> = is_dense<T>;
template <class T, std::size_t N>
inline constexpr bool is_dense<std::array<T, N>> = is_dense<T>;

template <class Parts>
inline constexpr std::size_t dense_bytes = 0; // of all parts, when each of them is dense
template <class... T>
  requires(is_dense<T>&&...)
inline constexpr std::size_t dense_bytes<std::tuple<T&...>> = (sizeof(T) + ...);
template <class T>
  requires(is_wire<T> && !predefined<T> && !wire_as_bytes<T> && requires { typename parts<T>; })
inline constexpr bool is_dense<T> = dense_bytes<parts<T>> == sizeof(T);

} // namespace detail

/// A type whose values MPI moves without serialising them: numbers, `bool`, `std::byte`, enumerations, `std::complex`;
/// pairs, tuples and `std::array`s of these; and structs of these, C arrays in them included. The members of a struct
/// are found by themselves when it is an aggregate without bases, bit-fields, unions and a `serialize` of its
/// own, can be made without arguments, and has at most 32 members; `wire_members` and `wire_as_bytes` name the others.
template <class T>
concept wire = detail::is_wire<std::remove_cv_t<T>>;

/// The MPI datatype of one T, committed. Padding is never sent, nor written at the receiver. The signature is that of
/// the members in order: a pair, a tuple and a struct of the same members match. Lives until MPI ends. Local.
template <wire T>
[[nodiscard]] MPI_Datatype datatype_of() {
  using type = std::remove_cv_t<T>;
  if constexpr (detail::predefined<type>)
    return detail::predefined_datatype<type>();
  else if constexpr (detail::located_datatype<type> != MPI_DATATYPE_NULL)
    return detail::located_datatype<type>;
  else
    return detail::kept_datatype<type>();
}

namespace detail {

template <class T>
[[nodiscard]] MPI_Datatype make_datatype() {
  if constexpr (wire_as_bytes<T>) {
    return make_array(MPI_BYTE, sizeof(T));
  } else if constexpr (is_std_array<T>) {
    return make_array(datatype_of<typename T::value_type>(), std::tuple_size_v<T>);
  } else {
    alignas(T) std::byte memory[sizeof(T)]; // a T has begun to live in it: it has trivial constructors
    auto const block = [&]<class Part>(Part& part) -> datatype_block {
      using element = std::remove_all_extents_t<Part>;
      return {reinterpret_cast<std::byte const*>(std::addressof(part)) - memory, datatype_of<element>(),
              sizeof(Part) / sizeof(element)};
    };
    return std::apply(
        [&](auto&... part) {
          datatype_block const blocks[] = {block(part)...};
          return make_struct(blocks, sizeof(T));
        },
        parts_of(*reinterpret_cast<T*>(memory)));
  }
}

template <class T>
MPI_Datatype kept_datatype() {
  static MPI_Datatype const made = make_datatype<T>();
  return made;
}

} // namespace detail
} // namespace armada
