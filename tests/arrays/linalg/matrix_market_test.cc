#include "tests/arrays/linalg/reference.hpp"

#include <armada/arrays/linalg/sparse_matrix.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/communicator.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/stat.h>

namespace armada {
namespace {

namespace mm = matrix_market;
using reference::error_of;

std::string const banner = "%%MatrixMarket matrix coordinate real general\n";

mm::header header_of(std::string const& content) {
  return mm::parse_header(content, static_cast<std::int64_t>(content.size()));
}
std::string header_error(std::string const& content) {
  return error_of<format_error>([&] { static_cast<void>(header_of(content)); });
}
void expect_in(std::string const& text, std::string const& part) {
  EXPECT_NE(text.find(part), std::string::npos) << '"' << text << "\" lacks \"" << part << '"';
}

TEST(MatrixMarketHeader, IsReadInAllItsForms) {
  auto const plain = header_of(banner + "% a comment\n\n%\n  3 4  2 \r\n1 1 1\n2 2 2\n");
  EXPECT_EQ(plain.rows, 3);
  EXPECT_EQ(plain.columns, 4);
  EXPECT_EQ(plain.entries, 2);
  EXPECT_EQ(plain.lines, 5);
  EXPECT_EQ(plain.bytes, static_cast<std::int64_t>(banner.size()) + 26);
  auto const symmetric = header_of("%%matrixmarket MATRIX Coordinate PATTERN Symmetric\r\n0 0 0");
  EXPECT_EQ(symmetric.field, mm::field::pattern);
  EXPECT_EQ(symmetric.symmetry, mm::symmetry::symmetric);
  EXPECT_EQ(header_of("%%MatrixMarket matrix coordinate integer skew-symmetric\n2 2 0\n").symmetry,
            mm::symmetry::skew_symmetric);
}

TEST(MatrixMarketHeader, NamesLineAndValueOfWhatIsWrong) {
  expect_in(header_error(""), "empty");
  expect_in(header_error("hello\n1 1 1\n"), "line 1: this is no Matrix Market file: it begins with \"hello\"");
  expect_in(header_error(std::string(100, '\x01')), "line 1: this is no Matrix Market file");
  expect_in(header_error(banner), "line 1: there is no line with the sizes");
  expect_in(header_error(banner + "% c\n3 x 1\n"), "line 3: number of columns \"x\" is not a number");
  expect_in(header_error(banner + "3 4\n"), "line 2: there is no number of entries");
  expect_in(header_error(banner + "3 4 1 7\n1 1 1\n"), "line 2: there is \"7\" behind");
  expect_in(header_error(banner + "3 -4 1\n"), "-4");
  expect_in(header_error(banner + "3 4 99999999999999999999\n"), "line 2: number of entries \"99999999999999999999\"");
  expect_in(header_error(banner + "3 4 1000000000000000\n1 1 1\n"), "line 2: there should be 1000000000000000 entries");
  expect_in(header_error("%%MatrixMarket matrix coordinate real symmetric\n3 4 0\n"), "line 2: a symmetric matrix");
  expect_in(header_error("%%MatrixMarket matrix coordinate quaternion general\n"), "line 1: the field \"quaternion\"");
  expect_in(header_error("%%MatrixMarket matrix coordinate real\n"), "symmetry");
  expect_in(header_error("%%MatrixMarket matrix coordinate pattern skew-symmetric\n1 1 0\n"), "line 1: a pattern");
  for (auto const* const beyond : {"matrix array real general", "matrix coordinate complex general",
                                   "matrix coordinate real hermitian", "vector coordinate real general"}) {
    auto const text = error_of<unsupported>(
        [&] { static_cast<void>(header_of(std::string("%%MatrixMarket ") + beyond + "\n1 1 1\n")); });
    expect_in(text, "line 1: the ");
  }
}

TEST(MatrixMarketEntry, IsReadInAllItsForms) {
  mm::header const real{.rows = 10, .columns = 10};
  auto const entry = mm::parse_entry("  2\t10   -1.5e-3  ", real);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->row, 1);
  EXPECT_EQ(entry->column, 9);
  EXPECT_EQ(entry->value, -1.5e-3);
  EXPECT_EQ(mm::parse_entry("1 1 +.5", real)->value, 0.5);
  EXPECT_EQ(mm::parse_entry("1 1 4", real)->value, 4);
  EXPECT_FALSE(mm::parse_entry("", real));
  EXPECT_FALSE(mm::parse_entry(" \t ", real));
  EXPECT_FALSE(mm::parse_entry("% 1 1 1", real));
  EXPECT_EQ(mm::parse_entry("3 4", {.rows = 4, .columns = 4, .field = mm::field::pattern})->value, 1);
  EXPECT_EQ(mm::parse_entry("3 4 -7", {.rows = 4, .columns = 4, .field = mm::field::integer})->value, -7);
}

TEST(MatrixMarketEntry, NamesTheValueThatIsWrong) {
  mm::header const real{.rows = 3, .columns = 4}, whole{.rows = 3, .columns = 3, .field = mm::field::integer};
  auto const error = [](std::string_view line, mm::header const& of) {
    return error_of<format_error>([&] { static_cast<void>(mm::parse_entry(line, of)); });
  };
  expect_in(error("0 1 1", real), "row index 0 is not within 1 to 3");
  expect_in(error("4 1 1", real), "row index 4");
  expect_in(error("1 5 1", real), "column index 5 is not within 1 to 4");
  expect_in(error("1 -1 1", real), "column index -1");
  expect_in(error("x 1 1", real), "\"x\"");
  expect_in(error("1.5 1 1", real), "\"1.5\"");
  expect_in(error("1", real), "no column index");
  expect_in(error("1 1", real), "no value");
  expect_in(error("1 1 one", real), "\"one\"");
  expect_in(error("1 1 nan", real), "\"nan\"");
  expect_in(error("1 1 inf", real), "\"inf\"");
  expect_in(error("1 1 1e999", real), "\"1e999\"");
  expect_in(error("1 1 2 3", real), "\"3\"");
  expect_in(error("1 1 +-2", real), "\"+-2\"");
  expect_in(error("99999999999999999999 1 1", real), "99999999999999999999");
  expect_in(error("1 1 2.5", whole), "\"2.5\"");
  expect_in(error("1 1 9007199254740993", whole), "9007199254740993");
  expect_in(error("1 2 1", {.rows = 3, .columns = 3, .symmetry = mm::symmetry::symmetric}), "above the diagonal");
  expect_in(error("2 2 1", {.rows = 3, .columns = 3, .symmetry = mm::symmetry::skew_symmetric}), "on the diagonal");
}

std::string write(std::string const& name, std::string const& content) {
  auto const* const given = std::getenv("TEST_TMPDIR");
  auto const path = (given != nullptr ? std::filesystem::path(given) : std::filesystem::temp_directory_path()) / name;
  barrier(world()); // others may still read
  if (world().rank() == 0) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << content;
  }
  barrier(world());
  return path;
}

