#pragma once

/// Which elements of a block-distributed vector this rank needs of others, and how it gets them: made once, run often.

#include <armada/arrays/index/block.hpp>
#include <armada/rma/detail/access.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada::detail {

class gather_plan {
public:
  gather_plan() = default;

  /// For the elements at `indices`, ascending, of a vector cut as `vector`. Neighbours up to `bridged` apart come in
  /// one transfer, with what lies between them: a cache line is not read in parts.
  gather_plan(block_dimension const& vector, std::vector<std::int64_t> const& indices) {
    constexpr std::int64_t bridged = 8;
    for (auto const index : indices) {
      auto const place = vector.locate(index);
      if (!runs_.empty() && runs_.back().owner == place.part && place.local - runs_.back().end() < bridged) {
        length_ += place.local + 1 - runs_.back().end();
        runs_.back().count = place.local + 1 - runs_.back().first;
      } else {
        runs_.push_back({index, length_, place.local, 1, static_cast<int>(place.part)});
        ++length_;
      }
    }
  }

  /// The length of the buffer that the elements are gathered into.
  [[nodiscard]] std::int64_t length() const noexcept { return length_; }
  [[nodiscard]] std::int64_t runs() const noexcept { return static_cast<std::int64_t>(runs_.size()); }

  /// Where in the buffer the element at `index` comes to lie; -1 when it is not among them.
  [[nodiscard]] std::int64_t slot(std::int64_t index) const noexcept {
    auto const after = std::upper_bound(runs_.begin(), runs_.end(), index,
                                        [](std::int64_t wanted, run const& each) { return wanted < each.index; });
    if (after == runs_.begin()) return -1;
    auto const offset = index - (after - 1)->index;
    return offset < (after - 1)->count ? (after - 1)->slot + offset : -1;
  }

  /// Gathers the elements into `buffer`: loads from memory that is near, gets that complete with one flush from far.
  /// Local; the caller orders it with other ranks' writes.
  template <class T>
  void gather(window_state& window, T* buffer) const {
    for (auto const& each : runs_)
      get_elements(window, buffer + each.slot, each.owner, bytes_of<T>(each.first), each.count);
    if (!runs_.empty() && !window.all_near()) window.flush_all();
  }

private:
  struct run {
    std::int64_t index; ///< of its first element in the vector
    std::int64_t slot;  ///< in the buffer
    std::int64_t first; ///< in the owner's tile
    std::int64_t count;
    int owner;

    [[nodiscard]] std::int64_t end() const noexcept { return first + count; }
  };

  std::vector<run> runs_;
  std::int64_t length_ = 0;
};

} // namespace armada::detail
