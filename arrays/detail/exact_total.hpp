#pragma once

/// Sums without rounding: the same bits in whatever order, on whatever number of ranks.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace armada::detail {

/// An exact sum of doubles: a fixed-point number with a digit of 32 bits for every power of 2^32 that a double can
/// have. Adding puts a double's 53 bits into three digits, which have 31 bits to spare for carries; two sums are added
/// digit by digit, as integers. (The idea is Kulisch's long accumulator, with delayed carries as Neal has them in "Fast
/// exact summation using small and large superaccumulators", 2015.)
struct exact_total {
  static constexpr std::size_t digits = 67;
  static constexpr std::size_t positive = digits, negative = digits + 1, not_numbers = digits + 2;

  /// The digits, the least first, worth 2^(32 i - 1074); then how many infinities of each sign, and how many values
  /// that are not numbers. They add up over the ranks, if `carried`.
  std::array<std::int64_t, digits + 3> words{};
  std::int64_t since_carry = 0;

  void add(double x) {
    auto const bits = std::bit_cast<std::uint64_t>(x);
    auto const exponent = static_cast<unsigned>(bits >> 52) & 0x7ffU;
    std::uint64_t const fraction = bits & ((std::uint64_t{1} << 52) - 1);
    if (exponent == 0x7ff) [[unlikely]]
      return static_cast<void>(++words[fraction != 0 ? not_numbers : bits >> 63 != 0 ? negative : positive]);
    unsigned const shift = exponent > 0 ? exponent - 1 : 0;
    auto const spread = static_cast<unsigned __int128>(fraction | (exponent > 0 ? std::uint64_t{1} << 52 : 0))
                        << (shift % 32);
    std::size_t const digit = shift / 32;
    std::int64_t const sign = static_cast<std::int64_t>(bits) >> 63; // 0 or -1: (n ^ sign) - sign is n or -n
    auto const part = [&](unsigned place) {
      return (static_cast<std::int64_t>(static_cast<std::uint32_t>(spread >> (32 * place))) ^ sign) - sign;
    };
    words[digit] += part(0);
    words[digit + 1] += part(1);
    words[digit + 2] += part(2);
    if (++since_carry == (std::int64_t{1} << 30)) [[unlikely]]
      carry();
  }

  /// Brings every digit but the last one into [0, 2^32).
  void carry() {
    for (std::size_t i = 0; i + 1 < digits; ++i) {
      words[i + 1] += words[i] >> 32;
      words[i] &= 0xffffffff;
    }
    since_carry = 0;
  }
  void add(exact_total other) {
    carry();
    other.carry();
    for (std::size_t i = 0; i < words.size(); ++i) words[i] += other.words[i];
    carry();
  }

  /// The double that is nearest to the sum, ties to even.
  [[nodiscard]] double value() const {
    if (words[not_numbers] != 0 || (words[positive] != 0 && words[negative] != 0))
      return std::numeric_limits<double>::quiet_NaN();
    if (words[positive] != 0) return std::numeric_limits<double>::infinity();
    if (words[negative] != 0) return -std::numeric_limits<double>::infinity();
    exact_total magnitude = *this;
    magnitude.carry();
    bool const below_zero = magnitude.words[digits - 1] < 0;
    if (below_zero) {
      for (std::size_t i = 0; i < digits; ++i) magnitude.words[i] = -magnitude.words[i];
      magnitude.carry();
    }
    std::size_t top = digits;
    while (top > 0 && magnitude.words[top - 1] == 0) --top;
    if (top == 0) return 0.0;
    // The three highest digits, made 64 bits of which the last stands for all that is below them.
    unsigned __int128 high = 0;
    for (std::size_t i = 1; i <= 3; ++i)
      high = high << 32 | (top >= i ? static_cast<std::uint64_t>(magnitude.words[top - i]) : 0);
    bool rest = false;
    for (std::size_t i = 0; i + 3 < top; ++i) rest = rest || magnitude.words[i] != 0;
    int exponent = 32 * (static_cast<int>(top) - 3) - 1074;
    for (; high >> 64 != 0; ++exponent, high >>= 1) rest = rest || (high & 1) != 0;
    double const rounded = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(high) | (rest ? 1 : 0)), exponent);
    return below_zero ? -rounded : rounded;
  }
};

} // namespace armada::detail
