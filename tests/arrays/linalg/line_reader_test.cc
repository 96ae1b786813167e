#include <armada/arrays/linalg/detail/line_reader.hpp>
#include <armada/core/error.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace armada {
namespace {

/// Lines are the same however the text is cut into stretches and pieces.
TEST(LineReader, NoStretchLosesOrRepeatsALine) {
  std::vector<std::string> const texts{"", "\n", "a", "a\n", "a\r\nbb\n\nccc\r\n", "\n\n\nx", "one\ntwo\nthree\nfour"};
  for (auto const& text : texts) {
    auto const read = [&](std::int64_t offset, std::span<char> into) {
      auto const from = std::min(static_cast<std::size_t>(offset), text.size());
      auto const count = std::min(into.size(), text.size() - from);
      std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(from), count, into.begin());
      return count;
    };
    auto const lines = [&](std::vector<std::size_t> const& cuts, std::size_t piece) {
      std::vector<std::string> all;
      for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
        detail::line_reader reader(read, static_cast<std::int64_t>(cuts[k]), static_cast<std::int64_t>(cuts[k + 1]),
                                   piece);
        std::int64_t count = 0;
        for (int again = 0; again < 2; ++again, reader.rewind())
          for (count = 0; auto const line = reader.next(); ++count)
            if (again == 0) all.emplace_back(*line);
        EXPECT_EQ(reader.lines(), 0);
      }
      return all;
    };
    auto const whole = lines({0, text.size()}, 1000);
    for (std::size_t first = 0; first <= text.size(); ++first)
      for (std::size_t second = first; second <= text.size(); ++second)
        for (std::size_t const piece : {6, 7, 1000})
          ASSERT_EQ(lines({0, first, second, text.size()}, piece), whole)
              << text << " cut at " << first << ", " << second;
  }
}

TEST(LineReader, RefusesALineLongerThanAPiece) {
  std::string const text = "short\n" + std::string(50, 'x');
  detail::line_reader reader(
      [&](std::int64_t offset, std::span<char> into) {
        return text.copy(into.data(), into.size(), std::min(static_cast<std::size_t>(offset), text.size()));
      },
      0, 56, 10);
  EXPECT_EQ(reader.next(), "short");
  EXPECT_THROW(static_cast<void>(reader.next()), format_error);
}

} // namespace
} // namespace armada
