#include <armada/core/processor.hpp>

#include <armada/core/mpi.hpp>
#include <armada/core/quirks.hpp>

#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(processor, has_the_name_of_the_host) {
  char name[256] = {};
  ASSERT_EQ(gethostname(name, sizeof name - 1), 0);
  EXPECT_EQ(processor_name().substr(0, std::string(name).size()), name);
}

TEST(processor, the_library_and_its_standard) {
  EXPECT_NE(library_version().find(this_library().name), std::string::npos);
  EXPECT_EQ(library_version().find('\0'), std::string::npos);
  EXPECT_EQ(mpi_version(), (standard_version{MPI_VERSION, MPI_SUBVERSION}));
  EXPECT_GE(mpi_version(), (standard_version{4, 0}));
  EXPECT_LT((standard_version{3, 1}), mpi_version());
}

TEST(processor, pcontrol_is_taken) {
  for (int level : {0, 2, 1}) EXPECT_NO_THROW(pcontrol(level));
}

} // namespace
} // namespace armada
