#pragma once

/// A shape or an index as an argument: integers of any type in braces, `{rows, cols}`, or what `shape()` gives.

#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

namespace armada {

template <std::size_t N>
class shape_option {
public:
  template <std::integral... Extents>
    requires(sizeof...(Extents) == N)
  constexpr shape_option(Extents... extents) : value_{narrow(extents)...} {} // NOLINT(*-explicit-*)
  constexpr shape_option(index_array<N> const& extents) : value_(extents) {} // NOLINT(*-explicit-*)

  [[nodiscard]] constexpr index_array<N> const& value() const noexcept { return value_; }

private:
  static constexpr std::int64_t narrow(std::integral auto extent) {
    if (!std::in_range<std::int64_t>(extent)) throw argument_error(detail::text(extent, " does not fit 64 bits"));
    return static_cast<std::int64_t>(extent);
  }
  index_array<N> value_;
};

} // namespace armada
