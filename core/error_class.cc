#include <armada/core/call.hpp>
#include <armada/core/error_class.hpp>
#include <armada/core/job.hpp>

#include <map>
#include <mutex>

namespace armada {
namespace {

/// What was added here. MPI does not check what it is given (quirks 14d and 14e).
struct {
  std::mutex mutex;
  std::map<int, int> codes_of_class; // how many each class has
  std::map<int, int> class_of_code;
  std::map<int, bool> has_text; // by class or code
} added;

[[noreturn]] void refuse(std::string_view operation, int code, std::string_view why) {
  throw argument_error(detail::text(operation, " on ", job::whoami(), ": ", code, " ", why));
}

/// Locks the table for `operation` on `code`, which is in `known`.
template <class Known>
std::unique_lock<std::mutex> lock_for(std::string_view operation, Known const& known, int code, std::string_view what) {
  job::require_running(operation);
  std::unique_lock lock(added.mutex);
  if (!known.contains(code)) refuse(operation, code, detail::text("is no ", what, " that was added"));
  return lock;
}

void check_textless(std::string_view operation, int code) {
  if (added.has_text[code]) refuse(operation, code, "still has a text");
}

#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 40000000
void delete_class(int error_class) { call<MPIX_Delete_error_class>(error_class); }
void delete_code(int code) { call<MPIX_Delete_error_code>(code); }
void delete_string(int code) { call<MPIX_Delete_error_string>(code); }
#else
[[noreturn]] void delete_class(int) { throw unsupported("remove_error_class: this MPI keeps classes until it ends"); }
[[noreturn]] void delete_code(int) { throw unsupported("remove_error_code: this MPI keeps codes until it ends"); }
[[noreturn]] void delete_string(int) { throw unsupported("remove_error_string: this MPI keeps texts until it ends"); }
#endif

} // namespace

int error_class(int code) {
  job::require_running("error_class");
  int result = MPI_ERR_UNKNOWN;
  call<MPI_Error_class>(code, &result);
  return result;
}

std::string error_string(int code) {
  job::require_running("error_string");
  char text[MPI_MAX_ERROR_STRING + 1] = {};
  int length = 0;
  call<MPI_Error_string>(code, text, &length);
  return text;
}

int add_error_class() {
  job::require_running("add_error_class");
  std::scoped_lock const lock(added.mutex);
  int result = 0;
  call<MPI_Add_error_class>(&result);
  added.codes_of_class[result] = 0;
  added.has_text[result] = false;
  return result;
}

int add_error_code(int error_class) {
  auto const lock = lock_for("add_error_code", added.codes_of_class, error_class, "error class");
  int result = 0;
  call<MPI_Add_error_code>(error_class, &result);
  added.class_of_code[result] = error_class;
  ++added.codes_of_class[error_class];
  added.has_text[result] = false;
  return result;
}

void add_error_string(int code, std::string_view text) {
  auto const lock = lock_for("add_error_string", added.has_text, code, "code or class");
  if (text.size() >= MPI_MAX_ERROR_STRING || text.find('\0') != std::string_view::npos)
    throw argument_error(detail::text("add_error_string on ", job::whoami(), ": the text has ", text.size(),
                                      " bytes, and may have ", MPI_MAX_ERROR_STRING - 1, ", no NUL among them"));
  call<MPI_Add_error_string>(code, std::string(text).c_str());
  added.has_text[code] = true;
}

void remove_error_class(int error_class) {
  auto const lock = lock_for("remove_error_class", added.codes_of_class, error_class, "error class");
  if (added.codes_of_class[error_class] != 0) refuse("remove_error_class", error_class, "still has codes");
  check_textless("remove_error_class", error_class);
  delete_class(error_class);
  added.codes_of_class.erase(error_class);
  added.has_text.erase(error_class);
}

void remove_error_code(int code) {
  auto const lock = lock_for("remove_error_code", added.class_of_code, code, "error code");
  check_textless("remove_error_code", code);
  delete_code(code);
  --added.codes_of_class[added.class_of_code[code]];
  added.class_of_code.erase(code);
  added.has_text.erase(code);
}

void remove_error_string(int code) {
  auto const lock = lock_for("remove_error_string", added.has_text, code, "code or class");
  if (!added.has_text[code]) refuse("remove_error_string", code, "has no text");
  delete_string(code);
  added.has_text[code] = false;
}

} // namespace armada
