#pragma once

/// Sending: buffers as one MPI message, anything else as an object.

#include <armada/core/buffer.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/mode.hpp>
#include <armada/p2p/detail/object_finishers.hpp>
#include <armada/p2p/endpoint.hpp>

#include <tuple>
#include <utility>

namespace armada {
namespace detail {

template <source Value>
[[nodiscard]] auto send_arguments(communicator const& comm, Value const& value, to const& destination) {
  auto const elements = view(value);
  return std::tuple(static_cast<void const*>(elements.data()), static_cast<MPI_Count>(elements.size()),
                    datatype_of<element_t<Value>>(), destination.dest.value, destination.tag, comm.raw());
}

} // namespace detail

/// Sends the elements of a buffer: a scalar, C array, string, vector, span, contiguous container of wire types.
/// Local but for MPI's matching. `send(comm, x, {.dest = 1})` returns when `x` may be used again; with `nonblocking`
/// it gives a pending that borrows an lvalue or a span, or owns an rvalue and hands it back from `wait()`.
/// Throws `argument_error` for a wrong rank or tag. MPI-4.0, sections 3.2.1 and 3.7.2.
template <source Value, completion Mode = blocking_t>
auto send(communicator const& comm, Value&& value, to destination, Mode = {}) {
  detail::check_endpoint(comm, destination, "send");
  auto begin = [&](auto const& buffer) {
    return detail::request_of<MPI_Isend_c>(detail::send_arguments(comm, buffer, destination));
  };
  if constexpr (std::same_as<Mode, blocking_t>) {
    if (detail::background_is_empty()) {
      std::apply([](auto... each) { call<MPI_Send_c>(each...); }, detail::send_arguments(comm, value, destination));
    } else {
      MPI_Status ignored{};
      detail::request(begin(value), detail::request_kind::send).wait(ignored);
    }
  } else if constexpr (outlives_call<Value>) {
    return pending<>(begin(value), detail::request_kind::send);
  } else {
    auto owned = std::make_unique<std::remove_cvref_t<Value>>(std::forward<Value>(value));
    MPI_Request const request = begin(*owned);
    return detail::make_pending(request, detail::request_kind::send,
                                [owned = std::move(owned)](MPI_Status const&) { return std::move(*owned); });
  }
}

/// Sends any other value as an object: serialised by Boost.Serialization in a checked frame. The receiver needs to know
/// its type only. `as_object(buffer)` sends a buffer this way.
/// With `nonblocking`, an lvalue must stay as it is until the pending has been waited for (large blocks are sent from
/// where they lie); an rvalue is owned by the pending and handed back.
/// Throws `argument_error` for a wrong rank or tag, and what serialising throws.
template <class Value, completion Mode = blocking_t>
  requires object<std::remove_cvref_t<Value>>
auto send(communicator const& comm, Value&& value, to destination, Mode = {}) {
  using T = std::remove_cvref_t<Value>;
  detail::check_endpoint(comm, destination, "send");
  auto const& object = detail::object_in(value);
  if constexpr (std::same_as<Mode, blocking_t>) {
    detail::send_object(comm, object, destination);
  } else if constexpr (detail::is_as_object<T> || std::is_lvalue_reference_v<Value>) {
    return detail::begin_object_send<void>(comm, object, std::unique_ptr<int>(), destination);
  } else {
    auto owned = std::make_unique<T>(std::forward<Value>(value));
    auto const& kept = *owned;
    return detail::begin_object_send<T>(comm, kept, std::move(owned), destination);
  }
}

} // namespace armada
