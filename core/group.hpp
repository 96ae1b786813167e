#pragma once

/// Ordered sets of processes, from which communicators are made.

#include <armada/core/comparison.hpp>
#include <armada/core/mpi.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace armada {

class communicator;
class session;

/// The ranks `first, first + stride, …` up to and with `last`, as far as the stride hits it. A negative stride counts
/// down.
struct rank_range {
  int first;
  int last;
  int stride = 1;
};

/// Owns an MPI group. Move-only. All of its functions are local; they throw `lifecycle_error` while MPI does not run,
/// and `argument_error`, before MPI is called, for a rank that the group does not have or that is named twice.
/// MPI-4.0, section 7.3.
class group {
public:
  /// No process at all.
  group() noexcept = default;
  /// The processes of a communicator; of an intercommunicator the local ones.
  explicit group(communicator const& comm);
  group(group&& other) noexcept : raw_(std::exchange(other.raw_, MPI_GROUP_EMPTY)) {}
  group& operator=(group&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~group();

  /// The processes of a set that `session::psets` names. Throws `argument_error` for another name.
  [[nodiscard]] static group from_session_pset(session const& from, std::string_view pset);

  /// Takes over a handle that MPI gave, and frees it.
  [[nodiscard]] static group adopt(MPI_Group raw) noexcept;

  /// What `rank` and `translate_ranks` say of a process that does not belong to the group.
  static constexpr int undefined = MPI_UNDEFINED;

  [[nodiscard]] int size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// This process's rank in the group, or `undefined`.
  [[nodiscard]] int rank() const;

  /// The ranks that the processes `ranks` of this group have in `other`, or `undefined`; MPI_PROC_NULL stays.
  [[nodiscard]] std::vector<int> translate_ranks(std::vector<int> const& ranks, group const& other) const;
  /// Whether every process of `other` is in this group too.
  [[nodiscard]] bool includes(group const& other) const;

  /// The processes `ranks`, in that order.
  [[nodiscard]] group include(std::vector<int> const& ranks) const;
  /// All processes but `ranks`, in the order of this group.
  [[nodiscard]] group exclude(std::vector<int> const& ranks) const;
  /// The same with the ranks of `ranges`, one after the other. Throws `argument_error` for a stride of 0 as well.
  [[nodiscard]] group include_ranges(std::vector<rank_range> const& ranges) const;
  [[nodiscard]] group exclude_ranges(std::vector<rank_range> const& ranges) const;

  /// MPI's own handle, valid while this object lives.
  [[nodiscard]] MPI_Group raw() const;

private:
  [[nodiscard]] std::vector<int> expand(std::string_view operation, std::vector<rank_range> const& ranges) const;
  void check(std::string_view operation, std::vector<int> const& ranks) const;

  MPI_Group raw_ = MPI_GROUP_EMPTY;
};

/// `ident`, `similar` or `unequal`. Local. MPI-4.0, section 7.3.1.
[[nodiscard]] comparison compare(group const& a, group const& b);
[[nodiscard]] inline bool operator==(group const& a, group const& b) { return compare(a, b) == comparison::ident; }

/// The processes of `a`, then those of `b` that `a` lacks. Local. MPI-4.0, section 7.3.2.
[[nodiscard]] group set_union(group const& a, group const& b);
/// The processes of `a` that `b` has too, in the order of `a`. Local.
[[nodiscard]] group set_intersection(group const& a, group const& b);
/// The processes of `a` that `b` lacks, in the order of `a`. Local.
[[nodiscard]] group set_difference(group const& a, group const& b);

} // namespace armada
