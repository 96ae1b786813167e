#include <armada/core/call.hpp>

#include "tests/support/values.hpp"

#include <armada/core/environment.hpp>
#include <armada/core/job.hpp>

#include <string>

#include <gtest/gtest.h>

namespace armada {
namespace {

static_assert(detail::routine_name<MPI_Comm_size>() == "MPI_Comm_size");
static_assert(detail::routine_name<MPI_Allgatherv_c>() == "MPI_Allgatherv_c");

int calls = 0;
int give(int code, int* seen) {
  ++calls;
  *seen = code;
  return code;
}

TEST(call, passes_its_arguments_and_returns_on_success) {
  int seen = -1;
  calls = 0;
  call<give>(MPI_SUCCESS, &seen);
  EXPECT_EQ(seen, MPI_SUCCESS);
  EXPECT_EQ(calls, 1);
}

TEST(call, an_error_code_becomes_an_exception_with_routine_rank_and_text) {
  int seen = 0;
  try {
    call<give>(MPI_ERR_TRUNCATE, &seen);
    ADD_FAILURE() << "no exception";
  } catch (mpi_error const& e) {
    EXPECT_EQ(e.code(), MPI_ERR_TRUNCATE);
    EXPECT_EQ(e.error_class(), MPI_ERR_TRUNCATE);
    std::string const what = e.what();
    EXPECT_NE(what.find("give on rank " + std::to_string(world().rank()) + " of " + std::to_string(world().size())),
              std::string::npos)
        << what;
    EXPECT_NE(what.find("truncated"), std::string::npos) << what;
  }
}

TEST(call, the_error_of_a_real_routine) {
  auto send_to_nobody = [] {
    call<MPI_Send>(static_cast<void const*>(nullptr), 0, MPI_INT, world().size(), 0, world().raw());
  };
  auto const message = support::message_of<mpi_error>(send_to_nobody);
  EXPECT_EQ(message.rfind("MPI_Send on rank ", 0), 0U) << message;
  EXPECT_NE(message.find("Invalid rank"), std::string::npos) << message;
}

} // namespace
} // namespace armada
