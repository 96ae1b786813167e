#include <armada/core/archive_policy.hpp>

#include <armada/core/object.hpp>

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

/// An archive of the user's own: the number of the value, and nothing else.
struct counted_t {
  inline static int written = 0;
  template <class T>
  static void write(T const& value, detail::byte_buffer& bytes, detail::block_list*) {
    ++written;
    bytes.append(&value, sizeof(value));
  }
  template <class T>
  static void read(T& value, std::span<std::byte const> bytes, detail::block_source*, std::uint64_t) {
    std::memcpy(&value, bytes.data(), sizeof(value));
  }
};

struct special {
  int number = 0;
};

} // namespace
} // namespace armada

template <>
inline constexpr auto armada::archive_of<armada::special> = armada::counted_t{};

namespace armada {
namespace {

static_assert(archive_policy<compact_t> && archive_policy<counted_t>);
static_assert(!archive_policy<int> && !archive_policy<special>);
static_assert(std::same_as<detail::object_archive<std::string>, compact_t>);
static_assert(std::same_as<detail::object_archive<special>, counted_t>);
static_assert(std::same_as<detail::object_archive<as_object<special>>, counted_t>);
static_assert(std::same_as<detail::object_archive<as_object<special, compact_t>>, compact_t>);
static_assert(std::same_as<detail::object_type<as_object<special const>>, special>);

TEST(archive_policy, is_part_of_the_type_on_its_way) {
  EXPECT_EQ(detail::object_hash<int>, detail::object_hash<as_object<int const>>);
  EXPECT_NE(detail::object_hash<int>, (detail::object_hash<as_object<int, counted_t>>));
}

TEST(archive_policy, of_a_type) {
  counted_t::written = 0;
  EXPECT_EQ(decode<special>(encode(special{5})).number, 5);
  EXPECT_EQ(counted_t::written, 1);
}

TEST(archive_policy, of_a_call) {
  counted_t::written = 0;
  int value = 7;
  int read = 0;
  decode(encode(as_object(value, counted_t{})), as_object(read, counted_t{}));
  EXPECT_EQ(read, 7);
  EXPECT_EQ(counted_t::written, 1);
  EXPECT_THROW(decode(encode(as_object(value, counted_t{})), read), type_error);
}

} // namespace
} // namespace armada
