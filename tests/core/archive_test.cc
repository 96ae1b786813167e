#include <armada/core/archive.hpp>

#include <armada/core/standard_types.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using bytes = std::vector<std::byte>;

template <class... T>
bytes written(T const&... values) {
  bytes result;
  output_archive archive(result);
  (archive << ... << values);
  return result;
}

TEST(archive, numbers_are_their_bytes) {
  EXPECT_EQ(written(char{1}, std::int16_t{2}, 3.5).size(), 1U + 2 + 8);
  auto const stored = written(std::int32_t{-5});
  std::int32_t value = 0;
  input_archive archive(stored);
  archive >> value;
  archive.finish();
  EXPECT_EQ(value, -5);
}

TEST(archive, a_truth_is_true_or_false_whatever_byte_there_is) {
  bytes const stored{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{255}};
  input_archive archive(stored);
  for (bool expected : {false, true, true, true}) {
    bool value = !expected;
    archive >> value;
    EXPECT_EQ(value, expected);
  }
}

TEST(archive, what_is_left_over_is_an_error) {
  auto const stored = written(1, 2);
  int value = 0;
  input_archive archive(stored);
  archive >> value;
  EXPECT_THROW(archive.finish(), format_error);
  archive >> value;
  EXPECT_NO_THROW(archive.finish());
  EXPECT_THROW(archive >> value, format_error);
  EXPECT_EQ(value, 2);
}

TEST(archive, every_truncation_of_every_type_is_found) {
  auto expect_found = [](auto const& value) {
    auto stored = written(value);
    while (!stored.empty()) {
      stored.pop_back();
      std::remove_cvref_t<decltype(value)> room{};
      input_archive archive(stored);
      EXPECT_THROW(archive >> room, format_error) << stored.size();
    }
  };
  expect_found(7);
  expect_found(std::string("text"));
  expect_found(std::vector<double>{1, 2, 3});
  expect_found(std::vector<std::string>{"a", "", "b"});
  expect_found(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
  expect_found(std::pair<std::string, int>{"x", 1});
}

TEST(archive, a_forged_length_makes_no_container_larger_than_the_bytes_there_are) {
  auto expect_refused = [](auto value) {
    for (std::uint64_t length : {std::uint64_t{1000}, std::uint64_t{1} << 40U, UINT64_MAX, UINT64_MAX / 8 + 1}) {
      auto stored = written(value);
      std::memcpy(stored.data(), &length, sizeof(length)); // which every container begins with
      decltype(value) room;
      input_archive archive(stored);
      EXPECT_THROW(archive >> room, format_error) << length;
      EXPECT_LT(room.size(), 1000U);
    }
  };
  expect_refused(std::string("text"));
  expect_refused(std::u32string(U"text"));
  expect_refused(std::vector<double>{1, 2});
  expect_refused(std::vector<std::string>{"a"});
  expect_refused(std::list<int>{1});
  expect_refused(std::set<int>{1});
  expect_refused(std::unordered_map<int, int>{{1, 2}});
}

TEST(archive, large_blocks_travel_apart_where_that_is_allowed) {
  std::vector<double> const large(detail::smallest_block / 8, 2.5);
  std::vector<double> const small(detail::smallest_block / 8 - 1, 3.5);
  bytes stored;
  std::vector<std::span<std::byte const>> blocks;
  output_archive out(stored, &blocks);
  out << large << small << large;
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].data(), reinterpret_cast<std::byte const*>(large.data())) << "from where it lies";
  EXPECT_LT(stored.size(), detail::smallest_block + 100);

  std::size_t next = 0;
  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> c;
  input_archive in(stored, 2 * detail::smallest_block, [&](std::span<std::byte> room) {
    ASSERT_EQ(room.size(), blocks[next].size());
    std::ranges::copy(blocks[next++], room.begin());
  });
  in >> a >> b >> c;
  in.finish();
  EXPECT_EQ(a, large);
  EXPECT_EQ(b, small);
  EXPECT_EQ(c, large);

  input_archive without(stored); // nobody brings the blocks
  EXPECT_THROW(without >> a, format_error);
}

struct with_temporary { // serialises memory that is gone when it returns
  template <class Archive>
  void save(Archive& archive, unsigned) const {
    std::vector<int> const copy(5000, 1);
    archive << copy;
  }
  template <class Archive>
  void load(Archive& archive, unsigned) {
    archive >> values;
  }
  BOOST_SERIALIZATION_SPLIT_MEMBER()
  std::vector<int> values;
};

TEST(archive, blocks_of_classes_that_may_use_temporaries_are_copied) {
  bytes stored;
  std::vector<std::span<std::byte const>> blocks;
  output_archive out(stored, &blocks);
  std::vector<with_temporary> const values(2);
  out << values;
  EXPECT_TRUE(blocks.empty());
  std::vector<with_temporary> read;
  input_archive in(stored);
  in >> read;
  in.finish();
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[1].values, std::vector<int>(5000, 1));
}

struct empty {
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};
struct silent { // has members and writes none
  int cache = 3;
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};

TEST(archive, elements_that_write_nothing_are_counted_all_the_same) {
  auto expect_back = [](auto value) {
    auto const stored = written(value);
    decltype(value) read;
    input_archive in(stored);
    in >> read;
    in.finish();
    EXPECT_EQ(read.size(), value.size());
  };
  expect_back(std::vector<empty>(5));
  expect_back(std::vector<silent>(5));
  expect_back(std::list<silent>(3));
  expect_back(std::map<int, silent>{{1, {}}, {2, {}}});
}

template <class Archive>
concept keeps_shared_pointers = requires(Archive archive) {
  archive.template get_helper<int>();
};
static_assert(!keeps_shared_pointers<output_archive>, "there is no tracking");

} // namespace
} // namespace armada
