#pragma once

/// Receiving elements into memory that is there already.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/frame.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/plan.hpp>
#include <armada/core/status.hpp>
#include <armada/p2p/detail/posted_receive.hpp>
#include <armada/p2p/endpoint.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace armada::detail {

/// What a receive knows of the memory that it fills: how much, and in what units `status::count` counts.
struct receive_room {
  std::int64_t units = 0;                  ///< that fit
  std::int64_t unit_bytes = 1;             ///< of data in one
  std::int64_t memory_bytes = 1;           ///< that one takes: more than its data where there is padding
  bool whole_units = true;                 ///< a message that ends inside one is an error
  std::byte const* dense_memory = nullptr; ///< null when the units do not lie one behind the other
  MPI_Comm twin = MPI_COMM_NULL;           ///< where the rest of an object would come
};

/// Where a receive writes, as MPI is told of it.
struct receive_memory {
  void* address;
  MPI_Count count;
  MPI_Datatype type;
};

/// Makes the error of a receive say what was too long for what. The message's own length and sender are not to be had:
/// MPICH leaves those of an older message in the status (quirk 30).
[[noreturn]] void rethrow_receive_error(mpi_error const& e, from const& origin, receive_room const& room);

/// The first bytes of what has come.
using message_head = std::array<std::byte, sizeof(frame)>;

/// Throws `type_error` when a message of `bytes` begins as an object does; its rest is received and dropped first, so
/// that its sender ends.
void refuse_object(MPI_Status const& arrived, MPI_Count bytes, message_head const& head, MPI_Comm twin);

/// The status of a message of `bytes`. Throws `type_error` when it is no whole number of units.
[[nodiscard]] status counted_status(MPI_Status const& arrived, MPI_Count bytes, receive_room const& room);

/// The status of a message that has come: both of the above. Where memory is dense its first bytes lie there; elsewhere
/// they are packed from the first items.
[[nodiscard]] status checked_status(MPI_Status const& arrived, receive_room const& room, receive_memory const& memory);

/// Receives the messages on a twin that hold the `due` bytes left of an object, and drops them.
void drop_parts(MPI_Comm twin, int source, int id, std::uint64_t due);

/// Throws `type_error` unless a message fills a value of `wanted` elements, called `name`.
void check_whole(status const& arrived, std::size_t wanted, std::string_view name);

/// Takes the message that is next from `origin` out of the queue, and says in `probed` what it is.
[[nodiscard]] MPI_Message wait_for_message(MPI_Comm comm, from const& origin, MPI_Status& probed);

/// A contiguous buffer. Elements without padding that this rank may have sent itself are received as bytes: MPICH
/// asserts when a message to oneself ends inside an element (quirk 29).
template <class T>
[[nodiscard]] receive_memory memory_of(std::span<T> elements, bool maybe_own) {
  bool const as_bytes = is_dense<T> && sizeof(T) > 1 && maybe_own;
  return {elements.data(), static_cast<MPI_Count>(as_bytes ? elements.size_bytes() : elements.size()),
          as_bytes ? MPI_BYTE : datatype_of<T>()};
}

template <class T>
[[nodiscard]] receive_room room_of(std::span<T> elements, MPI_Comm twin) {
  std::int64_t const data = is_dense<T> ? static_cast<std::int64_t>(sizeof(T)) : bytes_in(datatype_of<T>());
  return {static_cast<std::int64_t>(elements.size()),
          data,
          sizeof(T),
          true,
          is_dense<T> ? reinterpret_cast<std::byte const*>(elements.data()) : nullptr,
          twin};
}

/// What is needed to receive into a buffer. Keeps a datatype that was made for it.
template <message_target Buffer>
class receive_target {
public:
  receive_target(Buffer& buffer, communicator_state const& comm, bool maybe_own) : memory_(describe(buffer)) {
    if constexpr (source<Buffer>) {
      std::span const elements = view(buffer);
      address_ = memory_of(elements, maybe_own);
      room_ = room_of(elements, comm.twin());
    } else {
      address_ = {memory_.address(), memory_.count(), memory_.type()};
      auto const bytes = memory_.count() == 0 ? 0 : memory_.count() * bytes_in(memory_.type());
      auto const unit = std::max<std::int64_t>(memory_.unit_bytes(), 1);
      room_ = {bytes / unit, unit, unit, memory_.whole_units(), nullptr, comm.twin()};
    }
  }
  [[nodiscard]] receive_memory const& memory() const noexcept { return address_; }
  [[nodiscard]] receive_room const& room() const noexcept { return room_; }
  /// What has come into `buffer`: see checked_status.
  [[nodiscard]] status checked(MPI_Status const& arrived, Buffer const& buffer) const {
    using traits = buffer_traits<std::remove_cv_t<Buffer>>;
    message_head head{};
    if constexpr (requires { traits::first_bytes(buffer, head); }) {
      auto const bytes = message_bytes(arrived);
      if (bytes >= static_cast<MPI_Count>(head.size())) {
        traits::first_bytes(buffer, head);
        refuse_object(arrived, bytes, head, room_.twin);
      }
      return counted_status(arrived, bytes, room_);
    } else {
      return checked_status(arrived, room_, address_);
    }
  }

private:
  decltype(describe(std::declval<Buffer&>())) memory_;
  receive_memory address_;
  receive_room room_;
};

