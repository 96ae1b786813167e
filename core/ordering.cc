#include <armada/core/ordering.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <vector>

namespace armada::ordering {
namespace {

std::uint64_t now() noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

struct listeners {
  std::mutex mutex;
  std::vector<timeline*> all;
};
listeners& listening() {
  static auto* const instance = new listeners; // outlives every static
  return *instance;
}

std::atomic<std::uint64_t> heard{0};

} // namespace

std::uint64_t timeline::first_after(std::uint64_t count) const noexcept {
  if (tellings.load(std::memory_order_acquire) == count) return never;
  auto const time = told_at[count % kept].load(std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_acquire);
  return tellings.load(std::memory_order_relaxed) - count < kept ? time : 0;
}

void watch(timeline& events) {
  std::scoped_lock const lock(listening().mutex);
  listening().all.push_back(&events);
  watched = true;
}

void forget(timeline& events) noexcept {
  std::scoped_lock const lock(listening().mutex);
  std::erase(listening().all, &events);
  watched = !listening().all.empty();
}

std::uint64_t last_heard() noexcept { return heard.load(std::memory_order_relaxed); }

namespace detail {

void note_tell() noexcept {
  std::scoped_lock const lock(listening().mutex);
  auto const time = now();
  for (timeline* const each : listening().all) {
    auto const count = each->tellings.load(std::memory_order_relaxed);
    each->told_at[count % timeline::kept].store(time, std::memory_order_relaxed);
    each->tellings.store(count + 1, std::memory_order_release);
  }
}

std::uint64_t last_to_come(MPI_Comm comm) noexcept {
  std::uint64_t const mine = now();
  std::uint64_t last = mine;
  MPI_Allreduce(&mine, &last, 1, MPI_UINT64_T, MPI_MAX, comm);
  return last;
}

void note_hear() noexcept { note_hear(now()); }

void note_hear(std::uint64_t time) noexcept {
  auto known = heard.load(std::memory_order_relaxed);
  while (known < time && !heard.compare_exchange_weak(known, time, std::memory_order_relaxed)) {
  }
}

} // namespace detail
} // namespace armada::ordering
