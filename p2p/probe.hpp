#pragma once

/// Looking at messages before they are received.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>
#include <armada/p2p/detail/object_finishers.hpp>
#include <armada/p2p/endpoint.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace armada {

/// Waits for a message and says what it is, without receiving it. Its length is in bytes (`status::count_of` converts);
/// that of an object is the length of its first message. From `proc_null`: an empty message, at once.
/// Throws `argument_error` for a wrong rank or tag. MPI-4.0, section 3.8.1.
[[nodiscard]] status probe(communicator const& comm, from origin);

/// The same without waiting: nothing when there is no such message yet.
[[nodiscard]] std::optional<status> iprobe(communicator const& comm, from origin);

/// A message that was taken out of the queue by `mprobe`: nobody else can receive it. It is received once, by
/// `recv(std::move(message), …)`; one that is dropped is received and thrown away. Move-only. Empty after that.
class matched_message {
public:
  matched_message() noexcept = default;
  matched_message(matched_message&& other) noexcept { *this = std::move(other); }
  matched_message& operator=(matched_message&& other) noexcept;
  ~matched_message() { discard(); }

  /// Whether there is still a message to receive.
  [[nodiscard]] explicit operator bool() const noexcept { return comm_ != nullptr; }
  /// What it is; its length in bytes.
  [[nodiscard]] status const& get_status() const noexcept { return status_; }

  /// For the functions below.
  struct parts {
    std::shared_ptr<detail::communicator_state> comm;
    MPI_Message raw;
    MPI_Status probed;
    from origin;
  };
  /// Hands over what it holds. Throws `lifecycle_error` when it is empty.
  [[nodiscard]] parts take();
  [[nodiscard]] detail::communicator_state const& state() const;

private:
  friend matched_message mprobe(communicator const& comm, from origin);
  friend std::optional<matched_message> improbe(communicator const& comm, from origin);

  matched_message(communicator const& comm, MPI_Message raw, MPI_Status const& probed);
  void discard() noexcept;

  std::shared_ptr<detail::communicator_state> comm_;
  MPI_Message raw_ = MPI_MESSAGE_NULL;
  MPI_Status probed_{};
  status status_;
};

/// Waits for a message and takes it out of the queue. MPI-4.0, section 3.8.2.
[[nodiscard]] matched_message mprobe(communicator const& comm, from origin);

/// The same without waiting: nothing when there is no such message yet.
[[nodiscard]] std::optional<matched_message> improbe(communicator const& comm, from origin);

/// Receives a matched message into a buffer, as `recv(comm, buffer, …)` does. With `nonblocking`, a pending of the
/// status for an lvalue or view, of the buffer for an rvalue. Throws `lifecycle_error` for an empty message.
/// MPI-4.0, section 3.8.3.
template <message_target Buffer, completion Mode = blocking_t>
auto recv(matched_message&& message, Buffer&& buffer, Mode = {}) {
  bool const nobody = message.get_status().source == proc_null;
  if constexpr (std::same_as<Mode, blocking_t>) {
    auto const parts = message.take();
    detail::held_message held(parts.raw);
    return nobody ? detail::from_nobody : detail::receive_matched(held, *parts.comm, parts.origin, buffer);
  } else {
    using result = std::conditional_t<outlives_call<Buffer>, status, std::remove_cvref_t<Buffer>>;
    auto const seen = message.get_status();
    auto rest = std::make_unique<detail::buffer_receive_finisher<result, Buffer>>(
        std::forward<Buffer>(buffer), message.state(), from{seen.source, seen.tag}, true, false);
    MPI_Request const posted =
        nobody ? (static_cast<void>(message.take()), MPI_REQUEST_NULL) : rest->post(message.take().raw);
    return pending<result>(posted, detail::request_kind::receive, std::move(rest));
  }
}

/// Receives a matched message into an existing object.
template <detail::object_target Value>
status recv(matched_message&& message, Value&& value) {
  auto parts = message.take();
  if (parts.probed.MPI_SOURCE == proc_null) return detail::from_nobody;
  return detail::receive_matched_object(std::move(parts.comm), parts.origin, parts.raw, parts.probed, value);
}

/// Receives a matched message as a new value.
template <std::default_initializable T>
  requires detail::receivable<T, blocking_t>
[[nodiscard]] T recv(matched_message&& message) {
  if constexpr (resizable<T>) {
    auto const parts = message.take();
    if (parts.probed.MPI_SOURCE == proc_null) return T{};
    detail::held_message held(parts.raw);
    return detail::receive_matched_resizable<T>(held, *parts.comm, parts.probed);
  } else {
    T value{};
    auto const arrived = recv(std::move(message), value);
    if constexpr (!object<T>) detail::check_whole(arrived, view(value).size(), detail::type_name<T>());
    return value;
  }
}

} // namespace armada