/// What the watchdog is told of a receive or probe that waits.
[[nodiscard]] inline watch_scope watch_receive(std::string_view operation, communicator const& comm,
                                               from const& origin) {
  return watch_scope([&] {
    auto const source =
        origin.source.value == any_source ? std::string("any rank") : text("rank ", origin.source.value);
    return text(operation, " from ", source, origin.tag == any_tag ? std::string() : text(", tag ", origin.tag), " of ",
                comm.name());
  });
}

/// Whether what is received from there may have been sent by this rank.
[[nodiscard]] inline bool maybe_own(communicator const& comm, from const& origin) noexcept {
  int const source = origin.source.value;
  return source == any_source || source == comm.rank();
}

[[nodiscard]] inline auto receive_arguments(communicator const& comm, receive_memory const& memory,
                                            from const& origin) {
  return std::tuple(memory.address, memory.count, memory.type, origin.source.value, origin.tag, comm.raw());
}

/// Receives into a buffer, or a part of it.
template <message_target Buffer>
[[nodiscard]] status receive_into(communicator const& comm, Buffer& buffer, from const& origin) {
  if (origin.source.value == proc_null) return from_nobody;
  MPI_Status arrived{};
  receive_target<Buffer> const target(buffer, *comm.state(), maybe_own(comm, origin));
  auto const arguments = receive_arguments(comm, target.memory(), origin);
  auto const watch = watch_receive("recv", comm, origin);
  try {
    if (background_is_empty())
      std::apply([&](auto... each) { call<MPI_Recv_c>(each..., &arrived); }, arguments);
    else
      request(request_of<MPI_Irecv_c>(arguments), request_kind::receive).wait(arrived);
  } catch (mpi_error const& e) {
    rethrow_receive_error(e, origin, target.room());
  }
  return target.checked(arrived, buffer);
}

/// A message that was probed and is still to be received. One that goes without having been received is dropped.
class held_message {
public:
  explicit held_message(MPI_Message raw) noexcept : raw_(raw) {}
  held_message(held_message const&) = delete;
  held_message& operator=(held_message const&) = delete;
  ~held_message();
  /// Receives it.
  void receive(receive_memory const& memory, MPI_Status& arrived);

private:
  MPI_Message raw_;
};

/// Receives a probed message into a buffer.
template <message_target Buffer>
[[nodiscard]] status receive_matched(held_message& message, communicator_state const& comm, from const& origin,
                                     Buffer& buffer) {
  MPI_Status arrived{};
  receive_target<Buffer> const target(buffer, comm, true);
  try {
    message.receive(target.memory(), arrived);
  } catch (mpi_error const& e) {
    rethrow_receive_error(e, origin, target.room());
  }
  return target.checked(arrived, buffer);
}

/// Receives a container of the length of the message, which was probed.
template <resizable T>
[[nodiscard]] T receive_matched_resizable(held_message& message, communicator_state const& comm,
                                          MPI_Status const& probed) {
  auto const bytes = message_bytes(probed);
  T value{};
  auto room = room_of(std::span(view(value)), comm.twin());
  MPI_Status arrived{};
  receive_memory memory{};
  std::vector<std::byte> taken;
  if (bytes % room.unit_bytes == 0) {
    value.resize(static_cast<std::size_t>(bytes / room.unit_bytes));
    room = room_of(std::span(view(value)), comm.twin());
    memory = memory_of(std::span(view(value)), true);
  } else { // taken all the same, and refused
    taken.resize(static_cast<std::size_t>(bytes));
    room.dense_memory = taken.data();
    memory = {taken.data(), bytes, MPI_BYTE};
  }
  message.receive(memory, arrived);
  static_cast<void>(checked_status(arrived, room, memory));
  return value;
}

/// Receives a container of the length that arrives.
template <resizable T>
[[nodiscard]] T receive_resizable(communicator const& comm, from const& origin) {
  MPI_Status probed{};
  held_message message(wait_for_message(comm.raw(), origin, probed));
  return receive_matched_resizable<T>(message, *comm.state(), probed);
}

