#pragma once

/// Buffers as bytes, by MPI itself: for messages of several parts, and for files that every machine reads.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/derived_datatype.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace armada {
namespace detail {

/// What is packed or unpacked.
struct packable {
  void* data;
  std::int64_t count;
  MPI_Datatype type;
};

template <source Buffer>
[[nodiscard]] packable packable_of(Buffer const& buffer) {
  auto const elements = view(buffer);
  using element = std::remove_const_t<typename decltype(elements)::element_type>;
  return {const_cast<element*>(elements.data()), static_cast<std::int64_t>(elements.size()), datatype_of<element>()};
}

[[nodiscard]] std::int64_t packed_size(communicator const& comm, packable const& what);
[[nodiscard]] std::span<std::byte> pack_into(communicator const& comm, packable const& what, std::span<std::byte> room);
[[nodiscard]] std::vector<std::byte> pack_all(communicator const& comm, packable const& what);
[[nodiscard]] std::span<std::byte const> unpack_from(communicator const& comm, std::span<std::byte const> bytes,
                                                     packable const& what);

/// Adds the numbers of a T that begins `offset` bytes from the beginning: blocks of MPI's basic types.
template <class T>
void add_numbers(std::vector<datatype_block>& blocks, std::ptrdiff_t offset) {
  auto const add = [&](MPI_Datatype type, std::int64_t count, std::size_t bytes) {
    if (!blocks.empty() && blocks.back().type == type &&
        blocks.back().offset + blocks.back().count * static_cast<std::ptrdiff_t>(bytes) == offset)
      blocks.back().count += count;
    else
      blocks.push_back({offset, type, count});
  };
  if constexpr (wire_as_bytes<T>) {
    add(MPI_BYTE, sizeof(T), 1);
  } else if constexpr (std::same_as<T, std::complex<long double>>) {
    add(MPI_LONG_DOUBLE, 2, sizeof(long double));
  } else if constexpr (predefined<T>) {
    add(predefined_datatype<T>(), 1, sizeof(T));
  } else if constexpr (is_std_array<T> || std::is_array_v<T>) {
    using element = std::remove_cvref_t<decltype(std::declval<T&>()[0])>;
    for (std::size_t i = 0; i < sizeof(T) / sizeof(element); ++i)
      add_numbers<element>(blocks, offset + static_cast<std::ptrdiff_t>(i * sizeof(element)));
  } else {
    alignas(T) std::byte memory[sizeof(T)];
    auto const add_part = [&]<class Part>(Part& part) {
      add_numbers<std::remove_cv_t<Part>>(blocks,
                                          offset + (reinterpret_cast<std::byte const*>(std::addressof(part)) - memory));
    };
    std::apply([&](auto&... part) { (add_part(part), ...); }, parts_of(*reinterpret_cast<T*>(memory)));
  }
}

/// Elements that go into the external form number by number: MPICH crashes on structs there (quirk 41).
struct numbers {
  void* data;
  std::int64_t count;
  std::ptrdiff_t extent;
  std::vector<datatype_block> blocks; ///< of one element
};

template <source Buffer>
[[nodiscard]] numbers numbers_of(Buffer const& buffer) {
  auto const elements = view(buffer);
  using element = std::remove_const_t<typename decltype(elements)::element_type>;
  numbers result{
      const_cast<element*>(elements.data()), static_cast<std::int64_t>(elements.size()), sizeof(element), {}};
  add_numbers<element>(result.blocks, 0);
  return result;
}

[[nodiscard]] std::int64_t external_size(numbers const& what);
[[nodiscard]] std::span<std::byte> pack_external_into(numbers const& what, std::span<std::byte> room);
[[nodiscard]] std::vector<std::byte> pack_all_external(numbers const& what);
[[nodiscard]] std::span<std::byte const> unpack_external_from(std::span<std::byte const> bytes, numbers const& what);

} // namespace detail

