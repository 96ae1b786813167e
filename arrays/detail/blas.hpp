#pragma once

/// Dense kernels on one rank's memory: BLAS for the types that it knows, plain loops for the others.

#include <armada/arrays/detail/kept_sum.hpp>
#include <armada/core/operation.hpp>

#include <cblas.h>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

namespace armada::detail {

/// Calls `part(first, count)` for stretches that a BLAS with 32-bit lengths takes.
template <class Part>
void for_each_blas_part(std::size_t length, Part part) {
  constexpr std::size_t most = std::size_t{1} << 30;
  for (std::size_t done = 0; done < length; done += most)
    part(done, static_cast<blasint>(std::min(most, length - done)));
}

/// The sum of conj(a[i]) × b[i], of a[i] × b[i] where elements are not complex.
template <class T>
[[nodiscard]] T local_dot(std::span<T const> a, std::span<T const> b) {
  typename kept_sum<T>::type total{};
  for_each_blas_part(a.size(), [&](std::size_t at, blasint n) {
    if constexpr (std::is_same_v<T, double>) {
      total += cblas_ddot(n, a.data() + at, 1, b.data() + at, 1);
    } else if constexpr (std::is_same_v<T, float>) {
      total += cblas_dsdot(n, a.data() + at, 1, b.data() + at, 1);
    } else if constexpr (std::is_same_v<T, std::complex<double>>) {
      T part{};
      cblas_zdotc_sub(n, a.data() + at, 1, b.data() + at, 1, &part);
      total += part;
    } else {
      using wide = typename kept_sum<T>::type;
      for (std::size_t i = at; i < at + static_cast<std::size_t>(n); ++i) {
        if constexpr (is_complex<T>)
          total += std::conj(static_cast<wide>(a[i])) * static_cast<wide>(b[i]);
        else
          total = static_cast<wide>(total + a[i] * b[i]);
      }
    }
  });
  return static_cast<T>(total);
}

/// y += alpha × x.
template <class T>
void local_axpy(T alpha, std::span<T const> x, std::span<T> y) {
  for_each_blas_part(x.size(), [&](std::size_t at, blasint n) {
    if constexpr (std::is_same_v<T, double>)
      cblas_daxpy(n, alpha, x.data() + at, 1, y.data() + at, 1);
    else if constexpr (std::is_same_v<T, float>)
      cblas_saxpy(n, alpha, x.data() + at, 1, y.data() + at, 1);
    else
      for (std::size_t i = at; i < at + static_cast<std::size_t>(n); ++i)
        y[i] = static_cast<T>(y[i] + static_cast<T>(alpha * x[i]));
  });
}

/// BLAS's own product of a row-major matrix, where the type and the 32-bit sizes allow it; false otherwise.
template <class T>
[[nodiscard]] bool blas_matvec(std::int64_t rows, std::int64_t columns, T const* a, T const* x, T* y) {
  constexpr std::int64_t most = std::numeric_limits<blasint>::max();
  if (rows > most || columns > most) return false;
  auto const m = static_cast<blasint>(rows);
  auto const n = static_cast<blasint>(columns);
  T const one(1), zero(0);
  if constexpr (std::is_same_v<T, double>)
    cblas_dgemv(CblasRowMajor, CblasNoTrans, m, n, one, a, n, x, 1, zero, y, 1);
  else if constexpr (std::is_same_v<T, float>)
    cblas_sgemv(CblasRowMajor, CblasNoTrans, m, n, one, a, n, x, 1, zero, y, 1);
  else if constexpr (std::is_same_v<T, std::complex<double>>)
    cblas_zgemv(CblasRowMajor, CblasNoTrans, m, n, &one, a, n, x, 1, &zero, y, 1);
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    cblas_cgemv(CblasRowMajor, CblasNoTrans, m, n, &one, a, n, x, 1, &zero, y, 1);
  else
    return false;
  return true;
}

/// y = A x for a row-major matrix of rows × columns elements; y is written only.
///
/// It runs at the speed of memory, for which the whole matrix in one call of a BLAS made for columns is not the best:
/// while x fits the first-level cache, a dot product per row is up to a fifth faster; beyond, four rows at a time.
template <class T>
void local_matvec(std::int64_t rows, std::int64_t columns, T const* a, T const* x, T* y) {
  if (columns == 0) return static_cast<void>(std::fill_n(y, rows, T{})); // BLAS leaves y as it is
  auto const row_bytes = columns * static_cast<std::int64_t>(sizeof(T));
  bool const by_dots = std::is_floating_point_v<T> && row_bytes >= 512 && row_bytes <= 16384;
  std::int64_t const strip = row_bytes > 16384 ? 4 : std::max<std::int64_t>(rows, 1);
  for (std::int64_t i = 0; i < rows;) {
    auto const count = std::min(strip, rows - i);
    if (!by_dots && blas_matvec(count, columns, a + i * columns, x, y + i)) {
      i += count;
    } else if (by_dots) {
      auto const n = static_cast<std::size_t>(columns);
      y[i] = local_dot<T>({a + i * columns, n}, {x, n});
      ++i;
    } else {
      T total{};
      for (std::int64_t j = 0; j < columns; ++j) total = static_cast<T>(total + a[i * columns + j] * x[j]);
      y[i++] = total;
    }
  }
}

} // namespace armada::detail
