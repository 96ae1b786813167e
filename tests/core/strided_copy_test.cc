#include <armada/core/strided_copy.hpp>

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(strided_element<double> && strided_element<std::complex<float>> && !strided_element<std::string>);

constexpr std::int64_t count_rows(stride_array<3> const& dst, stride_array<3> const& src,
                                  stride_array<3> const& shape) {
  std::int64_t rows = 0;
  for_each_row(dst, src, shape, [&](auto, auto, auto, auto, auto) { ++rows; });
  return rows;
}
static_assert(count_rows({20, 5, 1}, {20, 5, 1}, {3, 4, 5}) == 1, "a dense block is one row");
static_assert(count_rows({20, 5, 1}, {200, 50, 1}, {3, 4, 5}) == 12);
static_assert(count_rows({20, 5, 1}, {200, 5, 1}, {3, 4, 5}) == 3, "the two inner dimensions are dense");
static_assert(count_rows({5, 5, 1}, {200, 50, 1}, {1, 4, 5}) == 4, "an extent of 1 is no loop");
static_assert(count_rows({-20, -5, -1}, {-20, -5, -1}, {3, 4, 5}) == 1, "both run backwards");
static_assert(count_rows({20, 5, 1}, {20, 5, 1}, {3, 0, 5}) == 0);

template <std::size_t N>
void for_each_index(stride_array<N> const& shape, auto const& visit) {
  std::int64_t const volume = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies{});
  for (std::int64_t number = 0; number < volume; ++number) {
    stride_array<N> index{};
    std::int64_t left = number;
    for (std::size_t d = N; d-- > 0; left /= shape[d]) index[d] = left % shape[d];
    visit(index);
  }
}

template <std::size_t N>
std::int64_t offset_of(stride_array<N> const& index, stride_array<N> const& strides) {
  return std::inner_product(index.begin(), index.end(), strides.begin(), std::int64_t{0});
}

/// A block somewhere in a buffer: strides of either sign in any order of dimensions, distinct elements, and the number
/// of the element (0, …, 0).
template <std::size_t N>
struct layout {
  stride_array<N> strides{};
  std::int64_t origin = 3;
  std::int64_t size = 7;

  layout(std::mt19937_64& random, stride_array<N> const& shape) {
    std::array<std::size_t, N> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (random() % 4 == 0) std::shuffle(order.begin(), order.end(), random);
    std::int64_t stride = random() % 3 == 0 ? static_cast<std::int64_t>(1 + random() % 3) : 1;
    for (std::size_t d = N; d-- > 0;) {
      bool const backwards = random() % 4 == 0;
      std::int64_t const extent = std::max<std::int64_t>(shape[order[d]], 1);
      strides[order[d]] = backwards ? -stride : stride;
      origin += backwards ? (extent - 1) * stride : 0;
      size += (extent - 1) * stride;
      stride *= extent;
      stride += random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 4);
    }
  }
};

template <class T>
std::vector<T> numbered(std::int64_t size, int first) {
  std::vector<T> values(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(first + static_cast<int>(i % 97));
  return values;
}

/// Random blocks through `act` and through `one` for each element; the whole buffers must agree, gaps included.
template <class T, std::size_t N>
void expect_element_wise(std::uint64_t seed, std::uint64_t extents, auto const& act, auto const& one) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ", dimensions " + std::to_string(N));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 1000; ++round) {
    stride_array<N> shape{};
    for (std::int64_t& extent : shape)
      extent = static_cast<std::int64_t>(random() % 16 == 0 ? random() % 2 : 1 + random() % extents);
    layout<N> const to(random, shape), from(random, shape);
    std::vector<T> const source = numbered<T>(from.size, 1);
    std::vector<T> result = numbered<T>(to.size, 20), expected = result;
    for_each_index(shape, [&](stride_array<N> const& k) {
      T& target = expected[static_cast<std::size_t>(to.origin + offset_of(k, to.strides))];
      target = one(target, source[static_cast<std::size_t>(from.origin + offset_of(k, from.strides))]);
    });
    act(result.data() + to.origin, to.strides, source.data() + from.origin, from.strides, shape);
    ASSERT_EQ(result, expected) << "round " << round;
  }
}

auto const copy = [](auto* dst, auto const& to, auto const* src, auto const& from, auto const& shape) {
  strided_copy(dst, to, src, from, shape);
};
auto const take_source = [](auto const&, auto const& from) { return from; };

