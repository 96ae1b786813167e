#pragma once

/// Receiving: into a buffer, into an object, or as a new value.

#include <armada/core/buffer.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/endpoint.hpp>

#include <tuple>
#include <utility>

namespace armada {
namespace detail {

/// Makes the error of a receive say what was too long for what. The message's own length and sender are not to be had:
/// MPICH leaves those of an older message in the status (quirk 30).
[[noreturn]] void rethrow_receive_error(mpi_error const& e, from const& origin, std::size_t room,
                                        std::size_t element_bytes);

/// The status of a message in `elements`. Throws `type_error` when it is an object, or no whole number of elements.
[[nodiscard]] status checked_status(MPI_Status const& arrived, MPI_Datatype type, std::size_t element_bytes,
                                    std::span<std::byte const> memory);

/// The arguments of a receive into `elements`: pointer, count, datatype. Predefined elements that this rank may have
/// sent itself are received as bytes: MPICH asserts when a message to oneself ends inside an element (quirk 29).
template <class T>
[[nodiscard]] auto receive_arguments(communicator const& comm, std::span<T> elements, from const& origin) {
  int const source = origin.source.value;
  bool const as_bytes = predefined<T> && sizeof(T) > 1 && (source == any_source || source == comm.rank());
  auto const count = static_cast<MPI_Count>(as_bytes ? elements.size_bytes() : elements.size());
  return std::tuple(static_cast<void*>(elements.data()), count, as_bytes ? MPI_BYTE : datatype_of<T>(), source,
                    origin.tag, comm.raw());
}

template <class T>
[[nodiscard]] status receive_elements(communicator const& comm, std::span<T> elements, from const& origin) {
  MPI_Status arrived{};
  try {
    std::apply([&](auto... each) { call<MPI_Recv_c>(each..., &arrived); }, receive_arguments(comm, elements, origin));
  } catch (mpi_error const& e) {
    rethrow_receive_error(e, origin, elements.size(), sizeof(T));
  }
  return checked_status(arrived, datatype_of<T>(), sizeof(T), std::as_bytes(elements));
}

/// A nonblocking receive into a buffer, and the buffer itself when it was moved in.
template <class Result, class Buffer>
class buffer_receive_finisher final : public finisher<Result> {
public:
  using element = element_t<Buffer>;
  buffer_receive_finisher(Buffer&& buffer, from const& origin)
      : buffer_(std::forward<Buffer>(buffer)), origin_(origin) {}
  [[nodiscard]] MPI_Request post(communicator const& comm) {
    MPI_Request request = MPI_REQUEST_NULL;
    std::apply([&](auto... each) { call<MPI_Irecv_c>(each..., &request); },
               receive_arguments(comm, std::span<element>(view(buffer_)), origin_));
    return request;
  }
  Result finish(MPI_Status const& arrived) override {
    auto const elements = view(buffer_);
    auto const result = checked_status(arrived, datatype_of<element>(), sizeof(element), std::as_bytes(elements));
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
};

/// A nonblocking receive of an object, into `Target&` or as a new value.
template <class Result, class Target>
class object_receive_finisher final : public finisher<Result> {
public:
  using value_type = std::remove_cvref_t<Target>;
  template <class... Value>
  explicit object_receive_finisher(communicator const& comm, from const& origin, Value&&... value)
      : target_(std::forward<Value>(value)...),
        messages_(comm, origin, type_hash<value_type>(), type_name<value_type>()), posted_(messages_.post_first()) {}
  [[nodiscard]] MPI_Request first() const noexcept { return posted_; }
  Result finish(MPI_Status const& arrived) override {
    if (posted_ != MPI_REQUEST_NULL) messages_.first_arrived(arrived);
    status const result = messages_.read_into(target_);
    if constexpr (std::same_as<Result, status>)
      return result;
    else
      return std::move(target_);
  }
  bool ready() override { return messages_.probe_first(); }
  [[noreturn]] void fail(mpi_error const& e) override { messages_.rethrow(e); }

private:
  Target target_;
  object_receive messages_;
  MPI_Request posted_;
};

template <class Result, class Target, class... Value>
[[nodiscard]] pending<Result> begin_object_receive(communicator const& comm, from const& origin, Value&&... value) {
  auto rest = std::make_unique<object_receive_finisher<Result, Target>>(comm, origin, std::forward<Value>(value)...);
  MPI_Request const first = rest->first();
  return {first, request_kind::receive, std::move(rest)};
}

template <class T>
status receive_object(communicator const& comm, T& value, from const& origin) {
  return object_receive(comm, origin, type_hash<T>(), type_name<T>()).read_into(value);
}

} // namespace detail

/// Receives into a buffer, which keeps its length: a shorter message leaves its tail untouched, `status::count` says
/// how many elements came. With `nonblocking`, a pending of the status for an lvalue or span, of the buffer for an
/// rvalue. Throws `truncation_error` with the buffer's length for a longer message, `type_error` for an object or for a
/// message that is no whole number of elements, `argument_error` for a wrong rank or tag. MPI-4.0, section 3.2.4.
template <writable Buffer, completion Mode = blocking_t>
auto recv(communicator const& comm, Buffer&& buffer, from origin, Mode = {}) {
  detail::check_endpoint(comm, origin, "recv");
  if constexpr (std::same_as<Mode, blocking_t>) {
    return detail::receive_elements(comm, view(buffer), origin);
  } else {
    using result = std::conditional_t<outlives_call<Buffer>, status, std::remove_cvref_t<Buffer>>;
    auto rest = std::make_unique<detail::buffer_receive_finisher<result, Buffer>>(std::forward<Buffer>(buffer), origin);
    MPI_Request const request = rest->post(comm);
    return pending<result>(request, detail::request_kind::receive, std::move(rest));
  }
}

/// Receives into an existing object, whose memory is reused; `as_object(buffer)` for a buffer that was sent so.
/// With `nonblocking` the object stays in place until the pending has been waited for.
/// Throws `type_error` when another type or a buffer arrives, `format_error` for damaged bytes.
template <class Value, completion Mode = blocking_t>
  requires object<std::remove_cvref_t<Value>> &&
      (std::is_lvalue_reference_v<Value> || detail::is_as_object<std::remove_cvref_t<Value>>)&&(
          !std::is_const_v<std::remove_reference_t<Value>>)auto recv(communicator const& comm, Value&& value,
                                                                     from origin, Mode = {}) {
    detail::check_endpoint(comm, origin, "recv");
    auto& target = [&]() -> auto& {
      if constexpr (detail::is_as_object<std::remove_cvref_t<Value>>)
        return value.value;
      else
        return value;
    }
    ();
    if constexpr (std::same_as<Mode, blocking_t>)
      return detail::receive_object(comm, target, origin);
    else
      return detail::begin_object_receive<status, decltype(target)>(comm, origin, target);
  }

