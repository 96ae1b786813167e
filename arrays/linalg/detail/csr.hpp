#pragma once

/// The rows of a sparse matrix that one rank owns, compressed, with columns as this rank numbers them.

#include <armada/arrays/linalg/detail/gather_plan.hpp>

#include <cstdint>
#include <vector>

namespace armada::detail {

/// Entries of row i lie from starts[i] to starts[i + 1], ascending by column, each column once. Column j below `own` is
/// element j of this rank's tile of x; column own + s is slot s of what the plan gathers.
template <class T>
struct csr {
  /// 12 bytes per entry of double rather than 16, and 4 per row rather than 8: the product is as fast as its memory.
  using index = std::uint32_t;
  /// Rows first to last of which some need columns of other ranks; between these stretches no row does.
  struct stretch {
    std::int64_t first, last;
  };

  std::int64_t own = 0;
  gather_plan plan;
  std::vector<index> starts{0};
  std::vector<index> columns;
  std::vector<T> values;
  std::vector<stretch> mixed;

  [[nodiscard]] std::int64_t rows() const noexcept { return static_cast<std::int64_t>(starts.size()) - 1; }
  [[nodiscard]] std::int64_t bytes() const noexcept {
    return static_cast<std::int64_t>((starts.size() + columns.size()) * sizeof(index) + values.size() * sizeof(T));
  }

  /// Fills `mixed` from the entries. Stretches that are close together become one.
  void find_mixed_rows() {
    constexpr std::int64_t close = 16;
    mixed.clear();
    for (std::int64_t i = 0; i < rows(); ++i) {
      auto const begin = starts[static_cast<std::size_t>(i)], end = starts[static_cast<std::size_t>(i) + 1];
      if (begin == end || columns[end - 1] < own) continue;
      if (!mixed.empty() && i - mixed.back().last < close)
        mixed.back().last = i + 1;
      else
        mixed.push_back({i, i + 1});
    }
  }

  /// y = these rows times x, whose own tile and gathered slots lie in two places.
  void multiply(T const* x, T const* gathered, T* y) const {
    std::int64_t next = 0;
    for (auto const& [first, last] : mixed) {
      multiply_own(next, first, x, y);
      multiply_mixed(first, last, x, gathered, y);
      next = last;
    }
    multiply_own(next, rows(), x, y);
  }

  void multiply_own(std::int64_t first, std::int64_t last, T const* x, T* y) const {
    auto const* const start = starts.data();
    auto const* const column = columns.data();
    auto const* const value = values.data();
    std::int64_t k = start[first];
    for (auto i = first; i < last; ++i) {
      std::int64_t const end = start[i + 1];
      T total{};
      for (; k < end; ++k) total += value[k] * x[column[k]];
      y[i] = total;
    }
  }

  /// Columns of others come last in a row.
  void multiply_mixed(std::int64_t first, std::int64_t last, T const* x, T const* gathered, T* y) const {
    auto const* const start = starts.data();
    auto const* const column = columns.data();
    auto const* const value = values.data();
    std::int64_t k = start[first];
    for (auto i = first; i < last; ++i) {
      std::int64_t const end = start[i + 1];
      T total{};
      for (; k < end && column[k] < own; ++k) total += value[k] * x[column[k]];
      for (; k < end; ++k) total += value[k] * gathered[column[k] - own];
      y[i] = total;
    }
  }
};

} // namespace armada::detail
