#include <armada/core/job.hpp>
#include <armada/p2p/probe.hpp>

namespace armada {
namespace {

/// Looks once with `look(found, status)`, or until something is found.
bool look_until(bool once, auto look) {
  int found = 0;
  if (once) {
    if (!detail::background_is_empty()) detail::advance_background();
    look(found);
  } else {
    detail::wait_until([&] {
      look(found);
      return found != 0;
    });
  }
  return found != 0;
}

std::optional<status> probe_for(communicator const& comm, from const& origin, bool once) {
  if (origin.source.value == proc_null) return detail::from_nobody;
  MPI_Status probed{};
  if (!once && detail::background_is_empty()) {
    call<MPI_Probe>(origin.source.value, origin.tag, comm.raw(), &probed);
  } else if (!look_until(once, [&](int& found) {
               call<MPI_Iprobe>(origin.source.value, origin.tag, comm.raw(), &found, &probed);
             })) {
    return std::nullopt;
  }
  return detail::status_of(probed);
}

} // namespace

status probe(communicator const& comm, from origin) {
  detail::check_endpoint(comm, origin, "probe");
  auto const watch = detail::watch_receive("probe", comm, origin);
  return *probe_for(comm, origin, false);
}

std::optional<status> iprobe(communicator const& comm, from origin) {
  detail::check_endpoint(comm, origin, "iprobe");
  return probe_for(comm, origin, true);
}

matched_message mprobe(communicator const& comm, from origin) {
  detail::check_endpoint(comm, origin, "mprobe");
  auto const watch = detail::watch_receive("mprobe", comm, origin);
  MPI_Status probed{};
  MPI_Message const message =
      origin.source.value == proc_null ? MPI_MESSAGE_NO_PROC : detail::wait_for_message(comm.raw(), origin, probed);
  return {comm, message, probed};
}

std::optional<matched_message> improbe(communicator const& comm, from origin) {
  detail::check_endpoint(comm, origin, "improbe");
  MPI_Status probed{};
  MPI_Message message = MPI_MESSAGE_NO_PROC;
  if (origin.source.value != proc_null && !look_until(true, [&](int& found) {
        call<MPI_Improbe>(origin.source.value, origin.tag, comm.raw(), &found, &message, &probed);
      }))
    return std::nullopt;
  return matched_message(comm, message, probed);
}

matched_message::matched_message(communicator const& comm, MPI_Message raw, MPI_Status const& probed)
    : comm_(comm.state()), raw_(raw), probed_(probed),
      status_(raw == MPI_MESSAGE_NO_PROC ? detail::from_nobody : detail::status_of(probed)) {
  probed_.MPI_SOURCE = status_.source;
}

matched_message& matched_message::operator=(matched_message&& other) noexcept {
  if (this == &other) return *this;
  discard();
  comm_ = std::move(other.comm_);
  raw_ = std::exchange(other.raw_, MPI_MESSAGE_NULL);
  probed_ = other.probed_;
  status_ = other.status_;
  return *this;
}

detail::communicator_state const& matched_message::state() const {
  if (!comm_) throw lifecycle_error(detail::text("recv on ", job::whoami(), ": this message was received already"));
  return *comm_;
}

matched_message::parts matched_message::take() {
  if (!comm_) throw lifecycle_error(detail::text("recv on ", job::whoami(), ": this message was received already"));
  return {std::move(comm_), std::exchange(raw_, MPI_MESSAGE_NULL), probed_, from{status_.source, status_.tag}};
}

void matched_message::discard() noexcept {
  if (!comm_ || raw_ == MPI_MESSAGE_NO_PROC || !job::running()) return;
  try {
    auto held = take();
    detail::object_receive(std::move(held.comm), held.origin, held.raw, held.probed, 0, "dropped message").discard();
  } catch (std::exception const& e) {
    job::abort(detail::text("a probed message that nobody received could not be dropped: ", e.what()));
  }
}

} // namespace armada
