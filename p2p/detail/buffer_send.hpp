#pragma once

/// Sending buffers, in every way and mode.

#include <armada/core/communicator.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/plan.hpp>
#include <armada/p2p/detail/send_kind.hpp>
#include <armada/p2p/endpoint.hpp>

#include <initializer_list>
#include <memory>
#include <tuple>
#include <utility>

namespace armada::detail {

/// The arguments of a send of what `memory` describes.
[[nodiscard]] inline auto send_arguments(communicator const& comm, auto const& memory, to const& destination) {
  return std::tuple(static_cast<void const*>(memory.address()), memory.count(), memory.type(), destination.dest.value,
                    destination.tag, comm.raw());
}

/// A buffer that was moved in, and comes back.
template <class Buffer>
class owned_buffer final : public finisher<Buffer> {
public:
  explicit owned_buffer(Buffer&& buffer) : buffer_(std::move(buffer)) {}
  explicit owned_buffer(Buffer const& buffer) : buffer_(buffer) {}
  [[nodiscard]] Buffer const& buffer() const noexcept { return buffer_; }
  Buffer finish(MPI_Status const&) override { return std::move(buffer_); }

private:
  Buffer buffer_;
};

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
    watch_scope const watch([&] {
      return text(routines::name, " to rank ", destination.dest.value, ", tag ", destination.tag, " of ", comm.name());
    });
    if (background_is_empty() || Kind == send_kind::buffered) return routines::now(arguments);
    MPI_Status ignored{};
    request(routines::begin(arguments), request_kind::send).wait(ignored);
  } else if constexpr (outlives_call<Value>) {
    auto const memory = describe(value);
    return pending<>(routines::begin(send_arguments(comm, memory, destination)), request_kind::send);
  } else {
    using owned = std::remove_cvref_t<Value>;
    auto rest = std::make_unique<owned_buffer<owned>>(std::forward<Value>(value)); // before anything is under way
    auto const memory = describe(rest->buffer());
    MPI_Request const raw = routines::begin(send_arguments(comm, memory, destination));
    return pending<owned>(raw, request_kind::send, std::move(rest));
  }
}

template <class T>
inline constexpr bool is_initializer_list = false;
template <class T>
inline constexpr bool is_initializer_list<std::initializer_list<T>> = true;

/// What a call that returns early may be given: a plan looks there again at every start, and an initializer_list
/// neither owns its elements nor outlives them.
template <class Value, class Mode>
concept lasts_for = std::same_as<Mode, blocking_t> ||
    (!is_initializer_list<std::remove_cvref_t<Value>> && (std::same_as<Mode, nonblocking_t> || outlives_call<Value>));

} // namespace armada::detail
