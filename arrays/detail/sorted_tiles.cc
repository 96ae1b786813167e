#include <armada/arrays/detail/sorted_tiles.hpp>
#include <armada/collectives/allgather.hpp>
#include <armada/collectives/alltoall.hpp>

namespace armada::detail {

void exchange_bytes(communicator const& comm, std::span<std::byte const> in, std::span<std::byte> out) {
  alltoall(comm, in, out);
}

void share_bytes(communicator const& comm, std::span<std::byte const> in, std::span<std::byte> out) {
  allgather(comm, in, out);
}

std::vector<std::int64_t> share_boundaries(communicator const& comm, std::int64_t mine) {
  std::vector<std::int64_t> boundaries{0};
  for (std::int64_t const each : allgather(comm, mine)) boundaries.push_back(boundaries.back() + each);
  return boundaries;
}

std::int64_t median_of(std::span<weighted_rank const> ranks) {
  std::int64_t total = 0, weight = 0;
  for (auto const& each : ranks) total += each.weight;
  for (auto const& each : ranks)
    if (2 * (weight += each.weight) >= total) return each.rank;
  return -1;
}

run_cuts::run_cuts(communicator const& comm, std::int64_t length, std::int64_t boundary)
    : comm_(&comm), boundary_(boundary), low_(static_cast<std::size_t>(comm.size()), 0), high_(low_.size(), length),
      counts_(low_.size()), low_side_(low_.size()) {}

void run_cuts::narrow(std::span<std::int64_t const> before, std::span<std::int64_t const> pivot_ranks) {
  exchange_bytes(*comm_, std::as_bytes(before), std::as_writable_bytes(std::span(counts_)));
  std::int64_t const place = std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
  share(*comm_, std::int64_t{place < boundary_ ? 1 : 0}, low_side_);
  for (std::size_t r = 0; r < low_.size(); ++r)
    if (low_side_[r] != 0)
      low_[r] = before[r] + (pivot_ranks[r] == comm_->rank() ? 1 : 0);
    else
      high_[r] = before[r];
}

} // namespace armada::detail
