#include <armada/core/frame.hpp>

#include "tests/support/values.hpp"

#include <armada/core/error.hpp>
#include <armada/core/object.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada::detail {
namespace {

using support::message_of;
using message = std::vector<std::byte>;

message sealed(frame head, std::string_view archive) {
  auto const bytes = std::as_bytes(std::span(archive));
  seal(head, bytes);
  message result(sizeof(head) + bytes.size());
  std::memcpy(result.data(), &head, sizeof(head));
  std::ranges::copy(bytes, result.begin() + sizeof(head));
  return result;
}

frame some_frame() {
  frame head;
  head.id = 7;
  head.type = 42;
  head.block_bytes = 1000;
  return head;
}

TEST(frame, what_was_sealed_is_read) {
  auto const bytes = sealed(some_frame(), "archive");
  EXPECT_TRUE(looks_like_frame(bytes));
  auto const head = read_frame(bytes, "thing");
  EXPECT_EQ(head.id, 7);
  EXPECT_EQ(head.type, 42U);
  EXPECT_EQ(head.block_bytes, 1000U);
  EXPECT_EQ(head.archive_bytes, 7U);
  EXPECT_NO_THROW(check_archive(head, std::span<std::byte const>(bytes).subspan(sizeof(frame))));
  EXPECT_NO_THROW(check_type(head, 42, "thing"));
}

TEST(frame, a_part_of_the_archive_will_do_for_the_frame) {
  auto bytes = sealed(some_frame(), "archive");
  for (; bytes.size() >= sizeof(frame); bytes.pop_back()) EXPECT_EQ(read_frame(bytes, "thing").archive_bytes, 7U);
  for (; !bytes.empty(); bytes.pop_back()) EXPECT_THROW(static_cast<void>(read_frame(bytes, "thing")), error);
  EXPECT_THROW(static_cast<void>(read_frame(bytes, "thing")), type_error);
}

TEST(frame, every_damaged_byte_of_it_is_found) {
  auto const good = sealed(some_frame(), "archive");
  for (std::size_t at = 0; at < sizeof(frame); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto bad = good;
      bad[at] ^= static_cast<std::byte>(1U << static_cast<unsigned>(bit));
      if (at < sizeof(frame_magic))
        EXPECT_THROW(static_cast<void>(read_frame(bad, "thing")), type_error) << at;
      else
        EXPECT_THROW(static_cast<void>(read_frame(bad, "thing")), format_error) << at;
    }
}

TEST(frame, every_damaged_byte_of_the_archive_is_found) {
  auto const good = sealed(some_frame(), "a longer archive of some forty bytes or so");
  auto const head = read_frame(good, "thing");
  for (std::size_t at = sizeof(frame); at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= std::byte{0x10};
    EXPECT_THROW(check_archive(head, std::span<std::byte const>(bad).subspan(sizeof(frame))), format_error) << at;
  }
  EXPECT_THROW(check_archive(head, std::span<std::byte const>(good).subspan(sizeof(frame) + 1)), format_error);
}

TEST(frame, impossible_lengths_are_refused_under_a_fitting_checksum) {
  auto head = some_frame();
  head.block_bytes = std::uint64_t{1} << 63U;
  EXPECT_NE(message_of<format_error>([&] {
              static_cast<void>(read_frame(sealed(head, "x"), "thing"));
            }).find("lengths cannot be"),
            std::string::npos);
  auto longer = sealed(some_frame(), "archive");
  longer.push_back(std::byte{});
  EXPECT_THROW(static_cast<void>(read_frame(longer, "thing")), format_error) << "more than the archive";
}

TEST(frame, the_error_says_what_was_wrong) {
  auto head = some_frame();
  head.version = 9;
  EXPECT_NE(message_of<format_error>([&] {
              static_cast<void>(read_frame(sealed(head, ""), "thing"));
            }).find("receive of a thing on "),
            std::string::npos);
  EXPECT_NE(message_of<format_error>([&] {
              static_cast<void>(read_frame(sealed(head, ""), "thing"));
            }).find("the message has version 9 of the format, this program 1"),
            std::string::npos);
  EXPECT_NE(message_of<type_error>([&] {
              check_type(some_frame(), 43, "thing");
            }).find("the message holds an object of another type"),
            std::string::npos);
  EXPECT_NE(message_of<type_error>([&] {
              static_cast<void>(read_frame(message(20), "thing"));
            }).find("the message of 20 bytes is no object but a buffer"),
            std::string::npos);
}

/// Names std::vector<T> before anybody writes std::vector<short>: what the compiler prints of that is another text
/// then.
template <class T>
auto deduced() {
  std::vector<T> const values;
  return std::pair(type_hash<decltype(values)>(), std::string(type_name<decltype(values)>()));
}
auto const by_deduction = [](auto number) { return deduced<decltype(number)>(); }(short{});

TEST(frame, types_have_a_number_each_however_they_were_named) {
  EXPECT_NE(type_hash<int>(), type_hash<unsigned>());
  EXPECT_NE(type_hash<std::vector<int>>(), type_hash<std::vector<long>>());
  EXPECT_EQ((type_hash<std::map<int, int>>()), (type_hash<std::map<int, int, std::less<int>>>()));
  EXPECT_NE((type_hash<std::map<int, int>>()), (type_hash<std::map<int, int, std::greater<int>>>()));
  EXPECT_EQ(by_deduction.first, type_hash<std::vector<short>>());
  EXPECT_EQ(by_deduction.second, type_name<std::vector<short>>());
  EXPECT_EQ(type_hash<double>(), hash_of(typeid(double)));
}

TEST(frame, types_are_named_as_people_write_them) {
  EXPECT_EQ(type_name<double>(), "double");
  EXPECT_EQ(type_name<std::vector<short>>(), "std::vector<short>");
  EXPECT_EQ(type_name<std::string>(), "std::string");
  EXPECT_EQ((type_name<std::map<std::string, std::vector<std::string>>>()),
            "std::map<std::string, std::vector<std::string>>");
  EXPECT_EQ((type_name<std::map<int, int, std::greater<int>>>()), "std::map<int, int, std::greater<int>>");
}

} // namespace
} // namespace armada::detail
