#pragma once

/// The one road to MPI's C interface: every routine is called through `call<Routine>(arguments...)`, and a code other
/// than MPI_SUCCESS becomes an exception in one place.

#include <armada/core/checks.hpp>
#include <armada/core/error.hpp>
#include <armada/core/mpi.hpp>
#include <armada/core/ordering.hpp>
#include <armada/core/watchdog.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace armada {
namespace detail {

/// The name of an MPI routine, read from the compiler's own name of this function.
template <auto Routine>
[[nodiscard]] constexpr std::string_view routine_name() noexcept {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("Routine = ") + 10);
  if (name.starts_with('&')) name.remove_prefix(1);
  return name.substr(0, name.find_first_of(";]"));
}

/// Throws `mpi_error` with routine, rank, error class and MPI's own text, once error handlers have run.
[[noreturn]] void throw_mpi_error(int code, std::string_view routine);

/// Whether MPI may be called from one thread only: it granted less than MPI_THREAD_SERIALIZED.
inline std::atomic<bool> one_thread_only{false};
/// Throws `lifecycle_error` with the level that MPI granted and the rank unless this is that thread.
void check_thread(std::string_view routine);
/// What MPI granted to this process, which calls it from this thread. Told by `environment`.
void set_thread_level(int level);

/// What is watched while a routine runs: the routine where it may wait for other ranks, nothing otherwise.
struct unwatched {
  explicit unwatched(std::string_view) {}
};
template <auto Routine>
using watch_of = std::conditional_t<may_block(routine_name<Routine>()), watch_scope, unwatched>;

/// What the race checker is told while a routine runs.
struct unordered_call {
  explicit unordered_call(auto...) {}
};
struct ordered_call {
  explicit ordered_call(auto...) { ordering::tell(); }
  ordered_call(ordered_call const&) = delete;
  ordered_call& operator=(ordered_call const&) = delete;
  ~ordered_call() { ordering::hear(); }
};
class joined_call {
public:
  explicit joined_call(auto... arguments) {
    ordering::tell();
    if (checks::rma()) [[unlikely]] // alike on all ranks
      last_ = ordering::detail::last_to_come(std::get<sizeof...(arguments) - 1>(std::tuple(arguments...)));
  }
  joined_call(joined_call const&) = delete;
  joined_call& operator=(joined_call const&) = delete;
  ~joined_call() {
    if (last_ != 0) [[unlikely]]
      ordering::detail::note_hear(last_);
  }

private:
  std::uint64_t last_ = 0;
};
template <auto Routine>
using ordering_of =
    std::conditional_t<ordering::joins(routine_name<Routine>()), joined_call,
                       std::conditional_t<ordering::orders(routine_name<Routine>()), ordered_call, unordered_call>>;

} // namespace detail

/// Calls an MPI routine. Throws `mpi_error` when it returns a code other than MPI_SUCCESS. With less than
/// MPI_THREAD_SERIALIZED, throws `lifecycle_error` before MPI is called when this is not the thread that started it.
/// (With MPI_THREAD_SERIALIZED any thread may call, one at a time, which is the caller's to see to.)
template <auto Routine, class... Arguments>
void call(Arguments... arguments) {
  constexpr std::string_view name = detail::routine_name<Routine>();
  if (detail::one_thread_only.load(std::memory_order_relaxed)) [[unlikely]]
    detail::check_thread(name);
  [[maybe_unused]] detail::watch_of<Routine> const watch(name);
  [[maybe_unused]] detail::ordering_of<Routine> const order(arguments...);
  if (int const code = Routine(arguments...); code != MPI_SUCCESS) [[unlikely]]
    detail::throw_mpi_error(code, name);
}

} // namespace armada
