#pragma once

/// The bins of a histogram: which one a value is in.

#include <armada/core/communicator.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada {

/// From one value to another one.
struct value_range {
  double low, high;
};

namespace detail {

/// Bins of equal width.
class equal_bins {
public:
  /// Collective: all ranks throw `argument_error`, or none.
  equal_bins(communicator const& comm, std::int64_t count, value_range range);

  /// One for each bin. Throws `argument_error` where two edges are the same number.
  [[nodiscard]] std::vector<std::int64_t> zeros() const;
  /// The bin of a value; -1 for none. The quotient may be off where rounding has its way: edges decide.
  [[nodiscard]] std::int64_t place(double value) const {
    if (!(value >= range_.low && value <= range_.high)) return -1;
    auto bin = std::min(static_cast<std::int64_t>((value - range_.low) * per_unit_), count_ - 1);
    while (bin > 0 && value < edge(bin)) --bin;
    while (bin < count_ - 1 && value >= edge(bin + 1)) ++bin;
    return bin;
  }

private:
  [[noreturn]] void refuse() const;
  [[nodiscard]] double edge(std::int64_t i) const {
    return i == count_ ? range_.high : range_.low + static_cast<double>(i) * width_;
  }

  std::int64_t count_;
  value_range range_;
  double width_, per_unit_;
};

/// Bins between edges, to which it refers.
class bins_between {
public:
  /// Collective: all ranks throw `argument_error`, or none.
  bins_between(communicator const& comm, std::vector<double> const& edges);

  [[nodiscard]] std::vector<std::int64_t> zeros() const { return std::vector<std::int64_t>(edges_.size() - 1); }
  [[nodiscard]] std::int64_t place(double value) const {
    if (!(value >= edges_.front() && value <= edges_.back())) return -1;
    if (value == edges_.back()) return std::ssize(edges_) - 2; // NOLINT(*-float-equal)
    return std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin() - 1;
  }

private:
  std::vector<double> const& edges_;
};

/// Zeros for the numbers before `end`. Throws `std::bad_alloc`.
[[nodiscard]] std::vector<std::int64_t> counts_up_to(std::uint64_t end);

} // namespace detail
} // namespace armada
