#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// Sorts items by `key(item)`, an unsigned number, and keeps the order of items with equal keys: one pass over them for
/// each byte in which keys differ. Refers to the items.
template <class T, class Key>
class radix_passes {
  static constexpr std::size_t bytes = sizeof(std::invoke_result_t<Key&, T const&>);

public:
  radix_passes(std::span<T const> items, Key key) : items_(items), key_(key) {
    if (items_.empty()) return;
    for (T const& each : items_) {
      std::uint64_t left = key_(each);
      for (auto& counts : counts_) {
        ++counts[left & 0xff];
        left >>= 8;
      }
    }
    std::uint64_t const any = key_(items_.front());
    for (std::size_t b = 0; b < bytes; ++b)
      if (counts_[b][any >> 8 * b & 0xff] != items_.size()) differing_[passes_++] = b;
  }

  [[nodiscard]] std::size_t count() const noexcept { return passes_; }

  /// Runs the passes into `into`, `other`, `into` and so on. `other` may be the memory of the items.
  void run(T* into, T* other) {
    T const* from = items_.data();
    for (std::size_t pass = 0; pass < passes_; ++pass) {
      std::size_t const b = differing_[pass];
      auto& places = counts_[b];
      std::size_t place = 0;
      for (std::size_t& each : places) place += std::exchange(each, place);
      for (T const* each = from; each != from + items_.size(); ++each)
        into[places[std::uint64_t{key_(*each)} >> 8 * b & 0xff]++] = *each;
      from = into;
      std::swap(into, other);
    }
  }

private:
  std::span<T const> items_;
  Key key_;
  std::array<std::array<std::size_t, 256>, bytes> counts_{};
  std::array<std::size_t, bytes> differing_{};
  std::size_t passes_ = 0;
};

/// Sorts in place.
template <class T, class Key>
void radix_sort(std::vector<T>& items, Key key) {
  radix_passes<T, Key> passes(items, key);
  if (passes.count() == 0) return;
  std::vector<T> others(items.size());
  passes.run(others.data(), items.data());
  if (passes.count() % 2 == 1) items.swap(others);
}

/// Sorts into `sorted`; `room` is of the same length, and may be the items themselves.
template <class T, class Key>
void radix_sort(std::span<T const> items, std::span<T> sorted, std::span<T> room, Key key) {
  radix_passes<T, Key> passes(items, key);
  bool const odd = passes.count() % 2 == 1, first_into_sorted = odd || room.data() == items.data();
  passes.run(first_into_sorted ? sorted.data() : room.data(), first_into_sorted ? room.data() : sorted.data());
  if (passes.count() == 0)
    std::copy(items.begin(), items.end(), sorted.begin());
  else if (!odd && first_into_sorted)
    std::copy(room.begin(), room.end(), sorted.begin());
}

} // namespace armada::detail
