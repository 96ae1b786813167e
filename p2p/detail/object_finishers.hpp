#pragma once

/// Nonblocking objects: what their pendings keep.

#include <armada/core/background.hpp>
#include <armada/core/plan.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/detail/posted_receive.hpp>

#include <exception>
#include <memory>
#include <ranges>
#include <tuple>
#include <utility>

namespace armada::detail {

/// What a nonblocking object send keeps: the messages, and the object when it was moved in.
template <class Result, class Owned>
class object_send_finisher final : public finisher<Result> {
public:
  object_send_finisher(communicator const& comm, std::unique_ptr<Owned> owned, encoded object, to const& destination,
                       send_kind kind)
      : owned_(std::move(owned)), messages_(comm, std::move(object), destination, kind) {}
  Result finish(MPI_Status const&) override {
    messages_.wait();
    if constexpr (!std::is_void_v<Result>) return std::move(*owned_);
  }
  bool ready() override { return messages_.test(); }

private:
  std::unique_ptr<Owned> owned_;
  object_send messages_;
};

template <class Result, class Value, class Owned>
[[nodiscard]] pending<Result> begin_object_send(communicator const& comm, Value const& value,
                                                std::unique_ptr<Owned> owned, to const& destination, send_kind kind) {
  return {MPI_REQUEST_NULL, request_kind::send,
          std::make_unique<object_send_finisher<Result, Owned>>(comm, std::move(owned), encode_for(comm, value),
                                                                destination, kind)};
}

/// Sends a copy of an object, made now.
template <class Value>
[[nodiscard]] pending<> begin_copied_object_send(communicator const& comm, Value const& value, to const& destination) {
  using finisher = object_send_finisher<void, int>;
  return {MPI_REQUEST_NULL, request_kind::send,
          std::make_unique<finisher>(comm, std::unique_ptr<int>(), encode(value, false, comm.state()->next_object_id()),
                                     destination, send_kind::standard)};
}

/// An object that a plan may be lent.
template <class Value, class Mode>
concept object_lasts_for =
    !std::same_as<Mode, persistent_t> || std::is_lvalue_reference_v<Value> || is_as_object<std::remove_cvref_t<Value>>;

/// What a plan keeps of an object: a reference to it, or the `as_object` that refers to it.
template <class Value>
using kept_object = std::conditional_t<is_as_object<std::remove_cvref_t<Value>>, std::remove_cvref_t<Value>, Value&>;

template <class Value, any_mode Mode>
auto send_any_object(communicator const& comm, Value&& value, to const& destination, Mode, send_kind kind) {
  using T = std::remove_cvref_t<Value>;
  check_endpoint(comm, destination, name_of(kind));
  if constexpr (std::same_as<Mode, blocking_t>) {
    object_send(comm, encode_for(comm, value), destination, kind).wait();
  } else if constexpr (std::same_as<Mode, persistent_t>) {
    return make_restarted(
        [shared = communicator::share(comm), kept = std::tuple<kept_object<Value>>(value), destination, kind] {
          return begin_object_send<void>(shared, std::get<0>(kept), std::unique_ptr<int>(), destination, kind);
        });
  } else if constexpr (is_as_object<T> || std::is_lvalue_reference_v<Value>) {
    return begin_object_send<void>(comm, value, std::unique_ptr<int>(), destination, kind);
  } else {
    auto owned = std::make_unique<T>(std::forward<Value>(value));
    auto const& kept = *owned;
    return begin_object_send<T>(comm, kept, std::move(owned), destination, kind);
  }
}

/// Receives into an object, or into the one in `as_object`.
template <class Value>
status receive_object(communicator const& comm, Value& value, from const& origin) {
  object_receive messages(comm, origin, object_hash<Value>, type_name<object_type<Value>>());
  messages.wait_first();
  return messages.read_into<object_archive<Value>>(object_traits<Value>::get(value));
}

/// Receives the object whose first message was probed.
template <class Value>
status receive_matched_object(std::shared_ptr<communicator_state> comm, from const& origin, MPI_Message message,
                              MPI_Status const& probed, Value& value) {
  object_receive messages(std::move(comm), origin, message, probed, object_hash<Value>,
                          type_name<object_type<Value>>());
  return messages.read_into<object_archive<Value>>(object_traits<Value>::get(value));
}

/// A nonblocking receive of an object, into `Target&` or as a new value. The object is read as soon as this process
/// waits for anything and finds the first message there.
template <class Result, class Target, class Archive>
class object_receive_finisher final : public finisher<Result>, background_task, posted_receive {
public:
  using value_type = std::remove_cvref_t<Target>;
  template <class... Value>
  explicit object_receive_finisher(communicator const& comm, from const& origin, Value&... value)
      : posted_receive(origin), target_(value...),
        messages_(comm, origin, object_hash<as_object<value_type, Archive>>, type_name<value_type>()) {
    background_task::enter();
    posted_receive::enter();
  }
  ~object_receive_finisher() override { end(); }

