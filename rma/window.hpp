#pragma once

/// Memory that every rank of a communicator gives a part of, and that every rank reaches into.

#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/communicator.hpp>
#include <armada/rma/active_epoch.hpp>
#include <armada/rma/epoch.hpp>
#include <armada/rma/window_options.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// The bytes of `count` elements; the nearest that 64 bits hold, so that every rank hears of a count beyond them.
[[nodiscard]] constexpr std::int64_t saturated_bytes(std::integral auto count, std::size_t element) noexcept {
  std::int64_t bytes = 0;
  if (!__builtin_mul_overflow(count, static_cast<std::int64_t>(element), &bytes)) return bytes;
  return std::cmp_less(count, 0) ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

/// What is said of a window whatever it holds.
class any_window {
public:
  [[nodiscard]] int ranks() const { return state().ranks(); }
  [[nodiscard]] std::string const& name() const { return state().name(); }
  void set_name(std::string name) { state().set_name(std::move(name)); }
  [[nodiscard]] window_flavour flavour() const { return state().flavour(); }
  /// One memory for loads, stores and one-sided access, or two. MPI-4.0, section 12.4.
  [[nodiscard]] memory_model model() const { return state().model(); }
  /// The processes of the window's communicator, in its order.
  [[nodiscard]] armada::group group() const { return state().processes(); }
  /// The hints that MPI uses; none for a window without a handle.
  [[nodiscard]] info get_info() const { return state().get_info(); }
  void set_info(info const& hints) { state().set_info(hints); }
  /// Bytes that an offset into this rank's part counts by.
  [[nodiscard]] std::int64_t displacement_unit() const { return state().extent(state().rank()).unit; }

  /// MPI's own handle, valid while the window lives. Throws `unsupported` for a window that has none: all ranks are on
  /// one host, and it was not created with `{.raw = true}`.
  [[nodiscard]] MPI_Win raw() const { return state().require_raw(); }

  /// Orders this rank's own loads and stores with what others put and get. MPI-4.0, section 12.5.4.
  void sync() const { state().sync(); }

  /// Gives the memory back. Collective when MPI has a handle for the window. Epochs must have been closed.
  void close() {
    if (state_) state_->release();
    state_.reset();
  }

  /// Opens this rank's part to the ranks `origins`, which `start` their access. MPI-4.0, section 12.5.2.
  [[nodiscard]] exposure_epoch post(std::vector<int> const& origins, post_assertions promised = {}) const {
    state().post(origins, promised);
    return exposure_epoch(state_);
  }

protected:
  any_window() noexcept = default;
  explicit any_window(std::shared_ptr<window_state> state) noexcept : state_(std::move(state)) {}
  [[nodiscard]] window_state& state() const {
    if (!state_) throw lifecycle_error("this window is closed, or never was one");
    return *state_;
  }

  std::shared_ptr<window_state> state_;
};

} // namespace detail

/// A window of elements T. Move-only. Ranks of one host reach each other's parts as memory; a window whose ranks are
/// all on one host needs no MPI at all, one that spans hosts uses MPI's locks and atomics for every rank.
///
/// On a `window<std::byte>` the calls take elements of any wire type; offsets count by the target's
/// `displacement_unit`, and counts elements of the buffer.
template <wire T>
class window : public detail::any_window {
public:
  window() noexcept = default;
  window(window&&) noexcept = default;
  window& operator=(window&&) noexcept = default;

  /// Memory of `count` elements on this rank, as many as it likes, also none; zeroed, aligned to 64 bytes, touched
  /// first by its owner. Collective over `comm`. All ranks throw or none: `argument_error` for a negative count,
  /// `out_of_memory` with need and have. MPI-4.0, section 12.2.2.
  [[nodiscard]] static window allocate(communicator const& comm, std::integral auto count,
                                       window_options options = {}) {
    return made(comm, detail::saturated_bytes(count, sizeof(T)), std::move(options), window_flavour::allocated);
  }

