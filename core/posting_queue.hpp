#pragma once

/// Nonblocking collectives on values run in two phases: sizes, then bytes. The second phases go on the communicator's
/// private twin, and every rank must post them in the same order whatever order the pendings are waited for.

#include <armada/core/background.hpp>
#include <armada/core/mpi.hpp>

#include <deque>
#include <memory>

namespace armada::detail {

/// A collective whose second phase is still to be posted.
class posting {
public:
  posting() = default;
  posting(posting const&) = delete;
  posting& operator=(posting const&) = delete;
  virtual ~posting() = default;
  /// Posts the second phase if the first has ended, and says whether it had. An error counts as an end.
  virtual bool post_second() noexcept = 0;
};

/// The postings of one communicator, oldest first.
class posting_queue final : public background_task {
public:
  explicit posting_queue(MPI_Comm comm) noexcept : comm_(comm) {}
  ~posting_queue() override { leave(); }

  void push(std::shared_ptr<posting> one);
  /// Posts the second phases of those whose first has ended, in order.
  void advance() noexcept override;
  /// Posts all of them: their first phases end before anything that begins later on the communicator.
  void settle(MPI_Comm comm) override;

private:
  MPI_Comm comm_;
  std::deque<std::shared_ptr<posting>> waiting_; // used with background_mutex held
};

} // namespace armada::detail
