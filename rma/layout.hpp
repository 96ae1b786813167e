#pragma once

/// Where the elements of one side of a one-sided transfer lie: strided, a sub-array, or anywhere.

#include <armada/core/derived_datatype.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace armada {

namespace detail {

/// Nested loops that visit the elements of two layouts together, outermost first. Those that are not needed have one
/// turn.
struct common_loops {
  static constexpr std::size_t most = 4;
  std::array<std::int64_t, most> counts{1, 1, 1, 1}, a_steps{}, b_steps{};
  std::int64_t a_first = 0, b_first = 0;
};

} // namespace detail

/// Elements in the order in which they travel, by their places: in elements, counted from a target's offset or from a
/// buffer's first element. Made by `contiguous`, `strided`, `blocks`, `subarray` and `indexed`; a plain value.
class layout {
public:
  static constexpr std::size_t most_dimensions = 8;

  /// `count` places, `step` apart, from `first` on.
  struct run {
    std::int64_t first, count, step;
    bool operator==(run const&) const = default;
  };

  /// The number of elements.
  [[nodiscard]] std::int64_t size() const noexcept { return size_; }
  /// The lowest place and the one behind the highest; both 0 without elements.
  [[nodiscard]] std::int64_t lowest() const noexcept { return lowest_; }
  [[nodiscard]] std::int64_t end() const noexcept { return end_; }
  /// Whether the places are 0, 1, … up to the size.
  [[nodiscard]] bool is_contiguous() const noexcept;

  /// Walks over the elements in runs. Refers to the layout, which outlives it.
  class cursor;

private:
  friend class cursor;
  friend std::optional<detail::common_loops> common_loops_of(layout const& a, layout const& b) noexcept;
  friend layout contiguous(detail::any_integer count);
  friend layout nested(std::span<std::pair<std::int64_t, std::int64_t> const> loops, std::int64_t first);
  friend layout indexed(integer_list const& displacements);
  friend layout indexed(integer_list const& lengths, integer_list const& displacements);

  struct loop {
    std::int64_t count, step;
  };
  void settle_blocks();

  std::array<loop, most_dimensions> loops_{}; ///< outermost first; the last one is a run
  std::size_t depth_ = 0;                     ///< 0: `blocks_` says it all
  std::int64_t first_ = 0;
  std::vector<run> blocks_;
  std::int64_t size_ = 0, lowest_ = 0, end_ = 0;
};

/// `count` elements one behind the other. Throws `argument_error` for a negative count.
[[nodiscard]] layout contiguous(detail::any_integer count);

/// Nested loops of (count, step), the outermost first, from place `first` on; steps may be negative. Throws
/// `argument_error` for a negative count, more than eight loops, or places beyond 64 bits.
[[nodiscard]] layout nested(std::span<std::pair<std::int64_t, std::int64_t> const> loops, std::int64_t first = 0);

/// `count` single elements, `stride` elements apart: a column is `strided(rows, columns)`.
[[nodiscard]] layout strided(detail::any_integer count, detail::any_integer stride);

/// `count` blocks of `length` elements, which begin every `stride` elements: MPI_Type_vector.
[[nodiscard]] layout blocks(detail::any_integer count, detail::any_integer length, detail::any_integer stride);

/// The part of a row-major array of `shape` that begins at `first` and has the shape `part`. Throws `argument_error`
/// for lists of different lengths, more than eight dimensions, or a part beyond the array.
[[nodiscard]] layout subarray(integer_list const& shape, integer_list const& part, integer_list const& first);

/// Single elements at these places, or blocks of `lengths[i]` elements at `displacements[i]`; places may be negative
/// and may repeat. Throws `argument_error` for lists of different lengths, or a negative length.
[[nodiscard]] layout indexed(integer_list const& displacements);
[[nodiscard]] layout indexed(integer_list const& lengths, integer_list const& displacements);

class layout::cursor {
public:
  explicit cursor(layout const& walked) noexcept;
  [[nodiscard]] bool done() const noexcept { return run_.count == 0; }
  /// What is left of the run at hand.
  [[nodiscard]] run const& here() const noexcept { return run_; }
  /// Goes on by `count` elements, at most what is left of the run.
  void advance(std::int64_t count) noexcept {
    run_.first += count * run_.step;
    run_.count -= count;
    if (run_.count == 0) next();
  }

private:
  void next() noexcept;

  layout const& walked_;
  run run_{0, 0, 1};
  std::size_t block_ = 0;
  std::int64_t base_ = 0;
  std::array<std::int64_t, most_dimensions> counted_{};
};

inline bool layout::is_contiguous() const noexcept { return cursor(*this).here() == run{0, size_, 1}; }

/// The loops that are common to both, as for a patch and a buffer without gaps; nothing where lengths differ, one is a
/// list of blocks, or the loops of one do not divide those of the other.
[[nodiscard]] std::optional<detail::common_loops> common_loops_of(layout const& a, layout const& b) noexcept;

/// Calls `visit(a first, a step, b first, b step, count)` for runs that are common to both, in order, until the shorter
/// layout ends.
template <class Visit>
void for_each_common_run(layout const& a, layout const& b, Visit visit) {
  layout::cursor mine(a), theirs(b);
  while (!mine.done() && !theirs.done()) {
    auto const one = mine.here(), other = theirs.here();
    auto const count = std::min(one.count, other.count);
    visit(one.first, one.step, other.first, other.step, count);
    mine.advance(count);
    theirs.advance(count);
  }
}

} // namespace armada
