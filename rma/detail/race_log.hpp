#pragma once

/// The accesses to one part of a window, in memory that its origins share, and what among them is a race. It knows
/// nothing of MPI: plain memory, so that threads can test it.
///
/// An access A of one rank comes before an access B of another if A's rank told somebody something after A and B's rank
/// heard something, later than that, before B. Where that cannot have happened in either direction, nothing orders A
/// and B. Times of one host decide, so that a program without races is never accused; a race whose ranks were ordered
/// by chance may be missed.

#include <armada/core/option.hpp>
#include <armada/core/ordering.hpp>
#include <armada/rma/detail/shared_lock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace armada::detail {

enum class access_kind : std::uint32_t { read, write, update };

/// Elements `step` bytes apart, from `first` bytes into the part on.
struct byte_run {
  std::int64_t first, count, step, element;

  [[nodiscard]] std::int64_t end() const noexcept { return first + (count - 1) * step + element; }
};
/// Whether they have a byte in common. Runs with gaps of more than 65536 elements each are taken to have none.
[[nodiscard]] bool overlap(byte_run const& a, byte_run const& b) noexcept;

/// One access, as others are told of it.
struct access_record {
  int rank;
  access_kind kind;
  byte_run run;
  std::uint64_t tellings; ///< of its rank, before it
  std::uint64_t phase;    ///< of an active epoch: the same for accesses that only its end completes; otherwise 0
  int line;
  std::array<char, 20> operation;
  std::array<char, 60> file; ///< the end of the path

  [[nodiscard]] std::string describe() const;
};

[[nodiscard]] access_record make_access(int rank, access_kind kind, byte_run const& run, std::string_view operation,
                                        code_place const& place) noexcept;

/// The latest accesses to one part.
class race_log {
public:
  static constexpr std::size_t kept = 4096;

  /// Records are written when they are entered: a log that is hardly used has hardly any pages.
  race_log() noexcept {} // NOLINT(modernize-use-equals-default): that would write them all

  /// Enters an access of `mine.rank`, which last heard from others at `heard`; gives the one that it races with.
  /// `timelines[r]`: of rank r of the node.
  [[nodiscard]] std::optional<access_record> enter(access_record const& mine, std::uint64_t heard,
                                                   ordering::timeline const* timelines) noexcept;

private:
  spin_lock lock_;
  std::uint64_t entered_ = 0;
  std::array<access_record, kept> records_;
};

} // namespace armada::detail
