#include <armada/arrays/linalg/matrix_market.hpp>
#include <armada/core/error.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace armada::matrix_market {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

/// Takes the next word of a line; empty at its end.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  auto const word = line.substr(0, line.find_first_of(blanks));
  line.remove_prefix(word.size());
  return word;
}

/// The beginning of what a file holds, fit for an error message.
std::string excerpt(std::string_view content) {
  constexpr std::size_t most = 40;
  std::string shown(content.substr(0, most));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~') c = '?';
  return "\"" + shown + (content.size() > most ? "…\"" : "\"");
}

bool same_word(std::string_view word, std::string_view name) {
  return std::equal(word.begin(), word.end(), name.begin(), name.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

/// The number that a whole word stands for; a leading plus sign is allowed. Throws `format_error` for any other word.
template <class Number>
Number number(std::string_view word, std::string_view what) {
  auto digits = word;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  Number result{};
  auto const [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (code == std::errc::result_out_of_range)
    throw format_error(detail::text(what, " ", excerpt(word), " is too large or too small"));
  if (word.empty()) throw format_error(detail::text("there is no ", what));
  if (code != std::errc() || end != digits.data() + digits.size())
    throw format_error(detail::text(what, " ", excerpt(word), " is not a number"));
  return result;
}

void expect_end(std::string_view line) {
  if (auto const word = take_word(line); !word.empty())
    throw format_error(detail::text("there is ", excerpt(word), " behind the last number"));
}

std::int64_t index(std::string_view& line, std::string_view what, std::int64_t extent) {
  auto const result = number<std::int64_t>(take_word(line), what);
  if (result < 1 || result > extent)
    throw format_error(detail::text(what, " ", result, " is not within 1 to ", extent));
  return result - 1;
}

double value(std::string_view& line, field kind) {
  if (kind == field::pattern) return 1;
  auto const word = take_word(line);
  if (kind == field::integer) {
    auto const whole = number<std::int64_t>(word, "value");
    if (auto const same = static_cast<double>(whole); same >= 0x1p63 || static_cast<std::int64_t>(same) != whole)
      throw format_error(detail::text("value ", whole, " has more digits than a floating-point number can hold"));
    return static_cast<double>(whole);
  }
  auto const result = number<double>(word, "value");
  if (!std::isfinite(result)) throw format_error(detail::text("value ", excerpt(word), " is not a finite number"));
  return result;
}

/// The one of `known` that `word` names. Throws `unsupported` for one of `others`, `format_error` for anything else.
template <class Kind, std::size_t Known>
Kind one_of(std::string_view word, std::string_view what,
            std::array<std::pair<std::string_view, Kind>, Known> const& known, std::string_view other) {
  std::string names;
  for (auto const& [name, kind] : known) {
    if (same_word(word, name)) return kind;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  if (same_word(word, other))
    throw unsupported(detail::text("the ", what, " is ", excerpt(word), ", and what can be read is: ", names));
  throw format_error(detail::text("the ", what, " ", excerpt(word), " is none of: ", names));
}

constexpr std::array<std::pair<std::string_view, int>, 1> objects{{{"matrix", 0}}};
constexpr std::array<std::pair<std::string_view, int>, 1> formats{{{"coordinate", 0}}};
constexpr std::array<std::pair<std::string_view, field>, 4> fields{
    {{"real", field::real}, {"double", field::real}, {"integer", field::integer}, {"pattern", field::pattern}}};
constexpr std::array<std::pair<std::string_view, symmetry>, 3> symmetries{
    {{"general", symmetry::general}, {"symmetric", symmetry::symmetric}, {"skew-symmetric", symmetry::skew_symmetric}}};

/// %%MatrixMarket matrix coordinate FIELD SYMMETRY
void parse_banner(std::string_view line, header& result) {
  auto const whole = line;
  if (!same_word(take_word(line), "%%matrixmarket"))
    throw format_error(detail::text("this is no Matrix Market file: it begins with ", excerpt(whole)));
  one_of(take_word(line), "object", objects, "vector");
  one_of(take_word(line), "format", formats, "array");
  result.field = one_of(take_word(line), "field", fields, "complex");
  result.symmetry = one_of(take_word(line), "symmetry", symmetries, "hermitian");
  if (result.field == field::pattern && result.symmetry == symmetry::skew_symmetric)
    throw format_error("a pattern cannot be skew-symmetric");
}

/// ROWS COLUMNS ENTRIES
void parse_sizes(std::string_view line, header& result) {
  std::pair<std::int64_t*, std::string_view> const sizes[] = {
      {&result.rows, "number of rows"}, {&result.columns, "number of columns"}, {&result.entries, "number of entries"}};
  for (auto const& [size, what] : sizes) {
    *size = number<std::int64_t>(take_word(line), what);
    if (*size < 0) throw format_error(detail::text("the ", what, ", ", *size, ", is negative"));
  }
  expect_end(line);
  if (result.symmetry != symmetry::general && result.rows != result.columns)
    throw format_error(
        detail::text("a symmetric matrix cannot have ", result.rows, " rows and ", result.columns, " columns"));
}

void check_room(header const& result, std::int64_t file_bytes) {
  std::int64_t const shortest = result.field == field::pattern ? 4 : 6; // "1 1\n", "1 1 1\n"
  auto const room = file_bytes - result.bytes;
  if (auto const most = (room + 1) / shortest; result.entries > most)
    throw format_error(detail::text("there should be ", result.entries, " entries, but the ", room,
                                    " bytes that follow hold at most ", most));
}

} // namespace

header parse_header(std::string_view beginning, std::int64_t file_bytes) {
  header result;
  try {
    if (file_bytes == 0) throw format_error("the file is empty");
    for (auto rest = beginning; !rest.empty();) {
      auto const end = rest.find('\n');
      if (end == std::string_view::npos && static_cast<std::int64_t>(beginning.size()) < file_bytes) break; // cut off
      auto line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      result.bytes = static_cast<std::int64_t>(beginning.size() - rest.size());
      if (++result.lines == 1) {
        parse_banner(line, result);
      } else if (auto after = line; !line.starts_with('%') && !take_word(after).empty()) {
        parse_sizes(line, result);
        check_room(result, file_bytes);
        return result;
      }
    }
    if (result.lines == 0) parse_banner(beginning.substr(0, beginning.find('\n')), result);
    throw format_error(
        detail::text("there is no line with the sizes up to here, ", result.bytes, " bytes from the file's beginning"));
  } catch (error const& e) {
    throw_fault(e.kind(), detail::text("line ", std::max<std::int64_t>(result.lines, 1), ": ", e.what()));
  }
}

std::optional<entry> parse_entry(std::string_view line, header const& of) {
  auto after = line;
  if (line.starts_with('%') || take_word(after).empty()) return std::nullopt;
  entry result{};
  result.row = index(line, "row index", of.rows);
  result.column = index(line, "column index", of.columns);
  result.value = value(line, of.field);
  expect_end(line);
  if (of.symmetry != symmetry::general && result.row < result.column)
    throw format_error(detail::text("the entry in row ", result.row + 1, ", column ", result.column + 1,
                                    " is above the diagonal of a symmetric matrix"));
  if (of.symmetry == symmetry::skew_symmetric && result.row == result.column)
    throw format_error(detail::text("the entry in row ", result.row + 1, ", column ", result.column + 1,
                                    " is on the diagonal of a skew-symmetric matrix"));
  return result;
}

} // namespace armada::matrix_market
