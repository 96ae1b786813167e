#pragma once

/// MPI's sessions: process sets by name, as the launcher knows them.

#include <armada/core/info.hpp>
#include <armada/core/mpi.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace armada {

/// A handle to the MPI library of its own, for a part of a program that wants no part in the others' communicators. Its
/// process sets become groups (`group::from_session_pset`) and these communicators (`communicator::create_from_group`).
///
/// It needs an MPI that is up, as everything here does: Armada starts MPI once, in an `environment`, and a session
/// without one throws `lifecycle_error`. Move-only. All local. MPI-4.0, section 11.3.
class session {
public:
  session() : session(info()) {}
  explicit session(info const& hints);
  session(session&& other) noexcept : raw_(std::exchange(other.raw_, MPI_SESSION_NULL)) {}
  session& operator=(session&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~session();

  /// The names of the process sets. "mpi://WORLD" and "mpi://SELF" are always among them.
  [[nodiscard]] std::vector<std::string> psets() const;
  /// What MPI knows of a process set; its size under "mpi_size". Throws `argument_error` for an unknown name.
  [[nodiscard]] info pset_info(std::string_view pset) const;
  /// The hints in use.
  [[nodiscard]] info get_info() const;

  /// Ends the session now: what came of it should be freed by then. Throws what MPI meets.
  void close();

  /// `pset`, if it is the name of a process set. Throws `argument_error` naming `operation` otherwise.
  [[nodiscard]] std::string checked_pset(std::string_view operation, std::string_view pset) const;

  /// MPI's own handle. Throws `lifecycle_error` for a session that was closed or moved away.
  [[nodiscard]] MPI_Session raw() const;

private:
  MPI_Session raw_ = MPI_SESSION_NULL;
};

} // namespace armada
