#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/intercommunicator.hpp>
#include <armada/core/job.hpp>
#include <armada/core/predefined_attributes.hpp>

#include <cstdint>
#include <exception>
#include <utility>

namespace armada {
namespace {

constexpr auto operation = "intercommunicator";

/// What this side's leader passes, so that it can reach the other one.
void check_leader(communicator const& local, communicator const& bridge, int remote_leader, int tag) {
  if (!bridge) throw argument_error(detail::text(operation, ": the local leader passes no bridge"));
  if (bridge.is_inter()) throw argument_error(detail::text(operation, ": the bridge is an intercommunicator"));
  check_rank(bridge, remote_leader, operation, "remote_leader");
  if (remote_leader == bridge.rank())
    throw argument_error(detail::text(operation, ": remote_leader ", remote_leader, " of the bridge \"", bridge.name(),
                                      "\" is the local leader, of \"", local.name(), "\""));
  if (tag < 0 || tag > tag_ub())
    throw argument_error(detail::text(operation, ": tag ", tag, " is not between 0 and ", tag_ub()));
}

void check_member(group const& processes, int leader, std::string_view what) {
  if (leader < 0 || leader >= processes.size())
    throw argument_error(detail::text("create_from_groups on ", job::whoami(), ": ", what, " ", leader,
                                      " is not in its group of ", processes.size()));
}

/// Each leader tells the other whether its side is ready, which it is not when there is a fault. Throws that, or that
/// the other side has one.
void meet(communicator const& local, int local_leader, communicator const& bridge, int remote_leader, int tag,
          detail::local_fault const& mine) {
  constexpr int ready = -1;
  int const here = mine.what == nullptr ? ready : static_cast<int>(mine.kind);
  int there = ready;
  if (local.rank() == local_leader)
    call<MPI_Sendrecv>(static_cast<void const*>(&here), 1, MPI_INT, remote_leader, tag, static_cast<void*>(&there), 1,
                       MPI_INT, remote_leader, tag, bridge.raw(), MPI_STATUS_IGNORE);
  if (mine.what != nullptr) std::rethrow_exception(mine.thrown);
  call<MPI_Bcast>(static_cast<void*>(&there), 1, MPI_INT, local_leader, local.raw());
  if (there != ready)
    throw_fault(static_cast<fault>(there), "intercommunicator: the other side cannot make it, and says why");
}

} // namespace

intercommunicator::intercommunicator(communicator const& local, int local_leader, communicator const& bridge,
                                     int remote_leader, int tag) {
  if (local.is_inter()) throw argument_error(detail::text(operation, ": the local side is an intercommunicator"));
  detail::collective_scope const inside({.comm = local, .operation = operation});
  agree(local, [&] { check_rank(local, local_leader, operation, "local_leader"); });
  std::int64_t const leader = local_leader;
  detail::check_same_everywhere(local, "local_leader of an intercommunicator", {&leader, 1});
  agree(local, [&] {
    if (local.rank() == local_leader) check_leader(local, bridge, remote_leader, tag);
  });
  std::shared_ptr<detail::communicator_state> room;
  auto const mine = detail::fault_of([&] { room = agree(local, [&] { return room_for(local.name(), "/inter"); }); });
  meet(local, local_leader, bridge, remote_leader, tag, mine);
  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Intercomm_create>(local.raw(), local_leader, bridge ? bridge.raw() : MPI_COMM_NULL, remote_leader, tag,
                             &raw);
  communicator::operator=(adopt(raw, std::move(room)));
}

intercommunicator intercommunicator::create_from_groups(group const& local, int local_leader, group const& remote,
                                                        int remote_leader, std::string_view tag) {
  auto const name = detail::string_tag("create_from_groups", tag);
  if (local.rank() == group::undefined)
    throw argument_error(
        detail::text("create_from_groups on ", job::whoami(), ": this rank is not in the local group"));
  check_member(local, local_leader, "local_leader");
  check_member(remote, remote_leader, "remote_leader");
  if (!set_intersection(local, remote).empty())
    throw argument_error(
        detail::text("create_from_groups on ", job::whoami(), ": the groups have processes in common"));
  MPI_Comm raw = MPI_COMM_NULL;
  call<MPI_Intercomm_create_from_groups>(local.raw(), local_leader, remote.raw(), remote_leader, name.data(),
                                         MPI_INFO_NULL, MPI_ERRORS_RETURN, &raw);
  return intercommunicator(adopt_together(raw, tag));
}

intercommunicator::intercommunicator(communicator comm) : communicator(std::move(comm)) {
  if (!is_inter())
    throw argument_error(detail::text(operation, " of \"", name(), "\" on rank ", rank(), ": it has one side only"));
}

group intercommunicator::remote_group() const {
  MPI_Group result = MPI_GROUP_EMPTY;
  call<MPI_Comm_remote_group>(raw(), &result);
  return group::adopt(result);
}

communicator intercommunicator::merge(bool high) const {
  MPI_Comm merged = MPI_COMM_NULL;
  detail::collective_scope const inside({.comm = *this, .operation = "merge"});
  call<MPI_Intercomm_merge>(raw(), high ? 1 : 0, &merged);
  return adopt_together(merged, name(), "/merged");
}

} // namespace armada
