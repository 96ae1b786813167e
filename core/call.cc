#include <armada/core/call.hpp>
#include <armada/core/job.hpp>

#include <string>
#include <thread>

namespace armada::detail {
namespace {

/// Written before a second thread can call anything.
struct {
  std::thread::id thread;
  std::string rank; // another thread may not even ask MPI for it
  char const* level = "";
} granted;

} // namespace

void set_thread_level(int level) {
  granted.thread = std::this_thread::get_id();
  granted.rank = job::whoami();
  granted.level = level == MPI_THREAD_SINGLE ? "MPI_THREAD_SINGLE" : "MPI_THREAD_FUNNELED";
  one_thread_only = level < MPI_THREAD_SERIALIZED;
}

void check_thread(std::string_view routine) {
  if (std::this_thread::get_id() != granted.thread)
    throw lifecycle_error(text(routine, " on ", granted.rank, ": called from a second thread, but MPI granted ",
                               granted.level, ", where only the thread that started MPI may call it"));
}

} // namespace armada::detail
