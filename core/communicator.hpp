#pragma once

/// A group of ranks that talk among themselves. Communication itself is free functions with the communicator first.

#include <armada/core/error.hpp>
#include <armada/core/mpi.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace armada {

namespace detail {
class communicator_state;
}

/// Owns an MPI communicator, or borrows one. Move-only; what is built on it (windows, pendings) keeps it open.
/// A communicator that Armada made returns errors (they become exceptions) and has a private twin, on which the
/// library's own traffic never meets the user's.
class communicator {
public:
  /// No communicator: what `split` gives to ranks that passed `undefined`. Converts to false.
  communicator() noexcept = default;
  communicator(communicator&& other) noexcept { swap(other); }
  communicator& operator=(communicator&& other) noexcept {
    communicator(std::move(other)).swap(*this);
    return *this;
  }
  ~communicator() = default;

  /// Uses `raw` without owning it: it is not freed, its error handler is not changed and it has no twin.
  /// Local. Throws `argument_error` for MPI_COMM_NULL.
  [[nodiscard]] static communicator borrow(MPI_Comm raw);

  /// Another holder of the same communicator, which stays open while one of them lives: for what is built on it. Local.
  [[nodiscard]] static communicator share(communicator const& comm) { return communicator(comm.state()); }

  [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  [[nodiscard]] int size() const noexcept { return size_; }
  [[nodiscard]] std::string const& name() const;

  /// Ranks that pass the same `color` (>= 0) become one communicator, ordered by `key` and then by rank here;
  /// those that pass `undefined` get none. Collective. Throws `argument_error` on every rank when one passes another
  /// negative colour. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator split(int color, int key = 0) const;
  static constexpr int undefined = MPI_UNDEFINED;

  /// The ranks that share memory with this one. Collective. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator split_shared() const;

  /// The same ranks with a separate message space. Collective. MPI-4.0, section 7.4.2.
  [[nodiscard]] communicator dup() const;

  /// Frees the communicator now, rather than when the last that uses it goes. Collective.
  void close();

  /// MPI's own handle, valid while this object lives. Throws `lifecycle_error` for no communicator.
  [[nodiscard]] MPI_Comm raw() const;

  /// What windows, pendings and the library's layers share of this communicator; never null.
  [[nodiscard]] std::shared_ptr<detail::communicator_state> const& state() const;

private:
  friend class environment;
  void swap(communicator& other) noexcept {
    std::swap(state_, other.state_);
    std::swap(rank_, other.rank_);
    std::swap(size_, other.size_);
  }
  explicit communicator(std::shared_ptr<detail::communicator_state> state) noexcept;
  [[nodiscard]] static communicator adopt(MPI_Comm raw, std::string_view name, bool forgettable = true);

  std::shared_ptr<detail::communicator_state> state_;
  int rank_ = -1;
  int size_ = 0;
};

/// All ranks of the job, and this rank alone. Valid while an `environment` lives; `lifecycle_error` otherwise.
[[nodiscard]] communicator const& world();
[[nodiscard]] communicator const& self();

/// Throws `argument_error` unless 0 <= rank < size; `operation` and `what` say whose rank of what it is.
void check_rank(communicator const& comm, int rank, std::string_view operation, std::string_view what);

} // namespace armada
