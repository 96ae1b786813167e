#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/streaming.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using namespace armada;

template <class T>
struct streaming : testing::Test {};

struct three_bytes {
  std::uint8_t number[3] = {};
  three_bytes() = default;
  explicit three_bytes(std::int64_t i) : number{static_cast<std::uint8_t>(i), 0, 0} {}
  friend bool operator==(three_bytes const&, three_bytes const&) = default;
};

using types = testing::Types<float, double, std::int32_t, std::uint64_t, std::complex<float>, std::complex<double>,
                             std::int8_t, long double, three_bytes>;
TYPED_TEST_SUITE(streaming, types);

TYPED_TEST(streaming, writes_these_elements_and_no_others_wherever_they_begin) {
  using T = TypeParam;
  auto const value = [](int i) { return static_cast<T>(static_cast<std::int8_t>(i)); };
  for (std::size_t begin = 0; begin <= 64; ++begin)
    for (std::size_t const count : {0U, 1U, 7U, 16U, 63U, 64U, 200U}) {
      std::vector<T> into(begin + count + 64, value(99)), expected = into;
      detail::stream(into.data() + begin, static_cast<std::int64_t>(count),
                     [&](std::int64_t i) { return value(static_cast<int>(i % 97)); });
      for (std::size_t i = 0; i < count; ++i) expected[begin + i] = value(static_cast<int>(i % 97));
      ASSERT_EQ(into, expected) << count << " from " << begin;
    }
}

TEST(streamed_arrays, are_larger_than_a_cache) {
  auto const most = detail::largest_cache();
  EXPECT_GT(most, 0);
  EXPECT_FALSE(detail::stream_scope<double>(most / 8));
  EXPECT_EQ(bool{detail::stream_scope<double>(most / 8 + 1)}, detail::streams<double>);
  EXPECT_FALSE(bool{detail::stream_scope<std::int8_t>(most + 1)});
}

// What is larger than a cache is streamed, and every rank sees it after the assignment.
TEST(streamed_arrays, what_is_assigned_is_there_on_every_rank) {
  std::int64_t const columns = 4099, rows = detail::largest_cache() / 4 / columns + 2; // of each rank
  if (detail::largest_cache() > std::int64_t{64} << 20) GTEST_SKIP() << "a cache too large to test beyond it";
  int const ranks = world().size();
  distributed_array<std::int32_t, 2> a(world(), {rows * ranks, columns});
  auto const b = from_function<std::int32_t, 2>(world(), {rows * ranks, columns}, [](std::int64_t i, std::int64_t j) {
    return static_cast<std::int32_t>(i * 5 + j);
  });
  distributed_array<std::int32_t, 2> const c = b % 7;
  a = 2 * b + c;
  EXPECT_TRUE(all(equal(a, 2 * b + c)));
  for (std::int64_t const i : {std::int64_t{0}, rows - 1, rows * ranks - 1})
    for (std::int64_t const j : {std::int64_t{0}, columns / 2, columns - 1})
      EXPECT_EQ(std::int32_t{a(i, j)}, 2 * (i * 5 + j) + (i * 5 + j) % 7);
  a = a - b; // in place
  EXPECT_TRUE(all(equal(a, b + c)));
}

} // namespace
