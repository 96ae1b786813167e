#pragma once

/// Armada's own archives: they write into and read from one block of memory, without a stream and without class
/// tracking, and every read is bounded by the bytes that are there. They follow Boost's archive concept, so that a type
/// with a `serialize` function works as it is. How the standard library's types are written is in standard_values.hpp
/// and standard_containers.hpp; pointers and class hierarchies need the archive `tracked` (boost_archives.hpp).

#include <armada/core/archive_form.hpp>
#include <armada/core/byte_buffer.hpp>
#include <armada/core/error.hpp>

#include <boost/mpl/bool.hpp>
#include <boost/serialization/array_optimization.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/collection_size_type.hpp>
#include <boost/serialization/item_version_type.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/serialization.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/split_member.hpp>
#include <boost/serialization/version.hpp>
#include <boost/serialization/wrapper.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

class output_archive;
class input_archive;

namespace detail {

/// Blocks of this many bytes and more may travel outside of the archive.
inline constexpr std::size_t smallest_block = 4096;

/// What an archive says of a large block: it follows right here, or it comes on its own.
enum class placement : unsigned char { here = 0, apart = 1 };

/// Blocks that travel on their own, where they lie.
using block_list = std::vector<std::span<std::byte const>>;

/// Where the blocks come from that travel on their own.
class block_source {
public:
  virtual ~block_source() = default;
  /// Throws unless a block of so many bytes is on its way: asked before there is memory for it.
  virtual void expect(std::uint64_t bytes) = 0;
  /// Fills `room` with the block.
  virtual void fetch(std::span<std::byte> room) = 0;
};

/// Deeper than this objects do not nest: each level takes some of the stack.
inline constexpr int deepest_nesting = 1000;

/// Throws `format_error`: an archive ends before its content does.
[[noreturn]] void throw_short_archive(std::uint64_t wanted, std::uint64_t left);
/// Throws `format_error` with what is wrong in an archive.
[[noreturn]] void throw_bad_archive(std::string_view why);
/// Throws `argument_error` with why a value cannot be written.
[[noreturn]] void throw_not_writable(std::string_view why);

} // namespace detail

/// Whether serialising a T hands out only memory that T itself keeps, so that large blocks of it may be sent from where
/// they lie; its members answer for themselves. True for what Armada knows. A class with a `serialize` of its own may
/// build temporaries there, so that blocks below it are copied unless it specialises this to true.
template <class T>
inline constexpr bool serializes_in_place = wire<T> || detail::has_archive_form<T>;

/// Writes values to the end of a buffer. With `blocks`, large contiguous memory of types that serialise in place is
/// listed there instead of being copied; it must stay as it is until it has been sent.
class output_archive {
public:
  using is_saving = std::true_type;
  using is_loading = std::false_type;

  explicit output_archive(detail::byte_buffer& bytes, detail::block_list* blocks = nullptr) noexcept
      : bytes_(bytes), blocks_(blocks) {}

  template <detail::archivable T>
  output_archive& operator<<(T const& value) {
    static_assert(!detail::is_pointer_like<T>, "pointers and shared objects need the archive `tracked`");
    if constexpr (detail::plain<T>) {
      bytes_.append(&value, sizeof(T));
    } else if constexpr (std::is_array_v<T>) {
      write_elements(value, std::extent_v<T>);
    } else if constexpr (detail::has_archive_form<T>) {
      detail::archive_form<T>::write(*this, value);
    } else {
      bool const outer = in_place_;
      in_place_ = in_place_ && (serializes_in_place<T> || boost::serialization::is_wrapper<T>::type::value);
      nest([&] {
        boost::serialization::serialize_adl(*this, const_cast<T&>(value), boost::serialization::version<T>::value);
      });
      in_place_ = outer;
    }
    return *this;
  }
  template <detail::archivable T>
  output_archive& operator<<(T& value) {
    return *this << std::as_const(value);
  }
  template <detail::archivable T>
  output_archive& operator&(T const& value) {
    return *this << value;
  }
  template <detail::archivable T>
  output_archive& operator&(T& value) { // xtensor has an operator for any two values, which must not fit better
    return *this << std::as_const(value);
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
    write_elements(array.address(), array.count());
    return *this;
  }

