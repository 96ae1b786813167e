#pragma once

/// An N-dimensional array spread over the memory of the ranks of a communicator.

#include <armada/arrays/access.hpp>
#include <armada/arrays/detail/array_memory.hpp>
#include <armada/arrays/detail/expression_fwd.hpp>
#include <armada/arrays/element.hpp>
#include <armada/arrays/mask.hpp>
#include <armada/arrays/section.hpp>
#include <armada/arrays/section_arithmetic.hpp>
#include <armada/arrays/selection.hpp>
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
namespace detail {
struct reshaping;
}

/// Elements of a wire type in one tile per rank, cut as its `distribution` says; zeroed at birth. Any rank reads,
/// writes and updates any part at any time, one-sidedly: `a(i, j)`, `a(xt::range(0, 8), xt::all()) = x`. What is
/// visible when is in docs/memory_model.md: in short, a write is complete when the call returns, and `fence()` orders
/// what ranks do before it with what they do after it. `Order` is that of the elements in a tile's memory. Move-only.
/// Sections, elements and tiles of it must not outlive it; pendings may. Its end waits for all ranks where some are
/// far, and completes what is under way.
template <wire T, std::size_t N, storage_order Order = storage_order::row_major>
  requires(N >= 1 && N <= 7)
class distributed_array {
public:
  using value_type = T;
  static constexpr std::size_t dimensions = N;
  static constexpr storage_order order = Order;

  /// An array of `shape` in balanced blocks of whole rows. Collective over `comm`; all ranks throw or none:
  /// `argument_error` for a shape that is negative, too large, or differs between ranks, `out_of_memory` with need and
  /// have.
  distributed_array(communicator const& comm, shape_option<N> const& shape)
      : distributed_array(comm, shape, row_cuts<N>(), row_grid<N>(comm.size())) {}

  /// The same in balanced blocks over a grid of ranks, whose product is comm.size(): `process_grid{2, 2}`.
  distributed_array(communicator const& comm, shape_option<N> const& shape, process_grid<N> const& grid)
      : distributed_array(comm, shape, cut_array<N>{}, grid) {}

  /// The same with each dimension cut in a way of its own: `{block_cyclic(64), whole}`; on a `balanced_grid`.
  distributed_array(communicator const& comm, shape_option<N> const& shape, cut_array<N> const& cuts)
      : distributed_array(comm, shape.value(), cuts, nullptr) {}
  /// On a grid that is given.
  distributed_array(communicator const& comm, shape_option<N> const& shape, cut_array<N> const& cuts,
                    process_grid<N> const& grid)
      : distributed_array(comm, shape.value(), cuts, &grid) {}

  /// The same with room for a `halo` around each tile: `ghost_cells{1, 1}`. Ghost cells are no elements of the array:
  /// `padded()` shows them.
  template <std::same_as<ghost_cells<N>> Ghosts>
  distributed_array(communicator const& comm, shape_option<N> const& shape, Ghosts const& ghosts)
      : distributed_array(comm, shape, row_cuts<N>(), row_grid<N>(comm.size()), ghosts) {}
  template <std::same_as<ghost_cells<N>> Ghosts>
  distributed_array(communicator const& comm, shape_option<N> const& shape, cut_array<N> const& cuts,
                    Ghosts const& ghosts)
      : distributed_array(comm, shape.value(), cuts, nullptr, ghosts) {}
  template <std::same_as<ghost_cells<N>> Ghosts>
  distributed_array(communicator const& comm, shape_option<N> const& shape, cut_array<N> const& cuts,
                    process_grid<N> const& grid, Ghosts const& ghosts)
      : distributed_array(comm, shape.value(), cuts, &grid, ghosts) {}

  /// The values of an expression, cut like the first array in it that has its shape, or is broadcast to it:
  /// `distributed_array c = a + b`. Collective; what it throws is in arrays/expression.hpp.
  template <class E>
    requires(detail::is_expression<E>&& E::dimensions == N)
  distributed_array(E const& e) : distributed_array(detail::frame_of(e)) { // NOLINT(*-explicit-*)
    detail::assign_expression(*this, e);
  }

  /// The name stands for another array from here on. The array that it stood for ends. What was moved from keeps its
  /// shape and distribution; every access to it throws `lifecycle_error`.
  distributed_array(distributed_array&&) noexcept = default;
  distributed_array& operator=(distributed_array&&) noexcept = default;
  friend void swap(distributed_array& a, distributed_array& b) noexcept { std::swap(a, b); }
  /// A copy is collective and takes as much memory again: it is to be seen where one is made, `copy(a)`.
  distributed_array(distributed_array const&) = delete;
  /// The elements = those of another array, which move to where this one has them: however both are cut and ordered.
  /// Collective; sees every access before it, and ends with a fence. Throws `argument_error` with both descriptions on
  /// every rank unless shape and communicator are the same.
  distributed_array& operator=(distributed_array const& other);
  template <storage_order Other>
    requires(Other != Order)
  distributed_array& operator=(distributed_array<T, N, Other> const& other);
  /// Every element = that of an expression, tensor or number, computed by its owner. Collective; fences before and
  /// after; arrays/expression.hpp says what conforms and what is thrown.
  template <class E>
    requires(detail::is_expression<E> || detail::local_operand<E>)
  distributed_array& operator=(E const& e) {
    detail::assign_expression(*this, e);
    return *this;
  }

