#pragma once

/// Archives for Boost.Serialization that write into and read from one block of memory: no stream, no class tracking, no
/// class information, every read bounded by the bytes that are there. They follow Boost's archive concept, so that a
/// type with a `serialize` function, and Boost's own headers for the standard containers, work as they are.

#include <armada/core/datatype.hpp>
#include <armada/core/error.hpp>

#include <boost/mpl/bool.hpp>
#include <boost/serialization/array_optimization.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/is_bitwise_serializable.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/version.hpp>
#include <boost/serialization/wrapper.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace armada {

/// Whether serialising a T hands out only memory that T itself keeps, so that large blocks may be sent from where they
/// lie. True for what Armada knows; a class with a `serialize` of its own may build temporaries there, so its blocks
/// are copied unless it specialises this to true.
template <class T>
inline constexpr bool serializes_in_place = wire<T>;

namespace detail {

/// Types whose bytes are their archive.
template <class T>
concept plain = predefined<T>;

template <class T>
inline constexpr bool is_string = false;
template <class Char, class Traits, class Allocator>
inline constexpr bool is_string<std::basic_string<Char, Traits, Allocator>> = true;

/// Blocks of this many bytes and more may travel outside of the archive.
inline constexpr std::size_t smallest_block = 4096;

/// What an archive says of a large block: it follows right here, or it comes on its own.
enum class placement : unsigned char { here = 0, apart = 1 };

/// Throws `format_error`: an archive ends before its content does.
[[noreturn]] void throw_short_archive(std::uint64_t wanted, std::uint64_t left);

} // namespace detail

/// Writes values to the end of a vector of bytes. With `blocks`, large contiguous memory of types that serialise in
/// place is listed there instead of being copied; it must stay as it is until it has been sent.
class output_archive {
public:
  using is_saving = std::true_type;
  using is_loading = std::false_type;

  explicit output_archive(std::vector<std::byte>& bytes, std::vector<std::span<std::byte const>>* blocks = nullptr)
      : bytes_(bytes), blocks_(blocks) {}

  template <class T>
  output_archive& operator<<(T const& value) {
    if constexpr (detail::plain<T>) {
      append(&value, sizeof(T));
    } else if constexpr (detail::is_string<T>) {
      *this << boost::serialization::collection_size_type(value.size());
      save_block(value.data(), value.size() * sizeof(typename T::value_type));
    } else if constexpr (std::is_array_v<T>) {
      for (auto const& each : value) *this << each;
    } else {
      bool const outer = in_place_;
      in_place_ = in_place_ && (serializes_in_place<T> || boost::serialization::is_wrapper<T>::type::value);
      auto const before = bytes_.size();
      boost::serialization::serialize_adl(*this, const_cast<T&>(value), boost::serialization::version<T>::value);
      if (bytes_.size() == before) bytes_.push_back(std::byte{}); // no element is free: see input_archive
      in_place_ = outer;
    }
    return *this;
  }
  template <class T>
  output_archive& operator&(T const& value) {
    return *this << value;
  }
  output_archive& operator<<(boost::serialization::collection_size_type const& size) {
    return *this << static_cast<std::uint64_t>(size);
  }
  output_archive& operator<<(boost::serialization::item_version_type const&) { return *this; }
  template <class T>
  output_archive& operator<<(boost::serialization::nvp<T> const& pair) {
    return *this << pair.const_value();
  }
  template <class T>
  output_archive& operator<<(boost::serialization::array_wrapper<T> const& array) {
    if constexpr (detail::plain<std::remove_const_t<T>>) {
      save_block(array.address(), array.count() * sizeof(T));
    } else {
      for (std::size_t i = 0; i < array.count(); ++i) *this << array.address()[i];
    }
    return *this;
  }

  void save_binary(void const* data, std::size_t bytes) { append(data, bytes); }
  template <class T>
  void save_array(boost::serialization::array_wrapper<T> const& array, unsigned) {
    *this << array;
  }
  template <class T>
  void register_type(T* = nullptr) const noexcept {}
  [[nodiscard]] unsigned get_library_version() const noexcept { return 0; }
  template <class Helper>
  Helper& get_helper(void* = nullptr) = delete; // shared pointers need tracking: choose another archive

private:
  void append(void const* data, std::size_t bytes) {
    auto const* const first = static_cast<std::byte const*>(data);
    bytes_.insert(bytes_.end(), first, first + bytes);
  }

  void save_block(void const* data, std::size_t bytes) {
    if (bytes < detail::smallest_block) return append(data, bytes);
    bool const apart = blocks_ != nullptr && in_place_;
    *this << (apart ? detail::placement::apart : detail::placement::here);
    if (apart)
      blocks_->emplace_back(static_cast<std::byte const*>(data), bytes);
    else
      append(data, bytes);
  }