  void save_binary(void const* data, std::size_t bytes) { bytes_.append(data, bytes); }
  template <class T>
  void save_array(boost::serialization::array_wrapper<T> const& array, unsigned) {
    *this << array;
  }
  template <class T>
  void register_type(T* = nullptr) const noexcept {}
  [[nodiscard]] unsigned get_library_version() const noexcept { return 0; }
  template <class Helper>
  Helper& get_helper(void* = nullptr) = delete;

  /// Writes the members of an object, by `action`. One without any takes a byte all the same: see least_bytes.
  template <class Action>
  void nest(Action action) {
    if (++nesting_ > detail::deepest_nesting) detail::throw_not_writable("the object is nested too deeply");
    auto const before = bytes_.size();
    action();
    if (bytes_.size() == before) *bytes_.extend(1) = std::byte{};
    --nesting_;
  }

  /// The values of `count` elements that lie one behind the other, without their number.
  template <class T>
  void write_elements(T const* elements, std::size_t count) {
    if constexpr (detail::plain_element<std::remove_const_t<T>>)
      write_block(elements, count * sizeof(T));
    else
      for (std::size_t i = 0; i < count; ++i) *this << elements[i];
  }

private:
  void write_block(void const* data, std::size_t bytes) {
    if (bytes < detail::smallest_block) return bytes_.append(data, bytes);
    bool const apart = blocks_ != nullptr && in_place_;
    *this << (apart ? detail::placement::apart : detail::placement::here);
    if (apart)
      blocks_->emplace_back(static_cast<std::byte const*>(data), bytes);
    else
      bytes_.append(data, bytes);
  }

  detail::byte_buffer& bytes_;
  detail::block_list* blocks_;
  bool in_place_ = true;
  int nesting_ = 0;
};

/// Reads values from a block of memory. Nothing is read beyond its end, and no length in it is believed beyond the
/// bytes that remain: `format_error` otherwise. What was read until then stays in the object that was read into.
class input_archive {
public:
  using is_saving = std::false_type;
  using is_loading = std::true_type;

  /// `blocks` gives the blocks that travel apart, `apart` bytes in all.
  explicit input_archive(std::span<std::byte const> bytes, detail::block_source* blocks = nullptr,
                         std::uint64_t apart = 0) noexcept
      : next_(bytes.data()), end_(bytes.data() + bytes.size()), blocks_(blocks), apart_(apart) {}

