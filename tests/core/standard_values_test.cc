#include <armada/core/standard_values.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/object.hpp>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

using support::throws;

template <class T>
void expect_back(T const& value, T existing = T{}) {
  auto const bytes = encode(value);
  EXPECT_EQ(decode<T>(bytes), value);
  decode(bytes, existing); // what was there is replaced
  EXPECT_EQ(existing, value);
}

/// Reads the archive of a `From` as a `To`.
template <class To, class From>
To reread(From const& from) {
  detail::byte_buffer bytes;
  output_archive out(bytes);
  out << from;
  To value{};
  input_archive in(bytes.bytes());
  in >> value;
  in.finish();
  return value;
}

enum class colour : std::int16_t { red, green = -3 };
enum plain_colour { black, white };

TEST(standard_values, numbers_and_enumerations) {
  expect_back(true);
  expect_back('x', 'y');
  expect_back(2.5L);
  EXPECT_TRUE(decode<char8_t>(encode(u8'x')) == u8'x');
  expect_back(std::byte{7});
  expect_back(std::complex<float>(1, 2), std::complex<float>(9, 9));
  expect_back(colour::green);
  expect_back(white);
}

TEST(standard_values, pairs_tuples_and_arrays) {
  expect_back(std::pair(1, 2.5));
  expect_back(std::pair<std::string, std::vector<double>>{"x", {1, 2}}, {"old", {3}});
  expect_back(std::tuple<>());
  expect_back(std::tuple<int, std::string, std::vector<std::string>>{1, "two", {"three"}}, {9, "old", {"a", "b"}});
  expect_back(std::tuple<std::pair<int, bool>, std::tuple<std::string>>{{1, true}, {"x"}});
  expect_back(std::array<std::string, 3>{"a", "", "c"});
  expect_back(std::array<bool, 3>{true, false, true});
  expect_back(std::array<int, 0>());
  expect_back(std::vector<std::array<std::string, 0>>(3));
  expect_back(std::vector<std::tuple<>>(3));
  expect_back(std::array<double, 2000>{1, 2, 3});
}

TEST(standard_values, optional_with_and_without_a_value) {
  using text = std::optional<std::string>;
  for (text const& before : {text(), text("old")})
    for (text const& value : {text(), text(""), text("new")}) expect_back(value, before);
  expect_back(std::optional<std::optional<int>>(std::optional<int>()));
  expect_back(std::map<int, std::optional<std::vector<int>>>{{1, {}}, {2, {{1, 2}}}});
  EXPECT_TRUE(throws<format_error>([] { return reread<std::optional<int>>(std::pair('\2', 1)); }, {"flag"}));
}

using mixed = std::variant<std::monostate, int, std::string, std::vector<double>>;

TEST(standard_values, variant_of_every_alternative) {
  std::vector<mixed> const all{mixed(), mixed(5), mixed("text"), mixed(std::vector<double>{1, 2})};
  for (auto const& before : all)
    for (auto const& value : all) expect_back(value, before);
  expect_back(all);
  expect_back(std::variant<int, int>(std::in_place_index<1>, 3));
}

TEST(standard_values, variant_reuses_the_memory_of_the_same_alternative) {
  mixed value(std::vector<double>(1000));
  auto const* const memory = std::get<3>(value).data();
  decode(encode(mixed(std::vector<double>(900, 2))), value);
  EXPECT_EQ(value, mixed(std::vector<double>(900, 2)));
  EXPECT_EQ(std::get<3>(value).data(), memory);
}

TEST(standard_values, alternatives_that_there_are_not_are_refused) {
  for (std::uint32_t index : {4U, 5U, UINT32_MAX})
    EXPECT_TRUE(throws<format_error>([&] { return reread<mixed>(std::pair(index, 0)); }, {"alternative"})) << index;
}

struct throwing {
  throwing() = default;
  throwing(throwing const&) { throw std::runtime_error("no copy"); }
  throwing& operator=(throwing const&) = default;
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};

