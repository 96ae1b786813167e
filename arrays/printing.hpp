#pragma once

/// Arrays as text, in the manner of NumPy. Local: the rank that prints fetches what it shows, and no other rank takes
/// part.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/section.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace armada {
namespace detail {

/// Elements beyond which the middle is left out, and how many are shown at each end of a dimension then.
inline constexpr std::int64_t most_printed = 1000;
inline constexpr std::int64_t printed_at_ends = 3;

/// The indices of a dimension that are shown.
[[nodiscard]] inline std::vector<std::int64_t> shown_of(std::int64_t extent, bool elided) {
  std::vector<std::int64_t> shown;
  for (std::int64_t i = 0; i < extent; ++i) {
    if (elided && extent > 2 * printed_at_ends && i == printed_at_ends) i = extent - printed_at_ends;
    shown.push_back(i);
  }
  return shown;
}

/// Writes nested brackets around texts of one width; `gaps[d]`: whether the middle of dimension d was left out.
class bracket_writer {
public:
  bracket_writer(std::ostream& out, std::vector<std::size_t> shape, std::vector<bool> gaps,
                 std::vector<std::string> texts)
      : out_(out), shape_(std::move(shape)), gaps_(std::move(gaps)), texts_(std::move(texts)) {
    for (auto const& text : texts_) width_ = std::max(width_, text.size());
  }
  void write() { write(0); }

private:
  void write(std::size_t d) {
    out_ << '[';
    bool const innermost = d + 1 == shape_.size();
    for (std::size_t i = 0; i < shape_[d]; ++i) {
      if (i > 0) separate(d);
      if (gaps_[d] && i == static_cast<std::size_t>(printed_at_ends)) {
        out_ << "...";
        separate(d);
      }
      if (innermost) {
        auto const& text = texts_[next_++];
        out_ << std::string(width_ - text.size(), ' ') << text;
      } else {
        write(d + 1);
      }
    }
    out_ << ']';
  }
  /// Between two entries of dimension d: a blank, or as many new lines as there are dimensions inside.
  void separate(std::size_t d) {
    if (d + 1 == shape_.size()) {
      out_ << ' ';
      return;
    }
    out_ << std::string(shape_.size() - d - 1, '\n') << std::string(d + 1, ' ');
  }

  std::ostream& out_;
  std::vector<std::size_t> shape_;
  std::vector<bool> gaps_;
  std::vector<std::string> texts_;
  std::size_t width_ = 0, next_ = 0;
};

} // namespace detail

/// Writes the elements with the stream's own format, in nested brackets; of more than a thousand, only three at each
/// end of every dimension.
template <wire T, std::size_t N, storage_order Order>
std::ostream& operator<<(std::ostream& out, distributed_array<T, N, Order> const& a) {
  bool const elided = a.size() > detail::most_printed;
  selection<N, N, listed_box<N>> shown;
  std::vector<std::size_t> shape;
  std::vector<bool> gaps;
  for (std::size_t d = 0; d < N; ++d) {
    auto const indices = detail::shown_of(a.shape()[d], elided);
    shown.selected.dimensions[d] = index_list(indices);
    shown.shape[d] = std::ssize(indices);
    shown.axes[d] = static_cast<int>(d);
    shape.push_back(indices.size());
    gaps.push_back(std::ssize(indices) < a.shape()[d]);
  }
  auto const values = get(section<distributed_array<T, N, Order> const, N, listed_box<N>>(a, shown));
  std::vector<std::string> texts;
  for (T const& value : values.storage()) {
    std::ostringstream text;
    text.copyfmt(out);
    text.width(0);
    if constexpr (sizeof(T) == 1 && std::integral<T> && !std::same_as<T, bool>)
      text << static_cast<int>(value);
    else
      text << value;
    texts.push_back(text.str());
  }
  detail::bracket_writer(out, std::move(shape), std::move(gaps), std::move(texts)).write();
  return out;
}

} // namespace armada
