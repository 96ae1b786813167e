#pragma once

#include <armada/core/error.hpp>

namespace armada::detail {

/// Throws `argument_error` with all descriptions unless A (m, n), x (n) and y (m) are on one communicator. Shapes are
/// the same on every rank, so that every rank throws or none.
template <class Matrix, class X, class Y>
void check_product(char const* operation, Matrix const& a, X const& x, Y const& y) {
  bool const together = a.comm().state() == x.comm().state() && a.comm().state() == y.comm().state();
  if (together && a.shape()[1] == x.shape()[0] && a.shape()[0] == y.shape()[0]) return;
  throw argument_error(text(operation, ": ", a.describe(), ", x = ", x.describe(), " and y = ", y.describe(),
                            together ? " do not conform" : " are not on the same communicator"));
}

} // namespace armada::detail
