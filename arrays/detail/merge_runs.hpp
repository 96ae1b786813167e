#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace armada::detail {

/// Two sorted runs as one; of equal elements those of `a` come first. Without branches that a processor could guess
/// wrong: the order of random elements cannot be guessed.
template <class T, class Order>
void merge_two(std::span<T const> a, std::span<T const> b, T* into, Order const& order) {
  T const *x = a.data(), *const a_end = x + a.size();
  T const *y = b.data(), *const b_end = y + b.size();
  while (x != a_end && y != b_end) {
    bool const second = order(*y, *x);
    *into++ = *(second ? y : x);
    x += second ? 0 : 1;
    y += second ? 1 : 0;
  }
  std::copy(y, b_end, std::copy(x, a_end, into));
}

template <class T>
[[nodiscard]] std::size_t length_of(std::span<std::span<T const> const> runs) {
  std::size_t length = 0;
  for (auto const& each : runs) length += each.size();
  return length;
}

/// Sorted runs as one, which is as long as they are together; of equal elements those of earlier runs come first.
/// `room` is as long, and is not needed for two runs.
template <class T, class Order>
void merge_runs(std::span<std::span<T const> const> runs, T* into, T* room, Order const& order) {
  if (runs.empty()) return;
  if (runs.size() == 1) {
    std::copy(runs[0].begin(), runs[0].end(), into);
  } else if (runs.size() == 2) {
    merge_two(runs[0], runs[1], into, order);
  } else {
    auto const former = runs.first(runs.size() / 2), latter = runs.subspan(runs.size() / 2);
    std::size_t const lengths[2] = {length_of<T>(former), length_of<T>(latter)};
    merge_runs(former, room, into, order);
    merge_runs(latter, room + lengths[0], into + lengths[0], order);
    merge_two(std::span<T const>(room, lengths[0]), std::span<T const>(room + lengths[0], lengths[1]), into, order);
  }
}

} // namespace armada::detail
