#pragma once

/// Exact division by multiplication: what makes index arithmetic quick.

#include <bit>
#include <cstdint>

namespace armada::detail {

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

} // namespace armada::detail
