#include <armada/core/predefined_attributes.hpp>

#include <armada/core/environment.hpp>
#include <armada/core/error_class.hpp>

#include <gtest/gtest.h>

namespace armada {
namespace {

TEST(predefined_attributes, what_the_standard_promises) {
  EXPECT_GE(tag_ub(), 32767);
  auto const host = host_rank();
  EXPECT_TRUE(!host || (*host >= 0 && *host < world().size()));
  auto const io = io_rank();
  ASSERT_TRUE(io.has_value()) << "every rank here can read files";
  EXPECT_TRUE(*io >= 0 && *io < world().size());
  EXPECT_EQ(appnum().value_or(0), 0) << "one program was launched";
  EXPECT_GE(universe_size().value_or(world().size()), world().size());
}

TEST(predefined_attributes, they_are_those_of_mpi) {
  int* value = nullptr;
  int found = 0;
  MPI_Comm_get_attr(world().raw(), MPI_TAG_UB, static_cast<void*>(&value), &found);
  ASSERT_NE(found, 0);
  EXPECT_EQ(tag_ub(), *value);
  MPI_Comm_get_attr(world().raw(), MPI_WTIME_IS_GLOBAL, static_cast<void*>(&value), &found);
  EXPECT_EQ(wtime_is_global(), found != 0 && *value != 0);
  MPI_Comm_get_attr(world().raw(), MPI_UNIVERSE_SIZE, static_cast<void*>(&value), &found);
  EXPECT_EQ(universe_size().has_value(), found != 0);
}

TEST(predefined_attributes, the_last_code_grows_with_what_is_added) {
  int const before = last_used_code();
  EXPECT_GE(before, MPI_ERR_LASTCODE);
  int const added = add_error_class();
  EXPECT_GE(last_used_code(), added);
  remove_error_class(added);
}

} // namespace
} // namespace armada