  template <detail::archivable T>
  input_archive& operator>>(T const& wrapper) {
    return *this >> const_cast<T&>(wrapper); // what is given as a temporary refers to what is read
  }
  template <detail::archivable T>
  input_archive& operator>>(T& target) {
    using value = std::remove_const_t<T>;
    static_assert(!detail::is_pointer_like<value>, "pointers and shared objects need the archive `tracked`");
    auto& result = const_cast<value&>(target);
    if constexpr (std::same_as<value, bool>) {
      unsigned char stored = 0;
      take(&stored, 1);
      result = stored != 0;
    } else if constexpr (detail::plain<value>) {
      take(&result, sizeof(value));
    } else if constexpr (std::is_array_v<value>) {
      read_elements<std::remove_extent_t<value>>(std::extent_v<value>, [&] { return result; });
    } else if constexpr (detail::has_archive_form<value>) {
      detail::archive_form<value>::read(*this, result);
    } else {
      nest([&] { boost::serialization::serialize_adl(*this, result, boost::serialization::version<value>::value); });
    }
    return *this;
  }
  template <detail::archivable T>
  input_archive& operator&(T const& wrapper) {
    return *this >> wrapper;
  }
  template <detail::archivable T>
  input_archive& operator&(T& target) {
    return *this >> target;
  }
  input_archive& operator>>(boost::serialization::collection_size_type& size) {
    size = boost::serialization::collection_size_type(read_array_length<char>());
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
    read_elements<T>(array.count(), [&] { return array.address(); });
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

  /// The bytes that are left here, and in blocks that travel apart as well.
  [[nodiscard]] std::size_t here() const noexcept { return static_cast<std::size_t>(end_ - next_); }
  [[nodiscard]] std::uint64_t left() const noexcept { return here() + apart_; }

  /// The most Ts that can follow: an array of plain ones may travel apart, all others are here.
  template <class T>
  [[nodiscard]] std::uint64_t most_elements() const noexcept {
    return (detail::plain_element<T> ? left() : here()) / detail::least_bytes<T>();
  }

  /// The length of a container of elements that are written one by one and take `element_bytes` each at least.
  [[nodiscard]] std::size_t read_length(std::size_t element_bytes) {
    return length_of_at_most([&] { return here() / element_bytes; });
  }
  /// The length of a container of Ts whose elements `read_elements` reads.
  template <class T>
  [[nodiscard]] std::size_t read_array_length() {
    return length_of_at_most([&] { return most_elements<T>(); });
  }

  /// Reads the members of an object, by `action`.
  template <class Action>
  void nest(Action action) {
    if (++nesting_ > detail::deepest_nesting) detail::throw_bad_archive("it is nested too deeply");
    auto const before = left();
    action();
    if (left() == before) take_bytes(1);
    --nesting_;
  }

  /// The values of `count` elements, into the memory that `room()` returns; it is called when they are known to come.
  template <class T, class Room>
  void read_elements(std::size_t count, Room room) {
    if constexpr (detail::plain_element<T>) {
      if (count > most_elements<T>()) detail::throw_short_archive(count, left());
      read_block(count * sizeof(T), room);
    } else {
      T* const elements = room();
      for (std::size_t i = 0; i < count; ++i) *this >> elements[i];
    }
  }

  /// The next bytes where they lie, of a block that did not travel apart.
  std::byte const* take_bytes(std::size_t bytes) {
    if (bytes > here()) [[unlikely]]
      detail::throw_short_archive(bytes, here());
    return std::exchange(next_, next_ + bytes);
  }

private:
  /// A length of at most what `most()` says once it was taken.
  template <class Most>
  [[nodiscard]] std::size_t length_of_at_most(Most most) {
    std::uint64_t count = 0;
    take(&count, sizeof(count));
    if (count > most()) [[unlikely]]
      detail::throw_short_archive(count, left());
    return static_cast<std::size_t>(count);
  }

  void take(void* target, std::size_t bytes) {
    auto const* const from = take_bytes(bytes);
    if (bytes > 0) std::memcpy(target, from, bytes);
  }

  template <class Room>
  void read_block(std::size_t bytes, Room room) {
    auto place = detail::placement::here;
    if (bytes >= detail::smallest_block) *this >> place;
    if (place == detail::placement::here) {
      auto const* const from = take_bytes(bytes);
      void* const target = room();
      if (bytes > 0) std::memcpy(target, from, bytes);
    } else {
      if (place != detail::placement::apart) detail::throw_bad_archive("it puts a block at no known place");
      if (bytes > apart_ || blocks_ == nullptr) detail::throw_short_archive(bytes, apart_);
      blocks_->expect(bytes);
      auto* const target = reinterpret_cast<std::byte*>(room());
      apart_ -= bytes;
      blocks_->fetch({target, bytes});
    }
  }

  std::byte const* next_;
  std::byte const* end_;
  detail::block_source* blocks_;
  std::uint64_t apart_;
  int nesting_ = 0;
};

} // namespace armada

/// Boost's headers, and those that follow them, hand over contiguous numbers in one go.
template <>
struct boost::serialization::use_array_optimization<armada::output_archive> {
  template <class T>
  struct apply : boost::mpl::bool_<armada::detail::plain_element<std::remove_const_t<T>>> {};
};
template <>
struct boost::serialization::use_array_optimization<armada::input_archive>
    : boost::serialization::use_array_optimization<armada::output_archive> {};
