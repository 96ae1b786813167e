#pragma once

/// A Matrix Market file that the ranks of a communicator read together, each a stretch of its bytes.

#include <armada/arrays/linalg/detail/first_fault.hpp>
#include <armada/arrays/linalg/detail/line_reader.hpp>
#include <armada/arrays/linalg/matrix_market.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/posix_file.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace armada::detail {

class matrix_market_file {
public:
  /// Opens the file and reads its header. Collective: all ranks throw or none, `io_error`, `format_error` or
  /// `unsupported` with path and line; also `format_error` for a matrix that is not square where `square` asks for one.
  matrix_market_file(communicator const& comm, std::string path, bool square);
  matrix_market_file(matrix_market_file const&) = delete;

  [[nodiscard]] matrix_market::header const& header() const noexcept { return header_; }
  /// `FILE, line n`, for what is wrong with the sizes.
  [[nodiscard]] std::string size_line() const;

  /// The next entry of this rank's stretch; nothing at its end, or when it holds a fault, which `check` reports. Local.
  [[nodiscard]] std::optional<matrix_market::entry> next();
  /// Begins again with the first entry. Local.
  void rewind();

  /// After all entries: throws on every rank if any rank met a fault, or if the number of entries is not the header's.
  /// Collective.
  void check();

private:
  void open_and_share_header(bool square);
  [[nodiscard]] std::int64_t line_of(std::int64_t entry);

  communicator const& comm_;
  std::string path_;
  posix_file file_;
  matrix_market::header header_;
  std::unique_ptr<line_reader> lines_;
  std::int64_t entries_ = 0; ///< given since the beginning
  std::optional<named_fault> fault_;
};

} // namespace armada::detail
