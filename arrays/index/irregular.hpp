#pragma once

/// The distribution of one dimension in blocks whose boundaries are given.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <armada/arrays/index/place.hpp>

namespace armada {

/// Part p has the indices from boundaries[p] to boundaries[p + 1], the latter excluded; it may be empty. Memory
/// O(parts), `locate` O(log parts). Looks at the boundaries where they are: they outlive it.
class irregular_dimension {
public:
  /// Throws `argument_error`, with the boundaries, unless they are at least two, begin with 0, and never fall.
  constexpr explicit irregular_dimension(std::span<std::int64_t const> boundaries) : boundaries_(boundaries) {
    if (boundaries_.size() < 2 || boundaries_.front() != 0 || !std::is_sorted(boundaries_.begin(), boundaries_.end()))
      throw argument_error(detail::text("boundaries ", detail::tuple_text(boundaries_),
                                        " of an irregular distribution: they begin with 0, end with the extent, and "
                                        "never fall"));
  }

  [[nodiscard]] constexpr std::int64_t extent() const { return boundaries_.back(); }
  [[nodiscard]] constexpr std::int64_t parts() const { return static_cast<std::int64_t>(boundaries_.size()) - 1; }
  [[nodiscard]] constexpr std::int64_t first(std::int64_t p) const { return boundaries_[static_cast<std::size_t>(p)]; }
  /// The number of indices of part p in [0, parts).
  [[nodiscard]] constexpr std::int64_t count(std::int64_t p) const { return first(p + 1) - first(p); }

  /// The place of index i in [0, extent), which is not checked.
  [[nodiscard]] constexpr place locate(std::int64_t i) const {
    auto const behind = std::upper_bound(boundaries_.begin(), boundaries_.end(), i);
    return {behind - boundaries_.begin() - 1, i - *(behind - 1), *behind - *(behind - 1)};
  }
  /// The index that is number `local` of part p: the inverse of `locate`.
  [[nodiscard]] constexpr std::int64_t global(std::int64_t p, std::int64_t local) const { return first(p) + local; }

  /// How many of the indices from i on are neighbours in the same part, i included; `at` is where i is.
  [[nodiscard]] constexpr std::int64_t together(std::int64_t /*i*/, place const& at) const {
    return at.count - at.local;
  }

  friend constexpr bool operator==(irregular_dimension const& a, irregular_dimension const& b) {
    return std::ranges::equal(a.boundaries_, b.boundaries_);
  }

private:
  std::span<std::int64_t const> boundaries_;
};

} // namespace armada
