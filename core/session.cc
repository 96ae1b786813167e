#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/session.hpp>

#include <algorithm>

namespace armada {

session::session(info const& hints) {
  job::require_running("session");
  call<MPI_Session_init>(hints.raw(), MPI_ERRORS_RETURN, &raw_);
}

session::~session() {
  if (raw_ != MPI_SESSION_NULL && job::running()) MPI_Session_finalize(&raw_);
}

void session::close() {
  static_cast<void>(raw());
  call<MPI_Session_finalize>(&raw_);
  raw_ = MPI_SESSION_NULL;
}

MPI_Session session::raw() const {
  if (raw_ == MPI_SESSION_NULL) throw lifecycle_error("this session was closed, or moved away");
  job::require_running("session");
  return raw_;
}

std::vector<std::string> session::psets() const {
  int count = 0;
  call<MPI_Session_get_num_psets>(raw(), MPI_INFO_NULL, &count);
  std::vector<std::string> names;
  for (int n = 0; n < count; ++n) { // never the count itself: MPICH crashes there (quirk 14b)
    char name[MPI_MAX_PSET_NAME_LEN + 1] = {};
    int room = MPI_MAX_PSET_NAME_LEN;
    call<MPI_Session_get_nth_pset>(raw(), MPI_INFO_NULL, n, &room, name);
    names.emplace_back(name);
  }
  return names;
}

std::string session::checked_pset(std::string_view operation, std::string_view pset) const {
  auto const names = psets();
  if (std::find(names.begin(), names.end(), pset) != names.end()) return std::string(pset);
  std::string known;
  for (auto const& name : names) known += " \"" + name + "\"";
  throw argument_error(
      detail::text(operation, " on ", job::whoami(), ": there is no process set \"", pset, "\", but", known));
}

info session::pset_info(std::string_view pset) const {
  auto const name = checked_pset("pset_info", pset);
  MPI_Info found = MPI_INFO_NULL;
  call<MPI_Session_get_pset_info>(raw(), name.c_str(), &found);
  return info::adopt(found);
}

info session::get_info() const {
  MPI_Info found = MPI_INFO_NULL;
  call<MPI_Session_get_info>(raw(), &found);
  return info::adopt(found);
}

} // namespace armada
