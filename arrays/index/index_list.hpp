#pragma once

/// Lists of indices along dimensions, and the products of such lists: what `xt::keep`, index lists and masks select.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/extents.hpp>

namespace armada {

/// An interval that is a stretch of a longer selection: its first index is number `position` of that.
struct placed_interval {
  interval range;
  std::int64_t position = 0;

  friend constexpr bool operator==(placed_interval const&, placed_interval const&) = default;
};

/// Indices of one dimension in any order, also repeated; kept as intervals.
class index_list {
public:
  index_list() = default;
  explicit index_list(interval const& all) : intervals_{{all, 0}}, size_(all.count) {
    if (size_ == 0) intervals_.clear();
  }
  explicit index_list(std::span<std::int64_t const> indices) : size_(std::ssize(indices)) {
    for (std::int64_t i = 0; i < size_; ++i) add(indices[static_cast<std::size_t>(i)], i);
  }

  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<placed_interval const> intervals() const noexcept { return intervals_; }

  /// The indices one by one.
  [[nodiscard]] std::vector<std::int64_t> indices() const {
    std::vector<std::int64_t> all(static_cast<std::size_t>(size_));
    for (auto const& [range, position] : intervals_)
      for (std::int64_t k = 0; k < range.count; ++k) all[static_cast<std::size_t>(position + k)] = range[k];
    return all;
  }

  /// The same positions, but of an index that comes more than once the last one only: what an assignment in order
  /// leaves.
  [[nodiscard]] index_list last_of_each() const {
    auto const all = indices();
    std::unordered_set<std::int64_t> seen;
    std::vector<std::int64_t> kept;
    for (std::int64_t i = size_; i-- > 0;)
      if (seen.insert(all[static_cast<std::size_t>(i)]).second) kept.push_back(i);
    if (std::ssize(kept) == size_) return *this;
    index_list result;
    result.size_ = size_;
    for (std::size_t k = kept.size(); k-- > 0;) result.add(all[static_cast<std::size_t>(kept[k])], kept[k]);
    return result;
  }

private:
  /// Lengthens the last interval, or begins another.
  void add(std::int64_t index, std::int64_t position) {
    if (!intervals_.empty()) {
      auto& [range, begin] = intervals_.back();
      std::int64_t const step = index - range[range.count - 1];
      if (begin + range.count == position && step != 0 && (range.count == 1 || step == range.step)) {
        range.step = step;
        ++range.count;
        return;
      }
    }
    intervals_.push_back({{index, 1, 1}, position});
  }

  std::vector<placed_interval> intervals_;
  std::int64_t size_ = 0;
};

/// The product of one list per dimension.
template <std::size_t N>
struct listed_box {
  std::array<index_list, N> dimensions{};

  [[nodiscard]] index_array<N> shape() const {
    index_array<N> counts{};
    for (std::size_t d = 0; d < N; ++d) counts[d] = dimensions[d].size();
    return counts;
  }
  [[nodiscard]] std::int64_t volume() const { return checked_volume(shape()); }
  [[nodiscard]] bool empty() const {
    return std::any_of(dimensions.begin(), dimensions.end(), [](index_list const& list) { return list.size() == 0; });
  }
  /// The lists without earlier repetitions: see `index_list::last_of_each`.
  [[nodiscard]] listed_box last_of_each() const {
    listed_box result;
    for (std::size_t d = 0; d < N; ++d) result.dimensions[d] = dimensions[d].last_of_each();
    return result;
  }
};

} // namespace armada
