#pragma once

/// Objects as bytes: any value that Boost.Serialization can write, in a checked frame.

#include <armada/core/archive.hpp>
#include <armada/core/buffer.hpp>
#include <armada/core/frame.hpp>
#include <armada/core/standard_types.hpp>
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

/// A buffer that is to travel as an object: it carries its type and length and is checked at the receiver.
template <class T>
struct as_object {
  T& value;
  explicit as_object(T& lvalue) noexcept : value(lvalue) {}
};

namespace detail {

template <class T>
inline constexpr bool is_as_object = false;
template <class T>
inline constexpr bool is_as_object<as_object<T>> = true;

/// An object ready for the wire: its frame and archive in one piece, and its large blocks where they lie.
struct encoded {
  std::vector<std::byte> message; ///< frame and archive
  std::vector<std::span<std::byte const>> blocks;
};

/// Serialises `value`. With `apart`, large blocks stay where they are; `id` is the tag that they will travel under.
template <class T>
[[nodiscard]] encoded encode(T const& value, bool apart, int id) {
  encoded result;
  result.message.resize(sizeof(frame));
  output_archive archive(result.message, apart ? &result.blocks : nullptr);
  archive << value;
  frame head;
  head.id = id;
  head.type = type_hash<T>();
  for (auto const& block : result.blocks) head.block_bytes += block.size();
  seal(head, std::span(result.message).subspan(sizeof(head)));
  std::memcpy(result.message.data(), &head, sizeof(head));
  return result;
}

} // namespace detail

/// The bytes of an object: frame, then archive. Local.
template <class T>
[[nodiscard]] std::vector<std::byte> encode(T const& value) {
  return detail::encode(value, false, 0).message;
}

/// Makes the object that `bytes` hold, into `value`, whose memory is reused. Local.
/// Throws `type_error` for another type, `format_error` for damaged bytes.
template <class T>
void decode(std::span<std::byte const> bytes, T& value) {
  auto const head = detail::read_frame(bytes, detail::type_name<T>());
  detail::check_type(head, detail::type_hash<T>(), detail::type_name<T>());
  auto const archive_bytes = bytes.subspan(sizeof(detail::frame));
  detail::check_archive(head, archive_bytes);
  input_archive archive(archive_bytes);
  archive >> value;
  archive.finish();
}

/// The same as a new object.
template <std::default_initializable T>
[[nodiscard]] T decode(std::span<std::byte const> bytes) {
  T value{};
  decode(bytes, value);
  return value;
}

} // namespace armada
