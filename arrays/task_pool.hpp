#pragma once

/// Work that ranks share out among themselves while they do it.

#include <armada/core/agree.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/option.hpp>
#include <armada/rma/counter.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace armada {

namespace detail {
class shared_words;
}

/// Tasks 0 to count - 1, each of which is given out once. Every rank begins with a block of its own, in rising order:
/// that of a dimension in balanced blocks, so that tasks over parts of an array find them near. A rank that has none
/// left takes half of what another one has not begun, by one-sided access alone: nobody waits, and nobody serves.
/// Move-only. Where the ranks are on several hosts, one that computes without entering MPI delays those who look at its
/// tasks, and destruction is collective.
class task_pool {
public:
  /// Collective over `comm`. All ranks throw `argument_error` for a count that is negative or differs between ranks.
  task_pool(communicator const& comm, size_option count);
  task_pool(task_pool&&) noexcept;
  task_pool& operator=(task_pool&&) noexcept;
  ~task_pool();

  /// The next task of this rank; nothing once no rank has one that is not begun. Local.
  [[nodiscard]] std::optional<std::int64_t> next();
  /// How many tasks this rank has taken from others since the last reset.
  [[nodiscard]] std::int64_t stolen() const noexcept { return stolen_; }
  /// All tasks again, as at the beginning. Collective.
  void reset();

private:
  [[nodiscard]] std::optional<std::int64_t> take();
  [[nodiscard]] std::optional<std::int64_t> steal();
  [[nodiscard]] std::optional<std::int64_t> begin(std::int64_t unit);
  [[nodiscard]] std::int64_t first_of(std::int64_t unit) const;

  communicator comm_;
  std::shared_ptr<detail::shared_words> words_;
  std::int64_t count_;
  std::int64_t unit_;               ///< tasks that are given out together: one, but for 2^30 and more
  std::int64_t mine_ = 0;           ///< what the word of this rank was when it was last looked at
  std::int64_t next_ = 0, end_ = 0; ///< of the unit that this rank has begun
  std::int64_t stolen_ = 0;
  int victim_ = 0; ///< whom this rank looks at next
};

/// Calls `work(task)` for each task from 0 to count - 1, on one rank or another: see `task_pool`. Collective over
/// `comm`. A rank on which `work` throws does no more; the others go on, and in the end all ranks throw that. What
/// tasks did by calls of one-sided access is seen by every rank afterwards.
template <std::invocable<std::int64_t> Work>
void for_each_task(communicator const& comm, size_option count, Work&& work) {
  task_pool pool(comm, count);
  agree(comm, [&] {
    while (auto const task = pool.next()) work(*task);
  });
}

/// The same with one counter for all ranks: tasks begin in rising order, whoever does them. For few and long tasks
/// whose places do not matter. Throws `argument_error` for a negative count.
template <std::invocable<std::int64_t> Work>
void for_each_ticket(communicator const& comm, size_option count, Work&& work) {
  std::int64_t const end = count.value;
  detail::check_same_everywhere(comm, "the number of tasks", {&end, 1});
  if (end < 0) throw argument_error(detail::text("for_each_ticket: ", end, " tasks, on rank ", comm.rank()));
  counter tickets(comm);
  agree(comm, [&] {
    for (auto task = tickets.next(); task < end; task = tickets.next()) work(task);
  });
}

} // namespace armada
