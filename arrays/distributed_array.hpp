#pragma once

/// An N-dimensional array spread over the memory of the ranks of a communicator.

#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/element.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/arrays/section.hpp>
#include <armada/arrays/shape.hpp>
#include <armada/arrays/tile_view.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/communicator.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace armada {

/// Rows of tiles, one per rank, in balanced blocks over a process grid; row-major, zeroed at birth. Any rank reads,
/// writes and updates any part at any time, one-sidedly: `a(i, j)`, `a(xt::range(0, 8), xt::all()) = x`. What is
/// visible when is in docs/memory_model.md: in short, a write is complete when the call returns, and `fence()` orders
/// what ranks do before it with what they do after it. Move-only. Sections, elements and tiles of it must not outlive
/// it.
template <wire T, std::size_t N>
  requires(N >= 1 && N <= 3)
class distributed_array {
public:
  using value_type = T;
  static constexpr std::size_t dimensions = N;

  /// An array of `shape` in blocks of whole rows. Collective over `comm`; all ranks throw or none: `argument_error` for
  /// a shape that is negative, too large, or differs between ranks, `out_of_memory` with need and have.
  distributed_array(communicator const& comm, shape_option<N> const& shape)
      : distributed_array(comm, shape, row_grid<N>(comm.size())) {}

  /// The same cut over a grid of ranks, whose product is comm.size(): `process_grid{2, 2}`.
  distributed_array(communicator const& comm, shape_option<N> const& shape, process_grid<N> const& grid);

  distributed_array(distributed_array&&) noexcept = default;
  distributed_array& operator=(distributed_array&&) noexcept = default;

  // What it is.
  [[nodiscard]] index_array<N> shape() const { return distribution_.shape(); }
  [[nodiscard]] std::int64_t size() const { return checked_volume(shape()); }
  [[nodiscard]] block_distribution<N> const& distribution() const noexcept { return distribution_; }
  [[nodiscard]] communicator const& comm() const noexcept { return comm_; }
  /// `distributed_array of 10 × 4 elements of 8 bytes on a 2 × 1 grid of "world"`.
  [[nodiscard]] std::string describe() const;

  // Where it is. Local, arithmetic only.
  /// The rank that owns the element; negative indices count from the end. Throws `index_error` beyond the shape.
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] int owner(Index... index) const {
    return distribution_.owner(checked(index_array<N>{detail::index_of(index)...}));
  }
  /// The box of the elements that this rank owns.
  [[nodiscard]] box<N> local_range() const { return range_of(comm_.rank()); }
  [[nodiscard]] box<N> range_of(int rank) const;

  // What is near: views without a copy. Loads and stores through them need a fence between ranks.
  [[nodiscard]] tile_view<T, N> local() {
    return tile_view<T, N>(local_data(), distribution_.tile_shape(comm_.rank()));
  }
  [[nodiscard]] tile_view<T const, N> local() const {
    return tile_view<T const, N>(local_data(), distribution_.tile_shape(comm_.rank()));
  }
  /// Whether the tile of `rank` is memory of this host.
  [[nodiscard]] bool is_near(int rank) const {
    return rank >= 0 && rank < comm_.size() && window().near(rank) != nullptr;
  }
  /// The tile of a rank of the same host. Throws `argument_error` for a rank of another host.
  [[nodiscard]] tile_view<T, N> tile(int rank) {
    return tile_view<T, N>(near_data(rank), distribution_.tile_shape(rank));
  }
  [[nodiscard]] tile_view<T const, N> tile(int rank) const {
    return tile_view<T const, N>(near_data(rank), distribution_.tile_shape(rank));
  }

  // One-sided access, local to the caller. Throws `index_error` for what lies beyond the shape, before anything moves.
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] element<T> operator()(Index... index) {
    auto const place = locate(detail::index_of(index)...);
    return element<T>(window(), place, near_memory(place));
  }
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] T operator()(Index... index) const {
    auto const place = locate(detail::index_of(index)...);
    T const* const memory = near_memory(place);
    return memory != nullptr ? *memory : element<T>::read_far(window(), place);
  }
  template <slice... Slices>
    requires(sizeof...(Slices) == N && kept_dimensions<Slices...> > 0)
  [[nodiscard]] section<distributed_array, kept_dimensions<Slices...>> operator()(Slices const&... slices) {
    return {*this, resolve_all(shape(), slices...), {range_slice<Slices>...}};
  }
  template <slice... Slices>
    requires(sizeof...(Slices) == N && kept_dimensions<Slices...> > 0)
  [[nodiscard]] section<distributed_array const, kept_dimensions<Slices...>> operator()(Slices const&... slices) const {
    return {*this, resolve_all(shape(), slices...), {range_slice<Slices>...}};
  }

  /// element = element + value, atomically; returns what it was. Local.
  T fetch_add(shape_option<N> const& index, T const& value) requires accumulator<std::plus<>, T> {
    return fetch_and_op(index, value, std::plus<>{});
  }
  /// element = op(element, value), atomically; returns what it was. Local.
  template <accumulator<T> Op>
  T fetch_and_op(shape_option<N> const& index, T const& value, Op op) {
    auto const place = distribution_.locate(checked(index.value()));
    T old{};
    detail::fetch_element<T>(window(), value, old, place.rank, detail::bytes_of<T>(place.offset), op);
    detail::complete_elements(window(), place.rank);
    return old;
  }

  /// Every element = value. Collective; fences before and after.
  void fill(T const& value) {
    fence();
    local() = value;
    fence();
  }

  /// Every access that any rank made before it, also by load and store, is seen by every access that any rank makes
  /// after it. Collective over `comm()`.
  void fence() const {
    window().flush_all();
    window().sync();
    barrier(comm_);
    window().sync();
  }

  /// The window underneath: for the library's own algorithms.
  [[nodiscard]] detail::window_state& window() const noexcept { return *window_; }

