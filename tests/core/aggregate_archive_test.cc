#include <armada/core/aggregate_archive.hpp>

#include "tests/support/values.hpp"

#include <armada/core/boost_archives.hpp>
#include <armada/core/object.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace user {

struct point {
  double x = 0, y = 0;
  bool operator==(point const&) const = default;
};
struct flagged { // dense, but not any byte is a bool
  bool on = false;
  std::array<unsigned char, 3> colour{};
  bool operator==(flagged const&) const = default;
};
struct padded {
  char kind = 'x';
  double value = 0;
  bool operator==(padded const&) const = default;
};
struct track {
  std::string name;
  std::vector<point> points;
  std::map<std::string, padded> marks;
  std::optional<int> year;
  int lengths[2] = {1, 2};
  bool operator==(track const&) const = default;
};
struct tree {
  int value = 0;
  std::vector<tree> branches;
  bool operator==(tree const&) const = default;
};
struct freely { // says by a free function how it travels
  std::string kept, dropped;
};
template <class Archive>
void serialize(Archive& archive, freely& value, unsigned /*version*/) {
  archive& value.kept;
}

} // namespace user

namespace armada {
namespace {

using namespace user;
using detail::has_archive_form;
using detail::plain;

static_assert(plain<point> && plain<std::pair<int, float>> && plain<std::array<point, 3>>);
static_assert(!plain<flagged> && !plain<padded> && !plain<std::pair<char, double>> && !plain<track>);
static_assert(has_archive_form<track> && has_archive_form<tree> && has_archive_form<padded>);
static_assert(!has_archive_form<freely>);

template <class T>
T round_trip(T const& value) {
  return decode<T>(encode(value));
}

track sample() { return {"north", {{1, 2}, {3, 4}}, {{"start", {'a', 1.5}}, {"end", {'b', -2}}}, 1999, {7, 8}}; }

TEST(aggregate_archive, members_travel_without_a_serialize) {
  EXPECT_EQ(round_trip(sample()), sample());
  EXPECT_EQ(round_trip(std::vector<track>{sample(), {}}), (std::vector<track>{sample(), {}}));
  EXPECT_EQ(round_trip(std::vector<flagged>{{true, {1, 2, 3}}, {}}), (std::vector<flagged>{{true, {1, 2, 3}}, {}}));
  EXPECT_EQ(round_trip(std::map<int, padded>{{1, {'z', 3}}}), (std::map<int, padded>{{1, {'z', 3}}}));
  tree const deep{1, {{2, {{3, {}}}}, {4, {}}}};
  EXPECT_EQ(round_trip(deep), deep);
}

TEST(aggregate_archive, structs_without_padding_are_one_block) {
  std::map<int, std::vector<point>> const many{{1, std::vector<point>(1000, {1, 2})}};
  auto const sent = detail::encode(many, true, 0);
  ASSERT_EQ(sent.blocks.size(), 1U);
  EXPECT_EQ(sent.blocks.front().size(), 16'000U);
  EXPECT_EQ(sent.blocks.front().data(), reinterpret_cast<std::byte const*>(many.at(1).data())) << "from where it lies";
  EXPECT_EQ(round_trip(many), many);
}

TEST(aggregate_archive, a_serialize_of_their_own_comes_first) {
  auto const copy = round_trip(freely{"kept", "dropped"});
  EXPECT_EQ(copy.kept, "kept");
  EXPECT_EQ(copy.dropped, "");
}

TEST(aggregate_archive, in_every_archive) {
  auto const in = [](auto archive) {
    track value = sample();
    track copy;
    decode(encode(as_object(value, archive)), as_object(copy, archive));
    return copy;
  };
  EXPECT_EQ(in(portable), sample());
  EXPECT_EQ(in(tracked), sample());
}

TEST(aggregate_archive, bytes_that_nest_without_end_are_refused) {
  detail::byte_buffer bytes;
  output_archive archive(bytes);
  for (int level = 0; level < 100'000; ++level) archive << 1 << std::uint64_t{1}; // a tree of one branch each
  tree value;
  input_archive reader(bytes.bytes());
  EXPECT_THROW(reader >> value, format_error);
}

} // namespace
} // namespace armada