TEST(strided_copy, copies_what_a_plain_loop_copies) {
  expect_element_wise<double, 1>(11, 17, copy, take_source);
  expect_element_wise<double, 2>(12, 17, copy, take_source);
  expect_element_wise<double, 3>(13, 9, copy, take_source);
  expect_element_wise<double, 4>(14, 5, copy, take_source);
  expect_element_wise<double, 7>(17, 3, copy, take_source);
}

/// Sides that step least along different dimensions, longer than the tiles that the planes of these are cut into.
TEST(strided_copy, turns_planes) {
  std::mt19937_64 random(15);
  for (int round = 0; round < 200; ++round) {
    auto const extent = [&] { return static_cast<std::int64_t>(1 + random() % 50); };
    stride_array<3> const shape{1 + extent() / 17, extent(), extent()};
    std::int64_t const across = random() % 2 == 0 ? 1 : 2, back = random() % 2 == 0 ? 1 : -1;
    stride_array<3> const to{shape[1] * shape[2] + 5, shape[2], 1};
    stride_array<3> const from{across * back, 3 * across * back, 3 * across * shape[1] * back};
    std::vector<double> const source = numbered<double>(2 * 4 * 50 * 50 * across, 1);
    std::vector<double> result(static_cast<std::size_t>(shape[0] * to[0]), -1.0), expected = result;
    double const* const first = source.data() + (back < 0 ? source.size() - 1 : 0);
    for_each_index(shape, [&](auto const& k) {
      expected[static_cast<std::size_t>(offset_of(k, to))] = first[offset_of(k, from)];
    });
    strided_copy(result.data(), to, first, from, shape);
    ASSERT_EQ(result, expected) << "round " << round;
    strided_update(result.data(), to, first, from, shape, std::plus<>{});
    for_each_index(shape, [&](auto const& k) { expected[static_cast<std::size_t>(offset_of(k, to))] *= 2; });
    ASSERT_EQ(result, expected) << "round " << round;
  }
}

TEST(strided_copy, copies_elements_of_every_size) {
  expect_element_wise<char, 2>(21, 40, copy, take_source);
  expect_element_wise<std::int16_t, 2>(22, 17, copy, take_source);
  expect_element_wise<float, 3>(23, 17, copy, take_source);
  expect_element_wise<std::complex<double>, 2>(24, 9, copy, take_source);
  expect_element_wise<long double, 2>(25, 9, copy, take_source);
}

TEST(strided_copy, short_and_long_rows) {
  for (std::int64_t length = 1; length < 140; ++length) {
    std::vector<char> const source = numbered<char>(3 * 150, 1);
    std::vector<char> result(3 * 160, 'x'), expected = result;
    for (std::size_t row = 0; row < 3; ++row)
      std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(row * 150), length,
                  expected.begin() + static_cast<std::ptrdiff_t>(row * 160));
    strided_copy(result.data(), stride_array<2>{160, 1}, source.data(), stride_array<2>{150, 1},
                 stride_array<2>{3, length});
    ASSERT_EQ(result, expected) << length;
  }
}

TEST(strided_copy, a_source_stride_of_zero_repeats) {
  std::array<int, 3> const source{1, 2, 3};
  std::array<int, 6> rows{}, columns{};
  strided_copy(rows.data(), stride_array<2>{3, 1}, source.data(), stride_array<2>{0, 1}, stride_array<2>{2, 3});
  EXPECT_EQ(rows, (std::array<int, 6>{1, 2, 3, 1, 2, 3}));
  strided_copy(columns.data(), stride_array<2>{2, 1}, source.data(), stride_array<2>{1, 0}, stride_array<2>{3, 2});
  EXPECT_EQ(columns, (std::array<int, 6>{1, 1, 2, 2, 3, 3}));
}

