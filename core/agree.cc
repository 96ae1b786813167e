#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada::detail {

void share_fault(communicator const& comm, std::optional<local_fault> const& mine) {
  collective_scope const inside({.comm = comm, .operation = "agree"});
  int const healthy = comm.size();
  int first = mine ? comm.rank() : healthy;
  call<MPI_Allreduce>(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm.raw());
  if (first == healthy) return;

  std::int64_t head[2] = {0, 0};
  std::string what;
  if (comm.rank() == first) {
    what = comm.size() > 1 ? text("rank ", first, ": ", mine->what) : mine->what;
    head[0] = static_cast<std::int64_t>(mine->kind);
    head[1] = static_cast<std::int64_t>(what.size());
  }
  call<MPI_Bcast>(head, 2, MPI_INT64_T, first, comm.raw());
  what.resize(static_cast<std::size_t>(head[1]));
  call<MPI_Bcast_c>(what.data(), static_cast<MPI_Count>(what.size()), MPI_CHAR, first, comm.raw());
  throw_fault(static_cast<fault>(head[0]), what);
}

namespace {

[[nodiscard]] bool same_everywhere(communicator const& comm, std::span<std::int64_t const> mine) {
  std::vector<std::int64_t> ends(mine.begin(), mine.end()); // the smallest of each, then ~ of the largest
  for (auto const value : mine) ends.push_back(~value);     // which turns the order round for every value
  call<MPI_Allreduce>(MPI_IN_PLACE, ends.data(), static_cast<int>(ends.size()), MPI_INT64_T, MPI_MIN, comm.raw());
  bool same = true;
  for (std::size_t i = 0; i < mine.size(); ++i) same = same && ends[i] == ~ends[i + mine.size()];
  return same;
}

} // namespace

void check_same_everywhere(communicator const& comm, std::span<named_values const> mine) {
  collective_scope const inside({.comm = comm, .operation = "agree"});
  std::vector<std::int64_t> all;
  for (auto const& each : mine) all.insert(all.end(), each.values.begin(), each.values.end());
  if (same_everywhere(comm, all)) return;

  auto roots = all;
  call<MPI_Bcast>(roots.data(), static_cast<int>(roots.size()), MPI_INT64_T, 0, comm.raw());
  std::optional<local_fault> differs;
  auto root = std::span<std::int64_t const>(roots);
  for (auto const& [what, values] : mine) {
    auto const theirs = root.first(values.size());
    root = root.subspan(values.size());
    if (!differs && !std::ranges::equal(values, theirs))
      differs = {fault::argument,
                 text(what, " is ", tuple_text(values), " here and ", tuple_text(theirs), " on rank 0")};
  }
  share_fault(comm, differs);
}

void check_same_everywhere(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine) {
  named_values const one{what, mine};
  check_same_everywhere(comm, {&one, 1});
}

void check_same_list(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine) {
  auto const length = static_cast<std::int64_t>(mine.size());
  check_same_everywhere(comm, text("the length of ", what), {&length, 1});
  if (length > 0) check_same_everywhere(comm, what, mine);
}

} // namespace armada::detail
