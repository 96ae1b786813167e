#include <armada/core/standard_types.hpp>

#include <armada/core/object.hpp>

#include <array>
#include <complex>
#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(serializes_in_place<std::vector<double>> && serializes_in_place<std::string>);
static_assert(serializes_in_place<std::map<std::string, std::vector<int>>>);
static_assert(serializes_in_place<std::pair<int const, std::string>> &&
              serializes_in_place<std::array<std::string, 2>>);
static_assert(!serializes_in_place<std::set<int>>, "its elements are read into temporaries");
struct unknown {};
static_assert(!serializes_in_place<unknown> && !serializes_in_place<std::vector<unknown>>);

template <class T>
void expect_back(T const& value) {
  auto const bytes = encode(value);
  EXPECT_EQ(decode<T>(bytes), value);
  T existing = value;
  decode(bytes, existing); // what was there is replaced
  EXPECT_EQ(existing, value);
}

TEST(standard_types, containers) {
  expect_back(std::vector<int>{1, 2, 3});
  expect_back(std::vector<int>{});
  expect_back(std::vector<bool>{true, false, true});
  expect_back(std::vector<std::complex<double>>{{1, 2}, {3, 4}});
  expect_back(std::vector<std::pair<int, std::string>>{{1, "a"}, {2, ""}});
  expect_back(std::vector<std::array<double, 3>>{{1, 2, 3}});
  expect_back(std::deque<std::string>{"a", "b"});
  expect_back(std::list<double>{1, 2});
  expect_back(std::set<std::string>{"a", "b"});
  expect_back(std::multiset<int>{1, 1, 2});
  expect_back(std::map<int, std::map<int, int>>{{1, {{2, 3}}}, {4, {}}});
  expect_back(std::multimap<int, std::string>{{1, "a"}, {1, "b"}});
  expect_back(std::array<std::string, 3>{"a", "", "c"});
  expect_back(std::pair<std::string, std::vector<double>>{"x", {1, 2}});
}

TEST(standard_types, strings_of_all_characters) {
  expect_back(std::string("with\0 in it", 11));
  expect_back(std::string(10'000, 'x'));
  expect_back(std::wstring(L"wide"));
  expect_back(std::u16string(u"sixteen"));
  expect_back(std::u32string(5000, U'x'));
}

TEST(standard_types, unordered_containers_whatever_their_buckets) {
  expect_back(std::unordered_map<int, std::string>{});
  expect_back(std::unordered_map<int, std::string>{{1, "a"}, {2, "b"}});
  expect_back(std::unordered_multimap<int, int>{{1, 2}, {1, 2}, {3, 4}});
  expect_back(std::unordered_set<std::string>{"a", "b"});
  expect_back(std::unordered_multiset<int>{1, 1, 2});
  std::unordered_map<int, int> roomy{{1, 2}};
  roomy.reserve(100'000); // more buckets than its message has bytes
  expect_back(roomy);
  expect_back(std::unordered_map<std::string, std::unordered_set<int>>{{"a", {1, 2}}, {"b", {}}});
}

TEST(standard_types, plain_values) {
  expect_back(true);
  expect_back('x');
  expect_back(2.5L);
  expect_back(std::complex<float>(1, 2));
  expect_back(std::pair(1, 2.5));
}

} // namespace
} // namespace armada
