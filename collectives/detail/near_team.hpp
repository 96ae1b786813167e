#pragma once

/// Collectives of ranks that map one piece of memory. Plain memory and no MPI: threads can be such ranks as well.
///
/// Every rank has a stage of a few slots. A collective is a sequence of steps; in each, the ranks that give something
/// put a chunk of it into a slot of their own stage, and those that take it copy it out. All ranks count the same
/// steps, so that a number for each rank says what lies ready, and another one what is no longer needed.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace armada::detail {

/// How far a rank is. Each rank writes its own, on cache lines that nobody else writes.
struct near_progress {
  alignas(64) std::atomic<std::uint64_t> given{0}; ///< two for each step: the second is for what was made of the first
  alignas(64) std::atomic<std::uint64_t> done{0};  ///< steps in which it has taken what it needs
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "its memory is shared by processes");

/// Combines one element of each rank, in rank order: `run(op, operands, ranks, result, count)`. The result is another
/// place than any operand.
struct near_reduction {
  void* op;
  void (*run)(void*, std::byte const* const*, std::size_t, std::byte*, std::size_t) noexcept;
  std::size_t element; ///< bytes, at most `near_team::chunk`
};

/// One rank's view of the shared memory. All ranks call the same function with the same lengths, in the same order.
class near_team {
public:
  /// Bytes that one rank gives in a step, and steps that it may be ahead.
  static constexpr std::size_t chunk = 128 * 1024;
  static constexpr std::size_t slots = 4;
  static constexpr std::size_t stage_bytes = slots * chunk;
  /// More ranks than that have no room in a chunk.
  static constexpr int most_ranks = 1024;
  /// For `root`: every rank.
  static constexpr int everyone = -1;

  /// The shared memory that so many ranks need: control block, then stages. It begins as zeros.
  [[nodiscard]] static std::size_t control_bytes(int ranks) noexcept;
  [[nodiscard]] static std::size_t stage_place(int rank, int ranks) noexcept;

  /// `idle` is called again and again while this rank has been waiting for long.
  near_team(std::byte* memory, int rank, int ranks, std::function<void()> idle);

  [[nodiscard]] int rank() const noexcept { return static_cast<int>(rank_); }
  [[nodiscard]] int ranks() const noexcept { return static_cast<int>(ranks_); }

  /// Whether a rank's part of a chunk has room for an element: what `reduce_scatter` needs.
  [[nodiscard]] bool holds_parts(std::size_t element) const noexcept { return element <= part_; }

  /// The root's bytes replace those of all.
  void bcast(std::byte* data, std::size_t bytes, int root);
  /// gather, and allgather for `everyone`: blocks of `block` bytes. `in` is null when it lies in `out` already.
  void gather(std::byte const* in, std::byte* out, std::size_t block, int root);
  /// At the root, `out` is null when its block stays in `in`.
  void scatter(std::byte const* in, std::byte* out, std::size_t block, int root);
  /// `in` is null when the blocks lie in `out`.
  void alltoall(std::byte const* in, std::byte* out, std::size_t block);
  /// reduce, and allreduce for `everyone`: `count` elements. `in` is null when it lies in `out`.
  void reduce(std::byte const* in, std::byte* out, std::size_t count, near_reduction const& op, int root);
  /// reduce_scatter_block: blocks of `count` elements. `in` is null when all of them lie in `out`.
  void reduce_scatter(std::byte const* in, std::byte* out, std::size_t count, near_reduction const& op);

private:
  [[nodiscard]] std::byte* slot_of(std::size_t rank) const noexcept;
  void wait_for(std::atomic<std::uint64_t> const& number, std::uint64_t at_least) const;
  /// The part for `to` of a slot that is divided among the ranks.
  [[nodiscard]] std::byte* part_of(std::size_t from, std::size_t to) const noexcept;
  /// Waits until nobody needs what this rank gave in the slot before.
  void claim();
  void give(std::uint64_t phase);
  void take(std::size_t from, std::uint64_t phase) const;
  void end_step();
  /// Gives every other rank `length` bytes of its block, from `at` on.
  void spread(std::byte const* blocks, std::size_t block, std::size_t at, std::size_t length);
  /// Calls `visit(rank)` for the others, beginning with the next one, so that not all read the same stage.
  template <class Visit>
  void for_others(Visit visit) const;

  near_progress* progress_;
  std::byte* stages_;
  std::size_t rank_;
  std::size_t ranks_;
  std::size_t part_; ///< bytes of a chunk for each rank
  std::function<void()> idle_;
  std::uint64_t step_ = 0;
  std::uint64_t all_done_ = 0; ///< what every rank is known to have done
  std::vector<std::byte const*> operands_;
};

} // namespace armada::detail
