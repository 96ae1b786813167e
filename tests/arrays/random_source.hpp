#pragma once

/// Numbers drawn from a seed: the same on every rank.

#include <cstdint>
#include <random>

namespace armada::random_programs {

class random_source {
public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}
  /// From first to last, both included.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(last - first + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  /// One of the elements of a range that is not empty.
  auto const& one_of(auto const& choices) {
    auto it = choices.begin();
    std::advance(it, between(0, static_cast<std::int64_t>(choices.size()) - 1));
    return *it;
  }
  std::uint64_t seed() { return engine_() % 1'000'000'000; }

private:
  std::mt19937_64 engine_;
};

/// The small whole number that comes `k`-th from a seed.
[[nodiscard]] constexpr std::int64_t number_of(std::uint64_t seed, std::uint64_t k) {
  std::uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15U + k * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<std::int64_t>((z ^ (z >> 31)) % 19) - 9;
}

} // namespace armada::random_programs
