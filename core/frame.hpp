#pragma once

/// The frame that every object message begins with. Nothing of an archive is read before its frame has been checked.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>

namespace armada::detail {

/// The 128 bits that no buffer message begins with but by intent: a buffer receive that sees them throws.
inline constexpr std::array<std::uint64_t, 2> frame_magic{0x8f3d'a7c1'6b52'e9d4, 0x2ae0'94f7'd518'03cb};

struct frame {
  std::array<std::uint64_t, 2> magic = frame_magic;
  std::uint32_t version = 1;
  std::int32_t id = 0;             ///< tag, on the private twin, of what does not fit the first message
  std::uint64_t type = 0;          ///< type_hash of the object
  std::uint64_t archive_bytes = 0; ///< the whole archive
  std::uint64_t block_bytes = 0;   ///< all blocks that travel apart
  std::uint64_t archive_checksum = 0;
  std::uint64_t checksum = 0; ///< of the fields above
};
static_assert(sizeof(frame) == 64 && std::has_unique_object_representations_v<frame>);

/// The number of a type: a hash of its mangled name, which is the same in every file of a program and for g++ and
/// clang. (What a compiler prints of a template's default arguments depends on what the file named before.)
[[nodiscard]] std::uint64_t hash_of(std::type_info const& type) noexcept;
/// The name of a type for people: `std::map<std::string, double>`, without the arguments that nobody writes.
[[nodiscard]] std::string readable_name(std::type_info const& type);

/// A number for each type, the same in every rank.
template <class T>
[[nodiscard]] std::uint64_t type_hash() noexcept {
  static std::uint64_t const hash = hash_of(typeid(T));
  return hash;
}

/// The name of T for messages.
template <class T>
[[nodiscard]] std::string_view type_name() {
  static std::string const name = readable_name(typeid(T));
  return name;
}

/// Whether bytes begin like an object message.
[[nodiscard]] bool looks_like_frame(std::span<std::byte const> bytes) noexcept;

/// Fills in what `head` says of its archive: length and checksums. All other fields are set already.
void seal(frame& head, std::span<std::byte const> archive) noexcept;

/// Reads the frame at the beginning of `message`, which should hold a type called `name`. Throws `type_error` when
/// there is none, `format_error` when it was damaged or its lengths cannot be.
[[nodiscard]] frame read_frame(std::span<std::byte const> message, std::string_view name);

/// Throws `type_error` unless the object is of `type`, called `name`.
void check_type(frame const& head, std::uint64_t type, std::string_view name);

/// Throws `format_error` unless archive and frame belong together.
void check_archive(frame const& head, std::span<std::byte const> archive);

} // namespace armada::detail
