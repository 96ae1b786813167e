#pragma once

/// The frame that every object message begins with. Nothing of an archive is read before its frame has been checked.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

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

/// A number for each type, the same in every rank that was built with the same compiler.
template <class T>
[[nodiscard]] constexpr std::uint64_t type_hash() noexcept {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325; // FNV-1a
  for (char const c : std::string_view(__PRETTY_FUNCTION__)) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100'0000'01b3;
  }
  return hash;
}

/// The name of T for messages.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() noexcept {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("T = ") + 4);
  return name.substr(0, name.find_first_of(";]"));
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
