#include <armada/core/boost_archives.hpp>

#include <armada/core/error.hpp>
#include <armada/core/job.hpp>

#include <algorithm>
#include <cctype>

namespace armada::detail {

byte_output::int_type byte_output::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
  char const byte = traits_type::to_char_type(character);
  bytes_.append(&byte, 1);
  return character;
}

std::streamsize byte_output::xsputn(char const* text, std::streamsize count) {
  bytes_.append(text, static_cast<std::size_t>(count));
  return count;
}

byte_input::byte_input(std::span<std::byte const> bytes) noexcept {
  auto* const first = const_cast<char*>(reinterpret_cast<char const*>(bytes.data())); // never written
  setg(first, first, first + bytes.size());
}

byte_input::int_type byte_input::underflow() {
  exhausted_ = true;
  return traits_type::eof();
}

bool byte_input::was_read() const noexcept {
  return !exhausted_ && std::all_of(gptr(), egptr(), [](unsigned char each) { return std::isspace(each) != 0; });
}

void throw_archive_error(std::string_view name, char const* why) {
  throw format_error(text("object of type ", name, " on ", job::whoami(), ": ", why));
}

} // namespace armada::detail
