#pragma once

/// What MPI says of the whole job: the attributes that it defines itself. All local; they throw `lifecycle_error` while
/// MPI does not run. MPI-4.0, sections 9.1.2 and 11.10.1.

#include <optional>

namespace armada {

/// The largest tag of a message: at least 32767.
[[nodiscard]] int tag_ub();
/// Whether `wtime` shows the same time on every rank.
[[nodiscard]] bool wtime_is_global();
/// How many processes the job may have, those still to be spawned among them; nothing when the launcher does not say.
[[nodiscard]] std::optional<int> universe_size();
/// Which program of an MPMD launch this process runs, counted from 0 in the launcher's command.
[[nodiscard]] std::optional<int> appnum();
/// The rank on MPI_COMM_WORLD of the host process; nothing when there is none.
[[nodiscard]] std::optional<int> host_rank();
/// A rank on MPI_COMM_WORLD that can read and write files: this one where every rank can; nothing when none can.
[[nodiscard]] std::optional<int> io_rank();
/// The largest error class or code in use, those that were added among them.
[[nodiscard]] int last_used_code();

} // namespace armada