  // What it is.
  [[nodiscard]] index_array<N> const& shape() const noexcept { return memory_.distribution.shape(); }
  [[nodiscard]] std::int64_t size() const { return checked_volume(shape()); }
  [[nodiscard]] armada::distribution<N> const& distribution() const noexcept { return memory_.distribution; }
  [[nodiscard]] communicator const& comm() const noexcept { return comm_; }
  /// `distributed_array of (10, 4) elements of 8 bytes, block, whole on a (2, 1) grid of "world"`.
  [[nodiscard]] std::string describe() const;

  // Where it is. Local, arithmetic only.
  /// The rank that owns the element; negative indices count from the end. Throws `index_error` beyond the shape.
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] int owner(Index... index) const {
    return distribution().owner(checked(index_array<N>{detail::index_of(index)...}));
  }
  /// The elements that this rank owns as a box, in the order of its tile. Throws `argument_error` where they are
  /// several, in block-cyclic dimensions: `distribution().boxes_of`.
  [[nodiscard]] box<N> local_range() const { return range_of(comm_.rank()); }
  [[nodiscard]] box<N> range_of(int rank) const {
    check_rank(comm_, rank, "range_of", "rank");
    return distribution().range_of(rank);
  }
  /// Who owns what of the elements that slices select, in rising order of rank: boxes of the array's indices.
  template <class... Slices>
    requires slices_of<N, Slices...>
  [[nodiscard]] std::vector<owned_box<N>> locate(Slices const&... slices) const {
    return armada::locate(distribution(), select(shape(), slices...).selected);
  }

  // What is near: views without a copy. Loads and stores through them need a fence between ranks.
  /// What this rank owns. Throws `argument_error` where ghost cells lie between its rows, as `tile` does: see `owned`.
  [[nodiscard]] tile_view<T, N, Order> local() { return {local_data(), dense_shape(comm_.rank())}; }
  [[nodiscard]] tile_view<T const, N, Order> local() const { return {local_data(), dense_shape(comm_.rank())}; }
  /// The memory of this rank's tile: what it owns, and its ghost cells around it. The first element that it owns is at
  /// `distribution().ghosts().lower`.
  [[nodiscard]] tile_view<T, N, Order> padded() { return {local_data(), distribution().padded_shape(comm_.rank())}; }
  [[nodiscard]] tile_view<T const, N, Order> padded() const {
    return {local_data(), distribution().padded_shape(comm_.rank())};
  }
  /// Whether the tile of `rank` is memory of this host.
  [[nodiscard]] bool is_near(int rank) const {
    return rank >= 0 && rank < comm_.size() && window().near(rank) != nullptr;
  }
  /// The tile of a rank of the same host. Throws `argument_error` for a rank of another host.
  [[nodiscard]] tile_view<T, N, Order> tile(int rank) { return {near_data(rank), dense_shape(rank)}; }
  [[nodiscard]] tile_view<T const, N, Order> tile(int rank) const { return {near_data(rank), dense_shape(rank)}; }

  // One-sided access, local to the caller. Throws `index_error` for what lies beyond the shape, before anything moves.
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] element<T> operator()(Index... index) {
    return at(checked(index_array<N>{detail::index_of(index)...}));
  }
  template <integer_slice... Index>
    requires(sizeof...(Index) == N)
  [[nodiscard]] T operator()(Index... index) const { return at(checked(index_array<N>{detail::index_of(index)...})); }
  template <class... Slices>
    requires(slices_of<N, Slices...>&& kept_dimensions<N, Slices...> > 0)
  [[nodiscard]] auto operator()(Slices const&... slices) { return section_of(*this, slices...); }
  template <class... Slices>
    requires(slices_of<N, Slices...>&& kept_dimensions<N, Slices...> > 0)
  [[nodiscard]] auto operator()(Slices const&... slices) const { return section_of(*this, slices...); }
  /// The elements where a mask of the first dimensions is true. Throws `index_error` for a mask of another shape.
  template <detail::mask_of<N> Mask>
  [[nodiscard]] masked<distributed_array, detail::masked_dimensions<Mask, N>> operator()(Mask const& mask) {
    return {*this, detail::indices_where(mask, select(shape()), "an array")};
  }
  template <detail::mask_of<N> Mask>
  [[nodiscard]] masked<distributed_array const, detail::masked_dimensions<Mask, N>> operator()(Mask const& mask) const {
    return {*this, detail::indices_where(mask, select(shape()), "an array")};
  }
  /// The element at an index within the shape, which is not checked.
  [[nodiscard]] element<T> at(index_array<N> const& index) { return element<T>(reach(index)); }
  [[nodiscard]] T at(index_array<N> const& index) const { return reach(index).read(); }

  /// element = element + value, atomically; returns what it was. Local.
  T fetch_add(shape_option<N> const& index, T const& value) requires accumulator<std::plus<>, T> {
    return fetch_and_op(index, value, std::plus<>{});
  }
  /// element = op(element, value), atomically; returns what it was. Local.
  template <accumulator<T> Op>
  T fetch_and_op(shape_option<N> const& index, T const& value, Op op) {
    return reach(checked(index.value())).fetch(value, op);
  }
  /// element = value, atomically; returns what it was. Local.
  T exchange(shape_option<N> const& index, T const& value) requires accumulator<replace, T> {
    return fetch_and_op(index, value, replace{});
  }
  /// element = desired if it was `expected`, atomically; returns what it was. Local.
  T compare_and_swap(shape_option<N> const& index, T const& expected, T const& desired) requires std::integral<T> {
    return reach(checked(index.value())).compare_and_swap(expected, desired);
  }

  /// Every element = value. Collective; fences before and after.
  void fill(T const& value) {
    fence();
    fill_owned(value);
    fence();
  }

  /// What this rank began `deferred` is complete when this returns. Local.
  void flush() const {
    if (window().all_near()) return;
    tracing::scope const traced("flush");
    window().flush_all();
  }
  /// Every access that any rank made before it, also by load and store, is seen by every access that any rank makes
  /// after it. Collective over `comm()`.
  void fence() const {
    tracing::scope const traced("fence");
    window().flush_all();
    window().sync_memory();
    barrier(comm_);
    window().sync_memory();
  }

  /// Counts what this rank does to the array from here on, for `traffic(a)`. Local: each rank that is to be counted
  /// calls it. An access then costs a few tens of nanoseconds more.
  void count_traffic() {
    start_watching();
    memory_.watch->count_traffic();
  }

  /// For the library's own algorithms.
  [[nodiscard]] detail::window_state& window() const { return *memory_.open_window(); }
  [[nodiscard]] detail::array_memory<N> const& memory() const noexcept { return memory_; }