  /// Receives one value of type T: `recv<double>`, `recv<std::vector<double>>` (of the length that arrives),
  /// `recv<std::map<std::string, double>>`. With `nonblocking`, scalars, arrays and objects; a vector or string of
  /// unknown length has to be received into a buffer, because MPI needs the room when the receive is posted. Throws as
  /// the other forms do, and `type_error` when a scalar or array does not arrive whole.
  template <class T, completion Mode = blocking_t>
    requires(std::default_initializable<T> && (std::same_as<Mode, blocking_t> || !resizable<T>))
  auto recv(communicator const& comm, from origin, Mode = {}) {
    detail::check_endpoint(comm, origin, "recv");
    if constexpr (object<T>) {
      if constexpr (std::same_as<Mode, nonblocking_t>) {
        return detail::begin_object_receive<T, T>(comm, origin);
      } else {
        T value{};
        detail::receive_object(comm, value, origin);
        return value;
      }
    } else if constexpr (std::same_as<Mode, nonblocking_t>) {
      return recv(comm, T{}, origin, nonblocking);
    } else if constexpr (resizable<T>) {
      using element = element_t<T>;
      MPI_Message message = MPI_MESSAGE_NULL;
      MPI_Status arrived{};
      MPI_Count count = 0;
      call<MPI_Mprobe>(origin.source.value, origin.tag, comm.raw(), &message, &arrived);
      call<MPI_Get_count_c>(&arrived, datatype_of<element>(), &count);
      T value{};
      value.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
      auto const elements = view(value);
      try {
        call<MPI_Mrecv_c>(elements.data(), static_cast<MPI_Count>(elements.size()), datatype_of<element>(), &message,
                          &arrived);
      } catch (mpi_error const& e) {
        detail::rethrow_receive_error(e, origin, elements.size(), sizeof(element));
      }
      static_cast<void>(
          detail::checked_status(arrived, datatype_of<element>(), sizeof(element), std::as_bytes(elements)));
      return value;
    } else {
      T value{};
      auto const elements = view(value);
      auto const arrived = detail::receive_elements(comm, elements, origin);
      if (arrived.count != static_cast<std::int64_t>(elements.size()) && arrived.source != proc_null)
        throw type_error(detail::text("recv<", detail::type_name<T>(), "> on rank ", comm.rank(), ": ", arrived.count,
                                      " elements came from rank ", arrived.source, ", and the value has ",
                                      elements.size()));
      return value;
    }
  }

} // namespace armada
