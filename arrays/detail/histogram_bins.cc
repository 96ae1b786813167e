#include <armada/arrays/detail/histogram_bins.hpp>
#include <armada/core/agree.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <new>

namespace armada::detail {

equal_bins::equal_bins(communicator const& comm, std::int64_t count, value_range range) : count_(count), range_(range) {
  std::array const said{count, std::bit_cast<std::int64_t>(range.low), std::bit_cast<std::int64_t>(range.high)};
  check_same_everywhere(comm, "what a histogram is made of (bins, the bits of its range)", said);
  if (count < 1) throw argument_error(text("histogram of ", count, " bins, on rank ", comm.rank()));
  if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.low > range.high)
    throw argument_error(text("histogram from ", range.low, " to ", range.high, ", on rank ", comm.rank()));
  if (range.low == range.high) range_ = {range.low - 0.5, range.high + 0.5}; // NOLINT(*-float-equal)
  width_ = (range_.high - range_.low) / static_cast<double>(count);
  per_unit_ = static_cast<double>(count) / (range_.high - range_.low);
  if (!std::isfinite(width_) || !std::isfinite(per_unit_)) refuse(); // by the same numbers on every rank
}

std::vector<std::int64_t> equal_bins::zeros() const {
  auto counts = counts_up_to(static_cast<std::uint64_t>(count_)); // no more edges than there may be bins
  for (std::int64_t i = 0; i < count_; ++i)
    if (edge(i) >= edge(i + 1)) refuse();
  return counts;
}

void equal_bins::refuse() const {
  throw argument_error(text("histogram of ", count_, " bins from ", range_.low, " to ", range_.high,
                            ": numbers cannot tell the edges apart, or not hold the width"));
}

bins_between::bins_between(communicator const& comm, std::vector<double> const& edges) : edges_(edges) {
  auto const said = agree(comm, [&] {
    std::vector<std::int64_t> bits;
    for (double const each : edges) bits.push_back(std::bit_cast<std::int64_t>(each));
    return bits;
  });
  check_same_list(comm, "edges of a histogram, their bits", said);
  if (edges.size() < 2) throw argument_error(text("histogram with ", edges.size(), " edges, on rank ", comm.rank()));
  for (std::size_t i = 1; i < edges.size(); ++i)
    if (!(edges[i - 1] <= edges[i]))
      throw argument_error(text("histogram: of its edges number ", i - 1, " is ", edges[i - 1], " and the next one is ",
                                edges[i], ", on rank ", comm.rank()));
}

std::vector<std::int64_t> counts_up_to(std::uint64_t end) {
  std::vector<std::int64_t> counts;
  if (end > counts.max_size()) throw std::bad_alloc();
  counts.resize(end);
  return counts;
}

} // namespace armada::detail
