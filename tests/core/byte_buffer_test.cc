#include <armada/core/byte_buffer.hpp>

#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

std::string text_in(byte_buffer const& buffer) { return {reinterpret_cast<char const*>(buffer.data()), buffer.size()}; }

TEST(byte_buffer, begins_empty) {
  byte_buffer buffer;
  EXPECT_EQ(buffer.size(), 0U);
  EXPECT_TRUE(buffer.bytes().empty());
  buffer.append(nullptr, 0);
  EXPECT_EQ(buffer.size(), 0U);
}

TEST(byte_buffer, keeps_what_was_appended_while_it_grows) {
  byte_buffer buffer;
  std::string expected;
  for (std::size_t length : {1U, 500U, 12U, 0U, 3000U, 100'000U, 1U}) {
    std::string const piece(length, static_cast<char>('a' + length % 26));
    buffer.append(piece.data(), piece.size());
    expected += piece;
    EXPECT_EQ(text_in(buffer), expected);
  }
}

TEST(byte_buffer, is_cut_and_lengthened) {
  byte_buffer buffer;
  buffer.append("abcdef", 6);
  buffer.resize(3);
  EXPECT_EQ(text_in(buffer), "abc");
  buffer.resize(2000);
  EXPECT_EQ(buffer.size(), 2000U);
  EXPECT_EQ(text_in(buffer).substr(0, 3), "abc");
  std::memcpy(buffer.extend(2), "xy", 2);
  EXPECT_EQ(text_in(buffer).substr(2000), "xy");
}

TEST(byte_buffer, moves) {
  byte_buffer buffer;
  buffer.append("abc", 3);
  auto const* const memory = buffer.data();
  byte_buffer moved(std::move(buffer));
  EXPECT_EQ(moved.data(), memory);
  buffer = std::move(moved);
  EXPECT_EQ(text_in(buffer), "abc");
}

TEST(byte_buffer, what_no_memory_can_hold_is_refused_and_changes_nothing) {
  byte_buffer buffer;
  buffer.append("abc", 3);
  EXPECT_THROW(buffer.extend(SIZE_MAX), std::bad_alloc);
  EXPECT_THROW(buffer.extend(std::size_t{PTRDIFF_MAX} - 10), std::bad_alloc);
  EXPECT_EQ(text_in(buffer), "abc");
}

} // namespace
} // namespace armada::detail
