#pragma once

/// Buffers that MPI is told of by a datatype: strided views, and whatever a user describes.

#include <armada/core/buffer.hpp>
#include <armada/core/error.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

void free_datatype(MPI_Datatype type) noexcept;

} // namespace detail

/// A place in memory, a number of items, and the datatype of one: what MPI is told of a buffer. `Byte` is void, or
/// void const for memory that is only read. May own its datatype, which is then freed with it; MPI allows that while
/// the communication is under way (MPI-4.0, section 5.1.9).
template <class Byte>
class described_buffer {
public:
  /// `unit_bytes`: what `status::count` counts by. `whole_units`: a message that ends inside a unit is an error.
  described_buffer(Byte* address, MPI_Count count, MPI_Datatype type, std::int64_t unit_bytes, bool whole_units,
                   bool owns_type) noexcept
      : address_(address), count_(count), type_(type), unit_bytes_(unit_bytes), whole_(whole_units), owns_(owns_type) {}
  described_buffer(described_buffer&& other) noexcept
      : address_(other.address_), count_(other.count_), type_(other.type_), unit_bytes_(other.unit_bytes_),
        whole_(other.whole_), owns_(std::exchange(other.owns_, false)) {}
  described_buffer& operator=(described_buffer&&) = delete;
  ~described_buffer() {
    if (owns_) detail::free_datatype(type_);
  }

  [[nodiscard]] Byte* address() const noexcept { return address_; }
  [[nodiscard]] MPI_Count count() const noexcept { return count_; }
  [[nodiscard]] MPI_Datatype type() const noexcept { return type_; }
  [[nodiscard]] std::int64_t unit_bytes() const noexcept { return unit_bytes_; }
  [[nodiscard]] bool whole_units() const noexcept { return whole_; }

private:
  Byte* address_;
  MPI_Count count_;
  MPI_Datatype type_;
  std::int64_t unit_bytes_;
  bool whole_;
  bool owns_;
};

namespace detail {

template <class T>
inline constexpr bool is_described = false;
template <class Byte>
inline constexpr bool is_described<described_buffer<Byte>> = true;
template <class T>
inline constexpr bool is_described_writable = std::same_as<T, described_buffer<void>>;

template <class T>
using description_t =
    decltype(buffer_traits<std::remove_cvref_t<T>>::describe(std::declval<std::remove_reference_t<T>&>()));

} // namespace detail

/// A type whose `buffer_traits` describe it by a datatype.
template <class T>
concept described_source = requires {
  typename detail::description_t<T>;
}
&&detail::is_described<detail::description_t<T>>;
template <class T>
concept described_target = described_source<T> && detail::is_described_writable<detail::description_t<T>>;

/// What a message can be sent from and received into in place.
template <class T>
concept message_source = source<T> || described_source<T>;
template <class T>
concept message_target = writable<T> || described_target<T>;

/// Memory that the caller describes to MPI: `typed(pointer, count, datatype)`. Borrows all of it.
template <class Byte>
struct typed_buffer {
  Byte* address;
  MPI_Count count;
  MPI_Datatype type;
};

/// The datatype holds absolute addresses (MPI_BOTTOM). MPI-4.0, section 5.1.5.
struct absolute_t {};
inline constexpr absolute_t absolute{};

namespace detail {

/// Throws `argument_error` for a negative count, no datatype, or a null pointer where something should lie.
void check_typed(void const* address, bool is_absolute, MPI_Count count, MPI_Datatype type);
/// The bytes of data in one item of `type`. MPI-4.0, section 5.1.5.
[[nodiscard]] std::int64_t bytes_in(MPI_Datatype type);

/// Something that gives MPI's handle: the datatype class.
template <class T>
concept holds_datatype = requires(std::remove_reference_t<T> const& type) {
  { type.raw() } -> std::same_as<MPI_Datatype>;
};

} // namespace detail

