#include <armada/core/progress.hpp>

#include <atomic>

#include <dlfcn.h>
#include <sched.h>

namespace armada::progress {
namespace {

std::atomic<bool> yielding{true};
std::atomic<bool> finalising{false};
std::atomic<std::uint64_t> call_count{0};

/// The routine of this name in the next library that has it: the one that this file stands in for.
template <class Routine>
Routine* next_definition(char const* name) noexcept {
  return reinterpret_cast<Routine*>(dlsym(RTLD_NEXT, name));
}

} // namespace

bool yields() noexcept { return yielding.load(std::memory_order_relaxed); }
void set_yields(bool on) noexcept { yielding.store(on, std::memory_order_relaxed); }
void begin_finalise() noexcept { finalising.store(true, std::memory_order_relaxed); }
std::uint64_t calls() noexcept { return call_count.load(std::memory_order_relaxed); }

void pause() noexcept {
  if (yields()) sched_yield();
#if defined(__x86_64__)
  else
    __builtin_ia32_pause();
#endif
}

} // namespace armada::progress

// The dynamic linker prefers these definitions in the executable to those in libucp.

extern "C" {

__attribute__((visibility("default"))) unsigned ucp_worker_progress(void* worker) {
  using namespace armada::progress;
  static auto* const progress = next_definition<unsigned(void*)>("ucp_worker_progress");
  call_count.store(calls() + 1, std::memory_order_relaxed); // a lost count between threads does no harm
  unsigned const moved = progress(worker);
  if (moved == 0 && yields()) sched_yield();
  return moved;
}

__attribute__((visibility("default"))) void* ucp_disconnect_nb(void* endpoint) {
  using namespace armada::progress;
  static auto* const disconnect = next_definition<void*(void*)>("ucp_disconnect_nb");
  if (finalising.load(std::memory_order_relaxed)) return nullptr; // UCS_OK: closed
  return disconnect(endpoint);
}
}
