#include <armada/arrays/reduce.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

namespace armada {
namespace {

using support::throws;

int me() { return world().rank(); }
int ranks() { return world().size(); }

template <class T>
concept has_norm = requires(distributed_array<T, 1> const& a) {
  norm(a);
};
template <class T>
concept has_sum = requires(distributed_array<T, 1> const& a) {
  sum(a);
};
static_assert(has_norm<float> && has_norm<std::complex<double>> && has_norm<int> && !has_norm<std::byte>);
static_assert(has_sum<std::uint8_t> && has_sum<std::complex<float>> && !has_sum<std::byte>);

/// Small whole numbers, so that every sum is exact in every type.
template <class T>
T value(std::int64_t i, int seed) {
  auto const n = static_cast<float>((i * 7 + seed) % 5 - (std::is_unsigned_v<T> ? 0 : 2));
  if constexpr (detail::is_complex<T>)
    return {static_cast<typename T::value_type>(n), static_cast<typename T::value_type>((i + seed) % 3)};
  else
    return static_cast<T>(n);
}

template <class T>
T conjugate(T const& x) {
  if constexpr (detail::is_complex<T>)
    return std::conj(x);
  else
    return x;
}

/// Numbers every element by its place in the row-major order of the whole array.
template <class T, std::size_t N>
void number(distributed_array<T, N>& a, int seed) {
  auto const range = a.local_range();
  auto const strides = row_major_strides(a.shape());
  auto const inner = row_major_strides(range.shape());
  auto const elements = a.local().elements();
  for (std::size_t e = 0; e < elements.size(); ++e) {
    std::int64_t place = 0, rest = static_cast<std::int64_t>(e);
    for (std::size_t d = 0; d < N; ++d) {
      place += (range.dimensions[d].first + rest / inner[d]) * strides[d];
      rest %= inner[d];
    }
    elements[e] = value<T>(place, seed);
  }
}

template <class T, std::size_t N>
void agrees_with_serial(index_array<N> const& shape, process_grid<N> const& grid) {
  distributed_array<T, N> a(world(), shape, grid), b(world(), shape, grid);
  number(a, 1);
  number(b, 2);
  detail::sum_of_t<T> total{}, product{};
  double squares = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    total += static_cast<detail::sum_of_t<T>>(value<T>(i, 1));
    product += static_cast<detail::sum_of_t<T>>(conjugate(value<T>(i, 1)) * value<T>(i, 2));
    if constexpr (has_norm<T>) squares += static_cast<double>(std::norm(value<T>(i, 1)));
  }
  auto const where = detail::text(typeid(T).name(), ' ', detail::tuple_text(shape));
  EXPECT_EQ(sum(a), total) << where;
  EXPECT_EQ(dot(a, b), product) << where;
  if constexpr (has_norm<T>) {
    EXPECT_NEAR(static_cast<double>(norm(a)), std::sqrt(squares), 1e-5) << where;
  }
  a.fence();
}

template <class T>
void agrees_with_serial() {
  for (std::int64_t const n : {0, 1, 2, 3, 5, 18, 101}) agrees_with_serial<T, 1>({n}, row_grid<1>(ranks()));
  agrees_with_serial<T, 2>({5, 7}, row_grid<2>(ranks()));
  agrees_with_serial<T, 2>({5, 7}, process_grid{1, ranks()});
  agrees_with_serial<T, 2>({4, 0}, row_grid<2>(ranks()));
  agrees_with_serial<T, 3>({3, 2, 5}, process_grid{1, ranks(), 1});
}

TEST(reduce, sum_dot_and_norm_agree_with_the_serial_ones_for_every_type) {
  agrees_with_serial<std::int8_t>();
  agrees_with_serial<std::uint16_t>();
  agrees_with_serial<std::int32_t>();
  agrees_with_serial<std::int64_t>();
  agrees_with_serial<float>();
  agrees_with_serial<double>();
  agrees_with_serial<long double>();
  agrees_with_serial<std::complex<float>>();
  agrees_with_serial<std::complex<double>>();
  agrees_with_serial<std::complex<long double>>();
}

/// Without the fence inside, a rank would sum up what the others have not written yet.
TEST(reduce, sees_what_was_written_before) {
  distributed_array<double, 1> a(world(), {4 * ranks()});
  for (int round = 1; round <= 20; ++round) {
    if (me() == round % ranks()) a(xt::all()) = static_cast<double>(round);
    ASSERT_EQ(sum(a), 4.0 * round * ranks());
    if (me() == round % ranks()) a(xt::all()) += 1.0;
    ASSERT_EQ(dot(a, a), 4.0 * (round + 1) * (round + 1) * ranks());
    if (me() == (round + 1) % ranks()) a(xt::all()) -= 1.0;
    ASSERT_NEAR(norm(a), 2.0 * round * std::sqrt(static_cast<double>(ranks())), 1e-9);
    a.fence();
  }
}

TEST(reduce, of_a_large_array_of_floats_keeps_its_digits) {
  distributed_array<float, 1> a(world(), {1'000'000});
  a.fill(0.1F);
  EXPECT_NEAR(sum(a), 1e5F, 1.0F);
  EXPECT_NEAR(norm(a), 100.0F, 0.1F);
}

TEST(reduce, norms_of_integers_are_of_type_double_and_do_not_overflow) {
  distributed_array<std::int8_t, 2> a(world(), {2, 3}, {cyclic, block});
  if (me() == 0) a(xt::all(), xt::all()) = xt::xtensor<std::int8_t, 2>{{-128, 127, 3}, {4, 0, -1}};
  a.fence();
  EXPECT_EQ(norm_sq(a), 128.0 * 128 + 127.0 * 127 + 9 + 16 + 1);
  EXPECT_EQ(norm(a), std::sqrt(norm_sq(a)));
  EXPECT_EQ(norm_l1(a), 263.0);
  EXPECT_EQ(norm_linf(a), 128.0);
  EXPECT_EQ(norm_sq(a, reproducible), norm_sq(a));
  auto const columns = norm(a, 0);
  static_assert(std::same_as<decltype(columns)::value_type, double>);
  EXPECT_EQ(get(columns(xt::all())), (xt::xtensor<double, 1>{std::sqrt(128.0 * 128 + 16), 127, std::sqrt(10.0)}));
  columns.fence();
  distributed_array<std::uint64_t, 1> large(world(), {4});
  large.fill(std::uint64_t{1} << 63);
  EXPECT_EQ(norm(large), std::ldexp(1.0, 64));
  EXPECT_EQ(norm_l1(large), std::ldexp(1.0, 65));
}

TEST(reduce, of_large_numbers_overflows_no_sooner_than_its_result) {
  distributed_array<float, 2> a(world(), {3, 4}, {whole, block});
  a.fill(1e20F);
  EXPECT_FLOAT_EQ(norm(a), std::sqrt(12.0F) * 1e20F);
  EXPECT_FLOAT_EQ(norm(a, reproducible), norm(a));
  auto const columns = norm(a, 0);
  static_assert(std::same_as<decltype(columns)::value_type, float>);
  for (int j = 0; j < 4; ++j) EXPECT_FLOAT_EQ(float{columns(j)}, std::sqrt(3.0F) * 1e20F);
  columns.fence();
  distributed_array<std::complex<float>, 1> c(world(), {4});
  c.fill({3e19F, 4e19F});
  EXPECT_FLOAT_EQ(norm(c), 1e20F);
  EXPECT_FLOAT_EQ(norm(c, reproducible), 1e20F);
  distributed_array<double, 2> d(world(), {4, 4}, {whole, block});
  d.fill(1e200);
  EXPECT_EQ(var(d), 0.0);
  auto const spread = var(d, 0);
  for (int j = 0; j < 4; ++j) EXPECT_EQ(double{spread(j)}, 0.0);
  spread.fence();
  d.fill(1.0);
  if (me() == 0) d(3, 1) = std::numeric_limits<double>::infinity();
  d.fence();
  EXPECT_TRUE(std::isnan(var(d)));
  auto const infinite = stddev(d, 0);
  EXPECT_TRUE(std::isnan(infinite(1)));
  EXPECT_EQ(double{infinite(2)}, 0.0);
  infinite.fence();
}

template <class Real>
void variances_of_complex_numbers() {
  using number = std::complex<Real>;
  distributed_array<number, 2> a(world(), {5, 700}, {block, cyclic});
  auto const element = [](std::size_t i, std::size_t j) {
    return number(static_cast<Real>((i * 3 + j * 5) % 11), static_cast<Real>((i + j * 7) % 13) - 4);
  };
  auto e = xt::xtensor<number, 2>::from_shape({5, 700});
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = 0; j < 700; ++j) e(i, j) = element(i, j);
  if (me() == ranks() - 1) a(xt::all(), xt::all()) = e;
  a.fence();
  auto const variance = [&](std::size_t first, std::size_t last, std::size_t left, std::size_t right, double less) {
    std::complex<double> mean;
    auto const count = static_cast<double>((last - first) * (right - left));
    for (auto i = first; i < last; ++i)
      for (auto j = left; j < right; ++j) mean += std::complex<double>(e(i, j)) / count;
    double squares = 0;
    for (auto i = first; i < last; ++i)
      for (auto j = left; j < right; ++j) squares += std::norm(std::complex<double>(e(i, j)) - mean);
    return squares / (count - less);
  };
  static_assert(std::same_as<decltype(var(a)), Real>);
  EXPECT_NEAR(static_cast<double>(var(a)), variance(0, 5, 0, 700, 0), 1e-5);
  EXPECT_NEAR(static_cast<double>(stddev(a, ddof{1})), std::sqrt(variance(0, 5, 0, 700, 1)), 1e-5);
  auto const rows = var(a, 1), columns = stddev(a, 0, ddof{2});
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(static_cast<double>(Real{rows(i)}), variance(i, i + 1, 0, 700, 0), 1e-5) << i;
  for (std::size_t j = 0; j < 700; j += 53)
    EXPECT_NEAR(static_cast<double>(Real{columns(j)}), std::sqrt(variance(0, 5, j, j + 1, 2)), 1e-5) << j;
  rows.fence();
  columns.fence();
}
TEST(reduce, variances_of_complex_numbers_are_real) {
  variances_of_complex_numbers<float>();
  variances_of_complex_numbers<double>();
}

TEST(reduce, dot_refuses_arrays_that_do_not_conform) {
  distributed_array<double, 2> a(world(), {4, 6}), b(world(), {6, 4});
  EXPECT_TRUE(throws<argument_error>([&] { return dot(a, b); },
                                     {"distributed_array of (4, 6)", "distributed_array of (6, 4)", "conform"}));
  if (ranks() > 1) {
    distributed_array<double, 2> c(world(), {4, 6}, process_grid{1, ranks()});
    EXPECT_TRUE(throws<argument_error>([&] { return dot(a, c); }, {"(1, "}));
  }
  EXPECT_EQ(dot(a, a), 0.0);
}

TEST(reduce, on_a_part_of_the_ranks) {
  auto const half = world().split(me() % 2);
  distributed_array<int, 1> a(half, {10});
  a.fill(me() % 2 + 1);
  EXPECT_EQ(sum(a), 10 * (me() % 2 + 1));
}

} // namespace
} // namespace armada
