#pragma once

/// Sending: buffers as one MPI message, anything else as an object.

#include <armada/core/buffer.hpp>
#include <armada/core/mode.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/endpoint.hpp>

#include <utility>

namespace armada {

/// Sends the elements of a buffer: a scalar, C array, string, vector, span, contiguous container of wire types.
/// Local but for MPI's matching. `send(comm, x, {.dest = 1})` returns when `x` may be used again; with `nonblocking`
/// it gives a pending that borrows an lvalue or a span, or owns an rvalue and hands it back from `wait()`.
/// Throws `argument_error` for a wrong rank or tag. MPI-4.0, sections 3.2.1 and 3.7.2.
template <source Value, completion Mode = blocking_t>
auto send(communicator const& comm, Value&& value, to destination, Mode = {}) {
  detail::check_endpoint(comm, destination, "send");
  auto const type = datatype_of<element_t<Value>>();
  int const dest = destination.dest.value;
  auto begin = [&](auto const& elements) {
    MPI_Request request = MPI_REQUEST_NULL;
    call<MPI_Isend_c>(elements.data(), static_cast<MPI_Count>(elements.size()), type, dest, destination.tag, comm.raw(),
                      &request);
    return request;
  };
  if constexpr (std::same_as<Mode, blocking_t>) {
    auto const elements = view(value);
    call<MPI_Send_c>(elements.data(), static_cast<MPI_Count>(elements.size()), type, dest, destination.tag, comm.raw());
  } else if constexpr (outlives_call<Value>) {
    return pending<>(begin(view(value)), detail::request_kind::send);
  } else {
    auto owned = std::make_unique<std::remove_cvref_t<Value>>(std::forward<Value>(value));
    MPI_Request const request = begin(view(*owned));
    return detail::make_pending(request, detail::request_kind::send,
                                [owned = std::move(owned)](MPI_Status const&) { return std::move(*owned); });
  }
}

namespace detail {

/// What a nonblocking object send keeps: the messages, and the object when it was moved in.
template <class Result, class Owned>
class object_send_finisher final : public finisher<Result> {
public:
  object_send_finisher(communicator const& comm, std::unique_ptr<Owned> owned, encoded object, to const& destination)
      : owned_(std::move(owned)), messages_(comm, std::move(object), destination) {}
  [[nodiscard]] MPI_Request first() const noexcept { return messages_.first(); }
  Result finish(MPI_Status const&) override {
    messages_.wait_rest();
    if constexpr (!std::is_void_v<Result>) return std::move(*owned_);
  }
  bool ready() override { return messages_.test_rest(); }

private:
  std::unique_ptr<Owned> owned_;
  object_send messages_;
};

template <class Result, class T, class Owned>
[[nodiscard]] pending<Result> begin_object_send(communicator const& comm, T const& value, std::unique_ptr<Owned> owned,
                                                to const& destination) {
  auto rest = std::make_unique<object_send_finisher<Result, Owned>>(comm, std::move(owned), encode_for(comm, value),
                                                                    destination);
  MPI_Request const first = rest->first();
  return {first, request_kind::send, std::move(rest)};
}

} // namespace detail

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
  if constexpr (detail::is_as_object<T>) {
    if constexpr (std::same_as<Mode, blocking_t>)
      detail::send_encoded(comm, detail::encode_for(comm, value.value), destination);
    else
      return detail::begin_object_send<void>(comm, value.value, std::unique_ptr<int>(), destination);
  } else if constexpr (std::same_as<Mode, blocking_t>) {
    detail::send_encoded(comm, detail::encode_for(comm, value), destination);
  } else if constexpr (std::is_lvalue_reference_v<Value>) {
    return detail::begin_object_send<void>(comm, value, std::unique_ptr<int>(), destination);
  } else {
    auto owned = std::make_unique<T>(std::forward<Value>(value));
    auto const& kept = *owned;
    return detail::begin_object_send<T>(comm, kept, std::move(owned), destination);
  }
}

} // namespace armada
