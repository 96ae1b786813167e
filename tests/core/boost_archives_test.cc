#include <armada/core/boost_archives.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/object.hpp>

#include <clocale>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace zoo {

struct animal {
  virtual ~animal() = default;
  [[nodiscard]] virtual std::string sound() const = 0;
  int age = 0;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& age;
  }
};
struct dog final : animal {
  [[nodiscard]] std::string sound() const override {
    return "woof" + std::string(static_cast<std::size_t>(bones), '!');
  }
  int bones = 0;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& boost::serialization::base_object<animal>(*this);
    archive& bones;
  }
};
struct cat final : animal {
  [[nodiscard]] std::string sound() const override { return name + " says miaow"; }
  std::string name;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& boost::serialization::base_object<animal>(*this);
    archive& name;
  }
};
struct bird final : animal { // nobody made it known
  [[nodiscard]] std::string sound() const override { return "tweet"; }
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& boost::serialization::base_object<animal>(*this);
  }
};

struct house {
  std::vector<std::shared_ptr<animal>> animals;
  std::shared_ptr<animal> favourite;
  animal* guard = nullptr;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive.template register_type<cat>();
    archive& animals& favourite& guard;
  }
};

} // namespace zoo

BOOST_SERIALIZATION_ASSUME_ABSTRACT(zoo::animal)
BOOST_CLASS_EXPORT(zoo::dog)

template <>
inline constexpr auto armada::archive_of<zoo::house> = armada::tracked;

