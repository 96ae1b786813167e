#pragma once

/// What a communicator carries besides MPI's handle. Seen by the layers of the library, not by users.

#include <armada/core/mpi.hpp>
#include <armada/core/resource.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace armada::detail {

class posting_queue;

/// The ranks of a communicator that share this rank's memory.
struct node {
  MPI_Comm raw = MPI_COMM_NULL;
  int rank = 0;             ///< this rank among them
  std::vector<int> members; ///< their ranks in the communicator, ascending
  bool whole = false;       ///< they are all ranks of the communicator

  [[nodiscard]] int size() const noexcept { return static_cast<int>(members.size()); }
  /// Where rank `wanted` of the communicator stands among them; -1 when it is far.
  [[nodiscard]] int find(int wanted) const noexcept;
};

class communicator_state final : public resource {
public:
  /// For a communicator that is still to be made: everything that takes memory.
  explicit communicator_state(std::string name, bool forgettable = true)
      : forgettable_(forgettable), name_(std::move(name)) {}
  ~communicator_state() override { release(); }

  /// Takes over `raw`, which is new. Collective unless it has a `twin`, which is made otherwise, a duplicate of `raw`.
  /// A duplicate's twin is the duplicate of a twin, so that attributes are copied once. With a `twin` it makes its own
  /// shadow if it needs one, unless that is given too. Allocates nothing.
  void own(MPI_Comm raw, MPI_Comm twin = MPI_COMM_NULL, MPI_Comm shadow = MPI_COMM_NULL);
  /// Uses `raw`, which stays somebody else's. Local.
  void borrow(MPI_Comm raw);

  void release() noexcept override;
  /// Releases it once its communication has ended. Collective.
  void disconnect();
  [[nodiscard]] std::string describe() const override;

  [[nodiscard]] MPI_Comm raw() const noexcept { return raw_; }
  /// The private twin; MPI_COMM_NULL for a borrowed communicator.
  [[nodiscard]] MPI_Comm twin() const noexcept { return twin_; }
  /// Where ranks compare their collectives: those of both sides in one, of an intercommunicator. MPI_COMM_NULL unless
  /// collectives are checked (core/checks.hpp), and for a borrowed communicator.
  [[nodiscard]] MPI_Comm shadow() const noexcept { return shadow_; }
  /// The number of the next collective: counted while they are checked or watched.
  [[nodiscard]] std::uint64_t next_collective() noexcept { return next_collective_++; }
  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  void set_name(std::string name);
  /// The ranks of this node, found once. Collective at the first call.
  /// All ranks throw then, or none.
  [[nodiscard]] node const& nearby();
  /// Whether its ranks have reached each other once, so that MPI has the connections. The same on every rank.
  [[nodiscard]] bool is_connected() const noexcept { return connected_; }
  void set_connected() noexcept { connected_ = true; }
  /// Nonblocking value collectives whose second phase is still to be posted, in posting order.
  [[nodiscard]] posting_queue& postings();
  /// A tag for one object's messages on the twin. They come round again after as many objects as MPI has tags.
  [[nodiscard]] int next_object_id();

private:
  void make_shadow();

  MPI_Comm raw_ = MPI_COMM_NULL;
  MPI_Comm twin_ = MPI_COMM_NULL;
  MPI_Comm shadow_ = MPI_COMM_NULL;
  bool owned_ = false;
  bool connected_ = false;
  bool forgettable_; ///< a user's own, to be named when it is left open
  std::string name_;
  std::unique_ptr<node> node_;
  std::shared_ptr<posting_queue> postings_;
  std::atomic<std::uint32_t> next_object_{0};
  std::atomic<std::uint64_t> next_collective_{0};
};

} // namespace armada::detail
