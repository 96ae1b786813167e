#include <armada/core/archive.hpp>

#include <armada/core/error.hpp>
#include <armada/core/standard_containers.hpp>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using bytes = std::vector<std::byte>;

template <class... T>
bytes written(T const&... values) {
  detail::byte_buffer buffer;
  output_archive archive(buffer);
  (archive << ... << values);
  return {buffer.bytes().begin(), buffer.bytes().end()};
}

/// Gives the blocks of a list, in order, and counts what is asked of it.
class listed_blocks final : public detail::block_source {
public:
  explicit listed_blocks(detail::block_list blocks) : blocks_(std::move(blocks)) {}
  void expect(std::uint64_t) override { ++expected; }
  void fetch(std::span<std::byte> room) override {
    ASSERT_LT(next_, blocks_.size());
    ASSERT_EQ(room.size(), blocks_[next_].size());
    into.push_back(room.data());
    std::ranges::copy(blocks_[next_++], room.begin());
  }
  std::size_t expected = 0;
  std::vector<std::byte const*> into;

private:
  detail::block_list blocks_;
  std::size_t next_ = 0;
};

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
  expect_found(std::tuple<int, std::optional<std::string>, std::variant<int, std::string>>{1, "a", "b"});
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

TEST(archive, large_blocks_travel_apart_from_and_into_their_places) {
  std::vector<double> const large(detail::smallest_block / 8, 2.5);
  std::vector<double> const small(detail::smallest_block / 8 - 1, 3.5);
  detail::byte_buffer stored;
  detail::block_list blocks;
  output_archive out(stored, &blocks);
  out << large << small << large;
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].data(), reinterpret_cast<std::byte const*>(large.data())) << "from where it lies";
  EXPECT_LT(stored.size(), detail::smallest_block + 100);

  std::vector<double> a;
  std::vector<double> b;
  std::vector<double> c(large.size());
  auto const* const place = c.data();
  listed_blocks source(blocks);
  input_archive in(stored.bytes(), &source, 2 * detail::smallest_block);
  in >> a >> b >> c;
  in.finish();
  EXPECT_EQ(a, large);
  EXPECT_EQ(b, small);
  EXPECT_EQ(c, large);
  ASSERT_EQ(source.into.size(), 2U);
  EXPECT_EQ(source.into[0], reinterpret_cast<std::byte const*>(a.data()));
  EXPECT_EQ(c.data(), place);
  EXPECT_EQ(source.into[1], reinterpret_cast<std::byte const*>(place)) << "into its final place";

  input_archive without(stored.bytes()); // nobody brings the blocks
  EXPECT_THROW(without >> a, format_error);
}

TEST(archive, a_block_is_asked_for_before_there_is_memory_for_it) {
  struct refusing final : detail::block_source {
    void expect(std::uint64_t) override { throw format_error("no such block"); }
    void fetch(std::span<std::byte>) override { FAIL(); }
  } source;
  auto stored = written(std::uint64_t{1} << 37U, detail::placement::apart);
  std::vector<double> room;
  input_archive in(stored, &source, std::uint64_t{1} << 40U); // as a forged frame says
  EXPECT_THROW(in >> room, format_error);
  EXPECT_EQ(room.capacity(), 0U);
  stored.back() = std::byte{2};
  input_archive elsewhere(stored, &source, std::uint64_t{1} << 40U);
  EXPECT_THROW(elsewhere >> room, format_error);
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
  detail::byte_buffer stored;
  detail::block_list blocks;
  output_archive out(stored, &blocks);
  std::vector<with_temporary> const values(2);
  out << values;
  EXPECT_TRUE(blocks.empty());
  std::vector<with_temporary> read;
  input_archive in(stored.bytes());
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

template <class T>
concept can_be_read = requires(input_archive& archive, T& value) {
  archive >> value;
};
template <class T>
concept can_be_written = requires(output_archive& archive, T const& value) {
  archive << value;
};
static_assert(can_be_read<std::string> && can_be_written<std::string>);
static_assert(!can_be_read<std::string_view> && !can_be_read<std::span<int>>, "they have no memory of their own");
static_assert(!can_be_written<std::string_view> && !can_be_written<std::span<int>>, "nobody could read them");

struct link { // as long a chain as one likes
  int value = 0;
  std::unique_ptr<link> next;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& value& next;
  }
};

link chain(int length) {
  link first;
  for (auto* last = &first; --length > 0; last = last->next.get()) last->next = std::make_unique<link>();
  return first;
}

TEST(archive, objects_nest_up_to_a_depth_that_the_stack_bears) {
  auto const deep = chain(detail::deepest_nesting);
  auto stored = written(deep);
  link read;
  input_archive in(stored);
  in >> read;
  in.finish();
  int length = 0;
  for (auto const* each = &read; each != nullptr; each = each->next.get()) ++length;
  EXPECT_EQ(length, detail::deepest_nesting);
  EXPECT_THROW(written(chain(detail::deepest_nesting + 1)), argument_error);
  stored.back() = std::byte{1}; // one more follows
  stored.resize(stored.size() + 50'000'000, std::byte{1});
  input_archive endless(stored);
  EXPECT_THROW(endless >> read, format_error);
}

struct numbers_of_every_kind {
  double few[3] = {};
  double many[2][1000] = {};
  bool flags[3] = {};
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& few& many& flags;
  }
};

TEST(archive, arrays_of_arrays) {
  numbers_of_every_kind value;
  value.few[2] = 2.5;
  value.many[1][999] = 3.5;
  value.flags[1] = true;
  auto const stored = written(value);
  numbers_of_every_kind read;
  read.flags[0] = true;
  input_archive in(stored);
  in >> read;
  in.finish();
  EXPECT_EQ(read.few[2], 2.5);
  EXPECT_EQ(read.many[1][999], 3.5);
  EXPECT_FALSE(read.flags[0]);
  EXPECT_TRUE(read.flags[1]);
}

} // namespace
} // namespace armada
