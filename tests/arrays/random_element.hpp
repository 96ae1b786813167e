#pragma once

/// What random programs do with single elements.

#include "tests/arrays/random_program.hpp"

#include <armada/core/operation.hpp>

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>

namespace armada::random_programs {

/// What an element that was `before` is after an action.
template <class T>
[[nodiscard]] T after(action const& one, T const& before, T const& value, T const& expected) {
  if (one.how == 0) return before;
  if constexpr (accumulator<std::plus<>, T>) {
    if (one.how == 2 || one.how == 4) return static_cast<T>(before + value);
    if (one.how == 3) return static_cast<T>(before - value);
    if constexpr (accumulator<minimum, T>)
      if (one.how == 6) return std::min(before, value);
  }
  if (one.how == 7) return before == expected ? value : before;
  return value;
}
/// Does it to the element itself: what it was before, if that is said.
template <class T>
std::optional<T> touch(auto& on, action const& one, T const& value, T const& expected, auto... i) {
  if (one.how == 0) return static_cast<T>(on(i...));
  if (one.how == 1) on(i...) = value;
  if constexpr (accumulator<std::plus<>, T>) {
    if (one.how == 2) on(i...) += value;
    if (one.how == 3) on(i...) -= value;
    if (one.how == 4) return on.fetch_add({i...}, value);
    if (one.how == 5) return on.exchange({i...}, value);
    if constexpr (accumulator<minimum, T>)
      if (one.how == 6) return on.fetch_and_op({i...}, value, minimum{});
    if constexpr (std::integral<T>)
      if (one.how == 7) return on.compare_and_swap({i...}, expected, value);
  }
  return std::nullopt;
}

} // namespace armada::random_programs
