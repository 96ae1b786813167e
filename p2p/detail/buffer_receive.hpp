#pragma once

/// Receiving elements into memory that is there already.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/frame.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/endpoint.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace armada::detail {

/// Makes the error of a receive say what was too long for what. The message's own length and sender are not to be had:
/// MPICH leaves those of an older message in the status (quirk 30).
[[noreturn]] void rethrow_receive_error(mpi_error const& e, from const& origin, std::size_t room,
                                        std::size_t element_bytes);

/// The status of a message in `memory`. Throws `type_error` when it is an object, or no whole number of elements.
[[nodiscard]] status checked_status(MPI_Status const& arrived, MPI_Datatype type, std::size_t element_bytes,
                                    std::span<std::byte const> memory);

/// Throws `type_error` unless a message fills a value of `wanted` elements, called `name`.
void check_whole(status const& arrived, std::size_t wanted, std::string_view name);

/// Takes the message that is next from `origin` out of the queue, and says in `probed` what it is.
[[nodiscard]] MPI_Message wait_for_message(MPI_Comm comm, from const& origin, MPI_Status& probed);

/// The length of a message in bytes.
[[nodiscard]] MPI_Count message_bytes(MPI_Status const& arrived);

/// The arguments of a receive into `elements`: pointer, count, datatype. Elements without padding that this rank may
/// have sent itself are received as bytes: MPICH asserts when a message to oneself ends inside an element (quirk 29).
template <class T>
[[nodiscard]] auto receive_arguments(communicator const& comm, std::span<T> elements, from const& origin) {
  int const source = origin.source.value;
  bool const as_bytes = is_dense<T> && sizeof(T) > 1 && (source == any_source || source == comm.rank());
  auto const count = static_cast<MPI_Count>(as_bytes ? elements.size_bytes() : elements.size());
  return std::tuple(static_cast<void*>(elements.data()), count, as_bytes ? MPI_BYTE : datatype_of<T>(), source,
                    origin.tag, comm.raw());
}

/// Receives into `elements`, or a part of them.
template <class T>
[[nodiscard]] status receive_elements(communicator const& comm, std::span<T> elements, from const& origin) {
  if (origin.source.value == proc_null) return from_nobody;
  MPI_Status arrived{};
  auto const arguments = receive_arguments(comm, elements, origin);
  try {
    if (background_is_empty())
      std::apply([&](auto... each) { call<MPI_Recv_c>(each..., &arrived); }, arguments);
    else
      request(request_of<MPI_Irecv_c>(arguments), request_kind::receive).wait(arrived);
  } catch (mpi_error const& e) {
    rethrow_receive_error(e, origin, elements.size(), sizeof(T));
  }
  return checked_status(arrived, datatype_of<T>(), sizeof(T), std::as_bytes(elements));
}

/// Receives a container of the length that arrives.
template <resizable T>
[[nodiscard]] T receive_resizable(communicator const& comm, from const& origin) {
  using element = element_t<T>;
  MPI_Status arrived{};
  MPI_Count count = 0;
  MPI_Message message = wait_for_message(comm.raw(), origin, arrived);
  call<MPI_Get_count_c>(&arrived, datatype_of<element>(), &count);
  auto receive = [&](auto elements, MPI_Datatype type) {
    call<MPI_Mrecv_c>(static_cast<void*>(elements.data()), static_cast<MPI_Count>(elements.size()), type, &message,
                      &arrived);
    static_cast<void>(checked_status(arrived, datatype_of<element>(), sizeof(element), std::as_bytes(elements)));
  };
  T value{};
  if (count != MPI_UNDEFINED) {
    value.resize(static_cast<std::size_t>(count));
    receive(view(value), datatype_of<element>());
  } else { // taken all the same, and refused
    std::vector<std::byte> bytes(static_cast<std::size_t>(message_bytes(arrived)));
    receive(std::span(bytes), MPI_BYTE);
  }
  return value;
}

/// A nonblocking receive into a buffer, and the buffer itself when it was moved in.
template <class Result, class Buffer>
class buffer_receive_finisher final : public finisher<Result> {
public:
  using element = element_t<Buffer>;
  /// With `whole`, a message that does not fill the buffer is an error.
  buffer_receive_finisher(Buffer&& buffer, from const& origin, bool whole)
      : buffer_(std::forward<Buffer>(buffer)), origin_(origin), whole_(whole) {}
  [[nodiscard]] MPI_Request post(communicator const& comm) {
    if (origin_.source.value == proc_null) return MPI_REQUEST_NULL;
    return request_of<MPI_Irecv_c>(receive_arguments(comm, std::span<element>(view(buffer_)), origin_));
  }
  Result finish(MPI_Status const& arrived) override {
    auto const elements = view(buffer_);
    auto const result = origin_.source.value == proc_null
                            ? from_nobody
                            : checked_status(arrived, datatype_of<element>(), sizeof(element), std::as_bytes(elements));
    if (whole_) check_whole(result, elements.size(), type_name<std::remove_cvref_t<Buffer>>());
    if constexpr (std::same_as<Result, status>)
      return result;
    else
      return std::move(buffer_);
  }
  [[noreturn]] void fail(mpi_error const& e) override {
    rethrow_receive_error(e, origin_, view(buffer_).size(), sizeof(element));
  }

private:
  Buffer buffer_; // a reference when it was an lvalue
  from origin_;
  bool whole_;
};

template <class Result, class Buffer>
[[nodiscard]] pending<Result> begin_buffer_receive(communicator const& comm, Buffer&& buffer, from const& origin,
                                                   bool whole) {
  auto rest = std::make_unique<buffer_receive_finisher<Result, Buffer>>(std::forward<Buffer>(buffer), origin, whole);
  MPI_Request const posted = rest->post(comm);
  return {posted, request_kind::receive, std::move(rest)};
}

} // namespace armada::detail
