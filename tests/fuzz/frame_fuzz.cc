/// Any bytes as an object message: an error of Armada's, or the object that was encoded.

#include <armada/core/error.hpp>
#include <armada/core/object.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace {

using table = std::map<std::string, std::vector<int>>;

/// Whether `message` is an object; anything else than a refusal ends the program.
bool is_read(std::span<std::byte const> message) {
  table value;
  try {
    armada::decode(message, value);
  } catch (armada::type_error const&) {
    return false;
  } catch (armada::format_error const&) {
    return false;
  }
  table const again = armada::decode<table>(armada::encode(value));
  if (again != value) __builtin_trap();
  return true;
}

} // namespace

extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t most);

/// Begins again from an object now and then, and changes it.
extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char* data, std::size_t size, std::size_t most, unsigned seed) {
  if (seed % 32 == 0) {
    auto const good = armada::encode(table{{"a", {1, 2, 3}}, {"", {}}, {"key", {4}}});
    size = std::min(most, good.size());
    std::memcpy(data, good.data(), size);
  }
  return LLVMFuzzerMutate(data, size, most);
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  std::vector<std::byte> message(size);
  if (size > 0) std::memcpy(message.data(), data, size);
  is_read(message);

  // Behind the checks that random bytes do not pass: each is made to fit, one after the other.
  armada::detail::frame head;
  if (size < sizeof(head)) return 0;
  std::memcpy(&head, message.data(), sizeof(head));
  auto const archive = std::span<std::byte const>(message).subspan(sizeof(head));
  auto const put = [&] { std::memcpy(message.data(), &head, sizeof(head)); };
  head.magic = armada::detail::frame_magic;
  put();
  is_read(message);
  armada::detail::seal(head, archive);
  put();
  is_read(message);
  head.version = armada::detail::frame().version;
  head.type = armada::detail::object_hash<table>;
  armada::detail::seal(head, archive);
  put();
  is_read(message);
  head.block_bytes = 0;
  armada::detail::seal(head, archive);
  put();
  is_read(message);
  return 0;
}
