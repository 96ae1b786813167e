#pragma once

/// The lines of one stretch of a text, read in pieces. Knows no MPI, and no file but through a function that reads.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace armada::detail {

/// Gives the lines that begin at bytes first to last of a text, each without its end (LF or CR LF); the last of them
/// may go on beyond. Neighbouring stretches share no line and lose none. Holds one piece of the text at a time.
class line_reader {
public:
  /// Reads bytes from an offset; fewer than the span takes only at the end of the text.
  using read_function = std::function<std::size_t(std::int64_t offset, std::span<char> into)>;
  static constexpr std::size_t default_piece = std::size_t{1} << 18;

  /// `piece`: how much is read at once, and the longest line.
  line_reader(read_function read, std::int64_t first, std::int64_t last, std::size_t piece = default_piece)
      : read_(std::move(read)), first_(first), last_(last), buffer_(piece) {
    rewind();
  }

  /// The next line, valid until the next call; nothing after the last one. Throws `format_error` for a line longer than
  /// a piece, and what reading throws.
  [[nodiscard]] std::optional<std::string_view> next();
  /// How many lines `next` has begun to give.
  [[nodiscard]] std::int64_t lines() const noexcept { return lines_; }
  /// Begins again with the first line.
  void rewind();

private:
  [[nodiscard]] std::string_view unread() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  bool fill();
  void skip_started_line();

  read_function read_;
  std::int64_t first_;
  std::int64_t last_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0; ///< of what was read and not given yet
  std::int64_t place_ = 0;          ///< of buffer_[begin_] in the text
  std::int64_t lines_ = 0;
  bool started_ = false;
  bool finished_ = false; ///< the text ends at buffer_[end_]
};

} // namespace armada::detail
