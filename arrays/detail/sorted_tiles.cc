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
    : comm_(&comm), boundary_(boundary), low_(static_cast<std::size_t>(comm.size()), 0),
      high_(static_cast<std::size_t>(comm.size()), length) {}

void run_cuts::narrow(std::vector<std::int64_t> const& before, std::vector<std::int64_t> const& pivot_ranks) {
  auto const ranks = before.size();
  std::vector<std::int64_t> counts(ranks), low_side(ranks);
  exchange(*comm_, before, counts);
  std::int64_t const place = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  share(*comm_, std::int64_t{place < boundary_ ? 1 : 0}, low_side);
  for (std::size_t r = 0; r < ranks; ++r)
    if (low_side[r] != 0)
      low_[r] = before[r] + (pivot_ranks[r] == comm_->rank() ? 1 : 0);
    else
      high_[r] = before[r];
}

} // namespace armada::detail
