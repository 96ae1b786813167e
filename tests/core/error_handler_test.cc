#include <armada/core/error_handler.hpp>

#include "tests/support/throws.hpp"

#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/error_class.hpp>

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Handlers that end the job: ending_test.sh.

namespace armada {
namespace {

using support::throws;

/// Meets an error: there is no such rank.
void send_to_nobody(communicator const& comm) {
  call<MPI_Send>(static_cast<void const*>(nullptr), 0, MPI_INT, comm.peers(), 0, comm.raw());
}

TEST(error_handler, a_callable_is_told_and_the_exception_follows) {
  communicator const comm = world().dup();
  std::vector<int> codes;
  MPI_Comm where = MPI_COMM_NULL;
  set_error_handler(comm, error_handler([&](communicator const& on, int code) {
                      where = on.raw();
                      codes.push_back(code);
                    }));
  EXPECT_TRUE(throws<mpi_error>([&] { return send_to_nobody(comm), 0; }, {"MPI_Send", "Invalid rank"}));
  ASSERT_EQ(codes.size(), 1U);
  EXPECT_EQ(where, comm.raw());
  EXPECT_EQ(error_class(codes[0]), MPI_ERR_RANK);
  set_error_handler(comm, error_handler::errors_return());
  EXPECT_TRUE(throws<mpi_error>([&] { return send_to_nobody(comm), 0; }));
  EXPECT_EQ(codes.size(), 1U) << "it is gone";
}

TEST(error_handler, what_a_callable_throws_takes_the_place) {
  communicator const comm = world().dup();
  set_error_handler(comm, error_handler([](communicator const& on, int code) {
                      throw io_error(detail::text("on ", on.name(), " of ", on.size(), ": ", error_string(code)));
                    }));
  EXPECT_TRUE(throws<io_error>([&] { return send_to_nobody(comm), 0; },
                               {"on world of " + std::to_string(world().size()) + ": Invalid rank"}));
  EXPECT_TRUE(throws<io_error>([&] { return call_error_handler(comm, MPI_ERR_OTHER), 0; }));
}

TEST(error_handler, errors_of_raw_calls_are_not_called_late) {
  communicator const comm = world().dup();
  int calls = 0;
  set_error_handler(comm, error_handler([&](communicator const&, int) { ++calls; }));
  EXPECT_NE(MPI_Send(nullptr, 0, MPI_INT, world().size(), 0, comm.raw()), MPI_SUCCESS);
  EXPECT_EQ(calls, 0);
  EXPECT_THROW(send_to_nobody(comm), mpi_error);
  EXPECT_EQ(calls, 1) << "for the call of Armada alone";
  EXPECT_THROW(send_to_nobody(world()), mpi_error);
  EXPECT_EQ(calls, 1);
}

TEST(error_handler, communicators_keep_theirs_apart) {
  communicator const first = world().dup();
  communicator const second = world().dup();
  int firsts = 0;
  int seconds = 0;
  set_error_handler(first, error_handler([&](communicator const&, int) { ++firsts; }));
  set_error_handler(second, error_handler([&](communicator const&, int) { ++seconds; }));
  EXPECT_THROW(send_to_nobody(first), mpi_error);
  EXPECT_THROW(send_to_nobody(second), mpi_error);
  EXPECT_THROW(send_to_nobody(second), mpi_error);
  EXPECT_EQ(firsts, 1);
  EXPECT_EQ(seconds, 2);
  communicator const copy = second.dup();
  EXPECT_EQ(get_error_handler(copy), error_handler::errors_return());
  EXPECT_THROW(send_to_nobody(copy), mpi_error);
  EXPECT_EQ(seconds, 2) << "a duplicate returns errors";
}

TEST(error_handler, the_twin_returns_errors_whatever_is_set) {
  communicator const comm = world().dup();
  set_error_handler(comm, error_handler::errors_are_fatal());
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  MPI_Comm_get_errhandler(comm.state()->twin(), &handler);
  EXPECT_EQ(handler, MPI_ERRORS_RETURN);
}

TEST(error_handler, what_is_set_can_be_asked_for) {
  communicator const comm = self().dup();
  EXPECT_EQ(get_error_handler(comm), error_handler::errors_return());
  set_error_handler(comm, error_handler::errors_are_fatal());
  EXPECT_EQ(get_error_handler(comm), error_handler::errors_are_fatal());
  error_handler const mine([](communicator const&, int) {});
  set_error_handler(comm, mine);
  EXPECT_EQ(get_error_handler(comm), mine);
  EXPECT_FALSE(get_error_handler(comm) == error_handler([](communicator const&, int) {}));
  set_error_handler(comm, error_handler::errors_abort());
  EXPECT_EQ(get_error_handler(comm), error_handler::errors_abort());
}

void do_nothing(MPI_Comm*, int*, ...) {}

TEST(error_handler, one_that_somebody_else_has_set) {
  MPI_Errhandler raw = MPI_ERRHANDLER_NULL;
  MPI_Comm_create_errhandler(do_nothing, &raw);
  communicator const comm = self().dup();
  MPI_Comm_set_errhandler(comm.raw(), raw);
  error_handler const theirs = get_error_handler(comm);
  EXPECT_EQ(theirs.raw(), raw);
  set_error_handler(comm, error_handler::errors_return());
  set_error_handler(comm, theirs);
  EXPECT_EQ(get_error_handler(comm), theirs);
  MPI_Errhandler_free(&raw);
}

TEST(error_handler, lives_while_a_communicator_has_it) {
  auto const kept = std::make_shared<int>(0);
  {
    communicator const comm = self().dup();
    set_error_handler(comm, error_handler([kept](communicator const&, int) { ++*kept; }));
    EXPECT_EQ(kept.use_count(), 2);
    call_error_handler(comm, MPI_ERR_OTHER);
    EXPECT_EQ(*kept, 1);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

TEST(error_handler, may_replace_itself) {
  communicator const comm = self().dup();
  int calls = 0;
  set_error_handler(comm, error_handler([&calls](communicator const& on, int) {
                      set_error_handler(on, error_handler::errors_return());
                      ++calls;
                    }));
  call_error_handler(comm, MPI_ERR_OTHER);
  call_error_handler(comm, MPI_ERR_OTHER);
  EXPECT_EQ(calls, 1);
}

} // namespace
} // namespace armada
