#include <armada/core/derived_datatype.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

// What the makers make of elements: derived_datatype_test.cc. Here is what they refuse, and what is large.

namespace armada {
namespace {

using support::throws;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

TEST(datatype_makers, more_than_an_int_can_count) {
  auto const byte = datatype::of<std::byte>();
  std::int64_t const many = std::int64_t{5} << 31;
  auto const long_one = datatype::contiguous(many, byte);
  EXPECT_EQ(long_one.size(), many);
  EXPECT_EQ(long_one.extent(), many);
  EXPECT_EQ(long_one.decode().count, many);
  auto const far = datatype::vector(2, 1, many, byte);
  EXPECT_EQ(far.extent(), many + 1);
  EXPECT_EQ(far.decode().stride, many);
  EXPECT_EQ(datatype::hvector(2, many, 2 * many, byte).size(), 2 * many);
  EXPECT_EQ(datatype::hvector(2, many, 2 * many, byte).decode().stride, 2 * many);
  auto const blocks = datatype::indexed({1, 2}, {many, 3}, byte);
  EXPECT_EQ(blocks.extent(), many + 1 - 3);
  EXPECT_EQ(blocks.decode().displacements, (std::vector<std::int64_t>{many, 3}));
  EXPECT_EQ(datatype::hindexed({many}, {4}, byte).decode().lengths, std::vector<std::int64_t>{many});
  EXPECT_EQ(datatype::indexed_block(many, {0, 1}, byte).size(), 2 * many);
  EXPECT_EQ(datatype::hindexed_block(many, {0, 7}, byte).decode().displacements, (std::vector<std::int64_t>{0, 7}));
  EXPECT_EQ(datatype::structure({{0, byte, many}}).size(), many);
  EXPECT_EQ(datatype::structure({{many, byte, 3}}).true_lower_bound(), many);
  // The counts fit and the product does not.
  auto const matrix = datatype::subarray({70'000, 70'000}, {60'000, 50'000}, {5, 6}, datatype::of<double>());
  EXPECT_EQ(matrix.extent(), std::int64_t{70'000} * 70'000 * 8);
  EXPECT_EQ(matrix.size(), std::int64_t{60'000} * 50'000 * 8);
  EXPECT_EQ(matrix.true_lower_bound(), (std::int64_t{5} * 70'000 + 6) * 8);
  auto const row = datatype::subarray({2, many}, {1, many - 1}, {1, 1}, byte);
  EXPECT_EQ(row.size(), many - 1);
  EXPECT_EQ(row.true_lower_bound(), many + 1);
  EXPECT_EQ(row.decode().shape, (std::vector<std::int64_t>{2, many}));
  EXPECT_EQ(row.decode().order, storage_order::row_major);
  auto const spread = datatype::darray({{many, 4}}, 3, byte);
  EXPECT_EQ(spread.size(), many / 4);
  EXPECT_EQ(spread.true_lower_bound(), many / 4 * 3);
  EXPECT_EQ(spread.decode().dimensions.at(0).extent, many);
}

TEST(datatype_makers, wrong_arguments_are_named) {
  auto const integer = datatype::of<int>();
  auto const here = "rank " + std::to_string(world().rank()) + " of";
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::contiguous(-1, integer); },
                                     {"datatype::contiguous", here, "count is -1"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::vector(-2, 1, 1, integer); }, {"vector", "count is -2"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::vector(2, -1, 1, integer); }, {"vector", "length is -1"}));
  EXPECT_TRUE(
      throws<argument_error>([&] { return datatype::hvector(2, -1, 1, integer); }, {"hvector", "length is -1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::indexed({1, 2}, {0}, integer);
      },
      {"indexed", "lengths has 2 entries", "displacements has 1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::hindexed({1, -2}, {0, 8}, integer);
      },
      {"hindexed", "length 1 is -2"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::indexed_block(-3, {0, 8}, integer); }, {"length is -3"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::hindexed_block(-3, {0, 8}, integer); }, {"length is -3"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::structure({{0, integer}, {4, integer, -1}});
      },
      {"structure", "count of field 1 is -1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::subarray({4, 6}, {2}, {1, 2}, integer);
      },
      {"subarray", "shape has 2 entries", "part has 1"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::subarray({4, 6}, {2, 3}, {1, 4}, integer);
      },
      {"(2, 3) at (1, 4)", "(4, 6)"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::subarray({4, 6}, {2, 3}, {-1, 0}, integer);
      },
      {"(-1, 0)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::subarray({4, 6}, {2, 0}, {1, 0}, integer); }, {"empty"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::subarray({4, 0}, {2, 1}, {1, 0}, integer); }, {"(4, 0)"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::subarray({}, {}, {}, integer); }, {"no dimensions"}));
  using kind = spread_dimension::kind;
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::darray({{4, 2}}, 2, integer);
      },
      {"rank 2", "2 processes"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::darray({{4, 0}}, 0, integer); }, {"among 0"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::darray({{4, 2, kind::none}}, 0, integer);
      },
      {"dimension 0 is whole"}));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::darray({{9, 2, kind::blocks, 4}}, 0, integer);
      },
      {"2 blocks of 4", "9 elements"}));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::darray({{9, 2, kind::cycles, -4}}, 0, integer); }, {"-4"}));
}

TEST(datatype_makers, nothing_reaches_beyond_64_bits) {
  auto const real = datatype::of<double>();
  auto const beyond = {std::string_view("64 bits")};
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::contiguous(most / 4, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::vector(most, most, most, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::vector(3, 1, most / 8, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::hvector(3, 1, most - 4, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::indexed({1}, {most / 4}, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::hindexed({1}, {most - 3}, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::indexed_block(most / 16 + 1, {0, 1}, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>(
      [&] {
        return datatype::hindexed_block(1, {-most, -most - 1, most}, real);
      },
      beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::structure({{0, real, most / 8}, {0, real, 2}}); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::subarray({most / 2, 5}, {1, 1}, {0, 0}, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>([&] { return datatype::darray({{most / 2, 1}}, 0, real); }, beyond));
  EXPECT_TRUE(throws<argument_error>(
      [&] { return datatype::indexed({std::numeric_limits<std::uint64_t>::max()}, {0}, real); }, beyond))
      << "an unsigned number is not taken for a negative one";
}

} // namespace
} // namespace armada
