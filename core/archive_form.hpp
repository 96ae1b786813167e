#pragma once

/// How values become bytes: which types are their own archive, and where the archives of all others are written down.

#include <armada/core/datatype.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace armada::detail {

/// Wire types without padding of which any bytes make a value, which is not so of a `bool`.
template <class T>
inline constexpr bool any_bytes = predefined<T> ? !std::same_as<T, bool> : wire_as_bytes<T>;
template <class T, std::size_t N>
inline constexpr bool any_bytes<T[N]> = any_bytes<T>;
template <class T, std::size_t N>
inline constexpr bool any_bytes<std::array<T, N>> = any_bytes<T>;
template <class Parts>
inline constexpr bool any_bytes_in_all = false;
template <class... T>
inline constexpr bool any_bytes_in_all<std::tuple<T&...>> = (any_bytes<T> && ...);
template <class T>
  requires(is_dense<T> && !predefined<T> && !wire_as_bytes<T> && requires { typename parts<T>; })
inline constexpr bool any_bytes<T> = any_bytes_in_all<parts<T>>;

/// Types whose arrays are one block.
template <class T>
concept plain_element = is_dense<T> && any_bytes<T>;

/// Types whose bytes are their archive.
template <class T>
concept plain = predefined<T> ||(plain_element<T> && !std::is_array_v<T>);

/// How a type without a `serialize` function is archived. A specialisation has
///   static constexpr std::size_t least_bytes     fewer it never takes; at least 1
///   static void write(Archive&, T const&)        `Archive` is a template parameter where Boost's serve as well
///   static void read(Archive&, T&)               into an existing value, whose memory is reused
template <class T>
struct archive_form {};

template <class T>
concept has_archive_form = requires {
  archive_form<T>::least_bytes;
};

/// The least that the archive of a T takes. Everything takes a byte, so that a forged length cannot make a container of
/// more elements than its message has bytes.
template <class T>
[[nodiscard]] constexpr std::size_t least_bytes() noexcept {
  if constexpr (plain<T>)
    return sizeof(T);
  else if constexpr (has_archive_form<T>)
    return archive_form<T>::least_bytes;
  else
    return 1;
}

template <class T>
inline constexpr bool is_pointer_like = std::is_pointer_v<T> || std::is_member_pointer_v<T>;
template <class T>
inline constexpr bool is_pointer_like<std::shared_ptr<T>> = true;
template <class T>
inline constexpr bool is_pointer_like<std::weak_ptr<T>> = true;

template <class T>
inline constexpr bool is_view = false;
template <class Char, class Traits>
inline constexpr bool is_view<std::basic_string_view<Char, Traits>> = true;
template <class T, std::size_t N>
inline constexpr bool is_view<std::span<T, N>> = true;

/// What can be written and read back: a view has no memory that it could be read into.
template <class T>
concept archivable = !is_view<std::remove_cvref_t<T>>;

} // namespace armada::detail
