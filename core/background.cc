#include <armada/core/background.hpp>

#include <atomic>
#include <cstddef>
#include <new>
#include <vector>

namespace armada::detail {
namespace {

struct task_list {
  std::recursive_mutex mutex;
  std::vector<background_task*> tasks;
  std::atomic<std::size_t> length{0}; // to be read without the mutex
};

task_list& list() {
  alignas(task_list) static std::byte memory[sizeof(task_list)]; // outlives every static, and takes no memory late
  static auto* const instance = new (memory) task_list;
  return *instance;
}

} // namespace

void background_task::enter() {
  std::scoped_lock const lock(list().mutex);
  list().tasks.push_back(this);
  list().length = list().tasks.size();
}

void background_task::leave() noexcept {
  std::scoped_lock const lock(list().mutex);
  std::erase(list().tasks, this);
  list().length = list().tasks.size();
}

bool background_is_empty() noexcept { return list().length.load(std::memory_order_relaxed) == 0; }

void advance_background() noexcept {
  std::scoped_lock const lock(list().mutex);
  // NOLINTNEXTLINE(modernize-loop-convert): tasks leave when they are done
  for (std::size_t i = 0; i < list().tasks.size(); ++i) list().tasks[i]->advance();
}

void settle_background(MPI_Comm comm) {
  if (background_is_empty()) return;
  advance_background();
  std::scoped_lock const lock(list().mutex);
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (std::size_t i = 0; i < list().tasks.size(); ++i) list().tasks[i]->settle(comm);
}

std::recursive_mutex& background_mutex() noexcept { return list().mutex; }

} // namespace armada::detail
