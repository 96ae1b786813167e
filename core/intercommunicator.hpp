#pragma once

/// Two groups of ranks that talk to each other.

#include <armada/core/communicator.hpp>
#include <armada/core/group.hpp>

#include <string_view>

namespace armada {

/// A communicator whose messages go to the ranks of another group: a `dest` or `source` is a rank over there, `rank()`
/// and `size()` are of this side. Objects and buffers travel as on any other communicator. MPI-4.0, section 7.6.
class intercommunicator : public communicator {
public:
  /// Converts to false.
  intercommunicator() noexcept = default;

  /// Joins `local` with the group that calls this elsewhere. `local_leader` is a rank of `local`, the same on each of
  /// its ranks. Only there do `bridge`, a communicator that both leaders belong to, and `remote_leader`, the other
  /// one's rank on it, mean anything: others may pass an empty `bridge`. The leaders meet on `bridge` under `tag`, the
  /// same on both sides, which nothing else should use meanwhile. Collective over both groups, which have no process in
  /// common. Throws `argument_error` on every rank of `local` for a wrong leader, bridge or tag: it is those that the
  /// sides would find each other by, so that the other side does not hear of it, and waits. Any other failure is thrown
  /// on both sides. MPI-4.0, section 7.6.2.
  intercommunicator(communicator const& local, int local_leader, communicator const& bridge, int remote_leader,
                    int tag = 0);

  /// The same without a communicator that holds both: each side passes its own group first. `tag`, of at most 255
  /// bytes, tells apart what is created at a time. Collective over both groups; the same groups, leaders and tag on
  /// every rank of a side. Throws `argument_error` when this rank is not in `local`, a leader not in its group, or the
  /// tag too long, on the rank that passes it: the others do not hear of it, and wait. Any other failure is thrown on
  /// all ranks of both sides.
  [[nodiscard]] static intercommunicator create_from_groups(group const& local, int local_leader, group const& remote,
                                                            int remote_leader, std::string_view tag);

  /// The intercommunicator that a communicator is: a duplicate, a part, or a borrowed one. Throws `argument_error` when
  /// it is none.
  explicit intercommunicator(communicator comm);

  /// How many ranks the other side has, and which.
  [[nodiscard]] int remote_size() const noexcept { return peers(); }
  [[nodiscard]] group remote_group() const;

  /// One communicator of both sides; the one that passes `high` comes second. Collective over both; the same on every
  /// rank of a side. The sides come in any order when they pass the same. MPI-4.0, section 7.6.2.
  [[nodiscard]] communicator merge(bool high) const;
};

} // namespace armada
