#pragma once

/// The cyclic and block-cyclic distributions of one dimension.

#include <algorithm>
#include <cstdint>

#include <armada/arrays/index/place.hpp>
#include <armada/arrays/index/reciprocal.hpp>

namespace armada {

/// `extent` indices in blocks of `length`, dealt out to `parts` one after the other, in turns: ScaLAPACK's
/// distribution, and the cyclic one for blocks of 1. A part keeps its indices in rising order. Memory and every query
/// are O(1).
class cyclic_dimension {
public:
  /// Throws `argument_error` unless extent >= 0, parts >= 1, length >= 1, and length * parts is below 2^63.
  constexpr cyclic_dimension(std::int64_t extent, std::int64_t parts, std::int64_t length)
      : extent_(extent), parts_(detail::checked_parts(extent, parts)), block_(checked_length(length, parts)),
        by_block_(block_), by_parts_(parts_) {}

  [[nodiscard]] constexpr std::int64_t extent() const { return extent_; }
  [[nodiscard]] constexpr std::int64_t parts() const { return parts_; }
  /// Of the blocks.
  [[nodiscard]] constexpr std::int64_t length() const { return block_; }

  /// The number of indices of part p in [0, parts).
  [[nodiscard]] constexpr std::int64_t count(std::int64_t p) const {
    std::int64_t const blocks = by_block_.divide(extent_), turns = by_parts_.divide(blocks);
    std::int64_t const over = blocks - turns * parts_; // whole blocks of the last turn
    return turns * block_ + (p < over ? block_ : p == over ? extent_ - blocks * block_ : 0);
  }

  /// The place of index i in [0, extent), which is not checked.
  [[nodiscard]] constexpr place locate(std::int64_t i) const {
    std::int64_t const number = by_block_.divide(i), turn = by_parts_.divide(number);
    std::int64_t const part = number - turn * parts_;
    return {part, i - (number - turn) * block_, count(part)};
  }
  /// The index that is number `local` of part p: the inverse of `locate`.
  [[nodiscard]] constexpr std::int64_t global(std::int64_t p, std::int64_t local) const {
    std::int64_t const turn = by_block_.divide(local);
    return local + (turn * (parts_ - 1) + p) * block_;
  }

  /// How many of the indices from i on are neighbours in the same part, i included.
  [[nodiscard]] constexpr std::int64_t together(std::int64_t i, place const& /*at*/) const {
    return std::min(block_ - (i - by_block_.divide(i) * block_), extent_ - i);
  }
  /// After how many indices the pattern of parts repeats.
  [[nodiscard]] constexpr std::int64_t period() const { return block_ * parts_; }

  friend constexpr bool operator==(cyclic_dimension const&, cyclic_dimension const&) = default;

private:
  [[nodiscard]] static constexpr std::int64_t checked_length(std::int64_t length, std::int64_t parts) {
    if (length < 1) throw argument_error(detail::text("a block-cyclic distribution in blocks of ", length));
    if (std::int64_t period = 0; __builtin_mul_overflow(length, parts, &period))
      throw argument_error(detail::text("a block-cyclic distribution in blocks of ", length, " over ", parts,
                                        " parts repeats after more than 2^63 - 1 indices"));
    return length;
  }

  std::int64_t extent_, parts_, block_;
  detail::reciprocal by_block_, by_parts_;
};

} // namespace armada
