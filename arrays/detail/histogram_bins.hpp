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

  [[nodiscard]] std::int64_t count() const { return count_; }
  /// The bin of a value; -1 for none. The quotient may be off by one where rounding has its way: edges decide.
  [[nodiscard]] std::int64_t place(double value) const {
    if (!(value >= range_.low && value <= range_.high)) return -1;
    auto bin = std::min(static_cast<std::int64_t>((value - range_.low) * per_unit_), count_ - 1);
    if (value < edge(bin)) return bin - 1;
    return value >= edge(bin + 1) && bin < count_ - 1 ? bin + 1 : bin;
  }

private:
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

  [[nodiscard]] std::int64_t count() const { return std::ssize(edges_) - 1; }
  [[nodiscard]] std::int64_t place(double value) const {
    if (!(value >= edges_.front() && value <= edges_.back())) return -1;
    if (value == edges_.back()) return count() - 1; // NOLINT(*-float-equal)
    return std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin() - 1;
  }

private:
  std::vector<double> const& edges_;
};

/// Zeros for the numbers before `end`. Throws `std::bad_alloc`.
[[nodiscard]] std::vector<std::int64_t> counts_up_to(std::uint64_t end);

} // namespace detail
} // namespace armada
