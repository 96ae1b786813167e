#pragma once

/// The balanced block distribution of one dimension, and the exact division by multiplication that makes it quick.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <armada/core/error.hpp>

namespace armada {
namespace detail {

/// Division by a fixed divisor d >= 1 as one multiplication, exact for every dividend n in [0, 2^63).
///
/// With k = 64 + floor(log2(d)) and m = floor((2^k - 1) / d) the remainder e = 2^k - m d is in [1, d], m is below 2^64,
/// and (n + 1) m / 2^k = (n + 1) / d - e (n + 1) / (2^k d) is in [floor(n / d), floor(n / d) + 1), as e (n + 1) <= 2^k.
class reciprocal {
public:
  constexpr explicit reciprocal(std::int64_t divisor)
      : shift_(static_cast<int>(std::bit_width(static_cast<std::uint64_t>(divisor))) - 1),
        multiplier_(static_cast<std::uint64_t>(((wide{1} << (64 + shift_)) - 1) / static_cast<wide>(divisor))) {}

  [[nodiscard]] constexpr std::int64_t divide(std::int64_t dividend) const {
    wide const product = wide{multiplier_} * (static_cast<std::uint64_t>(dividend) + 1);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(product >> 64) >> shift_);
  }

  friend constexpr bool operator==(reciprocal const&, reciprocal const&) = default;

private:
  __extension__ using wide = unsigned __int128;
  int shift_;
  std::uint64_t multiplier_;
};

} // namespace detail

/// Where one index of a distributed dimension lives: in `part`, as its element number `local` of `count`.
struct block_place {
  std::int64_t part;
  std::int64_t local;
  std::int64_t count;
};

/// `extent` indices cut into `parts` contiguous blocks, the first extent % parts of which have one index more than the
/// others (which have none if extent < parts). Memory and every query are O(1).
class block_dimension {
public:
  constexpr block_dimension() : block_dimension(0, 1) {}

  /// Throws `argument_error` unless extent >= 0 and parts >= 1.
  constexpr block_dimension(std::int64_t extent, std::int64_t parts)
      : extent_(extent), parts_(checked(extent, parts)), base_(extent / parts),
        longer_(extent % parts), sides_{side(0, 0, count(0)), side(longer_ * count(0), longer_, base_)} {}

  [[nodiscard]] constexpr std::int64_t extent() const { return extent_; }
  [[nodiscard]] constexpr std::int64_t parts() const { return parts_; }

  /// The first index of part p in [0, parts]; `extent` for p = parts and for parts without any index.
  [[nodiscard]] constexpr std::int64_t first(std::int64_t p) const { return p * base_ + std::min(p, longer_); }
  /// The number of indices of part p in [0, parts).
  [[nodiscard]] constexpr std::int64_t count(std::int64_t p) const { return base_ + (p < longer_ ? 1 : 0); }

  /// Part, number within the part, and size of the part of index i in [0, extent), which is not checked.
  [[nodiscard]] constexpr block_place locate(std::int64_t i) const {
    if (parts_ == 1) return {0, i, extent_};
    side const& s = sides_[i < sides_[1].first ? 0 : 1];
    std::int64_t const from_side = i - s.first, block = s.by_size.divide(from_side);
    return {s.part + block, from_side - block * s.size, s.size};
  }
  [[nodiscard]] constexpr std::int64_t owner(std::int64_t i) const { return locate(i).part; }
  [[nodiscard]] constexpr std::int64_t local(std::int64_t i) const { return locate(i).local; }

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

  [[nodiscard]] static constexpr std::int64_t checked(std::int64_t extent, std::int64_t parts) {
    if (extent < 0 || parts < 1)
      throw argument_error(detail::text("cannot cut extent ", extent, " into ", parts, " parts"));
    return parts;
  }

  std::int64_t extent_, parts_, base_, longer_;
  std::array<side, 2> sides_;
};

} // namespace armada
