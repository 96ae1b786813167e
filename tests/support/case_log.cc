#include "tests/support/case_log.hpp"

#include <mutex>

#include <unistd.h>

namespace support::case_log {
namespace {

struct {
  std::mutex mutex;
  std::string whoami;
  std::string name;
  std::string report;
} state;

} // namespace

void set_rank(int rank, int size) { state.whoami = "rank " + std::to_string(rank) + " of " + std::to_string(size); }

std::string const& whoami() { return state.whoami; }

void begin(std::string_view name) {
  std::lock_guard const guard(state.mutex);
  state.name = name;
  state.report.clear();
}

void add(std::string_view failure) {
  std::lock_guard const guard(state.mutex);
  state.report += failure;
}

std::string report() {
  std::lock_guard const guard(state.mutex);
  return state.report;
}

void print(std::string_view what) noexcept {
  std::unique_lock const guard(state.mutex, std::try_to_lock); // a crash may have happened while it was held
  std::string text = state.whoami;
  text.append(": ").append(what).append(" in ").append(state.name).append("\n");
  text += state.report;
  [[maybe_unused]] auto const written = write(STDERR_FILENO, text.data(), text.size());
}

} // namespace support::case_log
