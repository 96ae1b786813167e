#include "tests/arrays/linalg/reference.hpp"

#include <armada/arrays/detail/blas.hpp>

namespace armada {
namespace {

template <class T>
class Blas : public testing::Test {};
using element_types =
    testing::Types<double, float, std::complex<double>, std::complex<float>, std::int64_t, std::int16_t>;
TYPED_TEST_SUITE(Blas, element_types);

template <class T>
void expect_close(T actual, T expected, std::string const& what) {
  if constexpr (std::is_integral_v<T>)
    EXPECT_EQ(actual, expected) << what;
  else
    EXPECT_LE(std::abs(actual - expected), reference::tolerance<T>() * (1 + std::abs(expected))) << what;
}

TYPED_TEST(Blas, SumDotAndAxpyAreThoseOfALoop) {
  using T = TypeParam;
  for (std::int64_t n = 0; n <= 20; ++n) {
    auto const a = reference::random_values<T>(n, 1), b = reference::random_values<T>(n, 2);
    auto y = b;
    T dot{}, alpha(3);
    detail::local_axpy<T>(alpha, a, y);
    for (std::size_t i = 0; i < a.size(); ++i) {
      if constexpr (std::is_integral_v<T> || std::is_floating_point_v<T>)
        dot = static_cast<T>(dot + a[i] * b[i]);
      else
        dot += std::conj(a[i]) * b[i];
      expect_close(y[i], static_cast<T>(alpha * a[i] + b[i]), "axpy");
    }
    expect_close(detail::local_dot<T>(a, b), dot, "dot");
  }
}

TYPED_TEST(Blas, MatvecWritesEveryElement) {
  using T = TypeParam;
  for (std::int64_t const rows : {0, 1, 5})
    for (std::int64_t const columns : {0, 1, 9}) {
      auto const a = reference::random_values<T>(rows * columns, 3), x = reference::random_values<T>(columns, 4);
      std::vector<T> y(static_cast<std::size_t>(rows) + 1, T(77));
      detail::local_matvec(rows, columns, a.data(), x.data(), y.data());
      auto const expected = reference::product(rows, columns, a, x);
      for (std::size_t i = 0; i < expected.size(); ++i) expect_close(y[i], expected[i], "matvec");
      EXPECT_EQ(y.back(), T(77));
    }
}

} // namespace
} // namespace armada
