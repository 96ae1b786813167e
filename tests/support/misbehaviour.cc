/// Cases that go wrong in every way that the runner and main.cc must notice. support_test.sh runs them one by one.

#include <gtest/gtest.h>
#include <mpi.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <csignal>

namespace {

int rank() {
  int result = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &result);
  return result;
}

TEST(Behaviour, Passes) {}

TEST(Misbehaviour, FailsOnAll) { EXPECT_EQ(rank(), -1); }

TEST(Misbehaviour, FailsOnRank1) { EXPECT_EQ(rank(), 0) << "the report of one rank"; }

TEST(Misbehaviour, ThrowsOnRank1) {
  if (rank() == 1) throw std::runtime_error("the exception of one rank");
}

TEST(Misbehaviour, FailsAndHangs) {
  ASSERT_EQ(rank(), 0) << "the report of one rank";
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Misbehaviour, Hangs) {
  if (rank() == 1) std::this_thread::sleep_for(std::chrono::hours(1));
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Misbehaviour, Crashes) {
  if (rank() == 1) std::raise(SIGSEGV);
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Misbehaviour, Exits) {
  if (rank() == 1) std::_Exit(0);
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST(Misbehaviour, LeaksDatatype) {
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_vector(3, 1, 2, MPI_INT, &type);
  MPI_Type_commit(&type);
}

TEST(Misbehaviour, WritesToStderr) { std::cerr << "a complaint\n"; }

} // namespace