TEST(standard_values, a_variant_without_a_value_is_not_sent) {
  std::variant<int, throwing> value(1);
  EXPECT_THROW(value.emplace<1>(throwing()), std::runtime_error);
  ASSERT_TRUE(value.valueless_by_exception());
  EXPECT_TRUE(throws<argument_error>([&] { return encode(value); }, {"cannot be written", "variant"}));
}

TEST(standard_values, durations_and_points_in_time) {
  using namespace std::chrono_literals;
  expect_back(std::chrono::nanoseconds(-5));
  expect_back(std::chrono::duration<double, std::milli>(2.5), std::chrono::duration<double, std::milli>(7));
  expect_back(std::chrono::system_clock::time_point(17s));
  expect_back(std::vector<std::chrono::steady_clock::time_point>{{}, std::chrono::steady_clock::time_point(3h)});
}

TEST(standard_values, bitsets) {
  expect_back(std::bitset<0>());
  expect_back(std::bitset<1>(1));
  expect_back(std::bitset<13>(0b1'0110'1100'0101));
  expect_back(~std::bitset<200>(), std::bitset<200>());
  expect_back(std::bitset<200>(), ~std::bitset<200>());
}

template <class T>
void expect_pointed(std::unique_ptr<T> const& value) {
  auto const bytes = encode(value);
  for (bool full : {false, true}) {
    std::unique_ptr<T> existing = full ? std::make_unique<T>() : nullptr;
    auto const* const memory = existing.get();
    decode(bytes, existing);
    ASSERT_EQ(existing != nullptr, value != nullptr);
    if (!value) continue;
    EXPECT_EQ(*existing, *value);
    if (full) {
      EXPECT_EQ(existing.get(), memory) << "what was there is reused";
    }
  }
}

TEST(standard_values, unique_pointers_to_something_or_nothing) {
  expect_pointed(std::unique_ptr<int>());
  expect_pointed(std::make_unique<int>(5));
  expect_pointed(std::make_unique<std::map<int, std::string>>(std::map<int, std::string>{{1, "a"}}));
}

struct tree {
  int value = 0;
  std::unique_ptr<tree> left, right;
  std::vector<tree> more;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& value& left& right& more;
  }
};

TEST(standard_values, types_that_hold_themselves) {
  tree top{1, std::make_unique<tree>(), nullptr, {}};
  top.left->value = 2;
  top.more.resize(2);
  top.more[1].value = 3;
  auto const read = decode<tree>(encode(top));
  ASSERT_NE(read.left, nullptr);
  EXPECT_EQ(read.left->value, 2);
  EXPECT_EQ(read.right, nullptr);
  ASSERT_EQ(read.more.size(), 2U);
  EXPECT_EQ(read.more[1].value, 3);
}

TEST(standard_values, paths) {
  expect_back(std::filesystem::path("/some/where else.txt"), std::filesystem::path("old"));
  expect_back(std::vector<std::filesystem::path>{"", "a", "b/c"});
}

/// Has no default constructor: what its constructor needs is sent before it.
class named {
public:
  explicit named(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string const& name() const { return name_; }
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& value;
  }
  auto operator<=>(named const&) const = default;
  int value = 0;

private:
  std::string name_;
};

template <class Archive>
void save_construct_data(Archive& archive, named const* object, unsigned) {
  archive << object->name();
}
template <class Archive>
void load_construct_data(Archive& archive, named* place, unsigned) {
  std::string name;
  archive >> name;
  ::new (place) named(std::move(name));
}

TEST(standard_values, elements_without_a_default_constructor) {
  named first("first");
  first.value = 5;
  std::vector<named> const values{first, named("second")};
  EXPECT_EQ(decode<std::vector<named>>(encode(values)), values);
  std::map<int, named> const table{{1, first}, {2, named("x")}};
  EXPECT_EQ((decode<std::map<int, named>>(encode(table))), table);
}

} // namespace
} // namespace armada
