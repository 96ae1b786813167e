#pragma once

/// What ScaLAPACK calls an array that it is to work on in place.

#include <armada/arrays/index/distribution.hpp>
#include <armada/core/error.hpp>

#include <array>
#include <string>

namespace armada {
namespace detail {

/// `what` names the array in the text of an error.
[[nodiscard]] std::array<int, 9> scalapack_descriptor(distribution<2> const& spread, int rank, int context,
                                                      std::string const& what);

} // namespace detail

/// DESCA of a matrix on `rank`: type 1 (dense), context, rows, columns, rows and columns of a block, 0, 0, rows of the
/// tile. `context` is that of a grid of the distribution's extents, numbered row-major: `Cblacs_gridinit(&context,
/// "Row", rows, columns)` over the array's ranks. Elements must be `storage_order::column_major`, and each dimension
/// dealt out in blocks of one length: `block_cyclic`, `cyclic`, `whole`; `block` and `irregular` where all parts but
/// the last that has something are equally long. Local. Throws `unsupported` for other distributions and for extents
/// beyond int, `argument_error` for a rank that is none.
[[nodiscard]] inline std::array<int, 9> scalapack_descriptor(distribution<2> const& spread, int rank, int context) {
  return detail::scalapack_descriptor(spread, rank, context, spread.describe());
}

/// The same of this rank's tile of an array, which ScaLAPACK gets as `a.local().data()`. Fence before and after.
template <class Array>
  requires(Array::dimensions == 2)
[[nodiscard]] std::array<int, 9> scalapack_descriptor(Array const& a, int context) {
  return detail::scalapack_descriptor(a.distribution(), a.comm().rank(), context, a.describe());
}

} // namespace armada
