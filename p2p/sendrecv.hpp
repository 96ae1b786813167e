#pragma once

/// Sending and receiving at once, so that rings and shifts cannot lock each other up.

#include <armada/core/mode.hpp>
#include <armada/p2p/recv.hpp>
#include <armada/p2p/send.hpp>

#include <memory>
#include <utility>

namespace armada {
namespace detail {

/// A send and a receive under one pending, whose value is the receive's.
template <class T, class Sent>
class sendrecv_finisher final : public finisher<T> {
public:
  sendrecv_finisher(pending<Sent> leaving, pending<T> arriving) noexcept
      : leaving_(std::move(leaving)), arriving_(std::move(arriving)) {}
  T finish(MPI_Status const&) override {
    static_cast<void>(leaving_.wait());
    return arriving_.wait();
  }
  bool ready() override {
    bool const sent = leaving_.test();
    return arriving_.test() && sent;
  }
  status look(MPI_Status const&) override { return *arriving_.get_status(); }

private:
  pending<Sent> leaving_;
  pending<T> arriving_;
};

template <class T, class Sent>
[[nodiscard]] pending<T> join(pending<Sent> leaving, pending<T> arriving) {
  return {MPI_REQUEST_NULL, request_kind::collective,
          std::make_unique<sendrecv_finisher<T, Sent>>(std::move(leaving), std::move(arriving))};
}

/// What can be sent, and what can be received into.
template <class T>
concept sendable = message_source<T> || object<std::remove_cvref_t<T>>;
template <class T>
concept receivable_into = message_target<T> || object_target<T>;

} // namespace detail

/// Sends `out` and receives into `in`: `sendrecv(world, x, {.dest = right}, y, {.source = left})`. Either may be a
/// buffer or an object; they do not overlap. Gives the status of the receive; with `nonblocking` a pending of it, and
/// both must outlive it. Throws as `send` and `recv` do. MPI-4.0, section 3.10.
template <detail::sendable Out, detail::receivable_into In, completion Mode = blocking_t>
  requires(std::same_as<Mode, blocking_t> || (std::is_lvalue_reference_v<Out> || outlives_call<Out>))
auto sendrecv(communicator const& comm, Out&& out, to destination, In&& in, from origin, Mode = {}) {
  detail::check_endpoint(comm, destination, "sendrecv");
  detail::check_endpoint(comm, origin, "sendrecv");
  // An irecv and an isend: MPI_Isendrecv gives an empty status, and hangs between two MPI_PROC_NULL (quirk 8).
  auto arriving = recv(comm, std::forward<In>(in), origin, nonblocking);
  auto leaving = send(comm, std::forward<Out>(out), destination, nonblocking);
  if constexpr (std::same_as<Mode, blocking_t>) {
    static_cast<void>(leaving.wait());
    return arriving.wait();
  } else {
    return detail::join(std::move(leaving), std::move(arriving));
  }
}

/// Sends `out` and receives a new value of type T: a scalar, an array or an object, as `recv<T>` does; with blocking
/// also a container of the length that arrives.
template <std::default_initializable T, detail::sendable Out, completion Mode = blocking_t>
  requires detail::receivable<T, Mode>
auto sendrecv(communicator const& comm, Out&& out, to destination, from origin, Mode = {}) {
  detail::check_endpoint(comm, destination, "sendrecv");
  detail::check_endpoint(comm, origin, "sendrecv");
  if constexpr (!std::same_as<Mode, blocking_t>) {
    auto arriving = recv<T>(comm, origin, nonblocking);
    return detail::join(send(comm, std::forward<Out>(out), destination, nonblocking), std::move(arriving));
  } else if constexpr (resizable<T>) {
    auto leaving = send(comm, std::forward<Out>(out), destination, nonblocking);
    T value = recv<T>(comm, origin);
    static_cast<void>(leaving.wait());
    return value;
  } else {
    return sendrecv<T>(comm, std::forward<Out>(out), destination, origin, nonblocking).wait();
  }
}

/// Sends what `value` holds and receives into it: a buffer that keeps its length, or an object. The outgoing message is
/// a copy. MPI-4.0, section 3.10.
template <class Value, completion Mode = blocking_t>
  requires(std::is_lvalue_reference_v<Value&&> || outlives_call<Value>)
&&detail::receivable_into<Value> auto sendrecv_replace(communicator const& comm, Value&& value, to destination,
                                                       from origin, Mode = {}) {
  detail::check_endpoint(comm, destination, "sendrecv_replace");
  detail::check_endpoint(comm, origin, "sendrecv_replace");
  auto run = [&](auto leaving) { // a copy of the elements: packed ones do not arrive well (quirk 56)
    auto arriving = recv(comm, std::forward<Value>(value), origin, nonblocking);
    if constexpr (std::same_as<Mode, blocking_t>) {
      static_cast<void>(leaving.wait());
      return arriving.wait();
    } else {
      return detail::join(std::move(leaving), std::move(arriving));
    }
  };
  if constexpr (message_target<Value>)
    return run(send(comm, detail::packed_copy(value, comm.raw()), destination, nonblocking));
  else
    return run(detail::begin_copied_object_send(comm, value, destination));
}

} // namespace armada
