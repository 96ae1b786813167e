/// Every way in and out of an environment:   ending MODE
/// Run by ending_test.sh, which knows what each is to print and with what status it is to end.

#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/error.hpp>
#include <armada/core/job.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/resource.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace armada;

std::optional<communicator> outlives_everything;

bool last() { return world().rank() == world().size() - 1; }

/// What the other ranks do while the last one misbehaves: it never comes here.
void wait_for_all() { MPI_Barrier(world().raw()); }

template <class Action>
void print_error(Action action) {
  try {
    action();
    std::puts("no error");
  } catch (error const& e) {
    std::printf("error %d: %s\n", static_cast<int>(e.kind()), e.what());
  }
}

void in_order() {
  environment const env;
  std::printf("owner %d, thread level %d\n", env.owns_mpi(), env.thread_level() >= MPI_THREAD_SINGLE);
  wait_for_all();
}

[[noreturn]] void throws() {
  environment const env;
  if (last()) throw std::runtime_error("nobody catches this");
  for (;;) wait_for_all();
}

[[noreturn]] void throws_an_int() {
  environment const env;
  if (last()) throw 5;
  for (;;) wait_for_all();
}

[[noreturn]] void throws_in_a_thread() {
  environment const env;
  if (last()) std::thread([] { throw index_error("in a thread"); }).join();
  for (;;) wait_for_all();
}

[[noreturn]] void terminates() {
  environment const env;
  if (last()) std::terminate();
  for (;;) wait_for_all();
}

void exits() {
  environment const env;
  if (last()) std::exit(0);
  wait_for_all();
}

void aborts() {
  environment const env;
  if (last()) job::abort("this is the end");
  wait_for_all();
}

void leaves_alone() {
  try {
    environment const env;
    if (last()) throw std::runtime_error("caught too late");
    wait_for_all();
  } catch (std::runtime_error const& e) {
    std::puts(e.what());
  }
}

void leaves_together() {
  try {
    environment const env;
    throw std::runtime_error("everybody leaves");
  } catch (std::runtime_error const& e) {
    std::puts(e.what());
  }
}

void forgets() {
  environment const env;
  outlives_everything.emplace(world().split(0));
}

void twice() {
  { environment const env; }
  print_error([] { environment const env; });
}

void before_and_after() {
  print_error([] { static_cast<void>(world()); });
  print_error([] { static_cast<void>(self()); });
  print_error([] { job::require_running("this"); });
  print_error([] { static_cast<void>(datatype_of<std::pair<char, int>>()); });
  print_error([] { static_cast<void>(communicator::borrow(MPI_COMM_WORLD)); });
  std::printf("%d %d %s\n", job::running(), job::finished(), job::whoami().substr(0, 8).c_str());
  communicator kept;
  communicator borrowed;
  {
    environment const env;
    kept = communicator::share(world());
    borrowed = communicator::borrow(MPI_COMM_WORLD);
    static_cast<void>(borrowed.state()->nearby());
  }
  print_error([&] { static_cast<void>(kept.split(0)); });
  print_error([&] { static_cast<void>(borrowed.dup()); });
  print_error([] { static_cast<void>(world()); });
  print_error([] { job::require_running("this"); });
  std::printf("%d %d %s\n", job::running(), job::finished(), job::whoami().substr(0, 8).c_str());
}

/// Uses what is made once and kept: derived datatypes and user operations.
void reduce_pairs() {
  using place = std::pair<char, double>;
  place mine{'a', 1.0 + world().rank()};
  auto const larger = [](place const& a, place const& b) { return a.second > b.second ? a : b; };
  MPI_Allreduce(MPI_IN_PLACE, &mine, 1, datatype_of<place>(), operation_of<place>(larger), world().raw());
  std::printf("largest %g\n", mine.second);
}

void adopts() {
  MPI_Init(nullptr, nullptr);
  MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
  for (int round = 0; round < 2; ++round) {
    {
      environment const env;
      std::printf("owner %d\n", env.owns_mpi());
      reduce_pairs();
    }
    MPI_Comm_get_errhandler(MPI_COMM_WORLD, &handler);
    std::printf("handler %s\n", handler == MPI_ERRORS_ARE_FATAL ? "as before" : "changed");
  }
  MPI_Finalize();
}

MPI_Request receive_one(int& value) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(&value, 1, MPI_INT, 0, 0, self().raw(), &request);
  return request;
}

void drops_a_failure() {
  environment const env;
  if (last()) {
    int value = 0;
    int const two[2] = {1, 2};
    pending<> const incoming(receive_one(value), detail::request_kind::receive);
    MPI_Request sent = MPI_REQUEST_NULL;
    MPI_Isend(two, 2, MPI_INT, 0, 0, self().raw(), &sent);
    MPI_Wait(&sent, MPI_STATUS_IGNORE);
  }
  wait_for_all();
}

void drops_a_send_that_nobody_takes() {
  environment const env;
  std::vector<int> const large(1'000'000);
  if (last()) {
    MPI_Request sent = MPI_REQUEST_NULL;
    MPI_Isend(large.data(), 1'000'000, MPI_INT, 0, 0, world().raw(), &sent);
    pending<> const outgoing(sent, detail::request_kind::send);
    throw std::runtime_error("lost on the way"); // main catches it, so that the stack unwinds
  }
  wait_for_all();
}

void operation_throws() {
  environment const env;
  auto const op = make_operation<int>([who = world().rank()](int, int) -> int {
    throw std::runtime_error("these cannot be added, says rank " + std::to_string(who));
  });
  int const in = 1;
  int inout = 1;
  if (last()) MPI_Reduce_local(&in, &inout, 1, MPI_INT, op.raw());
  wait_for_all();
}

void forgets_a_type_and_an_operation() {
  static std::optional<datatype> type;
  static std::optional<datatype> borrowed;
  static std::optional<operation> op;
  environment const env;
  if (!last()) return;
  type.emplace(datatype::contiguous(3, datatype::of<int>()));
  type->set_name("three");
  borrowed.emplace(datatype::of<int>());
  op.emplace(make_operation<int>([n = 1](int a, int b) { return a + b + n; }));
}

void outlives() {
  static int value = 0;
  static std::optional<pending<>> open;
  environment const env;
  open.emplace(receive_one(value), detail::request_kind::receive); // goes after MPI
}

std::map<std::string, std::function<void()>> const modes{
    {"in_order", in_order},
    {"throws", throws},
    {"throws_an_int", throws_an_int},
    {"throws_in_a_thread", throws_in_a_thread},
    {"terminates", terminates},
    {"exits", exits},
    {"aborts", aborts},
    {"leaves_alone", leaves_alone},
    {"leaves_together", leaves_together},
    {"forgets", forgets},
    {"twice", twice},
    {"before_and_after", before_and_after},
    {"adopts", adopts},
    {"drops_a_failure", drops_a_failure},
    {"drops_a_send_that_nobody_takes", drops_a_send_that_nobody_takes},
    {"operation_throws", operation_throws},
    {"forgets_a_type_and_an_operation", forgets_a_type_and_an_operation},
    {"outlives", outlives},
};

} // namespace

int main(int argc, char** argv) {
  auto const& run = modes.at(argc > 1 ? argv[1] : "in_order");
  if (std::string(argv[1]).rfind("throws", 0) == 0) { // nobody catches what it throws
    run();
    return 0;
  }
  try {
    run();
  } catch (std::exception const& e) {
    std::printf("main: %s\n", e.what());
    return 3;
  }
  return 0;
}
