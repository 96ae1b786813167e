/// GoogleTest's main for programs that run under mpiexec.

#include "tests/support/case_log.hpp"
#include "tests/support/reporter.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/watchdog.hpp"

#include <armada/core/environment.hpp>

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>
#include <ctime>
#include <memory>

namespace {

/// A communicator that the tests cannot reach.
class private_communicator {
public:
  private_communicator() {
    MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
    MPI_Comm_rank(comm_, &rank_);
    MPI_Comm_size(comm_, &size_);
  }
  ~private_communicator() { MPI_Comm_free(&comm_); }
  private_communicator(private_communicator const&) = delete;
  private_communicator& operator=(private_communicator const&) = delete;

  [[nodiscard]] MPI_Comm raw() const { return comm_; }
  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }

private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
};

/// Cases in random order are in the same order on every rank.
void share_random_seed(MPI_Comm comm) {
  int seed = GTEST_FLAG_GET(random_seed);
  if (seed == 0) seed = static_cast<int>(std::time(nullptr) % 99999) + 1;
  MPI_Bcast(&seed, 1, MPI_INT, 0, comm);
  GTEST_FLAG_SET(random_seed, seed);
}

/// Runs the chosen cases on every rank; 0 if all of them passed on all ranks.
int run(support::watchdog& guard) {
  private_communicator const comm;
  support::case_log::set_rank(comm.rank(), comm.size());
  support::report_signals();
  share_random_seed(comm.raw());

  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  std::unique_ptr<testing::TestEventListener> printer(listeners.Release(listeners.default_result_printer()));
  if (comm.rank() != 0) delete listeners.Release(listeners.default_xml_generator());
  auto* const reporter = new support::reporter(comm.raw(), guard, std::move(printer));
  listeners.Append(reporter); // which owns it

  int code = RUN_ALL_TESTS();
  if (testing::UnitTest::GetInstance()->total_test_count() == 0) {
    if (comm.rank() == 0) std::puts("no test in this program");
    code = 1;
  }
  support::case_log::begin("the end of the program");
  guard.arm(std::chrono::seconds(30));
  return code;
}

} // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) return RUN_ALL_TESTS();

  support::watchdog guard;
  armada::environment const environment(argc, argv);
  return run(guard);
}
