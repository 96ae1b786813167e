#pragma once

/// How sparse matrices are made, and multiplied.

#include <armada/arrays/linalg/detail/conform.hpp>
#include <armada/arrays/linalg/sparse_matrix.hpp>

namespace armada {

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T>
template <class Run>
sparse_matrix<T> sparse_matrix<T>::assemble(communicator const& comm, index_array<2> const& shape,
                                            std::string const& what, Run run) {
  block_dimension const rows(shape[0], comm.size()), columns(shape[1], comm.size());
  sparse_matrix result(comm, rows, columns);
  auto const row_bytes = 2.0 * sizeof(typename detail::csr<T>::index) * static_cast<double>(rows.count(comm.rank()));
  detail::check_memory(comm, what, row_bytes);
  auto builder = agree(comm, [&] { return detail::csr_builder<T>(rows, columns, comm.rank()); });
  run([&](std::int64_t row, std::int64_t column, T const&) { builder.count(row, column); });
  constexpr double entry_bytes = sizeof(T) + sizeof(typename detail::csr<T>::index);
  detail::check_memory(comm, what, entry_bytes * static_cast<double>(builder.counted()));
  agree(comm, [&] { builder.allocate(); });
  run([&](std::int64_t row, std::int64_t column, T const& value) { builder.place(row, column, value); });
  agree(comm, [&] {
    result.rows_of_rank_ = builder.finish();
    result.gathered_.resize(static_cast<std::size_t>(result.rows_of_rank_.plan.length()));
  });
  result.entries_ = allreduce(comm, static_cast<std::int64_t>(result.rows_of_rank_.values.size()), std::plus{});
  return result;
}

namespace detail {

inline void check_matrix_shape(communicator const& comm, index_array<2> const& shape) {
  check_same_everywhere(comm, "shape of a sparse matrix", shape);
  if (shape[0] < 0 || shape[1] < 0)
    throw argument_error(text("shape ", tuple_text(shape), " of a sparse matrix has a negative extent"));
}

/// Throws `index_error` for a place beyond the shape.
inline void check_place(index_array<2> const& shape, std::int64_t row, std::int64_t column) {
  if (row < 0 || row >= shape[0] || column < 0 || column >= shape[1]) [[unlikely]]
    throw index_error(text("the entry in row ", row, ", column ", column, " is beyond the shape ", tuple_text(shape),
                           " of a sparse matrix"));
}

} // namespace detail

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T> sparse_matrix<T>
  sparse_matrix<T>::from_triplets(communicator const& comm, shape_option<2> const& shape,
                                  std::span<triplet<T> const> entries) {
    auto const extents = shape.value();
    detail::check_matrix_shape(comm, extents);
    agree(comm, [&] {
      for (auto const& entry : entries) detail::check_place(extents, entry.row, entry.column);
    });
    block_dimension const rows(extents[0], comm.size());
    return assemble(comm, extents, "a sparse matrix", [&](auto receive) {
      auto next = entries.begin();
      detail::exchange_entries<T>(
          comm, rows,
          [&] { return next == entries.end() ? std::optional<triplet<T>>() : std::optional<triplet<T>>(*next++); },
          receive);
    });
  }

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T>
template <class Generate>
sparse_matrix<T> sparse_matrix<T>::from_rows(communicator const& comm, shape_option<2> const& shape,
                                             Generate generate) {
  auto const extents = shape.value();
  detail::check_matrix_shape(comm, extents);
  block_dimension const rows(extents[0], comm.size());
  auto const first = rows.first(comm.rank()), last = rows.first(comm.rank() + 1);
  return assemble(comm, extents, "a sparse matrix", [&](auto receive) {
    agree(comm, [&] {
      for (auto row = first; row < last; ++row)
        generate(row, [&](std::int64_t column, T const& value) {
          detail::check_place(extents, row, column);
          receive(row, column, value);
        });
    });
  });
}

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T> sparse_matrix<T>
  sparse_matrix<T>::read_matrix_market(communicator const& comm, std::string const& path,
                                       matrix_market_options const& options) {
    detail::matrix_market_file file(comm, path, options.square);
    auto const& header = file.header();
    block_dimension const rows(header.rows, comm.size());
    auto const mirror = header.symmetry == matrix_market::symmetry::general          ? 0.0
                        : header.symmetry == matrix_market::symmetry::skew_symmetric ? -1.0
                                                                                     : 1.0;
    auto const what =
        detail::text(file.size_line(), ": a matrix of ", header.rows, " rows and ", header.columns, " columns");
    return assemble(comm, {header.rows, header.columns}, what, [&](auto receive) {
      file.rewind();
      std::optional<triplet<T>> image;
      detail::exchange_entries<T>(
          comm, rows,
          [&] {
            if (image) return std::exchange(image, std::nullopt);
            std::optional<triplet<T>> result;
            if (auto const entry = file.next()) {
              result = triplet<T>{entry->row, entry->column, static_cast<T>(entry->value)};
              if (mirror != 0 && entry->row != entry->column)
                image = triplet<T>{entry->column, entry->row, static_cast<T>(mirror * entry->value)};
            }
            return result;
          },
          receive);
      file.check();
    });
  }

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T> distributed_array<T, 1> sparse_matrix<T>::diagonal()
const {
  if (rows_.extent() != columns_.extent())
    throw argument_error(detail::text("diagonal of ", describe(), ", which is not square"));
  distributed_array<T, 1> result(comm_, {rows_.extent()});
  auto const into = result.local().elements();
  for (std::size_t i = 0; i < into.size(); ++i) {
    auto const begin = rows_of_rank_.columns.begin() + rows_of_rank_.starts[i];
    auto const end = rows_of_rank_.columns.begin() + rows_of_rank_.starts[i + 1];
    auto const at = std::lower_bound(begin, end, i); // row i of this rank is column i of this rank
    if (at != end && *at == i)
      into[i] = rows_of_rank_.values[static_cast<std::size_t>(at - rows_of_rank_.columns.begin())];
  }
  result.fence();
  return result;
}

template <wire T>
  requires std::floating_point<T> || detail::is_complex<T>
void sparse_matrix<T>::multiply(distributed_array<T, 1> const& x, distributed_array<T, 1>& y) const {
  detail::check_product("matvec", *this, x, y);
  detail::fence_all(comm_, x, y);
  rows_of_rank_.plan.gather(x.window(), gathered_.data());
  auto const own = x.local().elements();
  std::vector<T> copy;
  if (&x == &y) { // which the product overwrites
    copy.assign(own.begin(), own.end());
    x.fence();
  }
  auto fence = detail::begin_fence(x); // when it ends, x may be changed
  rows_of_rank_.multiply(&x == &y ? copy.data() : own.data(), gathered_.data(), y.local().elements().data());
  if (fence) fence->wait();
}

} // namespace armada
