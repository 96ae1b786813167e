#include <armada/core/error.hpp>
#include <armada/rma/detail/race_watch.hpp>

#include <new>

namespace armada::detail {

void race_watch::open() {
  auto const ranks = static_cast<std::size_t>(near_.size());
  auto const table = shared_segment::round_to_page(ranks * sizeof(ordering::timeline));
  auto const log = shared_segment::round_to_page(sizeof(race_log));
  segment_ = shared_segment(near_, table + ranks * log);
  new (&timelines()[near_.rank]) ordering::timeline;
  new (&log_of(near_.rank)) race_log;
  ordering::watch(mine());
}

race_log& race_watch::log_of(int at) const noexcept {
  auto const table = shared_segment::round_to_page(static_cast<std::size_t>(near_.size()) * sizeof(ordering::timeline));
  auto const log = shared_segment::round_to_page(sizeof(race_log));
  return *reinterpret_cast<race_log*>(segment_.data() + table + static_cast<std::size_t>(at) * log);
}

std::optional<race_watch::race> race_watch::enter(int at, access_kind kind, std::string_view operation,
                                                  code_place const& place, byte_run const& bytes, std::uint64_t phase) {
  auto access = make_access(near_.rank, kind, bytes, operation, place);
  access.tellings = mine().tellings.load(std::memory_order_relaxed);
  access.phase = phase;
  auto other = log_of(at).enter(access, ordering::last_heard(), timelines());
  if (!other) return std::nullopt;
  access.rank = near_.members[static_cast<std::size_t>(near_.rank)];
  other->rank = near_.members[static_cast<std::size_t>(other->rank)];
  return race{access, *other};
}

void race_watch::note(int at, access_kind kind, std::string_view operation, target const& where, std::int64_t offset,
                      std::int64_t count, std::int64_t element, std::uint64_t phase, std::string const& window) {
  auto const one = [&](layout::run const& run) {
    byte_run const bytes{offset + run.first * element, run.count, run.step * element, element};
    if (auto const found = enter(at, kind, operation, where.rank.place, bytes, phase))
      throw race_error(text("race on ", window, ", part of rank ", where.rank.value, ": ", found->mine.describe(),
                            ", and ", found->other.describe(), ", with nothing between that orders them"));
  };
  if (!where.layout) return one({0, count, 1});
  for (layout::cursor each(*where.layout); !each.done(); each.advance(each.here().count)) one(each.here());
}

} // namespace armada::detail
