#include <armada/core/standard_containers.hpp>

#include <armada/core/object.hpp>

#include <array>
#include <complex>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(serializes_in_place<std::vector<double>> && serializes_in_place<std::string>);
static_assert(serializes_in_place<std::map<std::string, std::vector<int>>> && serializes_in_place<std::set<int>>);
static_assert(serializes_in_place<std::pair<int const, std::string>> &&
              serializes_in_place<std::array<std::string, 2>>);
struct unknown {};
static_assert(!serializes_in_place<unknown>);

template <class T>
void expect_back(T const& value, T const& other = T{}) {
  auto const bytes = encode(value);
  EXPECT_EQ(decode<T>(bytes), value);
  for (T existing : {value, other}) { // what was there is replaced
    decode(bytes, existing);
    EXPECT_EQ(existing, value);
  }
}

TEST(standard_containers, sequences) {
  expect_back(std::vector<int>{1, 2, 3}, {7, 8, 9, 10});
  expect_back(std::vector<int>{}, {1});
  expect_back(std::vector<std::complex<double>>{{1, 2}, {3, 4}});
  expect_back(std::vector<std::pair<int, std::string>>{{1, "a"}, {2, ""}}, {{7, "x"}});
  expect_back(std::vector<std::array<double, 3>>{{1, 2, 3}});
  expect_back(std::vector<std::vector<std::string>>{{"a"}, {}, {"b", "c"}}, {{"x", "y"}, {"z"}});
  expect_back(std::deque<std::string>{"a", "b"}, {"x", "y", "z"});
  expect_back(std::list<double>{1, 2}, {3});
  expect_back(std::list<std::string>{}, {"x"});
  expect_back(std::forward_list<std::string>{"a", "b", "c"}, {"x"});
  expect_back(std::forward_list<int>{1}, {4, 5, 6});
  expect_back(std::forward_list<int>{}, {4, 5, 6});
  expect_back(std::deque<bool>{true, false});
}

TEST(standard_containers, truths_by_any_number) {
  for (std::size_t length = 0; length < 70; ++length) {
    std::vector<bool> values(length);
    for (std::size_t i = 0; i < length; ++i) values[i] = i % 3 == 1;
    expect_back(values, std::vector<bool>(20, true));
    EXPECT_LE(encode(values).size(), sizeof(detail::frame) + 8 + (length + 7) / 8);
  }
}

TEST(standard_containers, maps_and_sets) {
  expect_back(std::set<std::string>{"a", "b"}, {"a", "x"});
  expect_back(std::multiset<int>{1, 1, 2}, {1, 2, 2});
  expect_back(std::map<int, std::map<int, int>>{{1, {{2, 3}}}, {4, {}}}, {{1, {{1, 1}}}, {5, {}}});
  expect_back(std::multimap<int, std::string>{{1, "a"}, {1, "b"}}, {{1, "x"}});
  expect_back(std::map<std::string, double, std::greater<>>{{"a", 1}, {"b", 2}});
  expect_back(std::map<double, int>{{-0.0, 1}, {2, 2}}, {{0.0, 3}});
  expect_back(std::map<std::pair<int, std::string>, int>{{{1, "a"}, 1}, {{1, "b"}, 2}});
}

/// Every way in which the keys that are there can differ from those that arrive.
TEST(standard_containers, maps_whatever_is_in_them_already) {
  using table = std::map<int, std::string>;
  auto const table_of = [](unsigned bits) {
    table result;
    for (int key = 0; key < 5; ++key)
      if (bits >> key & 1U) result[key] = std::to_string(bits) + "." + std::to_string(key);
    return result;
  };
  for (unsigned arriving = 0; arriving < 32; ++arriving)
    for (unsigned present = 0; present < 32; ++present) expect_back(table_of(arriving), table_of(present));
}

struct folded { // "A" is "a", and yet another
  bool operator()(std::string const& a, std::string const& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return (x & 31) < (y & 31); });
  }
};

TEST(standard_containers, keys_that_compare_equal_and_differ_are_replaced) {
  using table = std::map<std::string, int, folded>;
  expect_back(table{{"a", 1}, {"B", 2}}, table{{"A", 3}, {"b", 4}});
  auto const bytes = encode(std::map<double, int>{{-0.0, 1}});
  std::map<double, int> existing{{0.0, 2}};
  decode(bytes, existing);
  EXPECT_TRUE(std::signbit(existing.begin()->first));
}

TEST(standard_containers, strings_of_all_characters) {
  expect_back(std::string("with\0 in it", 11), std::string("with\1 in it", 11));
  expect_back(std::string(10'000, 'x'), std::string(9'000, 'y'));
  expect_back(std::string(), std::string("x"));
  expect_back(std::wstring(L"wide"));
  EXPECT_TRUE(decode<std::u8string>(encode(std::u8string(u8"eight"))) == u8"eight"); // which GoogleTest cannot print
  expect_back(std::u16string(u"sixteen"));
  expect_back(std::u32string(5000, U'x'));
}

