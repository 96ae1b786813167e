#pragma once

/// What sorting of whole arrays is made of: each rank sorts what it has; the sorted runs are cut where the shares of
/// the ranks meet in the order of all elements, exactly; each rank fetches the pieces of its share, and merges them.

#include <armada/arrays/detail/merge_runs.hpp>
#include <armada/arrays/detail/radix_sort.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/core/agree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace armada::detail {

/// Memory for elements that are written before they are read.
template <class T>
class sort_room {
public:
  explicit sort_room(std::size_t count) : memory_(std::make_unique_for_overwrite<T[]>(count)), count_(count) {}
  [[nodiscard]] std::span<T> elements() const { return {memory_.get(), count_}; }

private:
  std::unique_ptr<T[]> memory_;
  std::size_t count_;
};

/// Sorts into `sorted`. `room` is of the same length, and may be the items themselves. Equal elements may change
/// places.
template <class T, class Order>
void sort_here(std::span<T const> items, std::span<T> sorted, std::span<T> room, Order const& order) {
  constexpr std::size_t few = 1024; // which std::sort is quicker with
  if constexpr (requires { Order::key(items[0]); })
    if (items.size() > few) return radix_sort(items, sorted, room, [](T const& each) { return Order::key(each); });
  std::copy(items.begin(), items.end(), sorted.begin());
  std::sort(sorted.begin(), sorted.end(), order);
}

/// Block r goes to rank r, and out come the blocks for this rank, in rank order. Bytes, whatever they are: nothing of
/// it is compiled for each type of elements.
void exchange_bytes(communicator const& comm, std::span<std::byte const> in, std::span<std::byte> out);
/// The same block to every rank.
void share_bytes(communicator const& comm, std::span<std::byte const> in, std::span<std::byte> out);
template <class T>
void exchange(communicator const& comm, std::vector<T> const& in, std::vector<T>& out) {
  exchange_bytes(comm, std::as_bytes(std::span(in)), std::as_writable_bytes(std::span(out)));
}
template <class T>
void share(communicator const& comm, T const& in, std::vector<T>& out) {
  share_bytes(comm, std::as_bytes(std::span(&in, 1)), std::as_writable_bytes(std::span(out)));
}

/// The places from 0 on where the shares of ranks begin that have so many elements, and where the last one ends.
[[nodiscard]] std::vector<std::int64_t> share_boundaries(communicator const& comm, std::int64_t mine);

/// An array whose tiles are the sorted elements of each rank. Collective; `room` as in `sort_here`.
template <class T, class Order>
[[nodiscard]] distributed_array<T, 1> sorted_tiles(communicator const& comm, std::span<T const> mine, std::span<T> room,
                                                   Order const& order) {
  auto boundaries = share_boundaries(comm, std::ssize(mine));
  distributed_array<T, 1> sorted(comm, {boundaries.back()}, {irregular(boundaries)});
  agree(comm, [&] { sort_here(mine, sorted.local().elements(), room, order); });
  sorted.fence();
  return sorted;
}

struct weighted_rank {
  std::int64_t rank, weight;
};
/// The rank with half of the weight on either side of it; -1 if none has any.
[[nodiscard]] std::int64_t median_of(std::span<weighted_rank const> ranks);

/// What each rank knows while the sorted runs of all ranks are cut at the boundaries of shares: where in its own run
/// the cut at each rank's boundary is, at least and at most.
class run_cuts {
public:
  /// `boundary`: where this rank's share begins.
  run_cuts(communicator const& comm, std::int64_t length, std::int64_t boundary);

  [[nodiscard]] std::int64_t low(std::size_t rank) const { return low_[rank]; }
  [[nodiscard]] std::int64_t high(std::size_t rank) const { return high_[rank]; }

  /// Of a pivot for each boundary, out of the run of pivot_ranks[r], before[r] elements of this rank's run come before
  /// it. Collective: each rank hears where in all elements the pivot of its boundary is, and tells which side of it the
  /// cuts are on.
  void narrow(std::span<std::int64_t const> before, std::span<std::int64_t const> pivot_ranks);

private:
  communicator const* comm_;
  std::int64_t boundary_;
  std::vector<std::int64_t> low_, high_, counts_, low_side_;
};

/// The search for the cuts. Rank r looks for the boundary where its share begins: of the elements in the middle of what
/// is left of each run it takes the median, hears how many elements come before it, and so knows which side of it may
/// be left out: a quarter of all, or more.
template <class T, class Order>
class cut_search {
public:
  /// Takes all the memory that it needs.
  cut_search(communicator const& comm, std::span<T const> run, std::int64_t boundary, Order const& order)
      : comm_(comm), run_(run), order_(order), ranks_(static_cast<std::size_t>(comm.size())),
        cuts_(comm, std::ssize(run), boundary), proposals_(ranks_), proposed_(ranks_), pivots_(ranks_),
        pivot_ranks_(ranks_), before_(ranks_ + 1) {
    sorted_.reserve(ranks_);
  }

