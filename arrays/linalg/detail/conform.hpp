#pragma once

#include <armada/arrays/index/distribution.hpp>
#include <armada/core/error.hpp>

namespace armada::detail {

/// Whether every rank has a block of indices of each dimension, one behind the other.
template <class Array>
[[nodiscard]] bool in_blocks(Array const& a) {
  if constexpr (requires { a.distribution(); })
    for (std::size_t d = 0; d < Array::dimensions; ++d)
      if (a.distribution().along(d).period() > 0) return false;
  return true;
}

/// Whether a vector is cut into balanced blocks over the ranks, as matrices are by rows.
template <class Vector>
[[nodiscard]] bool is_balanced(Vector const& x) {
  return x.distribution() == distribution<1>(x.shape(), x.comm().size());
}

/// Throws `argument_error` with all descriptions unless A (m, n), x (n) and y (m) are on one communicator, the matrix
/// in blocks and the vectors in balanced ones. Shapes and distributions are the same on every rank, so that every rank
/// throws or none.
template <class Matrix, class X, class Y>
void check_product(char const* operation, Matrix const& a, X const& x, Y const& y) {
  bool const together = a.comm().state() == x.comm().state() && a.comm().state() == y.comm().state();
  bool const conform = a.shape()[1] == x.shape()[0] && a.shape()[0] == y.shape()[0];
  if (together && conform && in_blocks(a) && is_balanced(x) && is_balanced(y)) return;
  throw argument_error(text(operation, ": ", a.describe(), ", x = ", x.describe(), " and y = ", y.describe(),
                            !together  ? " are not on the same communicator"
                            : !conform ? " do not conform"
                                       : " are not all in blocks, and the vectors in balanced ones"));
}

} // namespace armada::detail
