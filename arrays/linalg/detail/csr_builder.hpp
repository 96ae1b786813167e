#pragma once

#include <armada/arrays/index/block.hpp>
#include <armada/arrays/linalg/detail/csr.hpp>
#include <armada/arrays/linalg/detail/gather_plan.hpp>
#include <armada/core/error.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace armada::detail {

/// Makes a csr in two passes over the same entries in any order: `count` each, `allocate`, `place` each, `finish`. No
/// more memory than the result, the rows' ends and the list of columns of other ranks is used on the way. Local.
template <class T>
class csr_builder {
public:
  using index = typename csr<T>::index;

  csr_builder(block_dimension const& rows, block_dimension const& columns, int rank)
      : columns_(columns), first_row_(rows.first(rank)), first_column_(columns.first(rank)), own_(columns.count(rank)) {
    result_.own = own_;
    result_.starts.assign(static_cast<std::size_t>(rows.count(rank)) + 1, 0);
  }

  /// Throws `unsupported` when this rank gets more entries than can be numbered.
  void count(std::int64_t row, std::int64_t column) {
    if (counted_ == most) throw unsupported(too_many("entries"));
    ++counted_;
    ++result_.starts[at(row) + 1];
    if (!is_own(column)) remember(column);
  }

  /// The number of entries counted so far.
  [[nodiscard]] std::int64_t counted() const noexcept { return counted_; }

  void allocate() {
    compact();
    result_.plan = gather_plan(columns_, others_);
    std::vector<std::int64_t>().swap(others_);
    if (own_ > most - result_.plan.length()) throw unsupported(too_many("columns"));
    std::partial_sum(result_.starts.begin(), result_.starts.end(), result_.starts.begin());
    ends_.assign(result_.starts.begin(), result_.starts.end() - 1);
    result_.columns.resize(static_cast<std::size_t>(counted_));
    result_.values.resize(result_.columns.size());
  }

  /// Throws `argument_error` for an entry that the first pass did not have.
  void place(std::int64_t row, std::int64_t column, T const& value) {
    auto const local = is_own(column) ? column - first_column_ : own_ + result_.plan.slot(column);
    auto& end = ends_[at(row)];
    if (end == result_.starts[at(row) + 1] || (!is_own(column) && local < own_))
      throw argument_error(text("the entry in row ", row, ", column ", column, " was not there at the first pass"));
    result_.columns[end] = static_cast<index>(local);
    result_.values[end] = value;
    ++end;
  }

  /// Orders each row and sums entries at the same place. Throws `argument_error` if the second pass had fewer entries.
  [[nodiscard]] csr<T> finish() {
    index kept = 0;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      auto const begin = i == 0 ? index{0} : ends_[i - 1]; // where it began: starts is overwritten row by row
      auto const end = ends_[i];
      if (end != result_.starts[i + 1])
        throw argument_error(text("row ", first_row_ + static_cast<std::int64_t>(i), " has fewer entries than before"));
      result_.starts[i] = kept;
      kept = finish_row(begin, end, kept);
    }
    if (!ends_.empty()) result_.starts.back() = kept;
    result_.columns.resize(kept);
    result_.values.resize(kept);
    result_.find_mixed_rows();
    return std::move(result_);
  }

private:
  [[nodiscard]] std::size_t at(std::int64_t row) const noexcept { return static_cast<std::size_t>(row - first_row_); }
  [[nodiscard]] bool is_own(std::int64_t column) const noexcept {
    return column >= first_column_ && column - first_column_ < own_;
  }

  /// The list holds at most twice as many columns as there are different ones.
  void remember(std::int64_t column) {
    if (!others_.empty() && others_.back() == column) return;
    if (others_.size() == room_) compact();
    others_.push_back(column);
  }
  void compact() {
    std::sort(others_.begin(), others_.end());
    others_.erase(std::unique(others_.begin(), others_.end()), others_.end());
    room_ = std::max<std::size_t>(2 * others_.size(), 4096);
    others_.reserve(room_);
  }

  /// Moves entries begin to end down to `kept`, in order and without repetition; returns where they end.
  index finish_row(index begin, index end, index kept) {
    auto* const column = result_.columns.data();
    auto* const value = result_.values.data();
    if (kept == begin && std::adjacent_find(column + begin, column + end, std::greater_equal{}) == column + end)
      return end;
    row_.clear();
    for (auto k = begin; k < end; ++k) row_.emplace_back(column[k], value[k]);
    std::stable_sort(row_.begin(), row_.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
    auto const first = kept;
    for (auto const& [c, v] : row_) {
      if (kept > first && column[kept - 1] == c) {
        value[kept - 1] += v;
      } else {
        column[kept] = c;
        value[kept++] = v;
      }
    }
    return kept;
  }

  static constexpr std::int64_t most = std::numeric_limits<index>::max();
  [[nodiscard]] static std::string too_many(std::string_view what) {
    return text("a sparse matrix of which one rank has more than ", most, " ", what, ": use more ranks");
  }

  block_dimension columns_;
  std::int64_t counted_ = 0;
  std::int64_t first_row_, first_column_, own_;
  csr<T> result_;
  std::vector<index> ends_;          ///< of what each row has been given
  std::vector<std::int64_t> others_; ///< columns of other ranks
  std::size_t room_ = 4096;
  std::vector<std::pair<index, T>> row_;
};

} // namespace armada::detail
