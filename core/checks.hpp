#pragma once

/// What is checked, and watched, on request: two variables of the environment, read when `environment` begins.
///
///   ARMADA_CHECK=collectives   ranks compare each collective with one another before it begins
///   ARMADA_CHECK=rma           one-sided accesses that race are found: those of a host's ranks to that host's parts
///   ARMADA_CHECK=none          nothing is checked: for debug builds (`bazel -c dbg`), which check collectives unasked
///   ARMADA_WATCHDOG=seconds    a rank that is stuck for so long says where every rank is, and ends the job
///
/// What one rank of the job asks for, all of them do. The words of ARMADA_CHECK have commas between them.

#include <atomic>
#include <string_view>

namespace armada::checks {
namespace detail {

inline constexpr unsigned collectives_bit = 1;
inline constexpr unsigned watchdog_bit = 2;
inline constexpr unsigned rma_bit = 4;
inline std::atomic<unsigned> switched_on{0};

} // namespace detail

/// Whether collectives need a look: they are compared, or watched. All that they ask when neither is so.
[[nodiscard]] inline bool supervised() noexcept {
  constexpr unsigned either = detail::collectives_bit | detail::watchdog_bit;
  return (detail::switched_on.load(std::memory_order_relaxed) & either) != 0;
}
/// Whether collectives are compared.
[[nodiscard]] inline bool collectives() noexcept {
  return (detail::switched_on.load(std::memory_order_relaxed) & detail::collectives_bit) != 0;
}
/// Whether new windows look for races.
[[nodiscard]] inline bool rma() noexcept {
  return (detail::switched_on.load(std::memory_order_relaxed) & detail::rma_bit) != 0;
}
/// Whether a watchdog looks at what this process waits for.
[[nodiscard]] inline bool watched() noexcept {
  return (detail::switched_on.load(std::memory_order_relaxed) & detail::watchdog_bit) != 0;
}

namespace detail {

/// What is asked for.
struct wishes {
  bool collectives = false;
  bool rma = false;
  double watchdog = 0; ///< seconds; 0 for none
};
/// Reads both variables; null is an unset one. Throws `argument_error` with a word that means nothing, and for what is
/// no positive number of seconds.
[[nodiscard]] wishes read_wishes(char const* check, char const* watchdog);

void set_collectives(bool on) noexcept;
void set_rma(bool on) noexcept;
void set_watched(bool on) noexcept;

} // namespace detail
} // namespace armada::checks
