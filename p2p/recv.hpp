#pragma once

/// Receiving: into a buffer, into an object, or as a new value.

#include <armada/core/buffer.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>
#include <armada/p2p/detail/object_finishers.hpp>
#include <armada/p2p/endpoint.hpp>

#include <tuple>
#include <utility>

namespace armada {

/// Receives into a buffer, which keeps its length: a shorter message leaves its tail untouched, `status::count` says
/// how many elements came. A strided view takes them in the order of its indices. With `nonblocking`, a pending of the
/// status for an lvalue or view, of the buffer for an rvalue; with `persistent`, a plan of the status.
/// Throws `truncation_error` with the buffer's length for a longer message (an object's may be one), `type_error` for
/// an object or a message that is no whole number of elements, `argument_error` for a wrong rank or tag. MPI-4.0,
/// sections 3.2.4, 3.7.2 and 3.9.
template <message_target Buffer, any_mode Mode = blocking_t>
  requires(!std::same_as<Mode, persistent_t> || outlives_call<Buffer>)
auto recv(communicator const& comm, Buffer&& buffer, from origin, Mode = {}) {
  detail::check_endpoint(comm, origin, "recv");
  if constexpr (std::same_as<Mode, blocking_t>) {
    return detail::receive_into(comm, buffer, origin);
  } else if constexpr (std::same_as<Mode, persistent_t>) {
    return detail::prepare_receive(comm, std::forward<Buffer>(buffer), origin);
  } else {
    using result = std::conditional_t<outlives_call<Buffer>, status, std::remove_cvref_t<Buffer>>;
    return detail::begin_buffer_receive<result, Buffer>(comm, std::forward<Buffer>(buffer), origin, false);
  }
}

/// Receives into an existing object, whose memory is reused; `as_object(buffer)` for a buffer that was sent so.
/// With `nonblocking` the object stays in place until the pending has been waited for; with `persistent` as long as the
/// plan lives. The first message is received at any time; the rest, of an object larger than
/// `object_limits::first_message`, while this rank waits in any point-to-point call or for any pending, but not inside
/// a blocking collective or the end of an `attached_buffer`. On a borrowed communicator, which has no twin, nothing is
/// posted in advance: there, several receives that match the same messages are waited for in the order of the calls.
/// Throws `type_error` when another type or a buffer arrives, `format_error` for damaged bytes.
template <detail::object_target Value, any_mode Mode = blocking_t>
auto recv(communicator const& comm, Value&& value, from origin, Mode = {}) {
  detail::check_endpoint(comm, origin, "recv");
  if constexpr (std::same_as<Mode, blocking_t>)
    return detail::receive_object(comm, value, origin);
  else if constexpr (std::same_as<Mode, persistent_t>)
    return detail::make_restarted(
        [shared = communicator::share(comm), kept = std::tuple<detail::kept_object<Value>>(value), origin]() mutable {
          return detail::begin_object_receive<status>(shared, origin, std::get<0>(kept));
        });
  else
    return detail::begin_object_receive<status>(comm, origin, value);
}

/// Receives one value of type T: `recv<double>`, `recv<std::vector<double>>` (of the length that arrives),
/// `recv<std::map<std::string, double>>`. With `nonblocking`, scalars, arrays and objects; a vector or string of
/// unknown length has to be received into a buffer, because MPI needs the room when the receive is posted.
/// Throws as the other forms do, and `type_error` when a scalar or array does not arrive whole.
template <std::default_initializable T, completion Mode = blocking_t>
  requires detail::receivable<T, Mode>
auto recv(communicator const& comm, from origin, Mode = {}) {
  constexpr bool now = std::same_as<Mode, blocking_t>;
  detail::check_endpoint(comm, origin, "recv");
  if constexpr (resizable<T>) {
    return detail::receive_resizable<T>(comm, origin);
  } else if constexpr (object<T> && !now) {
    return detail::begin_object_receive<T, T>(comm, origin);
  } else if constexpr (!now) {
    return detail::begin_buffer_receive<T, T>(comm, T{}, origin, true);
  } else {
    T value{};
    if constexpr (object<T>)
      detail::receive_object(comm, value, origin);
    else
      detail::check_whole(detail::receive_into(comm, value, origin), view(value).size(), detail::type_name<T>());
    return value;
  }
}

/// Receives one value that was sent in `as_object`: `recv<as_object<zoo, tracked_t>>` is a zoo, in that archive;
/// `recv<as_object<std::vector<double>>>` is a vector, and may be `nonblocking` since an object needs no room in
/// advance.
template <detail::receivable_object Wrapped, completion Mode = blocking_t>
auto recv(communicator const& comm, from origin, Mode = {}) {
  using value_type = detail::object_type<Wrapped>;
  detail::check_endpoint(comm, origin, "recv");
  if constexpr (std::same_as<Mode, blocking_t>) {
    value_type value{};
    Wrapped target(value);
    detail::receive_object(comm, target, origin);
    return value;
  } else {
    return detail::begin_object_receive<value_type, Wrapped>(comm, origin);
  }
}

} // namespace armada
