#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/streaming.hpp>
#include <armada/arrays/iteration.hpp>
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
  auto const most = detail::most_cached();
  EXPECT_GE(most, 1 << 16);
  EXPECT_FALSE(detail::stream_scope<double>(most / 8));
  EXPECT_EQ(bool{detail::stream_scope<double>(most / 8 + 1)}, detail::streams<double>);
  EXPECT_FALSE(bool{detail::stream_scope<std::int8_t>(most + 1)});
}

/// Everything is larger than the caches.
class without_caches {
public:
  without_caches() { detail::most_cached() = 0; }
  without_caches(without_caches const&) = delete;
  without_caches& operator=(without_caches const&) = delete;
  ~without_caches() { detail::most_cached() = most_; }

private:
  std::int64_t most_ = detail::most_cached();
};

template <class T, storage_order Order>
void is_there_on_every_rank(index_array<2> const& shape, ghost_cells<2> const& ghosts) {
  without_caches const streamed;
  process_grid const grid{1, world().size()};
  distributed_array<T, 2, Order> a(world(), shape, {block, block}, grid, ghosts), b(world(), shape, grid),
      c(world(), shape, grid);
  a.padded().fill(T(7));
  auto const value = [&](std::int64_t i, std::int64_t j) { return static_cast<T>(static_cast<float>(i * 5 + j)); };
  for_each_owned(b, [&](index_array<2> const& at, T& element) { element = value(at[0], at[1]); });
  c = b - T(3);
  a = T(2) * b + c;
  for (std::int64_t i = 0; i < shape[0]; ++i)
    for (std::int64_t j = 0; j < shape[1]; ++j)
      ASSERT_EQ(T{a(i, j)}, T(3) * value(i, j) - T(3)) << i << ' ' << j << " of " << detail::tuple_text(shape);
  if (ghosts.lower[0] > 0) {
    auto const cells = a.padded();
    for (std::size_t j = 0; j < cells.shape()[1]; ++j) ASSERT_EQ(cells(0, j), T(7)) << "a ghost cell was written";
  }
  a.fence();
  a = a - b; // in place
  EXPECT_TRUE(all(equal(a, b + c)));
}

TEST(streamed_arrays, what_is_assigned_is_there_on_every_rank) {
  for (std::int64_t const columns : {1, 5, 64, 131}) {
    is_there_on_every_rank<std::int32_t, storage_order::row_major>({9, columns}, {});
    is_there_on_every_rank<double, storage_order::column_major>({67, columns}, {});
    is_there_on_every_rank<std::complex<double>, storage_order::row_major>({5, columns}, {1, 1});
    is_there_on_every_rank<float, storage_order::row_major>({5, columns}, {2, 0});
  }
}

} // namespace
