#pragma once

/// GoogleTest on several ranks: they agree on the outcome of every case, and rank 0 prints for all of them.

#include "tests/support/watchdog.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <memory>

namespace support {

/// Takes the place of GoogleTest's printer, which prints through it on rank 0 and not at all on the others.
class reporter : public testing::TestEventListener {
public:
  /// Collective over `comm`, which must serve nothing else and outlive this object.
  reporter(MPI_Comm comm, watchdog& guard, std::unique_ptr<testing::TestEventListener> printer);

  void OnTestProgramStart(testing::UnitTest const& unit) override;
  void OnTestIterationStart(testing::UnitTest const& unit, int iteration) override;
  void OnEnvironmentsSetUpStart(testing::UnitTest const& unit) override;
  void OnEnvironmentsSetUpEnd(testing::UnitTest const& unit) override;
  void OnTestSuiteStart(testing::TestSuite const& suite) override;
  void OnTestStart(testing::TestInfo const& test) override;
  void OnTestDisabled(testing::TestInfo const& test) override;
  void OnTestPartResult(testing::TestPartResult const& result) override;
  void OnTestEnd(testing::TestInfo const& test) override;
  void OnTestSuiteEnd(testing::TestSuite const& suite) override;
  void OnEnvironmentsTearDownStart(testing::UnitTest const& unit) override;
  void OnEnvironmentsTearDownEnd(testing::UnitTest const& unit) override;
  void OnTestIterationEnd(testing::UnitTest const& unit, int iteration) override;
  void OnTestProgramEnd(testing::UnitTest const& unit) override;

private:
  void begin(std::string const& name);
  void agree();

  MPI_Comm comm_;
  int rank_ = 0;
  int size_ = 1;
  watchdog& guard_;
  std::unique_ptr<testing::TestEventListener> printer_; // on rank 0 only
  bool agreeing_ = false;
};

} // namespace support
