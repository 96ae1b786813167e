#pragma once

/// Objects as bytes: any value that Boost.Serialization can write, in a checked frame.

#include <armada/core/aggregate_archive.hpp>
#include <armada/core/archive.hpp>
#include <armada/core/archive_policy.hpp>
#include <armada/core/buffer.hpp>
#include <armada/core/frame.hpp>
#include <armada/core/standard_containers.hpp>
#include <armada/core/standard_values.hpp>
#include <armada/core/strided_buffer.hpp>

#include <concepts>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

namespace armada {

/// A value that travels as an object: whatever is no buffer, or is wrapped in `as_object`.
template <class T>
concept object = !message_source<T> && !std::is_pointer_v<std::decay_t<T>>;

/// An object that can be overwritten.
template <class T>
concept writable_object = object<T> && !std::is_const_v<T>;

/// A value that is to travel as an object, in an archive of the caller's choice: `as_object(zoo, tracked)`. A buffer in
/// it carries its type and length and is checked at the receiver, who says `as_object` as well.
template <class T, archive_policy Archive = std::remove_const_t<decltype(archive_of<std::remove_const_t<T>>)>>
struct as_object {
  T& value;
  explicit as_object(T& lvalue, Archive = {}) noexcept : value(lvalue) {}
};

namespace detail {

template <class T>
inline constexpr bool is_as_object = false;
template <class T, class Archive>
inline constexpr bool is_as_object<as_object<T, Archive>> = true;

/// What travels of a value, and how: the value itself in the archive of its type, or what `as_object` says.
template <class Value>
struct object_traits {
  using type = Value;
  using archive = std::remove_const_t<decltype(archive_of<Value>)>;
  template <class V>
  static V& get(V& value) noexcept {
    return value;
  }
};
template <class T, class Archive>
struct object_traits<as_object<T, Archive>> {
  using type = std::remove_const_t<T>;
  using archive = Archive;
  static T& get(as_object<T, Archive> const& wrapped) noexcept { return wrapped.value; }
};
template <class Value>
using object_type = typename object_traits<std::remove_cv_t<Value>>::type;
template <class Value>
using object_archive = typename object_traits<std::remove_cv_t<Value>>::archive;

/// A number for each type in each archive.
template <class Value>
inline std::uint64_t const object_hash = type_hash<as_object<object_type<Value>, object_archive<Value>>>();

/// An object ready for the wire: its frame and archive in one piece, and its large blocks where they lie.
struct encoded {
  byte_buffer message; ///< frame and archive
  block_list blocks;
};

/// Serialises `value`. With `apart`, large blocks stay where they are; `id` is the tag that they will travel under.
template <class Value>
[[nodiscard]] encoded encode(Value const& value, bool apart, int id) {
  encoded result;
  result.message.extend(sizeof(frame));
  object_archive<Value>::write(object_traits<Value>::get(value), result.message, apart ? &result.blocks : nullptr);
  frame head;
  head.id = id;
  head.type = object_hash<Value>;
  for (auto const& block : result.blocks) head.block_bytes += block.size();
  seal(head, result.message.bytes().subspan(sizeof(head)));
  std::memcpy(result.message.data(), &head, sizeof(head));
  return result;
}

} // namespace detail

/// The bytes of an object: frame, then archive. Local. Throws `argument_error` for what cannot be written, and what
/// serialising throws.
template <class T>
[[nodiscard]] std::vector<std::byte> encode(T const& value) {
  auto const encoded = detail::encode(value, false, 0);
  auto const bytes = encoded.message.bytes();
  return {bytes.begin(), bytes.end()};
}

/// Makes the object that `bytes` hold, into `value`, whose memory is reused. Local.
/// Throws `type_error` for another type or archive, `format_error` for damaged bytes.
template <class T>
  requires(!std::is_const_v<T>)
void decode(std::span<std::byte const> bytes, T& value) {
  using type = detail::object_type<T>;
  auto const head = detail::read_frame(bytes, detail::type_name<type>());
  detail::check_type(head, detail::object_hash<T>, detail::type_name<type>());
  auto const archive = bytes.subspan(sizeof(detail::frame));
  detail::check_archive(head, archive);
  detail::object_archive<T>::read(detail::object_traits<T>::get(value), archive, nullptr, 0);
}
template <class T, class Archive>
  requires(!std::is_const_v<T>)
void decode(std::span<std::byte const> bytes, as_object<T, Archive>&& wrapped) { decode(bytes, wrapped); }

/// The same as a new object; `decode<as_object<T, tracked_t>>` for one that was encoded so.
template <class T>
  requires std::default_initializable<detail::object_type<T>>
[[nodiscard]] auto decode(std::span<std::byte const> bytes) {
  detail::object_type<T> value{};
  decode(bytes, as_object<detail::object_type<T>, detail::object_archive<T>>(value));
  return value;
}

} // namespace armada
