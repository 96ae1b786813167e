#include <armada/core/attribute.hpp>

namespace armada::detail {
namespace {

thread_local std::exception_ptr failure;

void note_failure() noexcept {
  if (!failure) failure = std::current_exception();
}

} // namespace

int copy_kept_attribute(void* value, void* copied, int* flag) noexcept {
  *flag = 0;
  try {
    if (auto copy = static_cast<kept_attribute const*>(value)->copy()) {
      *static_cast<void**>(copied) = copy.release();
      *flag = 1;
    }
  } catch (...) { // an error code would leave the other ranks alone in the duplication
    note_failure();
  }
  return MPI_SUCCESS;
}

int delete_kept_attribute(void* value) noexcept {
  std::unique_ptr<kept_attribute> const last(static_cast<kept_attribute*>(value));
  try {
    last->erase();
  } catch (...) {
    note_failure();
  }
  return MPI_SUCCESS;
}

std::exception_ptr take_callback_failure() noexcept { return std::exchange(failure, nullptr); }

void throw_callback_failure() {
  if (auto const thrown = take_callback_failure()) std::rethrow_exception(thrown);
}

void end_on_callback_failure() noexcept {
  auto const thrown = take_callback_failure();
  if (!thrown) return;
  std::string what = "an exception that is no std::exception";
  try {
    std::rethrow_exception(thrown);
  } catch (std::exception const& e) {
    what = e.what();
  } catch (...) { // NOLINT(bugprone-empty-catch)
  }
  job::abort("the erase callback of an attribute threw while its communicator was freed: " + what);
}

} // namespace armada::detail
