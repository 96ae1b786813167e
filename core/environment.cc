#include <armada/core/call.hpp>
#include <armada/core/checks.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/cores.hpp>
#include <armada/core/environment.hpp>
#include <armada/core/job.hpp>
#include <armada/core/progress.hpp>
#include <armada/core/resource.hpp>
#include <armada/core/tracing.hpp>
#include <armada/core/watchdog.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>

#include <unistd.h>

namespace armada {
namespace {

environment* current = nullptr;
std::terminate_handler previous_terminate = nullptr;

[[noreturn]] void on_terminate() {
  if (current == nullptr) { // the environment has gone: not ours to explain
    if (previous_terminate != nullptr) previous_terminate();
    std::abort();
  }
  std::string what = "terminated without an exception";
  if (auto const exception = std::current_exception()) {
    try {
      std::rethrow_exception(exception);
    } catch (std::exception const& e) {
      what = e.what();
    } catch (...) {
      what = "an exception that is no std::exception";
    }
  }
  job::abort(what);
}

void on_exit() {
  if (current != nullptr && !job::aborting() && job::running())
    job::abort("the program called exit before its environment ended");
}

char const* get_variable(char const* name) { return std::getenv(name); }

/// One number for each running kernel: ranks with the same one share its cores.
int host_color() {
  std::string identity;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> identity;
  if (identity.empty()) {
    identity.resize(256);
    gethostname(identity.data(), identity.size() - 1);
  }
  return static_cast<int>(std::hash<std::string>{}(identity)&0x7fffffff);
}

/// An MPI that somebody else has started may not know this thread.
void require_main_thread(int level) {
  int flag = 1;
  if (level < MPI_THREAD_SERIALIZED) call<MPI_Is_thread_main>(&flag);
  if (flag == 0)
    throw lifecycle_error("environment: MPI was started by another thread, and does not let this one call it");
}

/// The communicators whose handlers MPICH asks when a wait or a test fails, whatever communicator the request belongs
/// to (quirk 28).
constexpr MPI_Comm fallback_comms[] = {MPI_COMM_WORLD, MPI_COMM_SELF};

} // namespace

std::optional<int> detail::launched_ranks(char const* (*get)(char const*)) {
  for (char const* name : {"PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "MV2_COMM_WORLD_SIZE"})
    if (char const* const value = get(name)) return std::atoi(value);
  return std::nullopt;
}

environment::environment(int& argc, char**& argv, environment_options options) : environment(&argc, &argv, options) {}
environment::environment(environment_options options) : environment(nullptr, nullptr, options) {}

environment::environment(int* argc, char*** argv, environment_options options)
    : unwinding_(std::uncaught_exceptions()) {
  int const wanted_level = options.thread_level;
  auto const wishes = checks::detail::read_wishes(std::getenv("ARMADA_CHECK"), std::getenv("ARMADA_WATCHDOG"));
  if (wanted_level < MPI_THREAD_SINGLE || wanted_level > MPI_THREAD_MULTIPLE)
    throw argument_error(detail::text("environment: ", wanted_level, " is no level of threads"));
  if (options.progress_thread && wanted_level < MPI_THREAD_MULTIPLE)
    throw argument_error("environment: a progress thread needs MPI_THREAD_MULTIPLE, and less is asked for");
  if (current != nullptr) throw lifecycle_error("environment: there is one already in this process");
  if (job::finished()) throw lifecycle_error("environment: MPI was finalised and cannot start again");
  owner_ = !job::running();
  if (owner_)
    call<MPI_Init_thread>(argc, argv, wanted_level, &thread_level_);
  else
    call<MPI_Query_thread>(&thread_level_);

  require_main_thread(thread_level_);
  if (options.progress_thread && thread_level_ < MPI_THREAD_MULTIPLE) {
    if (owner_) MPI_Finalize();
    throw unsupported("environment: a progress thread needs MPI_THREAD_MULTIPLE, which MPI does not grant");
  }
  int size = 0;
  call<MPI_Comm_size>(MPI_COMM_WORLD, &size);
  if (auto const told = detail::launched_ranks(get_variable); size == 1 && told && *told > 1) {
    if (owner_) MPI_Finalize();
    throw lifecycle_error(detail::text("environment: the launcher started ", *told,
                                       " ranks, but each of them is alone: it belongs to another MPI than the one this "
                                       "program is linked with; start it with mpiexec.mpich"));
  }

  MPI_Comm everyone = MPI_COMM_NULL;
  MPI_Comm alone = MPI_COMM_NULL;
  call<MPI_Comm_dup>(MPI_COMM_WORLD, &everyone);
  call<MPI_Comm_dup>(MPI_COMM_SELF, &alone);
  for (std::size_t i = 0; i < 2; ++i) {
    call<MPI_Comm_get_errhandler>(fallback_comms[i], &previous_handlers_[i]);
    call<MPI_Comm_set_errhandler>(fallback_comms[i], MPI_ERRORS_RETURN);
  }
  double asked[] = {wishes.collectives ? 1.0 : 0.0, wishes.rma ? 1.0 : 0.0, wishes.watchdog}; // by any rank
  call<MPI_Allreduce>(MPI_IN_PLACE, static_cast<double*>(asked), 3, MPI_DOUBLE, MPI_MAX, everyone);
  checks::detail::set_collectives(asked[0] != 0);
  checks::detail::set_rma(asked[1] != 0);
  world_ = communicator::adopt(everyone, std::make_shared<detail::communicator_state>("world", false));
  self_ = communicator::adopt(alone, std::make_shared<detail::communicator_state>("self", false));
  set_up_yielding();
  if (asked[2] > 0) detail::start_watchdog(world_.state()->nearby(), asked[2]);

  begin_trace();
  detail::set_thread_level(thread_level_);
  if (options.progress_thread) helper_ = std::make_unique<progress_thread>();
  current = this;
  previous_terminate = std::set_terminate(on_terminate);
  static bool const registered = std::atexit(on_exit) == 0;
  if (!registered) throw lifecycle_error("environment: no room for an exit handler");
}

/// Counts the ranks that run on this kernel and the cores that they may use together (quirk 22).
void environment::set_up_yielding() const {
  MPI_Comm host = MPI_COMM_NULL;
  call<MPI_Comm_split>(world_.raw(), host_color(), 0, &host);
  int ranks = 0;
  call<MPI_Comm_size>(host, &ranks);
  auto cores = std::make_unique<core_set>(allowed_cores());
  static_assert(std::is_trivially_copyable_v<core_set>);
  call<MPI_Allreduce>(MPI_IN_PLACE, cores.get(), static_cast<int>(sizeof(core_set)), MPI_BYTE, MPI_BOR, host);
  double available = static_cast<double>(cores->count());
  if (auto const quota = core_quota()) available = std::min(available, std::ceil(*quota));
  call<MPI_Comm_free>(&host);
  progress::set_yields(ranks > available);
}

/// What rank 0's variable asks for.
void environment::begin_trace() const {
  char const* const path = world_.rank() == 0 ? std::getenv("ARMADA_TRACE") : nullptr;
  int asked = path != nullptr && *path != '\0' ? 1 : 0;
  call<MPI_Bcast>(static_cast<void*>(&asked), 1, MPI_INT, 0, world_.raw());
  if (asked != 0) tracing::detail::begin(world_, path != nullptr ? path : "");
}

/// Nobody is left to throw to.
void environment::end_trace() const noexcept {
  if (!tracing::on() || std::uncaught_exceptions() > unwinding_) return;
  try {
    tracing::detail::end(world_);
  } catch (error const& e) {
    if (world_.rank() == 0) std::fprintf(stderr, "armada: no trace was written: %s\n", e.what());
  }
}

bool environment::is_thread_main() const {
  int flag = 0;
  if (MPI_Is_thread_main(&flag) != MPI_SUCCESS) throw lifecycle_error("is_thread_main: MPI does not say");
  return flag != 0;
}

environment::~environment() {
  current = nullptr;
  detail::set_thread_level(MPI_THREAD_MULTIPLE); // whoever uses MPI from here on is not ours to watch
  std::set_terminate(previous_terminate);
  if (!job::running()) {
    detail::stop_watchdog();
    return;
  }
  if (std::uncaught_exceptions() > unwinding_ && !job::others_come(world_.raw()))
    job::abort("an exception ended this rank's environment while other ranks were still at work");
  std::optional<detail::watch_scope> leaving("finalise");
  helper_.reset();
  end_trace();
  detail::release_all_resources();
  checks::detail::set_collectives(false);
  checks::detail::set_rma(false);
  progress::set_yields(true);
  for (std::size_t i = 0; i < 2; ++i) {
    MPI_Comm_set_errhandler(fallback_comms[i], previous_handlers_[i]);
    MPI_Errhandler_free(&previous_handlers_[i]);
  }
  if (owner_) {
    MPI_Barrier(MPI_COMM_WORLD);
    progress::begin_finalise();
    MPI_Finalize();
  }
  leaving.reset();
  detail::stop_watchdog();
}

communicator const& world() {
  if (current == nullptr) throw lifecycle_error("world: there is no environment");
  return current->world_;
}

communicator const& self() {
  if (current == nullptr) throw lifecycle_error("self: there is no environment");
  return current->self_;
}

} // namespace armada
