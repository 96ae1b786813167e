#pragma once

/// The product of a dense distributed matrix with a distributed vector.

#include <armada/arrays/detail/blas.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/linalg/detail/conform.hpp>
#include <armada/arrays/linalg/detail/fence.hpp>

#include <xtensor/xslice.hpp>

#include <functional>
#include <vector>

namespace armada {
namespace detail {

/// Whether the rows of a tile of A are those of the rank's tile of y: no sums between ranks are needed.
template <class T>
[[nodiscard]] bool owns_rows(distributed_array<T, 2> const& a, distributed_array<T, 1> const& y) {
  return a.distribution().along(1).parts() == 1 && a.distribution().along(0) == y.distribution().along(0);
}

} // namespace detail

/// y = A x. Collective. Shapes: A (m, n) on any process grid, x (n), y (m), all of the same communicator; y may be x.
/// Each rank multiplies its own tile, at the speed of its memory; where a row of A has several owners their parts are
/// added in no fixed order. x is fetched once. The product sees every access that any rank made before it. When it
/// returns, x may be changed, and a rank may read its own tile of y; for other tiles it takes a fence, as ever.
/// Throws `argument_error` with all descriptions on every rank where shapes or communicators do not conform, and unless
/// A is in blocks and the vectors are in balanced ones.
template <wire T>
  requires accumulator<std::plus<>, T>
void matvec(distributed_array<T, 2> const& a, distributed_array<T, 1> const& x, distributed_array<T, 1>& y) {
  detail::check_product("matvec", a, x, y);
  detail::fence_all(a.comm(), a, x, y);
  auto const tile = a.local_range();
  auto const [rows, columns] = tile.dimensions;
  std::vector<T> needed(static_cast<std::size_t>(columns.count));
  if (!needed.empty()) get(x(xt::range(columns.first, columns.first + columns.count)), needed);
  auto const* const elements = a.local().elements().data();
  if (&x == &y) x.fence(); // which the product overwrites
  if (detail::owns_rows(a, y)) {
    auto fence = detail::begin_fence(x); // when it ends, x may be changed
    detail::local_matvec(rows.count, columns.count, elements, needed.data(), y.local().elements().data());
    if (fence) fence->wait();
    return;
  }
  y.local() = T{};
  y.fence();
  xt::xtensor<T, 1> sums = xt::xtensor<T, 1>::from_shape({static_cast<std::size_t>(rows.count)});
  detail::local_matvec(rows.count, columns.count, elements, needed.data(), sums.data());
  if (rows.count > 0) y(xt::range(rows.first, rows.first + rows.count)) += sums;
  y.fence();
}

/// The same into a new vector.
template <wire T>
  requires accumulator<std::plus<>, T>
[[nodiscard]] distributed_array<T, 1> matvec(distributed_array<T, 2> const& a, distributed_array<T, 1> const& x) {
  distributed_array<T, 1> y(a.comm(), {a.shape()[0]});
  matvec(a, x, y);
  return y;
}

} // namespace armada