sparse_matrix<double> read(std::string const& path, matrix_market_options const& options = {}) {
  return sparse_matrix<double>::read_matrix_market(world(), path, options);
}

void expect_matrix(sparse_matrix<double> const& a, std::vector<double> const& dense, std::string const& what) {
  auto const [rows, columns] = a.shape();
  ASSERT_EQ(static_cast<std::size_t>(rows * columns), dense.size());
  auto const vector = reference::random_values<double>(columns, 1);
  distributed_array<double, 1> x(world(), {columns});
  reference::scatter(x, vector);
  reference::expect_tile(matvec(a, x), reference::product(rows, columns, dense, vector), what);
}

TEST(MatrixMarketFile, GivesTheMatrixInAllItsForms) {
  expect_matrix(read(write("a.mtx", banner + "2 3 3\n1 1 1\n1 3 2.5\r\n\n% c\n2 2 -1")), {1, 0, 2.5, 0, -1, 0},
                "general");
  expect_matrix(
      read(write("b.mtx", "%%MatrixMarket matrix coordinate integer symmetric\n3 3 3\n1 1 4\n3 1 2\n3 2 7\n")),
      {4, 0, 2, 0, 0, 7, 2, 7, 0}, "symmetric");
  expect_matrix(read(write("c.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n 2 1\n")),
                {1, 1, 1, 0}, "pattern");
  expect_matrix(read(write("d.mtx", "%%MatrixMarket matrix coordinate real skew-symmetric\n2 2 1\n2 1 3\n")),
                {0, -3, 3, 0}, "skew");
  expect_matrix(read(write("e.mtx", banner + "1 1 1\n1 1 2\n")), {2}, "one element");
  expect_matrix(read(write("f.mtx", banner + "0 0 0\n")), {}, "nothing");
  expect_matrix(read(write("g.mtx", banner + "2 2 2\n1 2 1\n1 2 5\n")), {0, 6, 0, 0}, "repeated");
}

TEST(MatrixMarketFile, LargerThanAPieceIsReadByAllRanks) {
  constexpr std::int64_t n = 4000;
  std::string content = "%%MatrixMarket matrix coordinate real symmetric\n4000 4000 59985\n";
  std::vector<double> expected(n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < 15 && k <= i; ++k) {
      auto const value = static_cast<double>((i * 31 + k * 7) % 11) + 0.123456789;
      content += std::to_string(i + 1) + ' ' + std::to_string(i - k + 1) + ' ' + std::to_string(value) + '\n';
      expected[static_cast<std::size_t>(i)] += std::stod(std::to_string(value));
      if (k > 0) expected[static_cast<std::size_t>(i - k)] += std::stod(std::to_string(value));
    }
  content.replace(content.find("59985"), 5, std::to_string(15 * n - 105));
  distributed_array<double, 1> x(world(), {n});
  x.fill(1);
  auto const a = read(write("large.mtx", content));
  EXPECT_EQ(a.entries(), 2 * (15 * n - 105) - n);
  reference::expect_tile(matvec(a, x), expected, "large");
  content.insert(content.size() - 3, "z");
  expect_in(error_of<format_error>([&] { static_cast<void>(read(write("large.mtx", content))); }),
            "large.mtx, line 59897: ");
}

