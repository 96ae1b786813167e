#pragma once

/// A window to which every rank attaches memory as it goes.

#include <armada/core/agree.hpp>
#include <armada/core/communicator.hpp>
#include <armada/rma/window.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace armada {

/// Offsets of a target are addresses of the target's process, as `address_of` (core/address.hpp) gives them there; they
/// travel in messages or in other windows. Elements may be of any wire type. Always goes through MPI. Move-only.
///
/// An access is checked against what its target has attached. A far rank is asked when what is known of it does not
/// hold the place; that it has *detached* something in the meantime is not noticed. MPI-4.0, section 12.2.4.
class dynamic_window : public detail::any_window {
public:
  dynamic_window() noexcept = default;

  /// Collective over `comm`; all ranks throw or none.
  explicit dynamic_window(communicator const& comm, window_options options = {})
      : any_window(detail::make_together<detail::window_state>(comm, comm, std::move(options))) {}

  /// Lets other ranks reach this memory, which outlives its attachment. Local. Throws `argument_error` for no memory,
  /// for memory that overlaps what is attached, and for more than a thousand regions.
  template <lasting_source Buffer>
    requires(writable<Buffer>)
  void attach(Buffer&& memory) {
    std::span const elements = view(memory);
    state().attach(elements.data(), static_cast<std::int64_t>(elements.size_bytes()));
  }
  /// The reverse. Local. Throws `argument_error` for memory that is not attached.
  template <lasting_source Buffer>
  void detach(Buffer&& memory) {
    state().detach(view(memory).data());
  }

  /// Epochs, as those of `window`.
  [[nodiscard]] epoch<std::byte> lock(int rank, lock_kind kind = lock_kind::exclusive,
                                      lock_assertions promised = {}) const {
    state().lock(rank, kind, promised);
    return {state_, rank};
  }
  [[nodiscard]] epoch<std::byte> lock_all(lock_assertions promised = {}) const {
    state().lock_all(promised);
    return {state_, detail::target_check::every_rank};
  }
  [[nodiscard]] fence_epoch<std::byte> fence(fence_assertions promised = {}) const {
    promised.no_succeed = false;
    state().fence(promised);
    return fence_epoch<std::byte>(state_);
  }
  [[nodiscard]] access_epoch<std::byte> start(std::vector<int> const& targets, start_assertions promised = {}) const {
    state().start(targets, promised);
    return access_epoch<std::byte>(state_);
  }
};

} // namespace armada
