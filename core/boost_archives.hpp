#pragma once

/// Boost's archives for what Armada's own cannot: `tracked` follows pointers, `portable` is text. With this header come
/// Boost's for the standard library. A class that travels behind a pointer to its base is made known as Boost asks:
/// BOOST_CLASS_EXPORT(dog) after this header, or `archive.register_type<dog>()` in the `serialize` of what holds it.
///
/// Boost's archives believe what they read: only the checksum of the frame stands between damaged bytes and them. Bytes
/// that were forged together with their checksum can make them ask for any memory, or nest beyond the stack.

#include <armada/core/archive_policy.hpp>
#include <armada/core/byte_buffer.hpp>
#include <armada/core/frame.hpp>
#include <armada/core/standard_values.hpp>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>

#include <boost/serialization/array.hpp>
#include <boost/serialization/assume_abstract.hpp>
#include <boost/serialization/bitset.hpp>
#include <boost/serialization/complex.hpp>
#include <boost/serialization/deque.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/forward_list.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/priority_queue.hpp>
#include <boost/serialization/queue.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/stack.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/valarray.hpp>
#include <boost/serialization/vector.hpp>
#include <boost/serialization/weak_ptr.hpp>

#include <istream>
#include <locale>
#include <new>
#include <ostream>
#include <stdexcept>
#include <streambuf>

namespace armada {
namespace detail {

/// A stream's end that appends to a buffer.
class byte_output final : public std::streambuf {
public:
  explicit byte_output(byte_buffer& bytes) noexcept : bytes_(bytes) {}

protected:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(char const* text, std::streamsize count) override;

private:
  byte_buffer& bytes_;
};

/// A stream's beginning that reads bytes where they lie.
class byte_input final : public std::streambuf {
public:
  explicit byte_input(std::span<std::byte const> bytes) noexcept;
  /// Whether everything was read but white space, and nothing was sought beyond the end: text does not notice that.
  [[nodiscard]] bool was_read() const noexcept;

protected:
  int_type underflow() override;

private:
  bool exhausted_ = false;
};

/// Throws `format_error` with the type, the rank and what Boost said.
[[noreturn]] void throw_archive_error(std::string_view name, char const* why);

/// An archive of Boost's as a policy.
template <class Output, class Input>
struct boost_policy {
  template <class T>
  static void write(T const& value, byte_buffer& bytes, block_list* /*blocks*/) {
    explained<T>([&] {
      byte_output buffer(bytes);
      std::ostream stream(&buffer);
      stream.imbue(std::locale::classic());
      Output archive(stream, boost::archive::no_codecvt);
      archive << value;
    });
  }
  template <class T>
  static void read(T& value, std::span<std::byte const> bytes, block_source* /*blocks*/, std::uint64_t apart) {
    explained<T>([&] {
      byte_input buffer(bytes);
      std::istream stream(&buffer);
      stream.imbue(std::locale::classic());
      Input archive(stream, boost::archive::no_codecvt);
      archive >> value;
      if (!buffer.was_read() || apart != 0) throw_archive_error(type_name<T>(), "its archive is longer or shorter");
    });
  }

private:
  template <class T>
  static void explained(auto&& action) {
    try {
      action();
    } catch (boost::archive::archive_exception const& e) {
      throw_archive_error(type_name<T>(), e.what());
    } catch (std::length_error const& e) {
      throw_archive_error(type_name<T>(), e.what());
    }
  }
};

template <class Archive>
concept foreign_archive = !std::same_as<Archive, output_archive> && !std::same_as<Archive, input_archive> && requires {
  Archive::is_saving::value;
};
template <class T>
concept has_form_for_all = has_archive_form<T> && requires {
  archive_form<T>::serves_all;
};

} // namespace detail

/// Boost's text archive: numbers in decimal, independent of byte order and of the width of integers. (The frame around
/// it is in this machine's byte order, and names the type as this compiler does.) Not-a-number and infinities do not
/// come back: the receiver throws `format_error`. Enumerations travel as `int`.
struct portable_t : detail::boost_policy<boost::archive::text_oarchive, boost::archive::text_iarchive> {};
inline constexpr portable_t portable{};

/// Boost's binary archive with class tracking: an object that several pointers share arrives once and is shared there,
/// and what a pointer to a base points to arrives as what it is. Enumerations travel as `int`.
struct tracked_t : detail::boost_policy<boost::archive::binary_oarchive, boost::archive::binary_iarchive> {};
inline constexpr tracked_t tracked{};

} // namespace armada

namespace boost::serialization {

/// What Boost has no form of its own for. Its own one, where there is one, is chosen before this.
template <armada::detail::foreign_archive Archive, armada::detail::has_form_for_all T>
void serialize(Archive& archive, T& value, unsigned const) {
  if constexpr (Archive::is_saving::value)
    armada::detail::archive_form<T>::write(archive, value);
  else
    armada::detail::archive_form<T>::read(archive, value);
}

} // namespace boost::serialization
