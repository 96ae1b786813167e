#pragma once

/// Dense kernels on one rank's memory: BLAS for the types that it knows, plain loops for the others.

#include <cblas.h>

#include <complex>
#include <cstdint>
#include <numeric>
#include <span>
#include <type_traits>

namespace armada::detail {

/// The sum, in four independent chains so that the processor can overlap them.
template <class T>
[[nodiscard]] T local_sum(std::span<T const> values) {
  T chains[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= values.size(); i += 4)
    for (std::size_t c = 0; c < 4; ++c) chains[c] = static_cast<T>(chains[c] + values[i + c]);
  T total = static_cast<T>(static_cast<T>(chains[0] + chains[1]) + static_cast<T>(chains[2] + chains[3]));
  for (; i < values.size(); ++i) total = static_cast<T>(total + values[i]);
  return total;
}

/// Calls `part(first, count)` for stretches that a BLAS with 32-bit lengths takes.
template <class Part>
void for_each_blas_part(std::size_t length, Part part) {
  constexpr std::size_t most = std::size_t{1} << 30;
  for (std::size_t done = 0; done < length; done += most)
    part(done, static_cast<blasint>(std::min(most, length - done)));
}

/// The sum of conj(a[i]) × b[i].
template <class T>
[[nodiscard]] T local_dot(std::span<T const> a, std::span<T const> b) {
  T total{};
  for_each_blas_part(a.size(), [&](std::size_t at, blasint n) {
    if constexpr (std::is_same_v<T, double>) {
      total += cblas_ddot(n, a.data() + at, 1, b.data() + at, 1);
    } else if constexpr (std::is_same_v<T, float>) {
      total += cblas_sdot(n, a.data() + at, 1, b.data() + at, 1);
    } else if constexpr (std::is_same_v<T, std::complex<double>>) {
      T part{};
      cblas_zdotc_sub(n, a.data() + at, 1, b.data() + at, 1, &part);
      total += part;
    } else if constexpr (std::is_same_v<T, std::complex<float>>) {
      T part{};
      cblas_cdotc_sub(n, a.data() + at, 1, b.data() + at, 1, &part);
      total += part;
    } else {
      for (std::size_t i = at; i < at + static_cast<std::size_t>(n); ++i) total = static_cast<T>(total + a[i] * b[i]);
    }
  });
  return total;
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
      for (std::size_t i = at; i < at + static_cast<std::size_t>(n); ++i) y[i] += alpha * x[i];
  });
}

/// y = A x for a row-major matrix of rows × columns elements.
template <class T>
void local_matvec(std::int64_t rows, std::int64_t columns, T const* a, T const* x, T* y) {
  auto const m = static_cast<blasint>(rows);
  auto const n = static_cast<blasint>(columns);
  if constexpr (std::is_same_v<T, double>) {
    cblas_dgemv(CblasRowMajor, CblasNoTrans, m, n, 1.0, a, n, x, 1, 0.0, y, 1);
  } else if constexpr (std::is_same_v<T, float>) {
    cblas_sgemv(CblasRowMajor, CblasNoTrans, m, n, 1.0F, a, n, x, 1, 0.0F, y, 1);
  } else {
    for (std::int64_t i = 0; i < rows; ++i) {
      T total{};
      for (std::int64_t j = 0; j < columns; ++j) total += a[i * columns + j] * x[j];
      y[i] = total;
    }
  }
}

} // namespace armada::detail
