#include <armada/core/environment.hpp>

#include "tests/support/values.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

// Its end, and every other way in and out: ending_test.sh.

namespace armada {
namespace {

using support::message_of;

static_assert(!std::is_copy_constructible_v<environment> && !std::is_move_constructible_v<environment>);

TEST(environment, there_is_one_at_a_time) {
  EXPECT_EQ(message_of<lifecycle_error>([] { environment const second; }),
            "environment: there is one already in this process");
}

TEST(environment, errors_return_on_the_communicators_that_waits_report_to) {
  for (MPI_Comm comm : {MPI_COMM_WORLD, MPI_COMM_SELF}) {
    MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
    MPI_Comm_get_errhandler(comm, &handler);
    EXPECT_EQ(handler, MPI_ERRORS_RETURN);
  }
}

TEST(environment, variables_of_launchers) {
  static std::map<std::string, std::string> variables;
  auto get = [](char const* name) -> char const* {
    auto const at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  };
  variables.clear();
  EXPECT_EQ(detail::launched_ranks(get), std::nullopt);
  for (char const* name : {"PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "MV2_COMM_WORLD_SIZE"}) {
    variables = {{name, "3"}};
    EXPECT_EQ(detail::launched_ranks(get), 3) << name;
  }
  variables = {{"PMI_SIZE", ""}};
  EXPECT_EQ(detail::launched_ranks(get), 0);
}

} // namespace
} // namespace armada
