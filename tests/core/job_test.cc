#include <armada/core/job.hpp>

#include <armada/core/environment.hpp>
#include <armada/core/error.hpp>

#include <string>

#include <gtest/gtest.h>

// Before initialisation, after finalisation and `abort`: ending_test.sh.

namespace armada {
namespace {

TEST(job, while_the_environment_lives) {
  EXPECT_TRUE(job::running());
  EXPECT_FALSE(job::finished());
  EXPECT_FALSE(job::aborting());
  EXPECT_EQ(job::whoami(), "rank " + std::to_string(world().rank()) + " of " + std::to_string(world().size()));
  EXPECT_NO_THROW(job::require_running("this"));
}

} // namespace
} // namespace armada
