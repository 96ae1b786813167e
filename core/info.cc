#include <armada/core/call.hpp>
#include <armada/core/info.hpp>
#include <armada/core/job.hpp>

namespace armada {
namespace {

void check_text(std::string_view what, std::string_view text, std::size_t shortest, int limit) {
  auto const longest = static_cast<std::size_t>(limit) - 1; // MPICH takes one more, and cuts it off again
  if (text.size() < shortest || text.size() > longest)
    throw argument_error(detail::text("info on ", job::whoami(), ": the ", what, " \"", text.substr(0, 40), "\" has ",
                                      text.size(), " bytes, and may have ", shortest, " to ", longest));
  if (text.find('\0') != std::string_view::npos)
    throw argument_error(detail::text("info on ", job::whoami(), ": the ", what, " \"", text.substr(0, text.find('\0')),
                                      "\" goes on behind a NUL"));
}

std::string checked_key(std::string_view key) {
  job::require_running("info");
  check_text("key", key, 1, MPI_MAX_INFO_KEY);
  return std::string(key);
}

} // namespace

info::info(std::initializer_list<std::pair<std::string_view, std::string_view>> items) {
  try {
    for (auto const& [key, value] : items) set(key, value);
  } catch (...) {
    if (raw_ != MPI_INFO_NULL) MPI_Info_free(&raw_);
    throw;
  }
}

info::~info() {
  if (raw_ != MPI_INFO_NULL && job::running()) MPI_Info_free(&raw_);
}

info info::environment() {
  job::require_running("info::environment");
  MPI_Info copy = MPI_INFO_NULL;
  call<MPI_Info_dup>(MPI_INFO_ENV, &copy);
  return adopt(copy);
}

info info::environment(int argc, char** argv) {
  job::require_running("info::environment");
  MPI_Info made = MPI_INFO_NULL;
  call<MPI_Info_create_env>(argc, argv, &made);
  return adopt(made);
}

info info::adopt(MPI_Info raw) noexcept {
  info result;
  result.raw_ = raw;
  return result;
}

info info::dup() const {
  if (raw_ == MPI_INFO_NULL) return {};
  job::require_running("info::dup");
  MPI_Info copy = MPI_INFO_NULL;
  call<MPI_Info_dup>(raw_, &copy);
  return adopt(copy);
}

std::optional<std::string> info::get(std::string_view key) const {
  auto const name = checked_key(key);
  if (raw_ == MPI_INFO_NULL) return std::nullopt;
  char value[MPI_MAX_INFO_VAL + 1] = {};
  int room = MPI_MAX_INFO_VAL + 1;
  int found = 0;
  call<MPI_Info_get_string>(raw_, name.c_str(), &room, value, &found);
  if (found == 0) return std::nullopt;
  return std::string(value);
}

void info::set(std::string_view key, std::string_view value) {
  auto const name = checked_key(key);
  check_text("value", value, 0, MPI_MAX_INFO_VAL);
  if (raw_ == MPI_INFO_NULL) call<MPI_Info_create>(&raw_);
  call<MPI_Info_set>(raw_, name.c_str(), std::string(value).c_str());
}

bool info::erase(std::string_view key) { // NOLINT(readability-make-member-function-const)
  if (!contains(key)) return false;
  call<MPI_Info_delete>(raw_, std::string(key).c_str());
  return true;
}

std::size_t info::size() const {
  if (raw_ == MPI_INFO_NULL) return 0;
  job::require_running("info::size");
  int count = 0;
  call<MPI_Info_get_nkeys>(raw_, &count);
  return static_cast<std::size_t>(count);
}

std::vector<std::string> info::keys() const {
  std::vector<std::string> result(size());
  for (std::size_t n = 0; n < result.size(); ++n) result[n] = nth_key(n);
  return result;
}

std::string info::nth_key(std::size_t n) const {
  char key[MPI_MAX_INFO_KEY + 1] = {};
  call<MPI_Info_get_nthkey>(raw_, static_cast<int>(n), key);
  return key;
}

info::value_type info::iterator::operator*() const {
  auto key = hints_->nth_key(at_);
  auto value = hints_->get(key).value_or("");
  return {std::move(key), std::move(value)};
}

} // namespace armada
