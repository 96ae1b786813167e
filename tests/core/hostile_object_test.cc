/// Objects that were damaged or forged: every damage is an error, or at worst another value, and none asks for much
/// memory.

#include "tests/support/rich.hpp"

#include <armada/core/error.hpp>
#include <armada/core/object.hpp>

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include <gtest/gtest.h>

namespace {

std::size_t in_use = 0; // bytes from operator new
std::size_t most = 0;   // since it was set
std::size_t largest = 0;

void* counted(std::size_t bytes) {
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  in_use += malloc_usable_size(memory);
  most = std::max(most, in_use);
  largest = std::max(largest, bytes);
  return memory;
}
void uncounted(void* memory) noexcept {
  if (memory != nullptr) in_use -= std::min(in_use, malloc_usable_size(memory));
  std::free(memory);
}

} // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { uncounted(memory); }
void operator delete[](void* memory) noexcept { uncounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { uncounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { uncounted(memory); }

namespace armada {
namespace {

using support::rich;
using bytes = std::vector<std::byte>;

/// The memory that `action` takes at any one time, and the largest piece of it.
template <class Action>
std::pair<std::size_t, std::size_t> memory_of(Action action) {
  auto const before = in_use;
  most = in_use;
  largest = 0;
  action();
  return {most - before, largest};
}

/// The same archive under a checksum that fits.
bytes sealed(bytes message) {
  detail::frame head;
  std::memcpy(&head, message.data(), sizeof(head));
  detail::seal(head, std::span<std::byte const>(message).subspan(sizeof(head)));
  std::memcpy(message.data(), &head, sizeof(head));
  return message;
}

TEST(hostile_object, the_memory_is_counted) {
  auto const [total, piece] = memory_of([] { std::vector<std::vector<char>> const all(10, std::vector<char>(1000)); });
  EXPECT_GE(total, 11'000U);
  EXPECT_LE(total, 14'000U);
  EXPECT_EQ(piece, 1000U);
}

TEST(hostile_object, undamaged_it_is_read) {
  auto const value = support::some_rich(2);
  auto const read = decode<rich>(encode(value));
  EXPECT_EQ(support::archived(read).size(), support::archived(value).size());
  EXPECT_EQ(read.table, value.table);
  EXPECT_EQ(read.mixed, value.mixed);
  EXPECT_EQ(read.lists, value.lists);
  EXPECT_EQ(read.matrix, value.matrix);
  EXPECT_EQ(read.array, value.array);
  EXPECT_EQ(read.below.at(0).below.at(0).names, value.names);
  EXPECT_EQ(read.next->next->path, value.path);
}

TEST(hostile_object, every_flipped_byte_and_every_length_is_found_by_the_frame) {
  auto const good = encode(support::some_rich());
  for (std::size_t at = 0; at < good.size(); ++at)
    for (auto flip : {std::byte{1}, std::byte{0x80}, std::byte{0xff}}) {
      auto bad = good;
      bad[at] ^= flip;
      if (at < sizeof(detail::frame_magic))
        EXPECT_THROW(static_cast<void>(decode<rich>(bad)), type_error) << at;
      else
        EXPECT_THROW(static_cast<void>(decode<rich>(bad)), format_error) << at;
    }
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(static_cast<void>(decode<rich>(std::span(good).first(length))), error) << length;
}

/// What a value of so many bytes may take: this much for each of them, and something.
std::size_t allowance(std::size_t archive_bytes) { return 64 * archive_bytes + 20'000; }

/// Reads a forged message; it may be refused, and if it is not, it is another object as whole as any.
void try_forged(bytes const& message, std::string const& what) {
  rich value;
  bool read = false;
  auto const [total, piece] = memory_of([&] {
    try {
      decode(sealed(message), value);
      read = true;
    } catch (format_error const&) {
    }
  });
  ASSERT_LE(total, allowance(message.size())) << what;
  ASSERT_LE(piece, allowance(message.size())) << what;
  if (!read) return;
  rich again;
  ASSERT_NO_THROW(decode(encode(value), again)) << what;
}

TEST(hostile_object, cut_at_every_length_under_a_fitting_checksum_it_is_refused) {
  auto const good = encode(support::some_rich());
  for (auto length = sizeof(detail::frame); length < good.size(); ++length) {
    bytes const cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_THROW(static_cast<void>(decode<rich>(sealed(cut))), format_error) << length;
  }
  auto longer = good;
  longer.push_back(std::byte{});
  EXPECT_THROW(static_cast<void>(decode<rich>(sealed(longer))), format_error);
}

TEST(hostile_object, every_flipped_byte_under_a_fitting_checksum_is_bounded) {
  auto const good = encode(support::some_rich());
  for (auto at = sizeof(detail::frame); at < good.size(); ++at)
    for (auto flip : {std::byte{1}, std::byte{2}, std::byte{0x10}, std::byte{0x80}, std::byte{0xff}}) {
      auto bad = good;
      bad[at] ^= flip;
      try_forged(bad, "byte " + std::to_string(at));
    }
}

TEST(hostile_object, numbers_forged_at_every_place_are_bounded) {
  auto const good = encode(support::some_rich());
  for (std::uint64_t number : {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{100}, std::uint64_t{5000},
                               std::uint64_t{1} << 31U, std::uint64_t{1} << 40U, UINT64_MAX / 8 + 1, UINT64_MAX})
    for (auto at = sizeof(detail::frame); at + sizeof(number) <= good.size(); ++at) {
      auto bad = good;
      std::memcpy(bad.data() + at, &number, sizeof(number));
      try_forged(bad, std::to_string(number) + " at " + std::to_string(at));
    }
}

TEST(hostile_object, random_changes_are_bounded) {
  std::uint64_t random = 88172645463325252U;
  auto next = [&] {
    random ^= random << 13U;
    random ^= random >> 7U;
    random ^= random << 17U;
    return random;
  };
  auto const good = encode(support::some_rich(2));
  for (int round = 0; round < 5000; ++round) {
    auto bad = good;
    for (int change = 0; change < 1 + round % 4; ++change) {
      auto const at = sizeof(detail::frame) + next() % (bad.size() - sizeof(detail::frame) - 8);
      std::uint64_t const value = round % 2 == 0 ? next() : next() % 5000;
      std::memcpy(bad.data() + at, &value, 1 + next() % 8);
    }
    try_forged(bad, "round " + std::to_string(round));
  }
}

TEST(hostile_object, blocks_that_a_frame_promises_are_not_given_memory_before_they_come) {
  struct nothing_comes final : detail::block_source {
    void expect(std::uint64_t) override { throw format_error("nothing comes"); }
    void fetch(std::span<std::byte>) override { throw format_error("nothing comes"); }
  } source;
  detail::byte_buffer stored;
  output_archive out(stored);
  out << std::uint64_t{1} << std::uint64_t{1} << 'k' << (std::uint64_t{1} << 40U) << detail::placement::apart;
  std::map<std::string, std::vector<double>> value;
  auto const [total, piece] = memory_of([&] {
    input_archive in(stored.bytes(), &source, std::uint64_t{1} << 50U);
    EXPECT_THROW(in >> value, format_error);
  });
  EXPECT_LE(piece, 1000U);
}

} // namespace
} // namespace armada
