#pragma once

/// Which elements of which rank's part of a window.

#include <armada/core/mode.hpp>
#include <armada/core/option.hpp>

#include <concepts>
#include <optional>

namespace armada {

/// `{.rank = 1, .offset = 3, .count = 2}`: two elements from the fourth on. The rank must be given; without a count it
/// is the length of the buffer. A buffer longer than the count keeps its tail untouched, a shorter one is an error.
struct target {
  rank_option rank;
  size_option offset = 0;
  std::optional<size_option> count = std::nullopt;
};

/// How a part is locked: by this rank alone, or together with others that lock it `shared`.
enum class lock_kind { exclusive, shared };
inline constexpr lock_kind exclusive = lock_kind::exclusive;
inline constexpr lock_kind shared = lock_kind::shared;

/// The call returns at once, and is complete after the next `flush` or at the end of the epoch. One-sided access only.
struct deferred_t {};
inline constexpr deferred_t deferred{};

/// A way for a one-sided call to complete.
template <class Mode>
concept access_mode = std::same_as<Mode, blocking_t> || std::same_as<Mode, deferred_t>;

} // namespace armada
