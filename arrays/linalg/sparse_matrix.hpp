#pragma once

/// Sparse matrices over the ranks of a communicator, and their product with distributed vectors.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/linalg/detail/csr.hpp>
#include <armada/arrays/linalg/detail/csr_builder.hpp>
#include <armada/arrays/linalg/detail/entry_exchange.hpp>
#include <armada/arrays/linalg/detail/fence.hpp>
#include <armada/arrays/linalg/detail/matrix_market_file.hpp>
#include <armada/arrays/linalg/detail/memory_check.hpp>
#include <armada/arrays/linalg/triplet.hpp>
#include <armada/collectives/allreduce.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace armada {

/// What reads a file may ask of the matrix in it.
struct matrix_market_options {
  bool square = false; ///< anything else is an error
};

/// A matrix in compressed rows: each rank holds whole rows, cut as a distributed array of as many elements is, at about
/// 12 bytes per entry of double. Fixed once made, with the plan of what its product needs of other ranks. Move-only.
/// Making one is collective: all ranks throw or none, `out_of_memory` with need and have where it does not fit.
template <wire T>
  requires std::floating_point<T> || detail::is_complex<T>
class sparse_matrix {
public:
  using value_type = T;

  sparse_matrix(sparse_matrix&&) noexcept = default;
  sparse_matrix& operator=(sparse_matrix&&) noexcept = default;

  /// Any rank gives any entries, in any order; those at the same place are summed. Collective over `comm`, in rounds of
  /// bounded memory. Throws `argument_error` for a wrong shape, `index_error` for an entry beyond it.
  [[nodiscard]] static sparse_matrix from_triplets(communicator const& comm, shape_option<2> const& shape,
                                                   std::span<triplet<T> const> entries);

  /// Each rank makes the rows that it owns: `generate(row, add)` calls `add(column, value)` for each entry of a row,
  /// and is called twice for each row, with the same outcome. Collective over `comm`. Throws as above.
  template <class Generate>
  [[nodiscard]] static sparse_matrix from_rows(communicator const& comm, shape_option<2> const& shape,
                                               Generate generate);

  /// Reads a Matrix Market file: coordinates; real, integer or pattern (ones); general, symmetric or skew-symmetric.
  /// Collective over `comm`: each rank reads a stretch of the file, twice, a piece at a time, so that no rank ever
  /// holds more than its rows. Throws `io_error`, `format_error` or `unsupported` with path, line and what is wrong
  /// there.
  [[nodiscard]] static sparse_matrix read_matrix_market(communicator const& comm, std::string const& path,
                                                        matrix_market_options const& options = {});

  // What it is. Local.
  [[nodiscard]] index_array<2> shape() const noexcept { return {rows_.extent(), columns_.extent()}; }
  [[nodiscard]] communicator const& comm() const noexcept { return comm_; }
  /// The number of stored entries, of all ranks.
  [[nodiscard]] std::int64_t entries() const noexcept { return entries_; }
  /// What this rank's part occupies, in bytes.
  [[nodiscard]] std::int64_t local_bytes() const noexcept { return rows_of_rank_.bytes(); }
  /// `sparse_matrix of (10, 10) with 28 entries of 8 bytes on the 2 ranks of "world"`.
  [[nodiscard]] std::string describe() const {
    return detail::text("sparse_matrix of ", detail::tuple_text(shape()), " with ", entries_, " entries of ", sizeof(T),
                        " bytes on the ", comm_.size(), " ranks of \"", comm_.name(), "\"");
  }

  /// The elements (i, i), zero where nothing is stored. Collective. Throws `argument_error` unless it is square.
  [[nodiscard]] distributed_array<T, 1> diagonal() const;

  /// What `matvec` does.
  void multiply(distributed_array<T, 1> const& x, distributed_array<T, 1>& y) const;

private:
  sparse_matrix(communicator const& comm, block_dimension const& rows, block_dimension const& columns)
      : comm_(communicator::share(comm)), rows_(rows), columns_(columns) {}

  /// `run(receive)` brings every entry to the rank that owns its row, by `receive(row, column, value)`; it is called
  /// twice. `what` says whose memory it is when there is too little.
  template <class Run>
  [[nodiscard]] static sparse_matrix assemble(communicator const& comm, index_array<2> const& shape,
                                              std::string const& what, Run run);

  communicator comm_;
  block_dimension rows_, columns_;
  detail::csr<T> rows_of_rank_;
  std::int64_t entries_ = 0;
  mutable std::vector<T> gathered_; ///< elements of x from other ranks, while a product runs
};

/// y = A x. Collective. Shapes: A (m, n), x (n), y (m), all of the same communicator; y may be x.
/// The product sees every access that any rank made before it. When it returns, a rank may read its own tile of y and
/// change its own tile of x; for those of others it takes a fence, as ever.
/// Throws `argument_error` with both descriptions on every rank where shapes or communicators do not conform.
template <class T>
void matvec(sparse_matrix<T> const& a, distributed_array<T, 1> const& x, distributed_array<T, 1>& y) {
  a.multiply(x, y);
}

/// The same into a new vector.
template <class T>
[[nodiscard]] distributed_array<T, 1> matvec(sparse_matrix<T> const& a, distributed_array<T, 1> const& x) {
  distributed_array<T, 1> y(a.comm(), {a.shape()[0]});
  a.multiply(x, y);
  return y;
}

} // namespace armada

#include <armada/arrays/linalg/detail/sparse_matrix_impl.hpp>