/// `count` items of a committed datatype from `address` on, as a buffer: MPI's own triple. The memory and the datatype
/// outlive the communication. `status::count` counts whole items. A rank that sends to itself sends whole numbers of
/// the type's elements: MPICH asserts otherwise (quirk 29). Local. Throws `argument_error` for a negative count, a null
/// pointer, or MPI_DATATYPE_NULL.
template <class T>
[[nodiscard]] auto typed(T* address, MPI_Count count, MPI_Datatype type) {
  detail::check_typed(address, false, count, type);
  return typed_buffer<std::conditional_t<std::is_const_v<T>, void const, void>>{address, count, type};
}
template <class T, class Datatype>
  requires(detail::holds_datatype<Datatype>&& std::is_lvalue_reference_v<Datatype>)
[[nodiscard]] auto typed(T* address, MPI_Count count, Datatype&& type) { // a temporary would be freed before its use
  return typed(address, count, type.raw());
}
[[nodiscard]] inline auto typed(absolute_t, MPI_Count count, MPI_Datatype type) {
  detail::check_typed(nullptr, true, count, type);
  return typed_buffer<void>{MPI_BOTTOM, count, type};
}
template <class Datatype>
  requires(detail::holds_datatype<Datatype>&& std::is_lvalue_reference_v<Datatype>)
[[nodiscard]] auto typed(absolute_t, MPI_Count count, Datatype&& type) { return typed(absolute, count, type.raw()); }

template <class Byte>
struct buffer_traits<typed_buffer<Byte>> {
  static described_buffer<Byte> describe(typed_buffer<Byte> const& buffer) {
    return {buffer.address, buffer.count, buffer.type, detail::bytes_in(buffer.type), false, false};
  }
};
template <class Byte>
inline constexpr bool borrows_memory<typed_buffer<Byte>> = true;

/// Bytes that MPI_Pack has made: they match a receive of any datatype. MPI-4.0, section 5.2.
struct packed_bytes {
  std::vector<std::byte> bytes;
};

template <>
struct buffer_traits<packed_bytes> {
  static described_buffer<void> describe(packed_bytes& packed) {
    return {packed.bytes.data(), static_cast<MPI_Count>(packed.bytes.size()), MPI_PACKED, 1, true, false};
  }
  static described_buffer<void const> describe(packed_bytes const& packed) {
    return {packed.bytes.data(), static_cast<MPI_Count>(packed.bytes.size()), MPI_PACKED, 1, true, false};
  }
};

/// A buffer as MPI is told of it. Valid while the buffer is.
template <message_source Buffer>
[[nodiscard]] auto describe(Buffer&& buffer) {
  using plain = std::remove_cvref_t<Buffer>;
  if constexpr (source<Buffer>) {
    auto const elements = view(buffer);
    using element = typename decltype(elements)::element_type;
    using byte = std::conditional_t<std::is_const_v<element>, void const, void>;
    return described_buffer<byte>(elements.data(), static_cast<MPI_Count>(elements.size()),
                                  datatype_of<std::remove_const_t<element>>(), sizeof(element), true, false);
  } else {
    return buffer_traits<plain>::describe(buffer);
  }
}

namespace detail {

[[nodiscard]] packed_bytes pack_described(void const* address, MPI_Count count, MPI_Datatype type, MPI_Comm comm);

/// What a buffer holds, as something that can be sent in its place.
template <message_source Buffer>
[[nodiscard]] auto packed_copy(Buffer const& buffer, MPI_Comm comm) {
  constexpr bool as_elements = [] {
    if constexpr (source<Buffer>)
      return !std::same_as<element_t<Buffer>, bool>; // a vector<bool> has none
    else
      return false;
  }();
  if constexpr (as_elements) {
    auto const elements = view(buffer);
    return std::vector<element_t<Buffer>>(elements.begin(), elements.end());
  } else {
    auto const memory = describe(buffer);
    return pack_described(memory.address(), memory.count(), memory.type(), comm);
  }
}

} // namespace detail

} // namespace armada