TEST(MatrixMarketErrors, NameFileLineAndValueOnEveryRank) {
  auto const error = [](std::string const& content) {
    auto const path = write("bad.mtx", content);
    auto const text = error_of<format_error>([&] { static_cast<void>(read(path)); });
    EXPECT_TRUE(text.starts_with(path)) << text;
    return text;
  };
  expect_in(error(""), ", line 1: the file is empty");
  expect_in(error("hello"), ", line 1: this is no Matrix Market file");
  expect_in(error(banner + "3 3 3\n1 1 1\n2 2 2\n"), "3 entries"); // too short for what it says
  expect_in(error(banner + "3 3 3\n1 1 1.000\n2 2 2.0000\n"),
            ", line 4: the file ends after 2 entries, and line 2 announces 3");
  expect_in(error(banner + "% c\n3 3 2\n1 1 1\n2 2 2\n\n3 3 3\n1 2 3\n"),
            ", line 7: there are more entries than the 2 that line 3");
  expect_in(error(banner + "3 3 3\n1 1 1\n2 2 2\n3 4 3\n"), ", line 5: column index 4 is not within 1 to 3");
  expect_in(error(banner + "3 3 3\nx 1 1\n2 2 2\n3 y 3\n"), ", line 3: row index \"x\" is not a number");
  expect_in(error(banner + "3 3 1000000000000000\n1 1 1\n2 2 2\n3 3 3\n"),
            ", line 2: there should be 1000000000000000");
}

TEST(MatrixMarketErrors, TellOfWhatCannotBeOpenedOrHeld) {
  auto const missing = error_of<io_error>([] { static_cast<void>(read("/no such folder/a.mtx")); });
  expect_in(missing, "/no such folder/a.mtx: cannot be opened: No such file");
  expect_in(error_of<io_error>([] { static_cast<void>(read("/")); }), "not a plain file");
  expect_in(error_of<io_error>([] { static_cast<void>(read("/dev/zero")); }), "not a plain file");
  auto const pipe = write("pipe", "");
  if (world().rank() == 0) {
    std::filesystem::remove(pipe);
    mkfifo(pipe.c_str(), 0600);
  }
  barrier(world());
  expect_in(error_of<io_error>([&] { static_cast<void>(read(pipe)); }), "not a plain file");
  auto const huge = write("huge.mtx", banner + "1000000000000000 1000000000000000 1\n1 1 1\n");
  auto const memory = error_of<out_of_memory>([&] { static_cast<void>(read(huge)); });
  expect_in(memory, "huge.mtx, line 2: a matrix of 1000000000000000 rows");
  auto const wide = write("wide.mtx", banner + "2 3 1\n1 1 1\n");
  expect_in(error_of<format_error>([&] { static_cast<void>(read(wide, {.square = true})); }),
            "wide.mtx, line 2: the matrix has 2 rows and 3 columns");
  expect_in(error_of<unsupported>([] {
              static_cast<void>(read(write("array.mtx", "%%MatrixMarket matrix array real general\n1 1\n1\n")));
            }),
            "array.mtx, line 1: the format is \"array\"");
}

/// Any bytes give an error of the library, or a matrix: the same on every rank, and never a crash.
TEST(MatrixMarketErrors, NoTruncationAndNoFlippedByteDoesHarm) {
  std::string const good =
      "%%MatrixMarket matrix coordinate real symmetric\n% c\n3 3 4\n1 1 2.5\n2 1 -1e0\n3 2 7\r\n3 3 1\n";
  auto const attempt = [](std::string const& content) {
    try {
      static_cast<void>(read(write("flip.mtx", content)));
      return true;
    } catch (error const& e) {
      EXPECT_TRUE(e.kind() == fault::format || e.kind() == fault::unsupported || e.kind() == fault::out_of_memory)
          << e.what();
      return false;
    }
  };
  EXPECT_TRUE(attempt(good));
  for (std::size_t length = 0; length + 3 < good.size(); ++length)
    EXPECT_FALSE(attempt(good.substr(0, length))) << length;
  for (std::size_t at = 0; at < good.size(); ++at)
    for (char const change : {'\x01', '\x10', '\x80'}) {
      auto flipped = good;
      flipped[at] = static_cast<char>(flipped[at] ^ change);
      attempt(flipped);
    }
}

} // namespace
} // namespace armada
