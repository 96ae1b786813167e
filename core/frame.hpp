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
  std::uint64_t checksum = 0;      ///< of the fields above and the archive
};
static_assert(sizeof(frame) == 56 && std::has_unique_object_representations_v<frame>);

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

/// The checksum that belongs to a frame and its archive.
[[nodiscard]] std::uint64_t checksum_of(frame const& head, std::span<std::byte const> archive) noexcept;

/// Reads the frame at the beginning of `message`. Throws `type_error` when there is none, or when it is of another type
/// than `type` (called `name`), `format_error` when its version or lengths cannot be.
[[nodiscard]] frame read_frame(std::span<std::byte const> message, std::uint64_t type, std::string_view name);

/// Throws `format_error` unless archive and checksum agree.
void check_archive(frame const& head, std::span<std::byte const> archive);

} // namespace armada::detail