  Result finish(MPI_Status const&) override {
    wait_until([this] { return ready(); });
    if (failure_) std::rethrow_exception(failure_);
    if constexpr (std::is_reference_v<Target>) // an object that is there already
      return status_;
    else
      return std::move(target_);
  }
  status look(MPI_Status const&) override { return status_; }
  bool cancel() override {
    std::scoped_lock const lock(background_mutex());
    advance();
    if (done_ || !messages_.cancel()) return false;
    done_ = true;
    end();
    return true;
  }
  void release() noexcept override {
    this->abandoned_ = true;
    if (!done_) messages_.abandon();
    done_ = true;
    end();
  }
  bool ready() override {
    std::scoped_lock const lock(background_mutex());
    advance();
    return done_;
  }
  void advance() noexcept override {
    if (done_) return;
    try {
      if (!messages_.test_first()) return;
      status_ = messages_.read_into<Archive>(target_);
    } catch (...) {
      failure_ = std::current_exception();
    }
    done_ = true;
    end();
  }

private:
  void end() noexcept {
    background_task::leave();
    posted_receive::leave();
  }

  Target target_;
  object_receive messages_;
  status status_;
  std::exception_ptr failure_;
  bool done_ = false;
};

/// Begins to receive into an object, or into the one in `as_object`, which are to stay.
template <class Result, class Value>
[[nodiscard]] pending<Result> begin_object_receive(communicator const& comm, from const& origin, Value& value) {
  using rest = object_receive_finisher<Result, object_type<Value>&, object_archive<Value>>;
  return {MPI_REQUEST_NULL, request_kind::receive,
          std::make_unique<rest>(comm, origin, object_traits<Value>::get(value))};
}
/// Begins to receive a new object, of what `Target` says.
template <class Result, class Target>
[[nodiscard]] pending<Result> begin_object_receive(communicator const& comm, from const& origin) {
  using rest = object_receive_finisher<Result, object_type<Target>, object_archive<Target>>;
  return {MPI_REQUEST_NULL, request_kind::receive, std::make_unique<rest>(comm, origin)};
}

template <class T>
inline constexpr bool is_writable_as_object = false;
template <class T, class Archive>
inline constexpr bool is_writable_as_object<as_object<T, Archive>> = !std::is_const_v<T>;

/// What an object can be received into: an lvalue, or a buffer in `as_object`.
template <class Value>
concept object_target = is_writable_as_object<std::remove_cvref_t<Value>> ||
    (std::is_lvalue_reference_v<Value>&& writable_object<std::remove_reference_t<Value>> &&
     !is_as_object<std::remove_cvref_t<Value>>);

/// A value that a receive can return: one that has memory of its own, whose size is known when the receive is posted.
template <class T, class Mode>
concept receivable = (object<T> || (writable<T> && !std::ranges::borrowed_range<T>)) && !std::is_array_v<T> &&
                     !is_as_object<T> && !reshapable<T> && (std::same_as<Mode, blocking_t> || !resizable<T>);

/// What `recv<as_object<T, tracked_t>>` names: a new T that comes in that archive.
template <class Wrapped>
concept receivable_object = is_as_object<Wrapped> && std::default_initializable<object_type<Wrapped>>;

} // namespace armada::detail
