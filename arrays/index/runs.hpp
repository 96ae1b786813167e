#pragma once

/// Cuts a selection along one dimension into runs that one part owns.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/dimension.hpp>
#include <armada/arrays/index/index_list.hpp>

namespace armada::detail {

/// Elements of a selection along one dimension that lie evenly spaced in one part: element k, 0 <= k < count, is number
/// local + k * local_step of the part, and number position + k * spacing of the selection; spacing > 0.
struct run {
  std::int64_t part, part_count;
  std::int64_t local, local_step;
  std::int64_t position, spacing;
  std::int64_t count;
};

/// Walks over the runs of one interval, in no order that is promised.
///
/// Where parts are contiguous, a run is what one part has of the interval. In a block-cyclic dimension it is what one
/// block has, or else the indices that are congruent modulo the period, which all are in one part at one distance:
/// whichever makes fewer runs.
class interval_walk {
public:
  constexpr interval_walk() = default;
  /// `selected` is not empty, and lies within the dimension.
  constexpr interval_walk(dimension const& along, interval const& selected)
      : along_(&along), backwards_(selected.step < 0), count_(selected.count) {
    if (count_ > 1) stride_ = backwards_ ? -selected.step : selected.step;
    low_ = backwards_ ? selected[count_ - 1] : selected.first;
    if (std::int64_t const period = along.period(); period > 0 && count_ > 1) choose(period);
    current_ = at(0);
  }

  [[nodiscard]] constexpr run const& current() const { return current_; }

  /// Goes to the next run; after the last one to the first again, and returns false.
  constexpr bool advance() {
    next_ += residues_ > 0 ? 1 : current_.count;
    if (next_ == (residues_ > 0 ? residues_ : count_)) next_ = 0;
    current_ = at(next_);
    return next_ > 0;
  }

private:
  constexpr void choose(std::int64_t period) {
    std::int64_t const length = period / along_->parts();
    std::int64_t const residues = period / std::gcd(period, stride_);
    std::int64_t const blocks = stride_ >= length ? count_ : (count_ - 1) * stride_ / length + 1;
    if (residues >= blocks) return;
    residues_ = residues;
    residue_step_ = residues * stride_ / period * length;
  }

  /// The run that begins with the index of rising number `begin`.
  [[nodiscard]] constexpr run at(std::int64_t begin) const {
    std::int64_t const index = low_ + begin * stride_;
    place const where = along_->locate(index);
    run found{where.part, where.count, where.local, stride_, begin, 1, 0};
    if (residues_ > 0) {
      found.count = (count_ - begin - 1) / residues_ + 1;
      found.spacing = residues_;
      found.local_step = residue_step_;
    } else {
      std::int64_t const room = along_->together(index, where);
      found.count = std::min(count_ - begin, stride_ == 1 ? room : (room - 1) / stride_ + 1);
    }
    if (backwards_) {
      std::int64_t const last = found.count - 1;
      found.local += last * found.local_step;
      found.local_step = -found.local_step;
      found.position = count_ - 1 - (found.position + last * found.spacing);
    }
    return found;
  }

  dimension const* along_ = nullptr;
  bool backwards_ = false;
  std::int64_t count_ = 0;
  std::int64_t low_ = 0;
  std::int64_t stride_ = 1;
  std::int64_t residues_ = 0; ///< 0: by block
  std::int64_t residue_step_ = 0;
  std::int64_t next_ = 0;
  run current_{};
};

/// Walks over the runs of several intervals.
class run_walk {
public:
  constexpr run_walk() = default;
  /// There is at least one, and none is empty.
  constexpr run_walk(dimension const& along, std::span<placed_interval const> selected)
      : along_(&along), selected_(selected) {
    enter();
  }

  [[nodiscard]] constexpr dimension const& along() const { return *along_; }
  [[nodiscard]] constexpr run const& current() const { return current_; }

  /// Goes to the next run; after the last one to the first again, and returns false.
  constexpr bool advance() {
    if (walk_.advance()) {
      place_current();
      return true;
    }
    bool const more = ++at_ < selected_.size();
    if (!more) at_ = 0;
    enter();
    return more;
  }

private:
  constexpr void enter() {
    walk_ = interval_walk(*along_, selected_[at_].range);
    place_current();
  }
  constexpr void place_current() {
    current_ = walk_.current();
    current_.position += selected_[at_].position;
  }

  dimension const* along_ = nullptr;
  std::span<placed_interval const> selected_;
  std::size_t at_ = 0;
  interval_walk walk_;
  run current_{};
};

} // namespace armada::detail
