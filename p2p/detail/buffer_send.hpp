#pragma once

/// Sending buffers, in every way and mode.

#include <armada/core/communicator.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/plan.hpp>
#include <armada/p2p/detail/send_kind.hpp>
#include <armada/p2p/endpoint.hpp>

#include <memory>
#include <tuple>
#include <utility>

namespace armada::detail {

/// The arguments of a send of what `memory` describes.
[[nodiscard]] inline auto send_arguments(communicator const& comm, auto const& memory, to const& destination) {
  return std::tuple(static_cast<void const*>(memory.address()), memory.count(), memory.type(), destination.dest.value,
                    destination.tag, comm.raw());
}

template <send_kind Kind, message_source Value, any_mode Mode>
auto send_buffer(communicator const& comm, Value&& value, to const& destination, Mode) {
  using routines = send_routines<Kind>;
  check_endpoint(comm, destination, routines::name);
  if constexpr (std::same_as<Mode, persistent_t>) {
    auto const memory = describe(value);
    return make_prepared<void>(routines::prepare(send_arguments(comm, memory, destination)), request_kind::send,
                               [](MPI_Status const&) {});
  } else if constexpr (std::same_as<Mode, blocking_t>) {
    auto const memory = describe(value);
    auto const arguments = send_arguments(comm, memory, destination);
    if (background_is_empty() || Kind == send_kind::buffered) return routines::now(arguments);
    MPI_Status ignored{};
    request(routines::begin(arguments), request_kind::send).wait(ignored);
  } else if constexpr (outlives_call<Value>) {
    auto const memory = describe(value);
    return pending<>(routines::begin(send_arguments(comm, memory, destination)), request_kind::send);
  } else {
    auto owned = std::make_unique<std::remove_cvref_t<Value>>(std::forward<Value>(value));
    auto const memory = describe(*owned);
    MPI_Request const raw = routines::begin(send_arguments(comm, memory, destination));
    return make_pending(raw, request_kind::send,
                        [owned = std::move(owned)](MPI_Status const&) { return std::move(*owned); });
  }
}

/// What a prepared communication may be lent: it looks there again at every start.
template <class Value, class Mode>
concept lasts_for = !std::same_as<Mode, persistent_t> || outlives_call<Value>;

} // namespace armada::detail