namespace armada {
namespace {

using support::throws;

zoo::house some_house() {
  auto rex = std::make_shared<zoo::dog>();
  rex->age = 7;
  rex->bones = 2;
  auto tom = std::make_shared<zoo::cat>();
  tom->name = "Tom";
  return {{rex, tom, rex}, tom, rex.get()};
}

TEST(boost_archives, hierarchies_behind_pointers_arrive_as_what_they_are) {
  auto const read = decode<zoo::house>(encode(some_house()));
  ASSERT_EQ(read.animals.size(), 3U);
  EXPECT_EQ(read.animals[0]->sound(), "woof!!");
  EXPECT_EQ(read.animals[0]->age, 7);
  EXPECT_EQ(read.animals[1]->sound(), "Tom says miaow");
}

TEST(boost_archives, what_is_shared_arrives_once_and_is_shared) {
  auto const read = decode<zoo::house>(encode(some_house()));
  EXPECT_EQ(read.animals[0], read.animals[2]);
  EXPECT_EQ(read.favourite, read.animals[1]);
  EXPECT_EQ(read.guard, read.animals[0].get());
  EXPECT_EQ(read.animals[0].use_count(), 2);
  using list = std::vector<int>;
  std::vector<std::shared_ptr<list>> const numbers(3, std::make_shared<list>(1, 5));
  std::vector<std::shared_ptr<list>> same;
  decode(encode(as_object(numbers, tracked)), as_object(same, tracked));
  ASSERT_EQ(same.size(), 3U);
  EXPECT_EQ(*same[0], list{5});
  EXPECT_EQ(same[0], same[2]);
  EXPECT_EQ(same[0].use_count(), 3);
}

TEST(boost_archives, a_pointer_to_a_base_by_itself) {
  std::unique_ptr<zoo::animal> const rex = [] {
    auto dog = std::make_unique<zoo::dog>();
    dog->bones = 1;
    return dog;
  }();
  std::unique_ptr<zoo::animal> read;
  decode(encode(as_object(rex, tracked)), as_object(read, tracked));
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->sound(), "woof!");
}

TEST(boost_archives, classes_that_nobody_made_known_are_named) {
  std::shared_ptr<zoo::animal> const bird = std::make_shared<zoo::bird>();
  EXPECT_TRUE(
      throws<format_error>([&] { return encode(as_object(bird, tracked)); },
                           {"object of type std::shared_ptr<zoo::animal>", "unregistered class", "process"}) ||
      throws<format_error>([&] { return encode(as_object(bird, tracked)); },
                           {"object of type std::shared_ptr<zoo::animal>", "unregistered class", "rank 0 of 1"}));
}

template <class T, class Archive>
void expect_back_in(T const& value, Archive archive) {
  T read{};
  decode(encode(as_object(value, archive)), as_object(read, archive));
  EXPECT_EQ(read, value);
}
template <class T>
void expect_back(T const& value) {
  expect_back_in(value, portable);
}

TEST(boost_archives, values_of_every_kind) {
  expect_back(5);
  expect_back(2.5);
  expect_back(0.1 + 0.2);
  expect_back(std::numeric_limits<double>::denorm_min());
  expect_back(std::numeric_limits<std::int64_t>::min());
  expect_back(std::string("with\0 in it, and a line\nmore", 28));
  expect_back(std::map<std::string, std::vector<double>>{{"a", {1, 2}}, {"", {}}});
  expect_back(std::vector<std::string>{"a", "", "c d"});
  expect_back(std::pair<int, std::string>{1, "x"});
  expect_back(std::tuple<>());
  expect_back(std::tuple<int, std::string, bool>{1, "x", true});
  expect_back(std::optional<std::string>());
  expect_back(std::optional<std::string>("x"));
  expect_back(std::vector<std::optional<int>>{{1}, {}});
  expect_back(std::variant<std::monostate, int, std::string>());
  expect_back(std::variant<std::monostate, int, std::string>("x"));
  expect_back(std::chrono::milliseconds(5));
  expect_back(std::chrono::system_clock::time_point(std::chrono::seconds(7)));
  expect_back(std::filesystem::path("/a b/c"));
  expect_back(std::bitset<70>(77));
  expect_back(std::forward_list<int>{1, 2});
  expect_back(std::unordered_map<int, std::string>{{1, "a"}, {2, "b"}});
}

TEST(boost_archives, values_of_every_kind_in_the_tracked_archive) {
  expect_back_in(std::pair<int, double>(5, 0.1), tracked);
  expect_back_in(std::map<std::string, std::vector<double>>{{"a", {1, 2}}, {"", {}}}, tracked);
  expect_back_in(std::tuple<int, std::string, bool>{1, "x", true}, tracked);
  expect_back_in(std::vector<std::optional<int>>{{1}, {}}, tracked);
  expect_back_in(std::variant<std::monostate, int, std::string>("x"), tracked);
  expect_back_in(std::chrono::milliseconds(5), tracked);
  expect_back_in(std::filesystem::path("/a b/c"), tracked);
  expect_back_in(std::forward_list<int>{1, 2}, tracked);
}

TEST(boost_archives, text_is_text) {
  std::map<std::string, int> const value{{"key", 12345}};
  auto const bytes = encode(as_object(value, portable));
  std::string const archive(reinterpret_cast<char const*>(bytes.data()) + sizeof(detail::frame),
                            bytes.size() - sizeof(detail::frame));
  EXPECT_NE(archive.find("3 key 12345"), std::string::npos) << archive;
}

struct grouping : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(boost_archives, text_does_not_depend_on_the_locale) {
  auto const value = std::pair(1234567, 1234.5);
  auto const before = std::locale::global(std::locale(std::locale(), new grouping));
  auto const bytes = encode(as_object(value, portable));
  std::locale::global(before);
  std::pair<int, double> read;
  decode(bytes, as_object(read, portable));
  EXPECT_EQ(read, value);
}

TEST(boost_archives, what_text_cannot_say_is_an_error) {
  for (double value : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    double read = 0;
    EXPECT_TRUE(throws<format_error>(
        [&] {
          decode(encode(as_object(value, portable)), as_object(read, portable));
          return 0;
        },
        {"object of type double"}));
  }
}

TEST(boost_archives, archives_that_differ_are_refused) {
  std::vector<std::string> const value{"a"};
  std::vector<std::string> read;
  EXPECT_THROW(decode(encode(value), as_object(read, tracked)), type_error);
  EXPECT_THROW(decode(encode(as_object(value, tracked)), as_object(read, portable)), type_error);
  EXPECT_THROW(decode(encode(as_object(value, portable)), read), type_error);
  EXPECT_NO_THROW(decode(encode(as_object(value, compact)), read));
  EXPECT_EQ(read, value);
  EXPECT_EQ((decode<as_object<std::vector<std::string>, tracked_t>>(encode(as_object(value, tracked)))), value);
}

/// Bytes under a checksum that fits.
std::vector<std::byte> sealed(std::vector<std::byte> bytes) {
  detail::frame head;
  std::memcpy(&head, bytes.data(), sizeof(head));
  detail::seal(head, std::span<std::byte const>(bytes).subspan(sizeof(head)));
  std::memcpy(bytes.data(), &head, sizeof(head));
  return bytes;
}

TEST(boost_archives, what_boost_finds_wrong_is_a_format_error_that_names_the_type) {
  std::map<std::string, int> const value{{"key", 12345}};
  auto refused = [&](auto archive) {
    auto const good = encode(as_object(value, archive));
    std::map<std::string, int> read;
    for (auto length = sizeof(detail::frame); length < good.size(); ++length) {
      auto const cut = sealed({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)});
      EXPECT_TRUE(throws<format_error>(
          [&] {
            decode(cut, as_object(read, archive));
            return 0;
          },
          {"object of type std::map<"}))
          << length;
    }
    auto longer = good;
    longer.push_back(std::byte{'x'});
    EXPECT_THROW(decode(sealed(longer), as_object(read, archive)), format_error);
  };
  refused(portable);
  refused(tracked);
}

TEST(boost_archives, every_flipped_byte_is_found) {
  auto const good = encode(some_house());
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] ^= std::byte{0x20};
    EXPECT_THROW(static_cast<void>(decode<zoo::house>(bad)), error) << at;
  }
}

} // namespace
} // namespace armada
