#pragma once

/// Entries of a matrix on their way to the ranks that own their rows, in rounds of bounded size.

#include <armada/arrays/index/block.hpp>
#include <armada/arrays/linalg/triplet.hpp>
#include <armada/collectives/alltoall.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/communicator.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <numeric>
#include <optional>
#include <vector>

namespace armada::detail {

/// One round: what this rank sends, and what it receives.
template <class T>
class entry_round {
public:
  explicit entry_round(communicator const& comm)
      : comm_(comm), ranks_(static_cast<std::size_t>(comm.size())), one_each_(ranks_, 1), sent_(ranks_),
        received_(ranks_) {
    // Even if all ranks send to one, it receives no more than 2^16 entries, or 64 of each rank.
    most_ = std::clamp<std::size_t>((std::size_t{1} << 16) / ranks_, 64, 8192);
    batch_.reserve(most_);
    owners_.reserve(most_);
  }

  [[nodiscard]] bool full() const noexcept { return batch_.size() == most_; }
  void add(triplet<T> const& entry, std::int64_t owner) {
    batch_.push_back(entry);
    owners_.push_back(static_cast<std::size_t>(owner));
  }

  /// Swaps entries with all ranks; false when no rank says that it has more. Collective.
  [[nodiscard]] bool exchange(bool more) {
    sort_by_owner();
    std::vector<std::int64_t> out(ranks_), in(ranks_);
    for (std::size_t r = 0; r < ranks_; ++r) out[r] = 2 * sent_[r] + (more ? 1 : 0);
    alltoall(comm_, ragged(out, one_each_), ragged(in, one_each_));
    bool others_more = false;
    for (std::size_t r = 0; r < ranks_; ++r) {
      received_[r] = in[r] / 2;
      others_more = others_more || in[r] % 2 != 0;
    }
    values_in_.resize(static_cast<std::size_t>(std::accumulate(received_.begin(), received_.end(), std::int64_t{0})));
    indices_in_.resize(2 * values_in_.size());
    alltoall(comm_, ragged(values_, sent_), ragged(values_in_, received_));
    for (auto* const counts : {&sent_, &received_})
      for (auto& count : *counts) count *= 2;
    alltoall(comm_, ragged(indices_, sent_), ragged(indices_in_, received_));
    batch_.clear();
    owners_.clear();
    return others_more;
  }

  void for_each_received(auto use) const {
    for (std::size_t i = 0; i < values_in_.size(); ++i) use(indices_in_[2 * i], indices_in_[2 * i + 1], values_in_[i]);
  }

private:
  void sort_by_owner() {
    std::fill(sent_.begin(), sent_.end(), 0);
    for (auto const owner : owners_) ++sent_[owner];
    std::vector<std::int64_t> next(ranks_);
    std::exclusive_scan(sent_.begin(), sent_.end(), next.begin(), std::int64_t{0});
    values_.resize(batch_.size());
    indices_.resize(2 * batch_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      auto const to = static_cast<std::size_t>(next[owners_[i]]++);
      values_[to] = batch_[i].value;
      indices_[2 * to] = batch_[i].row;
      indices_[2 * to + 1] = batch_[i].column;
    }
  }

  communicator const& comm_;
  std::size_t ranks_, most_;
  std::vector<triplet<T>> batch_;
  std::vector<std::size_t> owners_;
  std::vector<std::int64_t> one_each_, sent_, received_;
  std::vector<std::int64_t> indices_, indices_in_;
  std::vector<T> values_, values_in_;
};

/// Calls `receive(row, column, value)` on the owner of each entry that `next()` gives on any rank, until it gives
/// nothing. Collective. What `receive` throws on one rank is thrown on all, at the end.
template <class T, class Next, class Receive>
void exchange_entries(communicator const& comm, block_dimension const& rows, Next next, Receive receive) {
  if (comm.size() == 1) {
    while (std::optional<triplet<T>> const entry = next()) receive(entry->row, entry->column, entry->value);
    return;
  }
  entry_round<T> round(comm);
  std::exception_ptr failed;
  for (bool more = true, here = true; more;) {
    while (here && !round.full()) {
      if (std::optional<triplet<T>> const entry = next())
        round.add(*entry, rows.locate(entry->row).part);
      else
        here = false;
    }
    more = round.exchange(here);
    if (failed) continue;
    try {
      round.for_each_received(receive);
    } catch (...) {
      failed = std::current_exception();
    }
  }
  agree(comm, [&] {
    if (failed) std::rethrow_exception(failed);
  });
}

} // namespace armada::detail
