#include <armada/core/kept_handles.hpp>

#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

namespace armada {
namespace {

std::vector<int> freed; // NOLINT(*-avoid-non-const-global-variables)

int note_freed(int* handle) {
  freed.push_back(*handle);
  return MPI_SUCCESS;
}

using kept = detail::kept_handles<int, note_freed>;

/// Runs after the handles have been freed: MPI deletes attributes in reverse. What it prints fails the test.
void expect_freed() {
  if (freed != std::vector{7, 8}) std::fprintf(stderr, "%zu of 2 kept handles were freed\n", freed.size());
}

TEST(kept_handles, are_given_back_when_mpi_ends) {
  detail::at_finalise(expect_freed);
  EXPECT_EQ(kept::keep(7), 7);
  EXPECT_EQ(kept::keep(8), 8);
  EXPECT_TRUE(freed.empty());
}

TEST(kept_handles, of_mpi_leave_nothing_behind) { // which MPI would report at the end
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_contiguous(3, MPI_INT, &type);
  MPI_Type_commit(&type);
  EXPECT_EQ((detail::kept_handles<MPI_Datatype, MPI_Type_free>::keep(type)), type);
}

} // namespace
} // namespace armada
