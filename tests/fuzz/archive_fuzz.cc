/// Any bytes as the archive of an object with everything in it, without the checksum that would refuse them. Blocks
/// that are said to travel apart come from the end of the input.

#include "tests/support/rich.hpp"

#include <armada/core/error.hpp>

#include <algorithm>
#include <cstring>
#include <span>

namespace {

class blocks_behind final : public armada::detail::block_source {
public:
  explicit blocks_behind(std::span<std::byte const> bytes) : bytes_(bytes) {}
  void expect(std::uint64_t bytes) override {
    if (bytes > bytes_.size()) throw armada::format_error("no such block is on its way");
  }
  void fetch(std::span<std::byte> room) override {
    if (room.size() > bytes_.size()) __builtin_trap(); // it was not asked for
    std::memcpy(room.data(), bytes_.data(), room.size());
    bytes_ = bytes_.subspan(room.size());
  }

private:
  std::span<std::byte const> bytes_;
};

} // namespace

extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t most);

/// Begins again from a whole object now and then, and changes it.
extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char* data, std::size_t size, std::size_t most, unsigned seed) {
  if (seed % 32 == 0 && most > 2) {
    auto const good = support::archived(support::some_rich(static_cast<int>(seed / 32 % 3)));
    size = std::min(most, good.size() + 2);
    data[0] = 0;
    data[1] = 0;
    std::memcpy(data + 2, good.data(), size - 2);
  }
  return LLVMFuzzerMutate(data, size, most);
}

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
  if (size < 2) return 0;
  std::span const input(reinterpret_cast<std::byte const*>(data), size);
  auto const apart = std::min<std::size_t>(size - 2, std::size_t{data[0]} * 64); // bytes in blocks
  bool const boast = data[1] % 8 == 7; // the frame says that there are more than come
  auto const archive = input.subspan(2, size - 2 - apart);

  support::rich value;
  try {
    blocks_behind blocks(input.last(apart));
    armada::input_archive in(archive, &blocks, boast ? std::uint64_t{1} << 60U : apart);
    in >> value;
    in.finish();
  } catch (armada::format_error const&) {
  }

  // Whatever was read, whole or in part, is an object: it is written, read and written again to the same bytes. (But
  // for containers ordered by hash and variants that an exception emptied, which have no archive.)
  try {
    auto const written = support::archived(value);
    support::rich again;
    armada::input_archive in(written);
    in >> again;
    in.finish();
    if (support::archived(again).size() != written.size()) __builtin_trap();
  } catch (armada::argument_error const&) {
  }
  return 0;
}
