#include "tests/support/reporter.hpp"

#include "tests/support/case_log.hpp"

#include <chrono>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

namespace support {
namespace {

/// How long a case may take: ARMADA_TEST_TIMEOUT in seconds, or a minute.
std::chrono::seconds case_limit() {
  char const* const value = std::getenv("ARMADA_TEST_TIMEOUT");
  return std::chrono::seconds(value != nullptr ? std::atoi(value) : 60);
}

/// How long a rank whose case failed waits for the others, which may never come.
constexpr std::chrono::seconds patience{10};

/// The texts of all ranks, on rank 0.
std::vector<std::string> gather(std::string const& text, MPI_Comm comm, int rank, int size) {
  int const length = static_cast<int>(text.size());
  std::vector<int> lengths(static_cast<std::size_t>(size));
  MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, comm);
  std::vector<int> starts(lengths.size());
  std::exclusive_scan(lengths.begin(), lengths.end(), starts.begin(), 0);
  std::string all(static_cast<std::size_t>(starts.back() + lengths.back()), '\0');
  MPI_Gatherv(text.data(), length, MPI_CHAR, all.data(), lengths.data(), starts.data(), MPI_CHAR, 0, comm);
  std::vector<std::string> texts;
  if (rank == 0)
    for (std::size_t i = 0; i < lengths.size(); ++i)
      texts.push_back(all.substr(static_cast<std::size_t>(starts[i]), static_cast<std::size_t>(lengths[i])));
  return texts;
}

} // namespace

reporter::reporter(MPI_Comm comm, watchdog& guard, std::unique_ptr<testing::TestEventListener> printer)
    : comm_(comm), guard_(guard) {
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
  if (rank_ == 0) printer_ = std::move(printer);
}

void reporter::begin(std::string const& name) {
  case_log::begin(name);
  guard_.arm(case_limit());
}

/// A case that failed on one rank has failed on all of them.
void reporter::agree() {
  std::string const mine = case_log::report();
  if (!mine.empty()) guard_.arm(std::min(patience, case_limit()));
  int failed = mine.empty() ? 0 : 1;
  MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm_);
  if (failed != 0) {
    auto const reports = gather(mine, comm_, rank_, size_);
    agreeing_ = true;
    for (std::size_t rank = 0; rank < reports.size(); ++rank) {
      if (reports[rank].empty()) continue;
      std::string const text = "rank " + std::to_string(rank) + " of " + std::to_string(size_) + "\n" + reports[rank];
      std::fputs(text.c_str(), stdout);
      if (rank != 0) ADD_FAILURE() << text; // into the report file
    }
    if (rank_ != 0 && mine.empty()) ADD_FAILURE() << "another rank failed";
    agreeing_ = false;
    std::fflush(stdout);
  }
  guard_.disarm();
}

void reporter::OnTestPartResult(testing::TestPartResult const& result) {
  if (!result.failed()) {
    if (printer_) printer_->OnTestPartResult(result);
  } else if (!agreeing_) {
    std::string const file = result.file_name() != nullptr ? result.file_name() : "unknown file";
    case_log::add(file + ":" + std::to_string(result.line_number()) + ": Failure\n" + result.message() + "\n");
  }
}

void reporter::OnTestStart(testing::TestInfo const& test) {
  if (printer_) printer_->OnTestStart(test);
  begin(std::string(test.test_suite_name()) + "." + test.name());
}

void reporter::OnTestEnd(testing::TestInfo const& test) {
  agree();
  if (printer_) printer_->OnTestEnd(test);
  begin(std::string("the end of ") + test.test_suite_name());
}

void reporter::OnTestSuiteStart(testing::TestSuite const& suite) {
  if (printer_) printer_->OnTestSuiteStart(suite);
  begin(std::string("the start of ") + suite.name());
}

void reporter::OnTestSuiteEnd(testing::TestSuite const& suite) {
  agree();
  if (printer_) printer_->OnTestSuiteEnd(suite);
}

void reporter::OnTestDisabled(testing::TestInfo const& test) {
  if (printer_) printer_->OnTestDisabled(test);
}
void reporter::OnTestProgramStart(testing::UnitTest const& unit) {
  if (printer_) printer_->OnTestProgramStart(unit);
}
void reporter::OnTestIterationStart(testing::UnitTest const& unit, int iteration) {
  if (printer_) printer_->OnTestIterationStart(unit, iteration);
}
void reporter::OnEnvironmentsSetUpStart(testing::UnitTest const& unit) {
  if (printer_) printer_->OnEnvironmentsSetUpStart(unit);
}
void reporter::OnEnvironmentsSetUpEnd(testing::UnitTest const& unit) {
  if (printer_) printer_->OnEnvironmentsSetUpEnd(unit);
}
void reporter::OnEnvironmentsTearDownStart(testing::UnitTest const& unit) {
  if (printer_) printer_->OnEnvironmentsTearDownStart(unit);
}
void reporter::OnEnvironmentsTearDownEnd(testing::UnitTest const& unit) {
  if (printer_) printer_->OnEnvironmentsTearDownEnd(unit);
}
void reporter::OnTestIterationEnd(testing::UnitTest const& unit, int iteration) {
  if (printer_) printer_->OnTestIterationEnd(unit, iteration);
}
void reporter::OnTestProgramEnd(testing::UnitTest const& unit) {
  if (printer_) printer_->OnTestProgramEnd(unit);
}

} // namespace support