TEST(strided_copy, no_dimension_is_one_element_and_no_element_touches_nothing) {
  double const source = 4.0;
  double result = 0.0;
  strided_copy(&result, stride_array<0>{}, &source, stride_array<0>{}, stride_array<0>{});
  EXPECT_EQ(result, 4.0);
  strided_update(&result, stride_array<0>{}, &source, stride_array<0>{}, stride_array<0>{}, std::plus{});
  EXPECT_EQ(result, 8.0);
  double* const nowhere = nullptr;
  for (stride_array<2> const shape : {stride_array<2>{0, 5}, {5, 0}, {1, 0}, {0, 1}, {0, 0}}) {
    strided_copy(nowhere, stride_array<2>{5, 1}, nowhere, stride_array<2>{9, 1}, shape);
    strided_update(nowhere, stride_array<2>{5, 1}, nowhere, stride_array<2>{9, 1}, shape, std::plus{});
    strided_fill(nowhere, stride_array<2>{5, 1}, shape, 1.0);
  }
}

TEST(strided_update, combines_what_a_plain_loop_combines) {
  auto const subtract = [](auto* dst, auto const& to, auto const* src, auto const& from, auto const& shape) {
    strided_update(dst, to, src, from, shape, std::minus{});
  };
  expect_element_wise<double, 1>(31, 17, subtract, std::minus<double>{});
  expect_element_wise<double, 2>(32, 17, subtract, std::minus<double>{});
  expect_element_wise<float, 3>(33, 9, subtract, std::minus<float>{});
  expect_element_wise<std::int16_t, 2>(34, 17, subtract,
                                       [](std::int16_t a, std::int16_t b) { return static_cast<std::int16_t>(a - b); });
  expect_element_wise<std::int64_t, 5>(35, 4, subtract, std::minus<std::int64_t>{});
}

TEST(strided_update, the_old_value_is_the_first_argument) {
  std::array<int, 3> result{10, 20, 30};
  std::array<int, 3> const source{1, 2, 3};
  int factor = 100;
  strided_update(result.data(), stride_array<1>{1}, source.data(), stride_array<1>{1}, stride_array<1>{3},
                 [factor](int old, int given) { return factor * old + given; });
  EXPECT_EQ(result, (std::array<int, 3>{1001, 2002, 3003}));
}

TEST(strided_fill, fills_the_block_and_nothing_else) {
  auto const fill = [](auto* dst, auto const& to, auto const*, auto const&, auto const& shape) {
    strided_fill(dst, to, shape, 77);
  };
  auto const constant = [](auto const& old, auto const&) { return static_cast<std::decay_t<decltype(old)>>(77); };
  expect_element_wise<double, 1>(41, 17, fill, constant);
  expect_element_wise<double, 3>(43, 9, fill, constant);
  expect_element_wise<char, 2>(42, 17, fill, constant);
}

/// Every element exactly once, and rows all alike with a destination that runs forwards.
template <std::size_t N>
void expect_rows_cover(std::uint64_t seed, std::uint64_t extents) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    stride_array<N> shape{};
    for (std::int64_t& extent : shape) extent = static_cast<std::int64_t>(random() % extents);
    layout<N> const to(random, shape), from(random, shape);
    std::vector<std::int64_t> expected(static_cast<std::size_t>(to.size), -1), found = expected;
    for_each_index(shape, [&](stride_array<N> const& k) {
      expected[static_cast<std::size_t>(to.origin + offset_of(k, to.strides))] = offset_of(k, from.strides);
    });
    for_each_row(
        to.strides, from.strides, shape,
        [&](std::int64_t dst, std::int64_t src, std::int64_t count, std::int64_t dst_step, std::int64_t src_step) {
          ASSERT_GT(count, 0);
          ASSERT_GT(dst_step, 0);
          for (std::int64_t i = 0; i < count; ++i) {
            std::int64_t& element = found[static_cast<std::size_t>(to.origin + dst + i * dst_step)];
            ASSERT_EQ(element, -1) << "visited twice";
            element = src + i * src_step;
          }
        });
    ASSERT_EQ(found, expected) << "round " << round;
  }
}

TEST(for_each_row, covers_the_block_exactly) {
  expect_rows_cover<1>(51, 18);
  expect_rows_cover<2>(52, 18);
  expect_rows_cover<3>(53, 7);
  expect_rows_cover<5>(55, 4);
}

TEST(for_each_row, the_dense_dimension_is_the_row_whatever_its_place) {
  std::vector<std::int64_t> counts;
  for_each_row(stride_array<2>{1, 100}, stride_array<2>{1, 40}, stride_array<2>{30, 7},
               [&](auto, auto, std::int64_t count, auto, auto) { counts.push_back(count); });
  EXPECT_EQ(counts, std::vector<std::int64_t>(7, 30));
}

} // namespace
} // namespace armada
