#pragma once

/// The text of Matrix Market files: sparse matrices as lines `row column value`. Pure functions on text that know no
/// MPI; `sparse_matrix<T>::read_matrix_market` reads a file in parallel with them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace armada::matrix_market {

enum class field { real, integer, pattern };
/// What the entries that are not in the file are: none, or the mirror images of those below the diagonal.
enum class symmetry { general, symmetric, skew_symmetric };

/// What a file says of itself before its entries.
struct header {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t entries = 0; ///< lines that follow, mirror images not counted
  matrix_market::field field = field::real;
  matrix_market::symmetry symmetry = symmetry::general;
  std::int64_t lines = 0; ///< up to the size line, which is the last of the header
  std::int64_t bytes = 0; ///< up to the end of the size line: where the entries begin
};

/// One entry, with indices from 0. The value of a pattern's entry is 1.
struct entry {
  std::int64_t row;
  std::int64_t column;
  double value;
};

/// The header of the file that begins with `beginning` and has `file_bytes` in all. Throws `format_error` for what is
/// no Matrix Market file, is damaged, or announces more entries than the file has room for, and `unsupported` for
/// arrays, complex and hermitian matrices; both texts begin with `line n: `.
[[nodiscard]] header parse_header(std::string_view beginning, std::int64_t file_bytes);

/// The entry on a line without its end; nothing on a blank line or a comment. Throws `format_error` for what is not two
/// indices within the header's rows and columns, and a finite value unless it is a pattern; for an entry above the
/// diagonal of a symmetric matrix, or on that of a skew-symmetric one.
[[nodiscard]] std::optional<entry> parse_entry(std::string_view line, header const& of);

} // namespace armada::matrix_market