private:
  template <std::same_as<std::int64_t>... Index>
  [[nodiscard]] element_place locate(Index... index) const {
    return distribution_.locate(checked({index...}));
  }
  [[nodiscard]] index_array<N> checked(index_array<N> index) const {
    for (std::size_t d = 0; d < N; ++d) index[d] = resolve_index(index[d], distribution_.dimension(d).extent(), d);
    return index;
  }
  /// Where an element lies, if that is near: the hot path of every element access.
  [[nodiscard]] T* near_memory(element_place place) const noexcept {
    if (parts_ != nullptr) [[likely]]
      return reinterpret_cast<T*>(parts_[place.rank]) + place.offset;
    return detail::near_element<T>(window(), place.rank, detail::bytes_of<T>(place.offset));
  }
  [[nodiscard]] T* local_data() const noexcept { return reinterpret_cast<T*>(window().local()); }
  [[nodiscard]] T* near_data(int rank) const;

  communicator comm_;
  block_distribution<N> distribution_;
  std::unique_ptr<detail::window_state> window_;
  std::byte* const* parts_ = nullptr; ///< the window's all_parts()
};

namespace detail {

/// The distribution that every rank of `comm` means. Collective: throws on all ranks where they differ.
template <std::size_t N>
[[nodiscard]] block_distribution<N> agreed_distribution(communicator const& comm, index_array<N> const& shape,
                                                        process_grid<N> const& grid) {
  check_same_everywhere(comm, "shape of a distributed array", shape);
  check_same_everywhere(comm, "process grid of a distributed array", grid.extents);
  return block_distribution<N>(shape, grid, comm.size());
}

} // namespace detail

template <wire T, std::size_t N>
  requires(N >= 1 && N <= 3)
distributed_array<T, N>::distributed_array(communicator const& comm, shape_option<N> const& shape,
                                           process_grid<N> const& grid)
    : comm_(communicator::share(comm)), distribution_(detail::agreed_distribution<N>(comm, shape.value(), grid)) {
  static_cast<void>(checked_volume(shape.value(), static_cast<std::int64_t>(sizeof(T))));
  window_ = std::make_unique<detail::window_state>(comm, detail::bytes_of<T>(distribution_.tile_volume(comm.rank())),
                                                   window_options{.name = "distributed_array"});
  parts_ = window_->all_parts();
  if (!window_->all_near()) window_->lock_all(); // one passive epoch for its whole life
}

template <wire T, std::size_t N>
  requires(N >= 1 && N <= 3)
std::string distributed_array<T, N>::describe()
const {
  return detail::text("distributed_array of ", detail::tuple_text(shape()), " elements of ", sizeof(T), " bytes on a ",
                      detail::tuple_text(distribution_.grid().extents), " grid of \"", comm_.name(), "\"");
}

template <wire T, std::size_t N>
  requires(N >= 1 && N <= 3)
box<N> distributed_array<T, N>::range_of(int rank)
const {
  check_rank(comm_, rank, "range_of", "rank");
  auto const first = distribution_.tile_first(rank);
  auto const count = distribution_.tile_shape(rank);
  box<N> range;
  for (std::size_t d = 0; d < N; ++d) range.dimensions[d] = {first[d], count[d], 1};
  return range;
}

template <wire T, std::size_t N>
  requires(N >= 1 && N <= 3)
T* distributed_array<T, N>::near_data(int rank) const {
  check_rank(comm_, rank, "tile", "rank");
  auto* const data = reinterpret_cast<T*>(window().near(rank));
  if (data == nullptr)
    throw argument_error(
        detail::text("tile of ", describe(), ": rank ", rank, " has no memory on this host, on rank ", comm_.rank()));
  return data;
}

} // namespace armada
