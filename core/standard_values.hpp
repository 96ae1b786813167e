#pragma once

/// How the standard library's values are archived: pair, tuple, array, optional, variant, durations and points in time,
/// bitset, unique_ptr, path.

#include <armada/core/archive.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace armada::detail {

/// A form whose `write` and `read` take any archive, Boost's included.
struct form_for_all_archives {
  static constexpr bool serves_all = true;
};

/// Writes and reads the members of a tuple of references or values, one after the other.
template <class Archive, class Tuple>
void write_members(Archive& to, Tuple const& members) {
  std::apply([&](auto const&... each) { static_cast<void>((to << ... << each)); }, members);
}
template <class Archive, class Tuple>
void read_members(Archive& from, Tuple&& members) {
  std::apply([&](auto&... each) { static_cast<void>((from >> ... >> each)); }, members);
}

/// A truth that the sender wrote: anything but 0 and 1 is damage.
template <class Archive>
[[nodiscard]] bool read_flag(Archive& from) {
  unsigned char flag = 0;
  from >> flag;
  if (flag > 1) throw_bad_archive("a flag is neither 0 nor 1");
  return flag != 0;
}

/// An element of a container: what its constructor needs goes first where it has no default one.
template <class T>
void write_element(output_archive& to, T const& value) {
  if constexpr (!std::default_initializable<T>) boost::serialization::save_construct_data_adl(to, &value, 0);
  to << value;
}

/// A new T from an archive.
template <class T>
[[nodiscard]] T read_new(input_archive& from) {
  if constexpr (std::default_initializable<T>) {
    T value{};
    from >> value;
    return value;
  } else {
    struct room {
      alignas(T) std::array<std::byte, sizeof(T)> memory;
      T* value = nullptr;
      ~room() {
        if (value != nullptr) std::destroy_at(value);
      }
    } made;
    auto* const place = reinterpret_cast<T*>(made.memory.data());
    boost::serialization::load_construct_data_adl(from, place, 0);
    made.value = std::launder(place);
    from >> *made.value;
    return std::move(*made.value);
  }
}

template <class First, class Second>
struct archive_form<std::pair<First, Second>> {
  static constexpr std::size_t least_bytes =
      detail::least_bytes<std::remove_const_t<First>>() + detail::least_bytes<Second>();
  static void write(output_archive& to, std::pair<First, Second> const& value) { to << value.first << value.second; }
  static void read(input_archive& from, std::pair<First, Second>& value) { from >> value.first >> value.second; }
};

template <class... T>
struct archive_form<std::tuple<T...>> : form_for_all_archives {
  static constexpr std::size_t least_bytes = sizeof...(T) == 0 ? 1 : (detail::least_bytes<T>() + ... + 0);
  template <class Archive>
  static void write(Archive& to, std::tuple<T...> const& value) {
    write_members(to, value);
    if constexpr (sizeof...(T) == 0) to << char{};
  }
  template <class Archive>
  static void read(Archive& from, std::tuple<T...>& value) {
    read_members(from, value);
    char marker{};
    if constexpr (sizeof...(T) == 0) from >> marker;
  }
};

template <class T, std::size_t N>
struct archive_form<std::array<T, N>> {
  static constexpr std::size_t least_bytes = N == 0 ? 1 : N * detail::least_bytes<T>();
  static void write(output_archive& to, std::array<T, N> const& value) {
    if constexpr (N == 0)
      to << char{};
    else
      to.write_elements(value.data(), N);
  }
  static void read(input_archive& from, std::array<T, N>& value) {
    char marker{};
    if constexpr (N == 0)
      from >> marker;
    else
      from.read_elements<T>(N, [&] { return value.data(); });
  }
};

template <class T>
struct archive_form<std::optional<T>> : form_for_all_archives {
  static constexpr std::size_t least_bytes = 1;
  template <class Archive>
  static void write(Archive& to, std::optional<T> const& value) {
    unsigned char const flag = value.has_value() ? 1 : 0;
    to << flag;
    if (value) to << *value;
  }
  template <class Archive>
  static void read(Archive& from, std::optional<T>& value) {
    if (!read_flag(from)) return value.reset();
    if (!value) value.emplace();
    from >> *value;
  }
};

template <>
struct archive_form<std::monostate> : form_for_all_archives {
  static constexpr std::size_t least_bytes = 1;
  template <class Archive>
  static void write(Archive& to, std::monostate const&) {
    char const marker{};
    to << marker;
  }
  template <class Archive>
  static void read(Archive& from, std::monostate&) {
    char marker{};
    from >> marker;
  }
};

