#include <armada/arrays/detail/array_watch.hpp>
#include <armada/core/error.hpp>
#include <armada/core/ordering.hpp>
#include <armada/rma/detail/race_watch.hpp>

#include <algorithm>

namespace armada::detail {
namespace {

/// A quarter of what the log of a tile holds.
constexpr std::size_t most_runs = race_log::kept / 4;

struct loop {
  std::int64_t count, stride;
};

} // namespace

std::vector<byte_run> runs_of(watched_access const& what) {
  std::vector<loop> loops; // forwards, nearest neighbours first, without those of one turn
  std::int64_t first = what.offset;
  for (std::size_t d = 0; d < what.counts.size(); ++d) {
    auto const count = what.counts[d], stride = what.strides[d];
    if (count == 0) return {};
    if (stride < 0) first += (count - 1) * stride;
    if (count > 1) loops.push_back({count, stride < 0 ? -stride : stride});
  }
  std::ranges::sort(loops, {}, &loop::stride);

  std::int64_t length = 1; // of what lies together
  auto next = loops.begin();
  for (; next != loops.end() && next->stride == length; ++next) length *= next->count;
  byte_run run{first * what.element_bytes, 1, length * what.element_bytes, length * what.element_bytes};
  if (next != loops.end()) {
    run.count = next->count;
    run.step = next->stride * what.element_bytes;
    ++next;
    for (; next != loops.end() && next->stride * what.element_bytes == run.count * run.step; ++next)
      run.count *= next->count;
  }
  std::vector<byte_run> runs{run};
  for (; next != loops.end() && static_cast<std::size_t>(next->count) <= most_runs / runs.size(); ++next) {
    auto const inner = runs.size();
    for (std::int64_t i = 1; i < next->count; ++i)
      for (std::size_t r = 0; r < inner; ++r) {
        runs.push_back(runs[r]);
        runs.back().first += i * next->stride * what.element_bytes;
      }
  }
  return runs;
}

void array_watch::before(watched_access const& what) {
  if (window_->races() != nullptr)
    if (int const at = window_->place_on_node(what.owner); at >= 0) check_races(what, at);
  if (counters_) {
    bool const update = what.kind == access_kind::update; // by MPI's atomics, if there is a far rank
    bool const near = update ? window_->all_near() : window_->near(what.owner) != nullptr;
    counters_->add(what.owner, static_cast<traffic_kind>(what.kind), near ? traffic_road::near : traffic_road::far,
                   what.bytes());
  }
}

void array_watch::check_races(watched_access const& what, int at) {
  for (byte_run const& run : runs_of(what)) {
    auto const found = window_->races()->enter(at, what.kind, what.operation, {}, run, 0);
    if (!found) continue;
    throw race_error(text(
        "race on ", array_, ", tile of rank ", what.owner, ": ", describe(found->mine, what.element_bytes, what.owner),
        ", and ", describe(found->other, what.element_bytes, what.owner), ", with nothing between that orders them"));
  }
  if (what.kind == access_kind::update) ordering::tell();
}

std::string array_watch::describe(access_record const& access, std::int64_t element_bytes, int owner) const {
  auto const first = access.run.first / element_bytes, last = (access.run.end() - 1) / element_bytes;
  return text(access.operation.data(), " by rank ", access.rank, " of ", first == last ? "element " : "elements from ",
              name_(owner, first), first == last ? "" : text(" to ", name_(owner, last)));
}

} // namespace armada::detail