TEST(standard_containers, unordered_whatever_their_buckets) {
  expect_back(std::unordered_map<int, std::string>{});
  expect_back(std::unordered_map<int, std::string>{{1, "a"}, {2, "b"}}, {{2, "x"}, {3, "y"}});
  expect_back(std::unordered_multimap<int, int>{{1, 2}, {1, 2}, {3, 4}}, {{1, 1}});
  expect_back(std::unordered_set<std::string>{"a", "b"}, {"b"});
  expect_back(std::unordered_multiset<int>{1, 1, 2});
  std::unordered_map<int, int> roomy{{1, 2}};
  roomy.reserve(100'000); // more buckets than its message has bytes
  expect_back(roomy);
  expect_back(std::unordered_map<std::string, std::unordered_set<int>>{{"a", {1, 2}}, {"b", {}}});
  std::unordered_map<int, int> large;
  for (int i = 0; i < 5000; ++i) large[i * 7] = i;
  expect_back(large, {{1, 1}, {7, 7}});
}

TEST(standard_containers, stacks_and_queues) {
  std::stack<std::string> stack;
  std::queue<int> queue;
  for (int i = 0; i < 3; ++i) stack.push(std::to_string(i)), queue.push(i);
  expect_back(stack);
  expect_back(queue);
  expect_back(std::stack<int, std::vector<int>>(), std::stack<int, std::vector<int>>({1, 2}));
}

TEST(standard_containers, priority_queues_are_in_order_whatever_came) {
  using queue = std::priority_queue<int, std::vector<int>, std::greater<>>;
  queue value;
  for (int i : {5, 1, 4, 2, 3}) value.push(i);
  auto read = decode<queue>(encode(value));
  detail::byte_buffer bytes;
  output_archive out(bytes);
  out << std::vector<int>{5, 4, 3, 2, 1}; // no heap
  queue from_another;
  input_archive(bytes.bytes()) >> from_another;
  for (int i = 1; i <= 5; ++i, read.pop(), from_another.pop()) {
    ASSERT_EQ(read.size(), static_cast<std::size_t>(6 - i));
    EXPECT_EQ(read.top(), i);
    EXPECT_EQ(from_another.top(), i);
  }
}

TEST(standard_containers, valarrays) {
  auto expect_same = [](auto const& value) {
    std::remove_cvref_t<decltype(value)> existing(3);
    decode(encode(value), existing);
    ASSERT_EQ(existing.size(), value.size());
    for (std::size_t i = 0; i < value.size(); ++i) EXPECT_EQ(existing[i], value[i]);
  };
  expect_same(std::valarray<double>{1, 2, 3});
  expect_same(std::valarray<double>());
  expect_same(std::valarray<int>(7, 5000));
  expect_same(std::valarray<std::string>{"a", "b"});
  expect_same(std::valarray<bool>{true, false, true, true});
}

TEST(standard_containers, the_memory_that_is_there_is_reused) {
  std::map<std::string, std::vector<double>> table{{"a", std::vector<double>(100)}, {"b", std::vector<double>(50)}};
  auto const* const entry = &*table.begin();
  auto const* const numbers = table["a"].data();
  auto changed = table;
  changed["a"].assign(90, 2.0);
  decode(encode(changed), table);
  EXPECT_EQ(table, changed);
  EXPECT_EQ(&*table.begin(), entry);
  EXPECT_EQ(table["a"].data(), numbers);

  std::vector<std::string> texts(3, std::string(100, 'x'));
  auto const* const text = texts[1].data();
  decode(encode(std::vector<std::string>(2, std::string(90, 'y'))), texts);
  EXPECT_EQ(texts[1].data(), text);

  std::list<std::vector<int>> list(3, std::vector<int>(100));
  auto const* const first = list.front().data();
  decode(encode(std::list<std::vector<int>>(5, std::vector<int>(90, 1))), list);
  EXPECT_EQ(list.size(), 5U);
  EXPECT_EQ(list.front().data(), first);
}

template <class To, class From>
void expect_refused(From const& from) {
  detail::byte_buffer bytes;
  output_archive out(bytes);
  out << from;
  To value;
  input_archive in(bytes.bytes());
  EXPECT_THROW(in >> value, format_error);
}

TEST(standard_containers, keys_that_come_twice_are_refused) {
  using entries = std::vector<std::pair<int, int>>;
  for (auto const& twice : {entries{{1, 1}, {1, 2}}, entries{{1, 1}, {2, 2}, {1, 3}}}) {
    expect_refused<std::map<int, int>>(twice);
    expect_refused<std::unordered_map<int, int>>(twice);
  }
  expect_refused<std::set<int>>(std::vector{3, 4, 3});
  expect_refused<std::unordered_set<int>>(std::vector{3, 4, 3});
}

TEST(standard_containers, lengths_are_measured_by_what_an_element_takes) {
  static_assert(detail::least_bytes<std::vector<std::string>>() == 8);
  static_assert(detail::least_bytes<std::pair<std::string, double>>() == 16);
  static_assert(detail::least_bytes<std::array<std::pair<int, std::string>, 3>>() == 36);
  static_assert(detail::least_bytes<std::tuple<>>() == 1 && detail::least_bytes<unknown>() == 1);
  detail::byte_buffer bytes;
  output_archive out(bytes);
  out << std::uint64_t{10} << std::array<char, 79>{}; // ten empty strings would take 80
  std::vector<std::string> strings;
  input_archive in(bytes.bytes());
  EXPECT_THROW(in >> strings, format_error);
  EXPECT_EQ(strings.capacity(), 0U) << "refused before there was memory for them";
}

} // namespace
} // namespace armada