  std::vector<std::byte>& bytes_;
  std::vector<std::span<std::byte const>>* blocks_;
  bool in_place_ = true;
};

/// Reads values from a block of memory. Nothing is read beyond its end, and no length in it is believed beyond the
/// bytes that remain: `format_error` otherwise.
class input_archive {
public:
  using is_saving = std::false_type;
  using is_loading = std::true_type;

  /// `fetch` fills memory with the next block that travels apart, `apart` bytes in all.
  explicit input_archive(std::span<std::byte const> bytes, std::uint64_t apart = 0,
                         std::function<void(std::span<std::byte>)> fetch = {})
      : bytes_(bytes), apart_(apart), fetch_(std::move(fetch)) {}

  template <class T>
  input_archive& operator>>(T&& target) {
    using value = std::remove_cvref_t<T>;
    auto& result = const_cast<value&>(target);
    if constexpr (std::same_as<value, bool>) {
      unsigned char stored = 0;
      take(&stored, 1);
      result = stored != 0;
    } else if constexpr (detail::plain<value>) {
      take(&result, sizeof(value));
    } else if constexpr (detail::is_string<value>) {
      constexpr auto width = sizeof(typename value::value_type);
      result.resize(take_length(width));
      load_block(result.data(), result.size() * width);
    } else if constexpr (std::is_array_v<value>) {
      for (auto& each : result) *this >> each;
    } else {
      auto const before = bytes_.size();
      boost::serialization::serialize_adl(*this, result, boost::serialization::version<value>::value);
      if (bytes_.size() == before) {
        std::byte marker;
        take(&marker, 1);
      }
    }
    return *this;
  }
  template <class T>
  input_archive& operator&(T&& target) {
    return *this >> target;
  }
  input_archive& operator>>(boost::serialization::collection_size_type& size) {
    size = boost::serialization::collection_size_type(take_length(1));
    return *this;
  }
  input_archive& operator>>(boost::serialization::item_version_type& version) {
    version = boost::serialization::item_version_type(0);
    return *this;
  }
  template <class T>
  input_archive& operator>>(boost::serialization::nvp<T> const& pair) {
    return *this >> pair.value();
  }
  template <class T>
  input_archive& operator>>(boost::serialization::array_wrapper<T> const& array) {
    if constexpr (detail::plain<T>) {
      load_block(array.address(), array.count() * sizeof(T));
    } else {
      for (std::size_t i = 0; i < array.count(); ++i) *this >> array.address()[i];
    }
    return *this;
  }

  void load_binary(void* data, std::size_t bytes) { take(data, bytes); }
  template <class T>
  void load_array(boost::serialization::array_wrapper<T> const& array, unsigned) {
    *this >> array;
  }
  template <class T>
  void register_type(T* = nullptr) const noexcept {}
  void reset_object_address(void const*, void const*) const noexcept {}
  void delete_created_pointers() const noexcept {}
  [[nodiscard]] unsigned get_library_version() const noexcept { return 0; }

  /// Throws `format_error` unless everything has been read.
  void finish() const;

private:
  void take(void* target, std::size_t bytes) {
    if (bytes > bytes_.size()) detail::throw_short_archive(bytes, bytes_.size());
    if (bytes > 0) std::memcpy(target, bytes_.data(), bytes);
    bytes_ = bytes_.subspan(bytes);
  }

  /// The length of a container whose elements take `element_bytes` each at least. No element takes less than a byte, so
  /// that a forged length cannot make a container of more elements than its message has bytes.
  std::size_t take_length(std::size_t element_bytes) {
    std::uint64_t count = 0;
    take(&count, sizeof(count));
    std::uint64_t const left = bytes_.size() + apart_;
    if (count > left / element_bytes) detail::throw_short_archive(count, left);
    return static_cast<std::size_t>(count);
  }

  void load_block(void* target, std::size_t bytes) {
    if (bytes < detail::smallest_block) return take(target, bytes);
    detail::placement place{};
    *this >> place;
    if (place == detail::placement::here) return take(target, bytes);
    if (place != detail::placement::apart || bytes > apart_ || !fetch_) detail::throw_short_archive(bytes, apart_);
    apart_ -= bytes;
    fetch_({static_cast<std::byte*>(target), bytes});
  }

  std::span<std::byte const> bytes_;
  std::uint64_t apart_;
  std::function<void(std::span<std::byte>)> fetch_;
};

} // namespace armada

/// Contiguous numbers are stored and loaded in one go.
template <>
struct boost::serialization::use_array_optimization<armada::output_archive> {
  template <class T>
  struct apply : boost::mpl::bool_<armada::detail::plain<std::remove_const_t<T>>> {};
};
template <>
struct boost::serialization::use_array_optimization<armada::input_archive>
    : boost::serialization::use_array_optimization<armada::output_archive> {};
