#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace armada::detail {

namespace {

/// What all ranks together give: on this side, and on the other one of an intercommunicator; the same where there is
/// but one.
template <class T>
struct both_sides {
  T here{};
  T there{};
};

template <class T>
both_sides<T> reduce(MPI_Comm comm, bool inter, T const& mine, int count, MPI_Datatype type, MPI_Op operation) {
  both_sides<T> all;
  auto const step = [&](T const& from, T& into) {
    call<MPI_Allreduce>(static_cast<void const*>(&from), static_cast<void*>(&into), count, type, operation, comm);
  };
  step(mine, all.there); // MPI gives each side what the other has
  if (inter)
    step(all.there, all.here);
  else
    all.here = all.there;
  return all;
}

/// A part of a text on its way. Zero but on the rank that tells it.
struct text_part {
  std::int64_t kind = 0;
  std::int64_t left = 0; ///< characters still to come
  std::array<char, 4080> characters{};
};

} // namespace

void share_fault(communicator const& comm, local_fault const& mine) {
  collective_scope const inside({.comm = comm, .operation = "agree"});
  share_fault_over(comm.raw(), mine);
}

void share_fault_over(MPI_Comm comm, local_fault const& mine) {
  int rank = 0;
  int two_sides = 0;
  call<MPI_Comm_rank>(comm, &rank);
  call<MPI_Comm_test_inter>(comm, &two_sides);
  bool const inter = two_sides != 0;
  int const healthy = std::numeric_limits<int>::max();
  auto const first = reduce(comm, inter, mine.what != nullptr ? rank : healthy, 1, MPI_INT, MPI_MIN);
  if (first.here == healthy && first.there == healthy) return;

  bool const ours = first.here != healthy;
  int size = 0;
  call<MPI_Comm_size>(comm, &size);
  std::string what; // as much of it as there is memory for: no rank may leave the others here
  auto const say = [&](auto const&... parts) { static_cast<void>(fault_of([&] { (what.append(parts), ...); })); };
  if (!ours)
    say("rank ", std::to_string(first.there), " of the other side: ");
  else if (inter || size > 1)
    say("rank ", std::to_string(first.here), ": ");

  std::string_view left = first.here == rank ? mine.what : "";
  auto kind = fault::generic;
  for (bool more = true; more;) {
    text_part next;
    if (first.here == rank) next.kind = static_cast<std::int64_t>(mine.kind);
    auto const length = left.copy(next.characters.data(), next.characters.size());
    left.remove_prefix(length);
    next.left = static_cast<std::int64_t>(left.size());
    auto const all = reduce(comm, inter, next, sizeof(text_part), MPI_BYTE, MPI_BOR);
    auto const& told = ours ? all.here : all.there;
    kind = static_cast<fault>(told.kind);
    say(std::string_view(told.characters.data(), strnlen(told.characters.data(), told.characters.size())));
    more = all.here.left > 0 || all.there.left > 0;
  }
  throw_fault(kind, what);
}

namespace {

/// Whether all ranks have the same values, which it compares some at a time: without an allocation that one rank alone
/// could fail in.
class comparison_of_values {
public:
  explicit comparison_of_values(communicator const& comm) : comm_(comm.raw()) {}

  void add(std::int64_t value) {
    if (used_ == most) compare();
    ends_[used_++] = value;
    ends_[used_++] = ~value; // which turns the order round for every value
  }
  [[nodiscard]] bool same() {
    compare();
    return same_;
  }

private:
  void compare() {
    if (used_ == 0) return;
    call<MPI_Allreduce>(MPI_IN_PLACE, ends_.data(), static_cast<int>(used_), MPI_INT64_T, MPI_MIN, comm_);
    for (std::size_t i = 0; i < used_; i += 2) same_ = same_ && ends_[i] == ~ends_[i + 1];
    used_ = 0;
  }

  static constexpr std::size_t most = 64;
  MPI_Comm comm_;
  std::array<std::int64_t, most> ends_{}; ///< the smallest of each, and ~ of the largest
  std::size_t used_ = 0;
  bool same_ = true;
};

} // namespace

void check_same_everywhere(communicator const& comm, std::span<named_values const> mine) {
  collective_scope const inside({.comm = comm, .operation = "agree"});
  comparison_of_values compared(comm);
  for (auto const& each : mine)
    for (auto const value : each.values) compared.add(value);
  if (compared.same()) return;

  std::vector<std::int64_t> roots;
  for (auto const& each : mine) roots.insert(roots.end(), each.values.begin(), each.values.end());
  call<MPI_Bcast>(roots.data(), static_cast<int>(roots.size()), MPI_INT64_T, 0, comm.raw());
  agree(comm, [&] {
    auto left = std::span<std::int64_t const>(roots);
    for (auto const& [what, values] : mine) {
      auto const theirs = left.first(values.size());
      left = left.subspan(values.size());
      if (!std::ranges::equal(values, theirs))
        throw argument_error(text(what, " is ", tuple_text(values), " here and ", tuple_text(theirs), " on rank 0"));
    }
  });
}

void check_same_everywhere(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine) {
  named_values const one{what, mine};
  check_same_everywhere(comm, {&one, 1});
}

void check_same_list(communicator const& comm, std::string_view what, std::span<std::int64_t const> mine) {
  auto const length = static_cast<std::int64_t>(mine.size());
  comparison_of_values lengths(comm);
  lengths.add(length);
  if (!lengths.same()) check_same_everywhere(comm, text("the length of ", what), {&length, 1});
  check_same_everywhere(comm, what, mine);
}

} // namespace armada::detail
