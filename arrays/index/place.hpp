#pragma once

/// Where one index of a distributed dimension lives.

#include <cstdint>

#include <armada/core/error.hpp>

namespace armada {

/// An index is in `part`, as number `local` of the part's `count` indices.
struct place {
  std::int64_t part;
  std::int64_t local;
  std::int64_t count;

  friend constexpr bool operator==(place const&, place const&) = default;
};

namespace detail {

/// Throws `argument_error` unless an extent can be cut into so many parts. Returns the parts.
[[nodiscard]] constexpr std::int64_t checked_parts(std::int64_t extent, std::int64_t parts) {
  if (extent < 0 || parts < 1) throw argument_error(text("cannot cut extent ", extent, " into ", parts, " parts"));
  return parts;
}

} // namespace detail
} // namespace armada
