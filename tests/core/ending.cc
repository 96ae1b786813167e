/// Every way in and out of an environment:   ending MODE
/// Run by ending_test.sh, which knows what each is to print and with what status it is to end.

#include <armada/core/address.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/call.hpp>
#include <armada/core/clock.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/derived_datatype.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/error.hpp>
#include <armada/core/error_class.hpp>
#include <armada/core/error_handler.hpp>
#include <armada/core/group.hpp>
#include <armada/core/info.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mpi_allocator.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/predefined_attributes.hpp>
#include <armada/core/processor.hpp>
#include <armada/core/resource.hpp>
#include <armada/core/session.hpp>

#include <atomic>
#include <chrono>
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

/// Everything here needs an MPI that runs.
void out_of_time() {
  print_error([] { static_cast<void>(session()); });
  print_error([] { static_cast<void>(group().size()); });
  print_error([] { static_cast<void>(info{{"key", "value"}}); });
  print_error([] { static_cast<void>(info::environment()); });
  print_error([] { static_cast<void>(attribute_key<int>()); });
  print_error([] { static_cast<void>(tag_ub()); });
  print_error([] { static_cast<void>(wtime()); });
  print_error([] { static_cast<void>(processor_name()); });
  print_error([] { static_cast<void>(error_string(0)); });
  print_error([] { static_cast<void>(address_of(outlives_everything)); });
  print_error([] { static_cast<void>(std::vector<int, mpi_allocator<int>>(3)); });
  std::printf("%zu %d\n", library_version().size() / 1000, mpi_version().major_number > 3);
}

/// What lives on when MPI ends goes without harm.
void late() {
  std::optional<attribute_key<int>> key;
  std::optional<session> open;
  std::vector<int, mpi_allocator<int>> memory;
  group members;
  info hints;
  out_of_time();
  {
    environment const env;
    key.emplace();
    open.emplace();
    memory.resize(1000);
    members = group(world()).include({0});
    hints.set("key", "value");
    set_attribute(world(), *key, 3);
    set_error_handler(world(), error_handler([](communicator const&, int) {}));
  }
  out_of_time();
  print_error([&] { static_cast<void>(open->psets()); });
  print_error([&] { static_cast<void>(members.size()); });
  print_error([&] { static_cast<void>(hints.get("key")); });
}

/// A second thread under each level that MPI may grant.
void threads() {
  int argc = 0;
  char** argv = nullptr;
  int const levels[] = {MPI_THREAD_SINGLE, MPI_THREAD_FUNNELED, MPI_THREAD_SERIALIZED, MPI_THREAD_MULTIPLE};
  char const* const level = std::getenv("LEVEL");
  int const wanted = levels[level != nullptr ? std::atoi(level) : 3];
  environment const env(argc, argv, {.thread_level = wanted});
  std::printf("granted %d %d\n", env.thread_level() == wanted, env.is_thread_main());
  auto ask = [] {
    int size = 0;
    call<MPI_Comm_size>(world().raw(), &size);
  };
  print_error(ask);
  std::thread([&] {
    std::printf("main %d\n", env.is_thread_main());
    print_error(ask);
  }).join();
  print_error(ask);
}

/// A long message to oneself arrives although this thread does nothing but look at its memory.
void progress_thread_serves() {
  print_error([] { environment const env({.thread_level = MPI_THREAD_FUNNELED, .progress_thread = true}); });
  environment const env({.progress_thread = true});
  int const right = (world().rank() + 1) % world().size(),
            left = (world().rank() + world().size() - 1) % world().size();
  std::vector<int> out(1 << 20, 7), in(1 << 20, 0);
  MPI_Request requests[2] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL};
  MPI_Irecv(in.data(), 1 << 20, MPI_INT, left, 0, world().raw(), &requests[0]);
  MPI_Isend(out.data(), 1 << 20, MPI_INT, right, 0, world().raw(), &requests[1]);
  while (std::atomic_ref(in.back()).load() != 7) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
  std::puts("arrived");
}

void adopts_with_one_thread() {
  int granted = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &granted);
  std::thread([] { print_error([] { environment const env; }); }).join();
  {
    environment const env;
    std::thread([] { print_error([] { static_cast<void>(world().dup()); }); }).join();
  }
  MPI_Finalize();
}

void aborts_with_a_code() {
  environment const env;
  if (last()) world().abort("code seven", 7);
  wait_for_all();
}

void aborts_with_zero() {
  environment const env;
  if (last()) world().abort("code zero", 256);
  wait_for_all();
}

void aborts_on_an_error() {
  environment const env;
  communicator const comm = world().dup();
  set_error_handler(comm, error_handler::errors_abort());
  if (last()) call<MPI_Send>(static_cast<void const*>(nullptr), 0, MPI_INT, comm.size(), 0, comm.raw());
  wait_for_all();
}

void erases_badly() {
  environment const env;
  attribute_key<int> const key({.erase = [](int&) { throw std::runtime_error("not to be erased"); }});
  if (last()) {
    communicator const comm = self().dup();
    set_attribute(comm, key, 1);
  }
  wait_for_all();
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
    {"late", late},
    {"threads", threads},
    {"adopts_with_one_thread", adopts_with_one_thread},
    {"progress_thread_serves", progress_thread_serves},
    {"aborts_with_a_code", aborts_with_a_code},
    {"aborts_with_zero", aborts_with_zero},
    {"aborts_on_an_error", aborts_on_an_error},
    {"erases_badly", erases_badly},
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