/// The most bytes that `buffer`, or `count` elements of `type`, take when they are packed for ranks of `comm`. Local.
/// MPI-4.0, section 5.2.
template <source Buffer>
[[nodiscard]] std::int64_t pack_size(communicator const& comm, Buffer const& buffer) {
  return detail::packed_size(comm, detail::packable_of(buffer));
}
[[nodiscard]] std::int64_t pack_size(communicator const& comm, std::int64_t count, datatype const& type);

/// The bytes of `buffer`, or of `count` elements of `type` from `data` on, without padding: what ranks of `comm` can
/// unpack, after they received it as `std::byte`. Local. Throws `argument_error` for a negative count.
template <source Buffer>
[[nodiscard]] std::vector<std::byte> pack(communicator const& comm, Buffer const& buffer) {
  return detail::pack_all(comm, detail::packable_of(buffer));
}
[[nodiscard]] std::vector<std::byte> pack(communicator const& comm, void const* data, std::int64_t count,
                                          datatype const& type);

/// The same into memory that is there. Returns the room that is left, for what comes next:
///   auto rest = pack(world, n, room); rest = pack(world, values, rest);
/// Throws `argument_error` when `room` has less than `pack_size` bytes; nothing is written then.
template <source Buffer>
[[nodiscard]] std::span<std::byte> pack(communicator const& comm, Buffer const& buffer, std::span<std::byte> room) {
  return detail::pack_into(comm, detail::packable_of(buffer), room);
}
[[nodiscard]] std::span<std::byte> pack(communicator const& comm, void const* data, std::int64_t count,
                                        datatype const& type, std::span<std::byte> room);

/// Fills `buffer`, or `count` elements of `type` from `data` on, from packed bytes; padding stays as it is. Returns the
/// bytes that are left. Local. Throws `argument_error` when there are not enough; nothing is written then.
template <writable Buffer>
[[nodiscard]] std::span<std::byte const> unpack(communicator const& comm, std::span<std::byte const> bytes,
                                                Buffer&& buffer) {
  return detail::unpack_from(comm, bytes, detail::packable_of(buffer));
}
[[nodiscard]] std::span<std::byte const> unpack(communicator const& comm, std::span<std::byte const> bytes, void* data,
                                                std::int64_t count, datatype const& type);

/// The same in MPI's "external32" form, which every machine reads: big-endian, sizes as MPI fixes them. No rank is
/// concerned, so there is no communicator. Throws `unsupported` for a `type` that mixes basic types, or holds one of
/// MPI's pairs of value and place, MPI_WCHAR or a complex long double: MPICH crashes on them or writes another form
/// (quirks 41 and 42); C++ types of all these work. MPI-4.0, sections 5.3 and 14.5.2.
template <source Buffer>
[[nodiscard]] std::int64_t pack_external_size(Buffer const& buffer) {
  return detail::external_size(detail::numbers_of(buffer));
}
[[nodiscard]] std::int64_t pack_external_size(std::int64_t count, datatype const& type);

template <source Buffer>
[[nodiscard]] std::vector<std::byte> pack_external(Buffer const& buffer) {
  return detail::pack_all_external(detail::numbers_of(buffer));
}
[[nodiscard]] std::vector<std::byte> pack_external(void const* data, std::int64_t count, datatype const& type);
template <source Buffer>
[[nodiscard]] std::span<std::byte> pack_external(Buffer const& buffer, std::span<std::byte> room) {
  return detail::pack_external_into(detail::numbers_of(buffer), room);
}
[[nodiscard]] std::span<std::byte> pack_external(void const* data, std::int64_t count, datatype const& type,
                                                 std::span<std::byte> room);

template <writable Buffer>
[[nodiscard]] std::span<std::byte const> unpack_external(std::span<std::byte const> bytes, Buffer&& buffer) {
  return detail::unpack_external_from(bytes, detail::numbers_of(buffer));
}
[[nodiscard]] std::span<std::byte const> unpack_external(std::span<std::byte const> bytes, void* data,
                                                         std::int64_t count, datatype const& type);

} // namespace armada