  /// The same for ranks of one host, each part right behind that of the rank before, so that `shared(0).data()` leads
  /// to all of them. Throws `unsupported` when the ranks are on several hosts. MPI-4.0, section 12.2.3.
  [[nodiscard]] static window allocate_shared(communicator const& comm, std::integral auto count,
                                              window_options options = {}) {
    return made(comm, detail::saturated_bytes(count, sizeof(T)), std::move(options), window_flavour::allocated_shared);
  }

  /// A window over memory that this rank has, which outlives it; any address will do (quirk 1), and null for nothing.
  /// Always goes through MPI: nobody else has this memory mapped. Collective over `comm`; all ranks throw or none.
  /// MPI-4.0, section 12.2.1.
  [[nodiscard]] static window create(communicator const& comm, std::span<T> memory, window_options options = {}) {
    auto const bytes = detail::saturated_bytes(memory.size(), sizeof(T));
    if constexpr (!std::same_as<T, std::byte>) options.displacement_unit = sizeof(T);
    return window(detail::make_together<detail::window_state>(
        comm, comm, detail::user_memory{reinterpret_cast<std::byte*>(memory.data()), bytes}, std::move(options)));
  }

  /// This rank's own part.
  [[nodiscard]] std::span<T> local() const {
    return {reinterpret_cast<T*>(state().local()), static_cast<std::size_t>(size(state().rank()))};
  }

  /// Whether `rank`'s part is memory that this rank can load from and store to.
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

  /// Locks one rank's part. Waits until no epoch that excludes this one is open. Throws `lifecycle_error` when this
  /// rank has locked it already, `argument_error` for a wrong rank. MPI-4.0, section 12.5.3.
  [[nodiscard]] epoch<T> lock(int rank, lock_kind kind = lock_kind::exclusive, lock_assertions promised = {}) const {
    state().lock(rank, kind, promised);
    return epoch<T>(state_, rank);
  }

  /// Locks all parts, shared. Where all ranks are on one host, this and exclusive epochs take turns: neither kind keeps
  /// the other waiting for ever. MPI-4.0, section 12.5.3.
  [[nodiscard]] epoch<T> lock_all(lock_assertions promised = {}) const {
    state().lock_all(promised);
    return epoch<T>(state_, detail::target_check::every_rank);
  }

  /// Begins an epoch in which every rank may reach every part, until its next fence. Collective. MPI-4.0, section
  /// 12.5.1.
  [[nodiscard]] fence_epoch<T> fence(fence_assertions promised = {}) const {
    promised.no_succeed = false;
    state().fence(promised);
    return fence_epoch<T>(state_);
  }

  /// Begins access to the parts of the ranks `targets`; waits until each has posted its part to this rank. MPI-4.0,
  /// section 12.5.2.
  [[nodiscard]] access_epoch<T> start(std::vector<int> const& targets, start_assertions promised = {}) const {
    state().start(targets, promised);
    return access_epoch<T>(state_);
  }

private:
  explicit window(std::shared_ptr<detail::window_state> state) noexcept : any_window(std::move(state)) {}
  static window made(communicator const& comm, std::int64_t bytes, window_options options, window_flavour flavour) {
    if constexpr (!std::same_as<T, std::byte>) options.displacement_unit = sizeof(T);
    return window(detail::make_together<detail::window_state>(comm, comm, bytes, std::move(options), flavour));
  }
};

/// A value under a key, on a window that has an MPI handle; see `set_attribute` of a communicator.
template <wire W, class T>
void set_attribute(window<W> const& win, attribute_key<T, attribute_holder::window> const& key,
                   std::type_identity_t<T> value) {
  key.set(win.raw(), std::move(value));
}
template <wire W, class T>
[[nodiscard]] T* get_attribute(window<W> const& win, attribute_key<T, attribute_holder::window> const& key) {
  return key.get(win.raw());
}
template <wire W, class T>
bool erase_attribute(window<W> const& win, attribute_key<T, attribute_holder::window> const& key) {
  return key.erase(win.raw());
}

} // namespace armada
