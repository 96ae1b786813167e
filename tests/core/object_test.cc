#include <armada/core/object.hpp>

#include "tests/support/values.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

std::size_t largest_allocation = 0; // in bytes, since it was set to zero

/// Notes how much is asked for.
template <class T>
struct watched : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = watched<U>;
  };
  watched() = default;
  template <class U>
  watched(watched<U> const&) {} // NOLINT(*-explicit-*)
  T* allocate(std::size_t n) {
    largest_allocation = std::max(largest_allocation, n * sizeof(T));
    return std::allocator<T>::allocate(n);
  }
};

using numbers = std::vector<double, watched<double>>;
using text = std::basic_string<char, std::char_traits<char>, watched<char>>;
using table = std::map<text, numbers>;

static_assert(object<table> && object<std::vector<std::string>> && object<std::vector<bool>>);
static_assert(!object<int> && !object<std::vector<int>> && !object<std::string> && !object<int*> && !object<int[2]>);
static_assert(writable_object<table> && !writable_object<table const>);
template <class T>
concept can_be_wrapped = requires(T&& value) {
  as_object(std::forward<T>(value));
};
static_assert(can_be_wrapped<std::vector<int>&> && !can_be_wrapped<std::vector<int>>, "a temporary would be gone");

table const sample{{"a", {1, 2, 3}}, {"", {}}, {"long", numbers(1000, 4)}};

TEST(object, comes_back_as_it_was) {
  EXPECT_EQ(decode<table>(encode(sample)), sample);
  EXPECT_EQ(decode<table>(encode(table())), table());
  EXPECT_EQ(decode<int>(encode(5)), 5);
}

TEST(object, an_existing_one_reuses_its_memory) {
  std::vector<double> value(1000);
  auto const* const memory = value.data();
  decode(encode(std::vector<double>(900, 2)), value);
  EXPECT_EQ(value, std::vector<double>(900, 2));
  EXPECT_EQ(value.data(), memory);
}

TEST(object, of_another_type_is_refused) {
  EXPECT_THROW(static_cast<void>(decode<int>(encode(5U))), type_error);
  EXPECT_THROW((static_cast<void>(decode<std::map<std::string, std::vector<float>>>(encode(sample)))), type_error);
}

TEST(object, every_flipped_bit_and_every_length_is_found) {
  auto const good = encode(table{{"a", {1, 2, 3}}, {"", {}}});
  for (std::size_t at = 0; at < good.size(); ++at)
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bad = good;
      bad[at] ^= static_cast<std::byte>(1U << bit);
      EXPECT_THROW(static_cast<void>(decode<table>(bad)), error) << at;
    }
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(static_cast<void>(decode<table>(std::span(good).first(length))), error) << length;
}

TEST(object, forged_archives_end_in_an_error_and_ask_for_little) {
  std::uint64_t random = 88172645463325252U;
  auto next = [&] {
    random ^= random << 13U;
    random ^= random >> 7U;
    random ^= random << 17U;
    return random;
  };
  auto const good = encode(sample);
  for (int round = 0; round < 20'000; ++round) {
    auto bad = good;
    for (int change = 0; change < 3; ++change) {
      auto const at = sizeof(detail::frame) + next() % (bad.size() - sizeof(detail::frame) - 8);
      std::uint64_t const value = round % 2 == 0 ? next() : next() % 5000;
      std::memcpy(bad.data() + at, &value, 1 + next() % 8);
    }
    detail::frame head;
    std::memcpy(&head, bad.data(), sizeof(head));
    detail::seal(head, std::span<std::byte const>(bad).subspan(sizeof(head)));
    std::memcpy(bad.data(), &head, sizeof(head));
    largest_allocation = 0;
    try {
      static_cast<void>(decode<table>(bad)); // numbers may have changed, which nobody can see
    } catch (format_error const&) {
    }
    ASSERT_LT(largest_allocation, 16 * bad.size()) << "round " << round;
  }
}

TEST(object, blocks_that_travel_apart_cannot_be_decoded_here) {
  auto const encoded = detail::encode(sample, true, 3);
  ASSERT_EQ(encoded.blocks.size(), 1U);
  EXPECT_EQ(encoded.blocks[0].size(), 8000U);
  EXPECT_THROW(static_cast<void>(decode<table>(encoded.message.bytes())), format_error);
}

} // namespace
} // namespace armada