/// A nonblocking receive into a buffer, and the buffer itself when it was moved in.
template <class Result, class Buffer>
class buffer_receive_finisher final : public finisher<Result>, posted_receive {
public:
  /// `own`: this rank may have sent the message itself. `whole`: one that does not fill the buffer is an error.
  buffer_receive_finisher(Buffer&& buffer, communicator_state const& comm, from const& origin, bool own, bool whole)
      : posted_receive(origin), buffer_(std::forward<Buffer>(buffer)), target_(buffer_, comm, own), whole_(whole) {}
  ~buffer_receive_finisher() override { leave(); }

  [[nodiscard]] MPI_Request post(communicator const& comm) {
    if (from_nobody_at_all()) return MPI_REQUEST_NULL;
    posted_ = request_of<MPI_Irecv_c>(receive_arguments(comm, target_.memory(), posted_from_));
    enter();
    return posted_;
  }
  [[nodiscard]] MPI_Request post(MPI_Message message) {
    auto const& memory = target_.memory();
    call<MPI_Imrecv_c>(memory.address, memory.count, memory.type, &message, &posted_);
    enter();
    return posted_;
  }
  Result finish(MPI_Status const& arrived) override {
    leave();
    auto const result = result_of(arrived);
    if (whole_)
      check_whole(result, static_cast<std::size_t>(target_.room().units), type_name<std::remove_cvref_t<Buffer>>());
    if constexpr (std::same_as<Result, Buffer>) // moved in, and not a reference
      return std::move(buffer_);
    else
      return result;
  }
  bool ready() override {
    leave(); // MPI has done with it
    return true;
  }
  status look(MPI_Status const& arrived) override { return result_of(arrived); }
  [[noreturn]] void fail(mpi_error const& e) override {
    leave();
    rethrow_receive_error(e, posted_from_, target_.room());
  }
  void release() noexcept override {
    leave();
    this->abandoned_ = true;
    take_back(posted_);
  }

private:
  [[nodiscard]] bool from_nobody_at_all() const noexcept { return posted_from_.source.value == proc_null; }
  [[nodiscard]] status result_of(MPI_Status const& arrived) const {
    return from_nobody_at_all() ? from_nobody : target_.checked(arrived, buffer_);
  }

  Buffer buffer_; // a reference when it was an lvalue
  receive_target<std::remove_reference_t<Buffer>> target_;
  MPI_Request posted_ = MPI_REQUEST_NULL;
  bool whole_;
};

template <class Result, class Buffer>
[[nodiscard]] pending<Result> begin_buffer_receive(communicator const& comm, Buffer&& buffer, from const& origin,
                                                   bool whole) {
  auto rest = std::make_unique<buffer_receive_finisher<Result, Buffer>>(std::forward<Buffer>(buffer), *comm.state(),
                                                                        origin, maybe_own(comm, origin), whole);
  MPI_Request const posted = rest->post(comm);
  return {posted, request_kind::receive, std::move(rest)};
}

/// What a prepared receive does when it ends. Buffer is a reference for an lvalue; a view is kept by value.
template <class Buffer>
class prepared_receive {
public:
  using target = receive_target<std::remove_reference_t<Buffer>>;
  prepared_receive(Buffer&& buffer, communicator const& comm, from const& origin)
      : buffer_(std::forward<Buffer>(buffer)), origin_(origin),
        target_(std::make_unique<target>(buffer_, *comm.state(), maybe_own(comm, origin))) {}
  [[nodiscard]] receive_memory const& memory() const noexcept { return target_->memory(); }
  status operator()(MPI_Status const& arrived) const { return target_->checked(arrived, buffer_); }
  [[noreturn]] void fail(mpi_error const& e) const { rethrow_receive_error(e, origin_, target_->room()); }

private:
  Buffer buffer_;
  from origin_;
  std::unique_ptr<target> target_;
};

template <message_target Buffer>
[[nodiscard]] plan<status> prepare_receive(communicator const& comm, Buffer&& buffer, from const& origin) {
  if (origin.source.value == proc_null)
    return make_restarted([] {
      return make_pending(MPI_REQUEST_NULL, request_kind::receive, [](MPI_Status const&) { return from_nobody; });
    });
  prepared_receive<Buffer> rest(std::forward<Buffer>(buffer), comm, origin);
  MPI_Request const raw = request_of<MPI_Recv_init_c>(receive_arguments(comm, rest.memory(), origin));
  return make_prepared<status>(raw, request_kind::receive, std::move(rest));
}

} // namespace armada::detail
