#pragma once

/// Memory that every rank of a communicator gives a part of, and that every rank reaches into.

#include <armada/core/communicator.hpp>
#include <armada/rma/epoch.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace armada {

/// A window of elements T. Move-only. Ranks of one host reach each other's parts as memory; a window whose ranks are
/// all on one host needs no MPI at all, one that spans hosts uses MPI's locks and atomics for every rank.
template <wire T>
class window {
public:
  window() noexcept = default;
  window(window&&) noexcept = default;
  window& operator=(window&&) noexcept = default;

  /// Memory of `count` elements on this rank, as many as it likes, also none; zeroed, aligned to 64 bytes, touched
  /// first by its owner. Collective over `comm`. All ranks throw or none: `argument_error` for a negative count,
  /// `out_of_memory` with need and have. MPI-4.0, section 12.2.2.
  [[nodiscard]] static window allocate(communicator const& comm, std::integral auto count,
                                       std::string name = "window") {
    std::int64_t bytes = 0; // the nearest that 64 bits hold, so that every rank hears of a count beyond them
    if (__builtin_mul_overflow(count, static_cast<std::int64_t>(sizeof(T)), &bytes))
      bytes =
          std::cmp_less(count, 0) ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
    return window(std::make_shared<detail::window_state>(comm, bytes, std::move(name)));
  }

  /// This rank's own part.
  [[nodiscard]] std::span<T> local() const { return shared(state().rank()); }

  /// Whether `rank`'s part is memory of this host.
  [[nodiscard]] bool is_near(int rank) const { return rank >= 0 && rank < ranks() && state().near(rank) != nullptr; }

  /// The part of a rank of the same host: the memory itself. Local. Loads and stores need the same order between ranks
  /// that threads need; see docs/memory_model.md. Throws `argument_error` for a rank of another host.
  [[nodiscard]] std::span<T> shared(int rank) const {
    if (!is_near(rank))
      throw argument_error(detail::text("shared on ", state().describe(), ": rank ", rank,
                                        " has no memory on this host, on rank ", state().rank()));
    return {reinterpret_cast<T*>(state().near(rank)), static_cast<std::size_t>(size(rank))};
  }

  /// The number of elements in `rank`'s part. Local for a near rank; a far one is asked once.
  [[nodiscard]] std::int64_t size(int rank) const {
    if (rank < 0 || rank >= ranks())
      throw argument_error(detail::text("size of ", state().describe(), ": ", rank, " is not a rank"));
    return state().bytes(rank) / static_cast<std::int64_t>(sizeof(T));
  }
  [[nodiscard]] int ranks() const { return state().ranks(); }

  /// Locks one rank's part. Waits until no epoch that excludes this one is open. Throws `lifecycle_error` when this
  /// rank has locked it already, `argument_error` for a wrong rank. MPI-4.0, section 12.5.3.
  [[nodiscard]] epoch<T> lock(int rank, lock_kind kind = lock_kind::exclusive) const {
    state().lock(rank, kind);
    return epoch<T>(state_, rank);
  }

  /// Locks all parts, shared. MPI-4.0, section 12.5.3.
  [[nodiscard]] epoch<T> lock_all() const {
    state().lock_all();
    return epoch<T>(state_, epoch<T>::every_rank);
  }

  /// Orders this rank's own loads and stores with what others put and get. MPI-4.0, section 12.5.4.
  void sync() const { state().sync(); }

  /// Gives the memory back. Collective when the window spans hosts. Epochs must have been closed.
  void close() {
    if (state_) state_->release();
    state_.reset();
  }

private:
  explicit window(std::shared_ptr<detail::window_state> state) noexcept : state_(std::move(state)) {}
  detail::window_state& state() const {
    if (!state_) throw lifecycle_error("this window is closed, or never was one");
    return *state_;
  }

  std::shared_ptr<detail::window_state> state_;
};

} // namespace armada
