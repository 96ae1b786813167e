#pragma once

/// In which archive an object travels. `compact` is Armada's own and the default; boost_archives.hpp has `portable` and
/// `tracked`. It is chosen for a type, by `archive_of`, or for one call, by `as_object(value, tracked)`; sender and
/// receiver that choose differently get `type_error`.

#include <armada/core/archive.hpp>

#include <concepts>
#include <type_traits>

namespace armada {

/// Armada's own archive: values and containers without their names, versions and addresses. The fastest; large blocks
/// travel from and into their final place; every read is bounded by the message, whatever its bytes are.
struct compact_t {
  /// Appends `value` to `bytes`, or lists its large blocks in `blocks`.
  template <class T>
  static void write(T const& value, detail::byte_buffer& bytes, detail::block_list* blocks) {
    output_archive archive(bytes, blocks);
    archive << value;
  }
  /// Reads `value` from an archive, and `apart` bytes of its blocks from `blocks`.
  template <class T>
  static void read(T& value, std::span<std::byte const> bytes, detail::block_source* blocks, std::uint64_t apart) {
    input_archive archive(bytes, blocks, apart);
    archive >> value;
    archive.finish();
  }
};
inline constexpr compact_t compact{};

/// What writes and reads objects: `compact_t`, or a class like it.
template <class Archive>
concept archive_policy = std::is_empty_v<Archive> && std::default_initializable<Archive> &&
    requires(int& value, detail::byte_buffer& bytes, std::span<std::byte const> archive) {
  Archive::write(value, bytes, static_cast<detail::block_list*>(nullptr));
  Archive::read(value, archive, static_cast<detail::block_source*>(nullptr), std::uint64_t{});
};

/// The archive of a type where a call names none. Specialise it for a type of your own:
///   template <> inline constexpr auto armada::archive_of<zoo> = armada::tracked;
template <class T>
inline constexpr auto archive_of = compact;

} // namespace armada
