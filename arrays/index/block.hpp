#pragma once

/// The balanced block distribution of one dimension.

#include <algorithm>
#include <array>
#include <cstdint>

#include <armada/arrays/index/place.hpp>
#include <armada/arrays/index/reciprocal.hpp>

namespace armada {

/// `extent` indices cut into `parts` contiguous blocks, the first extent % parts of which have one index more than the
/// others (which have none if extent < parts). Memory and every query are O(1).
class block_dimension {
public:
  constexpr block_dimension() : block_dimension(0, 1) {}

  /// Throws `argument_error` unless extent >= 0 and parts >= 1.
  constexpr block_dimension(std::int64_t extent, std::int64_t parts)
      : extent_(extent), parts_(detail::checked_parts(extent, parts)), base_(extent / parts),
        longer_(extent % parts), sides_{side(0, 0, count(0)), side(longer_ * count(0), longer_, base_)} {}

  [[nodiscard]] constexpr std::int64_t extent() const { return extent_; }
  [[nodiscard]] constexpr std::int64_t parts() const { return parts_; }

  /// The first index of part p in [0, parts]; `extent` for p = parts and for parts without any index.
  [[nodiscard]] constexpr std::int64_t first(std::int64_t p) const { return p * base_ + std::min(p, longer_); }
  /// The number of indices of part p in [0, parts).
  [[nodiscard]] constexpr std::int64_t count(std::int64_t p) const { return base_ + (p < longer_ ? 1 : 0); }

  /// The place of index i in [0, extent), which is not checked.
  [[nodiscard]] constexpr place locate(std::int64_t i) const {
    if (parts_ == 1) return {0, i, extent_};
    side const& s = sides_[i < sides_[1].first ? 0 : 1];
    std::int64_t const from_side = i - s.first, number = s.by_size.divide(from_side);
    return {s.part + number, from_side - number * s.size, s.size};
  }
  /// The index that is number `local` of part p: the inverse of `locate`.
  [[nodiscard]] constexpr std::int64_t global(std::int64_t p, std::int64_t local) const { return first(p) + local; }

  /// How many of the indices from i on are neighbours in the same part, i included; `at` is where i is.
  [[nodiscard]] constexpr std::int64_t together(std::int64_t /*i*/, place const& at) const {
    return at.count - at.local;
  }

  friend constexpr bool operator==(block_dimension const&, block_dimension const&) = default;

private:
  /// A run of blocks of one size, beginning at index `first` with part number `part`; without indices if `size` is 0.
  struct side {
    constexpr side(std::int64_t first_index, std::int64_t first_part, std::int64_t block_size)
        : first(first_index), part(first_part), size(block_size), by_size(std::max<std::int64_t>(block_size, 1)) {}
    friend constexpr bool operator==(side const&, side const&) = default;

    std::int64_t first, part, size;
    detail::reciprocal by_size;
  };

  std::int64_t extent_, parts_, base_, longer_;
  std::array<side, 2> sides_;
};

} // namespace armada