template <class... T>
struct archive_form<std::variant<T...>> : form_for_all_archives {
  using value_type = std::variant<T...>;
  static constexpr std::size_t least_bytes = 1;
  template <class Archive>
  static void write(Archive& to, value_type const& value) {
    if (value.valueless_by_exception()) throw_not_writable("a variant in it has no value");
    auto const index = static_cast<std::uint32_t>(value.index());
    to << index;
    std::visit([&](auto const& each) { to << each; }, value);
  }
  template <class Archive>
  static void read(Archive& from, value_type& value) {
    std::uint32_t index = 0;
    from >> index;
    if (index >= sizeof...(T)) throw_bad_archive("a variant has no such alternative");
    read_alternative<0>(from, index, value);
  }

private:
  template <std::size_t I, class Archive>
  static void read_alternative(Archive& from, std::size_t index, value_type& value) {
    if constexpr (I < sizeof...(T)) {
      if (index != I) return read_alternative<I + 1>(from, index, value);
      if (value.index() != I) value.template emplace<I>();
      from >> *std::get_if<I>(&value);
    }
  }
};

template <class Rep, class Period>
struct archive_form<std::chrono::duration<Rep, Period>> : form_for_all_archives {
  static constexpr std::size_t least_bytes = detail::least_bytes<Rep>();
  template <class Archive>
  static void write(Archive& to, std::chrono::duration<Rep, Period> const& value) {
    Rep const count = value.count();
    to << count;
  }
  template <class Archive>
  static void read(Archive& from, std::chrono::duration<Rep, Period>& value) {
    Rep count{};
    from >> count;
    value = std::chrono::duration<Rep, Period>(count);
  }
};

/// Since the clock's epoch: what a steady clock means by it is known to its own host only.
template <class Clock, class Duration>
struct archive_form<std::chrono::time_point<Clock, Duration>> : form_for_all_archives {
  static constexpr std::size_t least_bytes = detail::least_bytes<Duration>();
  template <class Archive>
  static void write(Archive& to, std::chrono::time_point<Clock, Duration> const& value) {
    Duration const since = value.time_since_epoch();
    to << since;
  }
  template <class Archive>
  static void read(Archive& from, std::chrono::time_point<Clock, Duration>& value) {
    Duration since{};
    from >> since;
    value = std::chrono::time_point<Clock, Duration>(since);
  }
};

template <std::size_t N>
struct archive_form<std::bitset<N>> {
  static constexpr std::size_t least_bytes = N == 0 ? 1 : (N + 7) / 8;
  static void write(output_archive& to, std::bitset<N> const& value) {
    std::array<std::uint8_t, least_bytes> packed{};
    for (std::size_t i = 0; i < N; ++i)
      if (value[i]) packed[i / 8] = static_cast<std::uint8_t>(packed[i / 8] | 1U << i % 8);
    to.save_binary(packed.data(), packed.size());
  }
  static void read(input_archive& from, std::bitset<N>& value) {
    auto const* const packed = from.take_bytes(least_bytes);
    for (std::size_t i = 0; i < N; ++i) value[i] = (std::to_integer<unsigned>(packed[i / 8]) >> i % 8 & 1U) != 0;
  }
};

/// The object that it points to, or nothing. It is of the type that the pointer says: for a derived one see `tracked`.
template <class T>
struct archive_form<std::unique_ptr<T>> {
  static constexpr std::size_t least_bytes = 1;
  static void write(output_archive& to, std::unique_ptr<T> const& value) {
    static_assert(!std::is_polymorphic_v<T>, "what a pointer to a base points to needs the archive `tracked`");
    static_assert(!std::is_array_v<T>, "an array behind a pointer has no length");
    to << static_cast<unsigned char>(value ? 1 : 0);
    if (value) to << *value;
  }
  static void read(input_archive& from, std::unique_ptr<T>& value) {
    if (!read_flag(from)) return value.reset();
    if (!value) value = std::make_unique<T>();
    from >> *value;
  }
};

/// `std::filesystem::path`, known by what it can, since its header takes long to compile.
template <class T>
concept path_like = requires(T const& value, typename T::string_type native) {
  { value.native() } -> std::same_as<typename T::string_type const&>;
  { value.lexically_normal() } -> std::same_as<T>;
  T(std::move(native));
};

template <path_like Path>
struct archive_form<Path> : form_for_all_archives {
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t);
  template <class Archive>
  static void write(Archive& to, Path const& value) {
    to << value.native();
  }
  template <class Archive>
  static void read(Archive& from, Path& value) {
    typename Path::string_type native;
    from >> native;
    value = std::move(native);
  }
};

} // namespace armada::detail
