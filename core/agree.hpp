#pragma once

/// What one rank alone finds wrong, every rank must know: one small allreduce makes all of them throw, or none.

#include <armada/core/communicator.hpp>
#include <armada/core/error.hpp>

#include <cstdint>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace armada {
namespace detail {

/// A fault on its way between ranks.
struct local_fault {
  fault kind;
  std::string what;
};

/// Throws on every rank the fault of the lowest rank that has one, headed by `rank r: `.
void share_fault(communicator const& comm, std::optional<local_fault> const& mine);

} // namespace detail

/// Runs `action()` here; when it throws on any rank, every rank of `comm` throws the error of the lowest such rank,
/// with the same type and text. Returns what the action returned. Collective; costs one allreduce of 4 bytes.
template <class Action>
auto agree(communicator const& comm, Action&& action) {
  using result = decltype(action());
  std::optional<detail::local_fault> mine;
  auto guarded = [&](auto&& body) {
    try {
      body();
    } catch (error const& e) {
      mine = {e.kind(), e.what()};
    } catch (std::bad_alloc const&) {
      mine = {fault::out_of_memory, "out of memory"};
    } catch (std::exception const& e) {
      mine = {fault::generic, e.what()};
    } catch (...) {
      mine = {fault::generic, "an exception that is no std::exception"};
    }
  };
  if constexpr (std::is_void_v<result>) {
    guarded(action);
    detail::share_fault(comm, mine);
  } else {
    std::optional<result> value;
    guarded([&] { value.emplace(action()); });
    detail::share_fault(comm, mine);
    return std::move(*value);
  }
}

namespace detail {

/// Throws `argument_error` on every rank, naming the lowest that differs from rank 0, unless `mine` is the same on all.
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
