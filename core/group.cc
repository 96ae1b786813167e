#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/group.hpp>
#include <armada/core/job.hpp>
#include <armada/core/session.hpp>

#include <algorithm>
#include <cstdint>

namespace armada {
namespace {

using range_triplet = int[3];

std::vector<int> flattened(std::vector<rank_range> const& ranges) {
  std::vector<int> flat;
  for (auto const& [first, last, stride] : ranges) flat.insert(flat.end(), {first, last, stride});
  return flat;
}

/// The group that `Routine(a, arguments…, &result)` makes.
template <auto Routine>
group made(auto... arguments) {
  MPI_Group result = MPI_GROUP_EMPTY;
  call<Routine>(arguments..., &result);
  return group::adopt(result);
}

} // namespace

group::group(communicator const& comm) { call<MPI_Comm_group>(comm.raw(), &raw_); }

group::~group() {
  if (raw_ != MPI_GROUP_EMPTY && raw_ != MPI_GROUP_NULL && job::running()) MPI_Group_free(&raw_);
}

group group::from_session_pset(session const& from, std::string_view pset) {
  auto const name = from.checked_pset("from_session_pset", pset);
  return made<MPI_Group_from_session_pset>(from.raw(), name.c_str());
}

group group::adopt(MPI_Group raw) noexcept {
  group result;
  result.raw_ = raw;
  return result;
}

MPI_Group group::raw() const {
  job::require_running("group");
  return raw_;
}

int group::size() const {
  int result = 0;
  call<MPI_Group_size>(raw(), &result);
  return result;
}

int group::rank() const {
  int result = undefined;
  call<MPI_Group_rank>(raw(), &result);
  return result;
}

void group::check(std::string_view operation, std::vector<int> const& ranks) const {
  int const processes = size();
  std::vector<bool> seen(static_cast<std::size_t>(processes));
  for (int const each : ranks) {
    if (each < 0 || each >= processes)
      throw argument_error(
          detail::text(operation, " on ", job::whoami(), ": rank ", each, " is not in this group of ", processes));
    if (seen[static_cast<std::size_t>(each)])
      throw argument_error(detail::text(operation, " on ", job::whoami(), ": rank ", each, " is there twice"));
    seen[static_cast<std::size_t>(each)] = true;
  }
}

std::vector<int> group::translate_ranks(std::vector<int> const& ranks, group const& other) const {
  int const processes = size();
  for (int const each : ranks)
    if (each != MPI_PROC_NULL && (each < 0 || each >= processes))
      throw argument_error(
          detail::text("translate_ranks on ", job::whoami(), ": rank ", each, " is not in this group of ", processes));
  std::vector<int> result(ranks.size(), undefined);
  if (!ranks.empty())
    call<MPI_Group_translate_ranks>(raw(), static_cast<int>(ranks.size()), ranks.data(), other.raw(), result.data());
  return result;
}

bool group::includes(group const& other) const { return set_difference(other, *this).empty(); }

group group::include(std::vector<int> const& ranks) const {
  check("include", ranks);
  return made<MPI_Group_incl>(raw(), static_cast<int>(ranks.size()), ranks.data());
}

group group::exclude(std::vector<int> const& ranks) const {
  check("exclude", ranks);
  return made<MPI_Group_excl>(raw(), static_cast<int>(ranks.size()), ranks.data());
}

std::vector<int> group::expand(std::string_view operation, std::vector<rank_range> const& ranges) const {
  std::vector<int> ranks;
  auto const limit = static_cast<std::size_t>(size());
  for (auto const& [first, last, stride] : ranges) {
    if (stride == 0 || (stride > 0 ? first > last : first < last))
      throw argument_error(detail::text(operation, " on ", job::whoami(), ": the range from ", first, " to ", last,
                                        " by ", stride, " leads nowhere"));
    for (std::int64_t rank = first; stride > 0 ? rank <= last : rank >= last; rank += stride) {
      ranks.push_back(static_cast<int>(rank));
      if (ranks.size() > limit) break; // one of them is wrong or there twice
    }
  }
  check(operation, ranks);
  return ranks;
}

group group::include_ranges(std::vector<rank_range> const& ranges) const {
  static_cast<void>(expand("include_ranges", ranges));
  auto flat = flattened(ranges);
  return made<MPI_Group_range_incl>(raw(), static_cast<int>(ranges.size()),
                                    reinterpret_cast<range_triplet*>(flat.data()));
}

group group::exclude_ranges(std::vector<rank_range> const& ranges) const {
  static_cast<void>(expand("exclude_ranges", ranges));
  auto flat = flattened(ranges);
  return made<MPI_Group_range_excl>(raw(), static_cast<int>(ranges.size()),
                                    reinterpret_cast<range_triplet*>(flat.data()));
}

comparison compare(group const& a, group const& b) {
  int result = MPI_UNEQUAL;
  call<MPI_Group_compare>(a.raw(), b.raw(), &result);
  return static_cast<comparison>(result);
}

group set_union(group const& a, group const& b) { return made<MPI_Group_union>(a.raw(), b.raw()); }
group set_intersection(group const& a, group const& b) { return made<MPI_Group_intersection>(a.raw(), b.raw()); }
group set_difference(group const& a, group const& b) { return made<MPI_Group_difference>(a.raw(), b.raw()); }

} // namespace armada
