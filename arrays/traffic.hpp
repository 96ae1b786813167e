#pragma once

/// Who moves how much from and to whom: one-sided access to an array, counted by each rank that called
/// `a.count_traffic()`.

#include <armada/arrays/detail/array_watch.hpp>
#include <armada/core/communicator.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace armada {

/// What all ranks counted until the report was made: a value of its own, the same on every rank. Loads and stores
/// through `local()` and `tile()` are not counted.
class traffic_report {
public:
  struct total {
    std::int64_t operations = 0, bytes = 0;
    friend bool operator==(total const&, total const&) = default;
  };

  /// Of `ranks` ranks, about what `array` describes. Throws `argument_error` for a rank in `counts` that is none.
  traffic_report(int ranks, std::string array, std::vector<traffic_count> counts);

  [[nodiscard]] std::string const& array() const noexcept { return array_; }
  [[nodiscard]] int ranks() const noexcept { return ranks_; }
  /// All that is not zero, in rising order of origin and owner.
  [[nodiscard]] std::span<traffic_count const> counts() const noexcept { return counts_; }

  /// The sum over what is asked for; nothing stands for all.
  struct question {
    std::optional<int> origin = {}, owner = {};
    std::optional<traffic_kind> kind = {};
    std::optional<traffic_road> road = {};
  };
  [[nodiscard]] total sum(question const& asked) const;
  [[nodiscard]] total sum() const { return sum({}); }

private:
  int ranks_;
  std::string array_;
  std::vector<traffic_count> counts_;
};

namespace detail {

/// What all ranks of `comm` counted. Collective.
[[nodiscard]] std::vector<traffic_count> gathered_traffic(communicator const& comm, array_watch const* watch);

} // namespace detail

/// What the ranks have done to an array since they called `count_traffic`; the counts go on. Collective over the
/// array's communicator. Its size is O(pairs of ranks that had to do with each other).
template <class Array>
[[nodiscard]] traffic_report traffic(Array const& a) {
  return {a.comm().size(), a.describe(), detail::gathered_traffic(a.comm(), a.memory().watch.get())};
}

/// A line for each kind and road, and a table of bytes, origins down and owners across: of the first and last eight
/// ranks where there are more than 16.
std::ostream& operator<<(std::ostream& out, traffic_report const& report);

/// The bytes between each two ranks as a picture in SVG 1.1, origins down and owners across, the darker the more, with
/// a scale. Of more than 64 ranks several share a cell, and the picture says how many.
[[nodiscard]] std::string draw_svg(traffic_report const& report);

/// Writes that picture: rank 0 of `comm` does, in place of what had that name. Collective over `comm`; all ranks throw
/// or none: `io_error`.
void save_svg(communicator const& comm, traffic_report const& report, std::string const& path);

} // namespace armada
