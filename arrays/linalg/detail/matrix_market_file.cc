#include <armada/arrays/linalg/detail/first_fault.hpp>
#include <armada/arrays/linalg/detail/matrix_market_file.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/collectives/exscan.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace armada::detail {
namespace {

/// What comes before the entries is looked for in the first MiB.
constexpr std::size_t longest_header = std::size_t{1} << 20;

} // namespace

matrix_market_file::matrix_market_file(communicator const& comm, std::string path, bool square)
    : comm_(comm), path_(std::move(path)) {
  open_and_share_header(square);
  auto const entries = file_.size() - header_.bytes;
  auto const stretch = [&](int rank) { // without overflow for any size of file
    return header_.bytes + entries / comm.size() * rank + entries % comm.size() * rank / comm.size();
  };
  lines_ = std::make_unique<line_reader>([this](auto offset, auto into) { return file_.read_at(offset, into); },
                                         stretch(comm.rank()), stretch(comm.rank() + 1));
}

/// Rank 0 reads the header for all; the others open the file, and must find the same.
void matrix_market_file::open_and_share_header(bool square) {
  std::int64_t shared[8] = {};
  throw_first(comm_, named_fault_of([&] {
                file_ = posix_file::open_to_read(path_);
                if (comm_.rank() != 0) return;
                auto const bytes = file_.size();
                std::vector<char> beginning(std::min(longest_header, static_cast<std::size_t>(bytes)));
                beginning.resize(file_.read_at(0, beginning));
                try {
                  header_ = matrix_market::parse_header({beginning.data(), beginning.size()}, bytes);
                } catch (error const& e) {
                  throw_fault(e.kind(), text(path_, ", ", e.what()));
                }
                auto const field = static_cast<std::int64_t>(header_.field);
                auto const symmetry = static_cast<std::int64_t>(header_.symmetry);
                std::int64_t const all[] = {header_.rows, header_.columns, header_.entries, field,
                                            symmetry,     header_.lines,   header_.bytes,   bytes};
                std::copy(std::begin(all), std::end(all), shared);
              }));
  bcast(comm_, shared, 0);
  header_ = {.rows = shared[0],
             .columns = shared[1],
             .entries = shared[2],
             .field = static_cast<matrix_market::field>(shared[3]),
             .symmetry = static_cast<matrix_market::symmetry>(shared[4]),
             .lines = shared[5],
             .bytes = shared[6]};
  throw_first(comm_, named_fault_of([&] {
                if (auto const bytes = file_.size(); bytes != shared[7])
                  throw io_error(
                      text(path_, ": has ", bytes, " bytes on rank ", comm_.rank(), " and ", shared[7], " on rank 0"));
              }));
  if (square && header_.rows != header_.columns)
    throw format_error(text(size_line(), ": the matrix has ", header_.rows, " rows and ", header_.columns,
                            " columns, and a square one is needed"));
}

std::string matrix_market_file::size_line() const { return text(path_, ", line ", header_.lines); }

std::optional<matrix_market::entry> matrix_market_file::next() {
  std::optional<matrix_market::entry> result;
  if (fault_) return result;
  fault_ = named_fault_of([&] {
    while (auto const line = lines_->next())
      if ((result = matrix_market::parse_entry(*line, header_))) break;
  });
  if (result) ++entries_;
  return result;
}

void matrix_market_file::rewind() {
  lines_->rewind();
  entries_ = 0;
  fault_.reset();
}

void matrix_market_file::check() {
  // Before the first rank with a fault every stretch was read to its end, so that these sums are right for that rank.
  std::int64_t const mine[] = {lines_->lines(), entries_};
  std::int64_t before[] = {0, 0};
  exscan(comm_, mine, before, std::plus{});
  auto const here = [&](std::int64_t line, std::string_view what) {
    return text(path_, ", line ", header_.lines + before[0] + line, ": ", what);
  };
  std::optional<named_fault> found;
  if (fault_ && fault_->kind != fault::io) found = {fault_->kind, here(lines_->lines(), fault_->what)};
  if (fault_ && fault_->kind == fault::io) found = fault_;
  throw_first(comm_, found);

  auto const total = allreduce(comm_, entries_, std::plus{});
  auto const more = header_.entries - before[1]; // how many there may be from here on
  if (total > header_.entries && more >= 0 && more < entries_)
    found = {fault::format, here(line_of(more), text("there are more entries than the ", header_.entries, " that line ",
                                                     header_.lines, " announces"))};
  if (total < header_.entries && comm_.rank() == comm_.size() - 1)
    found = {fault::format, here(lines_->lines(), text("the file ends after ", total, " entries, and line ",
                                                       header_.lines, " announces ", header_.entries))};
  throw_first(comm_, found);
}

/// The number of the line, among this rank's, that holds its entry number `entry` (from 0).
std::int64_t matrix_market_file::line_of(std::int64_t entry) {
  rewind();
  while (next() && entries_ <= entry) {
  }
  return lines_->lines();
}

} // namespace armada::detail
