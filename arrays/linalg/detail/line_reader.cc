#include <armada/arrays/linalg/detail/line_reader.hpp>
#include <armada/core/error.hpp>

#include <algorithm>

namespace armada::detail {

void line_reader::rewind() {
  begin_ = end_ = 0;
  place_ = std::max<std::int64_t>(first_ - 1, 0); // the byte in front tells whether a line begins at first
  lines_ = 0;
  started_ = finished_ = false;
}

/// Reads more behind what is unread; false when the text or the room is at its end.
bool line_reader::fill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
            buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  auto const room = std::span(buffer_).subspan(end_);
  if (finished_ || room.empty()) return false;
  auto const got = read_(place_ + static_cast<std::int64_t>(end_), room);
  finished_ = got < room.size();
  end_ += got;
  return got > 0;
}

/// Leaves the line in whose midst the stretch begins to the stretch before.
void line_reader::skip_started_line() {
  while (place_ < last_) {
    auto const end = unread().find('\n');
    auto const skipped = end == std::string_view::npos ? end_ - begin_ : end + 1;
    begin_ += skipped;
    place_ += static_cast<std::int64_t>(skipped);
    if (end != std::string_view::npos || !fill()) return;
  }
}

std::optional<std::string_view> line_reader::next() {
  if (!started_) {
    started_ = true;
    if (first_ > 0) skip_started_line();
  }
  if (place_ >= last_) return std::nullopt;
  auto end = unread().find('\n');
  while (end == std::string_view::npos && fill()) end = unread().find('\n');
  bool const whole = end != std::string_view::npos;
  if (!whole && begin_ == end_) return std::nullopt; // the text ended with a line's end
  ++lines_;
  if (!whole && !finished_)
    throw format_error(text("the line is longer than ", buffer_.size(), " bytes, which is the most"));
  auto line = unread().substr(0, end);
  auto const taken = line.size() + (whole ? 1 : 0);
  begin_ += taken;
  place_ += static_cast<std::int64_t>(taken);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

} // namespace armada::detail
