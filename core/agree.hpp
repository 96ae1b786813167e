#pragma once

/// What one rank alone finds wrong, every rank must know: one small allreduce makes all of them throw, or none.

#include <armada/core/communicator.hpp>
#include <armada/core/error.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace armada {
namespace detail {

/// What went wrong on this rank, if anything did. Holds the exception, so that to keep it takes no memory.
struct local_fault {
  fault kind = fault::generic;
  char const* what = nullptr; ///< null: nothing did
  std::exception_ptr thrown = nullptr;
};

/// Runs `action()` and catches whatever it throws.
template <class Action>
[[nodiscard]] local_fault fault_of(Action&& action) noexcept {
  try {
    action();
  } catch (error const& e) {
    return {e.kind(), e.what(), std::current_exception()};
  } catch (std::bad_alloc const&) {
    return {fault::out_of_memory, "out of memory", std::current_exception()};
  } catch (std::exception const& e) {
    return {fault::generic, e.what(), std::current_exception()};
  } catch (...) {
    return {fault::generic, "an exception that is no std::exception", std::current_exception()};
  }
  return {};
}

/// Throws on every rank the fault of the lowest rank that has one, headed by `rank r: `. Over two sides, each throws
/// its own side's, and the other's when it has none. Allocates nothing where there is no fault.
void share_fault(communicator const& comm, local_fault const& mine);
/// The same over a communicator that is not yet anybody's.
void share_fault_over(MPI_Comm comm, local_fault const& mine);

} // namespace detail

/// Runs `action()` here; when it throws on any rank, every rank of `comm` throws the error of the lowest such rank,
/// with the same type and text. Returns what the action returned. Collective; costs one allreduce of 4 bytes, two on an
/// intercommunicator, whose sides agree with each other.
template <class Action>
auto agree(communicator const& comm, Action&& action) {
  using result = decltype(action());
  if constexpr (std::is_void_v<result>) {
    detail::share_fault(comm, detail::fault_of(action));
  } else {
    std::optional<result> value;
    detail::share_fault(comm, detail::fault_of([&] { value.emplace(action()); }));
    return std::move(*value);
  }
}

namespace detail {

/// An object whose constructor is collective over `comm`, in memory that every rank has, or all throw.
template <class T, class... Arguments>
[[nodiscard]] std::shared_ptr<T> make_together(communicator const& comm, Arguments&&... arguments) {
  auto const room = agree(comm, [] { return std::make_shared<std::optional<T>>(); });
  room->emplace(std::forward<Arguments>(arguments)...);
  return {room, &**room};
}

/// Throws `argument_error` on every rank, naming the lowest that differs from rank 0, unless `mine` is the same on all.
/// Allocates nothing when it is.
void check_same_everywhere(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine);
/// What must be the same, and what it is called.
struct named_values {
  std::string_view what;
  std::span<std::int64_t const> values;
};
/// The same for several at the price of one.
void check_same_everywhere(communicator const& comm, std::span<named_values const> mine);
/// The same for lists that may differ in length as well.
void check_same_list(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine);

} // namespace detail
} // namespace armada