  /// Collective: what the order throws on one rank, every rank throws. The ranks hear of it with the next pivots.
  [[nodiscard]] std::vector<std::int64_t> cuts() {
    local_fault mine;
    for (;;) {
      propose();
      pivot chosen{T{}, failed};
      if (mine.what == nullptr) mine = fault_of([&] { chosen = median(); });
      share(comm_, chosen, pivots_);
      if (any_pivot([](std::int64_t rank) { return rank == failed; })) share_fault(comm_, mine);
      if (!any_pivot([](std::int64_t rank) { return rank >= 0; })) break;
      mine = fault_of([&] { place_pivots(); });
      cuts_.narrow(std::span(before_).first(ranks_), pivot_ranks_);
    }
    before_[ranks_] = std::ssize(run_);
    return std::move(before_);
  }

private:
  struct proposal {
    T element;
    std::int64_t weight;
  };
  struct pivot {
    T element;
    std::int64_t rank; ///< -1: the cut is found
  };
  static constexpr std::int64_t failed = -2;

  template <class Is>
  [[nodiscard]] bool any_pivot(Is is) const {
    return std::any_of(pivots_.begin(), pivots_.end(), [&](pivot const& each) { return is(each.rank); });
  }

  void propose() {
    for (std::size_t r = 0; r < ranks_; ++r) {
      std::int64_t const left = cuts_.high(r) - cuts_.low(r);
      before_[r] = cuts_.low(r) + left / 2;
      proposals_[r] = {left > 0 ? run_[static_cast<std::size_t>(before_[r])] : T{}, left};
    }
    exchange(comm_, proposals_, proposed_);
  }

  [[nodiscard]] pivot median() {
    sorted_.clear();
    for (std::size_t r = 0; r < ranks_; ++r)
      if (proposed_[r].weight > 0) sorted_.push_back({static_cast<std::int64_t>(r), proposed_[r].weight});
    auto const element = [&](std::int64_t rank) { return proposed_[static_cast<std::size_t>(rank)].element; };
    std::sort(sorted_.begin(), sorted_.end(), [&](weighted_rank const& a, weighted_rank const& b) {
      if (order_(element(a.rank), element(b.rank))) return true;
      return a.rank < b.rank && !order_(element(b.rank), element(a.rank));
    });
    std::int64_t const rank = median_of(sorted_);
    return {rank < 0 ? T{} : element(rank), rank};
  }

  /// How much of this rank's run comes before each pivot.
  void place_pivots() {
    for (std::size_t r = 0; r < ranks_; ++r) pivot_ranks_[r] = pivots_[r].rank;
    for (std::size_t r = 0; r < ranks_; ++r) {
      auto const& [element, rank] = pivots_[r];
      auto const from = run_.begin() + cuts_.low(r), to = run_.begin() + cuts_.high(r);
      if (rank > comm_.rank()) before_[r] = std::upper_bound(from, to, element, order_) - run_.begin();
      if (rank < comm_.rank()) before_[r] = std::lower_bound(from, to, element, order_) - run_.begin();
    }
  }

  communicator const& comm_;
  std::span<T const> run_;
  Order const& order_;
  std::size_t ranks_;
  run_cuts cuts_;
  std::vector<proposal> proposals_, proposed_;
  std::vector<pivot> pivots_;
  std::vector<weighted_rank> sorted_;
  std::vector<std::int64_t> pivot_ranks_, before_;
};

/// The places where this rank's sorted run is cut between the shares of the ranks: all runs together in order, equal
/// elements in the order of ranks, give rank r the elements from boundaries[r] on. Ends with the length of the run.
/// Collective.
template <class T, class Order>
[[nodiscard]] std::vector<std::int64_t> cut_run(communicator const& comm, std::span<T const> run,
                                                std::vector<std::int64_t> const& boundaries, Order const& order) {
  auto search = agree(
      comm, [&] { return cut_search<T, Order>(comm, run, boundaries[static_cast<std::size_t>(comm.rank())], order); });
  return search.cuts();
}

/// Of the elements of all tiles, each of which is sorted, in order: as many as `into` has, behind those of the ranks
/// before. Collective: together the ranks take all.
template <class T, class Order>
void merge_tiles(distributed_array<T, 1> const& tiles, std::span<T> into, Order const& order) {
  struct piece {
    std::int64_t first, count;
  };
  auto const& comm = tiles.comm();
  auto const ranks = static_cast<std::size_t>(comm.size());
  auto const cuts = cut_run<T>(comm, tiles.local().elements(), share_boundaries(comm, std::ssize(into)), order);
  std::vector<piece> given, pieces;
  agree(comm, [&] {
    given.resize(ranks);
    pieces.resize(ranks);
  });
  for (std::size_t r = 0; r < ranks; ++r) given[r] = {cuts[r], cuts[r + 1] - cuts[r]};
  exchange(comm, given, pieces);

  agree(comm, [&] {
    auto& window = tiles.window();
    std::size_t fetched = 0;
    for (std::size_t r = 0; r < ranks; ++r)
      if (window.near(static_cast<int>(r)) == nullptr) fetched += static_cast<std::size_t>(pieces[r].count);
    sort_room<T> const far(fetched), room(ranks > 2 ? into.size() : 0);
    std::vector<std::span<T const>> runs;
    touched_owners touched;
    T* next = far.elements().data();
    for (std::size_t r = 0; r < ranks; ++r) {
      auto const [first, count] = pieces[r];
      if (count == 0) continue;
      int const owner = static_cast<int>(r);
      T const* memory = near_element<T>(window, owner, bytes_of<T>(first));
      if (memory == nullptr) {
        get_elements(window, next, owner, bytes_of<T>(first), count);
        touched.add(owner);
        memory = std::exchange(next, next + count);
      }
      runs.emplace_back(memory, static_cast<std::size_t>(count));
    }
    touched.complete(window);
    merge_runs<T>(runs, into.data(), room.elements().data(), order);
  });
}

} // namespace armada::detail
