#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace armada::detail {

/// Sorts by `key(item)`, an unsigned number, and keeps the order of items with equal keys. Takes one pass over the
/// items for each byte in which keys differ.
template <class T, class Key>
void radix_sort(std::vector<T>& items, Key key) {
  std::uint64_t differing = 0;
  for (T const& each : items) differing |= std::uint64_t{key(each) ^ key(items.front())};
  std::vector<T> sorted;
  for (int shift = 0; shift < 64; shift += 8) {
    auto const digit = [&](T const& item) { return std::uint64_t{key(item)} >> shift & 0xff; };
    if ((differing >> shift & 0xff) == 0) continue;
    std::array<std::size_t, 256> counts{};
    for (T const& each : items) ++counts[digit(each)];
    std::size_t place = 0;
    for (std::size_t& each : counts) {
      std::size_t const count = each;
      each = place;
      place += count;
    }
    sorted.resize(items.size());
    for (T const& each : items) sorted[counts[digit(each)]++] = each;
    items.swap(sorted);
  }
}

} // namespace armada::detail
