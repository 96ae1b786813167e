#include <armada/core/frame.hpp>

#include <armada/core/error.hpp>
#include <armada/core/job.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cxxabi.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

namespace armada::detail {

namespace {

void replace_all(std::string& text, std::string_view old, std::string_view with) {
  for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + with.size()))
    text.replace(at, old.size(), with);
}

/// Takes out every argument that begins with `start`, which ends with the bracket that it opens.
void remove_arguments(std::string& text, std::string_view start) {
  for (auto at = text.find(start); at != std::string::npos; at = text.find(start, at)) {
    auto end = at + start.size();
    for (int open = 1; open > 0 && end < text.size(); ++end) open += text[end] == '<' ? 1 : text[end] == '>' ? -1 : 0;
    text.erase(at, end - at);
  }
}

} // namespace

std::uint64_t hash_of(std::type_info const& type) noexcept {
  std::string_view const name = type.name();
  return XXH3_64bits(name.data(), name.size());
}

std::string readable_name(std::type_info const& type) {
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> const demangled(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         std::free);
  std::string name = status == 0 ? demangled.get() : type.name();
  replace_all(name, "__cxx11::", "");
  replace_all(name, "std::basic_string<char, std::char_traits<char>, std::allocator<char> >", "std::string");
  for (auto const* const start : {", std::char_traits<", ", std::allocator<", ", std::less<", ", std::hash<",
                                  ", std::equal_to<", ", std::default_delete<"})
    remove_arguments(name, start);
  replace_all(name, " >", ">");
  return name;
}

bool looks_like_frame(std::span<std::byte const> bytes) noexcept {
  return bytes.size() >= sizeof(frame_magic) && std::memcmp(bytes.data(), frame_magic.data(), sizeof(frame_magic)) == 0;
}

namespace {

std::uint64_t checksum_of(frame const& head) noexcept { return XXH3_64bits(&head, offsetof(frame, checksum)); }

[[noreturn]] void refuse(std::string_view name, std::string_view why) {
  throw format_error(text("receive of a ", name, " on ", job::whoami(), ": ", why));
}

} // namespace

void seal(frame& head, std::span<std::byte const> archive) noexcept {
  head.archive_bytes = archive.size();
  head.archive_checksum = XXH3_64bits(archive.data(), archive.size());
  head.checksum = checksum_of(head);
}

frame read_frame(std::span<std::byte const> message, std::string_view name) {
  if (!looks_like_frame(message))
    throw type_error(text("receive of a ", name, " on ", job::whoami(), ": the message of ", message.size(),
                          " bytes is no object but a buffer"));
  frame head;
  if (message.size() < sizeof(head)) refuse(name, "the message ends inside its frame");
  std::memcpy(&head, message.data(), sizeof(head));
  if (head.version != frame{}.version)
    refuse(name, text("the message has version ", head.version, " of the format, this program ", frame{}.version));
  if (head.checksum != checksum_of(head)) refuse(name, "the checksum of its frame is wrong; the bytes were damaged");
  constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / 2;
  if (head.archive_bytes > limit || head.block_bytes > limit || head.archive_bytes < message.size() - sizeof(head))
    refuse(name, "the message's lengths cannot be");
  return head;
}

void check_type(frame const& head, std::uint64_t type, std::string_view name) {
  if (head.type != type)
    throw type_error(
        text("receive of a ", name, " on ", job::whoami(), ": the message holds an object of another type"));
}

void check_archive(frame const& head, std::span<std::byte const> archive) {
  if (archive.size() != head.archive_bytes)
    throw format_error(text("object message on ", job::whoami(), ": ", archive.size(), " bytes of an archive of ",
                            head.archive_bytes));
  if (XXH3_64bits(archive.data(), archive.size()) != head.archive_checksum)
    throw format_error(text("object message on ", job::whoami(), ": the checksum is wrong; the bytes were damaged"));
}

} // namespace armada::detail
