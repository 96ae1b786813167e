#pragma once

/// Which elements of which rank's part of a window.

#include <armada/core/mode.hpp>
#include <armada/core/mpi.hpp>
#include <armada/core/option.hpp>
#include <armada/rma/layout.hpp>

#include <concepts>
#include <cstdint>
#include <optional>

namespace armada {

/// `{.rank = 1, .offset = 3, .count = 2}`: two elements from the fourth on. The rank must be given, and may be
/// `proc_null`: then nothing happens. Without a count it is the length of the buffer; a buffer longer than the count
/// keeps its tail untouched, a shorter one is an error. `.layout = strided(4, 10)`: the elements of a layout, whose
/// places count from the offset; a count with it must be its size.
struct target {
  placed_rank_option rank;
  size_option offset = 0;
  std::optional<size_option> count = std::nullopt;
  std::optional<armada::layout> layout = std::nullopt;
};

/// The call returns at once, and is complete after the next `flush` or at the end of the epoch. One-sided access only.
struct deferred_t {};
inline constexpr deferred_t deferred{};

/// A way for a one-sided call to complete.
template <class Mode>
concept access_mode =
    std::same_as<Mode, blocking_t> || std::same_as<Mode, nonblocking_t> || std::same_as<Mode, deferred_t>;

} // namespace armada
