#pragma once

/// Sending: buffers as one MPI message, anything else as an object.
///
/// `send` returns when the memory may be used again, `ssend` when the receive has begun as well, `bsend` at once, with
/// the message in an `attached_buffer`; `rsend` promises that the receive is posted already. MPI-4.0, section 3.4.

#include <armada/core/buffer.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/object.hpp>
#include <armada/p2p/detail/buffer_send.hpp>
#include <armada/p2p/detail/object_finishers.hpp>
#include <armada/p2p/endpoint.hpp>

#include <utility>

namespace armada {

/// Sends a buffer: a scalar, C array, string, vector, span, contiguous container or strided view of wire types, or
/// `typed(address, count, datatype)`. Local but for MPI's matching.
///
/// `send(comm, x, {.dest = 1})` returns when `x` may be used again. With `nonblocking` it gives a pending that borrows
/// an lvalue or a view, or owns an rvalue and hands it back from `wait()`. With `persistent` a plan, to which the
/// buffer is lent. Throws `argument_error` for a wrong rank or tag. MPI-4.0, sections 3.2.1, 3.7.2 and 3.9.
template <message_source Value, any_mode Mode = blocking_t>
  requires detail::lasts_for<Value, Mode>
auto send(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_buffer<detail::send_kind::standard>(comm, std::forward<Value>(value), destination, mode);
}

/// The same; returns, or its pending ends, only when the matching receive has begun. MPI-4.0, section 3.4.
template <message_source Value, any_mode Mode = blocking_t>
  requires detail::lasts_for<Value, Mode>
auto ssend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_buffer<detail::send_kind::synchronous>(comm, std::forward<Value>(value), destination, mode);
}

/// The same; never waits for a receive: the message is copied into the `attached_buffer`. Throws `mpi_error` of class
/// MPI_ERR_BUFFER when there is none, or no room left in it. MPI-4.0, sections 3.4 and 3.6.
template <message_source Value, any_mode Mode = blocking_t>
  requires detail::lasts_for<Value, Mode>
auto bsend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_buffer<detail::send_kind::buffered>(comm, std::forward<Value>(value), destination, mode);
}

/// The same; the caller promises that the matching receive has been posted. MPI-4.0, section 3.4.
template <message_source Value, any_mode Mode = blocking_t>
  requires detail::lasts_for<Value, Mode>
auto rsend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_buffer<detail::send_kind::ready>(comm, std::forward<Value>(value), destination, mode);
}

/// Sends any other value as an object: serialised by Boost.Serialization in a checked frame. The receiver needs to know
/// its type only. `as_object(buffer)` sends a buffer this way.
///
/// With `nonblocking`, an lvalue must stay as it is until the pending has been waited for (large blocks are sent from
/// where they lie); an rvalue is owned by the pending and handed back. With `persistent`, the object is lent to the
/// plan and serialised anew at each start.
/// Throws `argument_error` for a wrong rank or tag, and what serialising throws.
template <class Value, any_mode Mode = blocking_t>
  requires(object<std::remove_cvref_t<Value>>&& detail::object_lasts_for<Value, Mode>)
auto send(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_any_object(comm, std::forward<Value>(value), destination, mode, detail::send_kind::standard);
}

/// The same; returns only when the receive of its first message has begun.
template <class Value, any_mode Mode = blocking_t>
  requires(object<std::remove_cvref_t<Value>>&& detail::object_lasts_for<Value, Mode>)
auto ssend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_any_object(comm, std::forward<Value>(value), destination, mode, detail::send_kind::synchronous);
}

/// The same; never waits for a receive: all of its messages are copied into the `attached_buffer`.
template <class Value, any_mode Mode = blocking_t>
  requires(object<std::remove_cvref_t<Value>>&& detail::object_lasts_for<Value, Mode>)
auto bsend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_any_object(comm, std::forward<Value>(value), destination, mode, detail::send_kind::buffered);
}

/// The same; the caller promises that a nonblocking receive of it has been posted.
template <class Value, any_mode Mode = blocking_t>
  requires(object<std::remove_cvref_t<Value>>&& detail::object_lasts_for<Value, Mode>)
auto rsend(communicator const& comm, Value&& value, to destination, Mode mode = {}) {
  return detail::send_any_object(comm, std::forward<Value>(value), destination, mode, detail::send_kind::ready);
}

} // namespace armada