private:
  friend detail::reshaping;

  explicit distributed_array(detail::tile_frame<N> const& like)
      : distributed_array(like.comm(), like.distribution().shape(), like.distribution().cuts(),
                          like.distribution().grid()) {}
  /// `grid` may be null.
  distributed_array(communicator const& comm, index_array<N> const& shape, cut_array<N> const& cuts,
                    process_grid<N> const* grid, ghost_cells<N> const& ghosts = {});
  /// Over memory that was another array's, in which every rank had as many elements.
  distributed_array(communicator&& comm, detail::array_memory<N> memory);

  template <class Array, class... Slices>
  [[nodiscard]] static auto section_of(Array& array, Slices const&... slices) {
    using chosen = decltype(select(array.shape(), slices...));
    using box = decltype(chosen::selected);
    return section<Array, kept_dimensions<N, Slices...>, box>(array, [&] { return select(array.shape(), slices...); });
  }
  [[nodiscard]] index_array<N> checked(index_array<N> index) const {
    for (std::size_t d = 0; d < N; ++d) index[d] = resolve_index(index[d], shape()[d], d);
    return index;
  }
  /// The hot path of every element access: where all are near and nobody watches, arithmetic and one look-up.
  [[nodiscard]] detail::element_access<T> reach(index_array<N> const& index) const {
    element_place const place = distribution().locate(index);
    if (auto* const parts = memory_.window.parts(); parts != nullptr) [[likely]]
      return {*memory_.window.state(), place, reinterpret_cast<T*>(parts[place.rank]) + place.offset, nullptr};
    return {window(), place, detail::near_element<T>(window(), place.rank, detail::bytes_of<T>(place.offset)),
            memory_.watch.get()};
  }
  [[nodiscard]] T* local_data() const { return reinterpret_cast<T*>(window().local()); }
  [[nodiscard]] T* near_data(int rank) const;
  void fill_owned(T const& value);
  /// Of a tile without ghost cells.
  [[nodiscard]] index_array<N> dense_shape(int rank) const;
  void start_watching();

  communicator comm_;
  detail::array_memory<N> memory_;
};

template <wire T, std::size_t N, storage_order Order>
inline constexpr bool detail::is_array<distributed_array<T, N, Order>> = true;

template <class F, class... Operands>
distributed_array(array_expression<F, Operands...> const&)
    -> distributed_array<typename array_expression<F, Operands...>::value_type,
                         array_expression<F, Operands...>::dimensions>;

} // namespace armada

#include <armada/arrays/detail/distributed_array_impl.hpp> // IWYU pragma: export
