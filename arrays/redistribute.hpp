#pragma once

/// Whole arrays on their way to another distribution, order of dimensions, or to one rank. All are collective over the
/// arrays' communicator, see every access that any rank made before them, and end with a fence.

#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/fetch_owned.hpp>
#include <armada/arrays/distributed_array.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace armada {
/// The elements of `into` = those of `from`, however both are cut: what `into = from` says as well. Throws
/// `argument_error` with both descriptions on every rank unless they have the same shape and communicator.
template <wire T, std::size_t N, storage_order A, storage_order B>
void copy(distributed_array<T, N, A> const& from, distributed_array<T, N, B>& into) {
  detail::copy_elements("copy", from, into);
}

/// A copy that is cut alike.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N, Order> copy(distributed_array<T, N, Order> const& a) {
  distributed_array<T, N, Order> result(a.comm(), a.shape(), a.distribution().cuts(), a.distribution().grid());
  copy(a, result);
  return result;
}

/// A copy that is cut in another way: `redistribute(a, {block, cyclic})`.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N, Order> redistribute(distributed_array<T, N, Order> const& a,
                                                          cut_array<N> const& cuts) {
  distributed_array<T, N, Order> result(a.comm(), a.shape(), cuts);
  copy(a, result);
  return result;
}
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N, Order> redistribute(distributed_array<T, N, Order> const& a,
                                                          cut_array<N> const& cuts, process_grid<N> const& grid) {
  distributed_array<T, N, Order> result(a.comm(), a.shape(), cuts, grid);
  copy(a, result);
  return result;
}

namespace detail {

/// The shape of `a` with its dimensions in the order of `axes`. Throws `argument_error` unless `axes` has each once.
template <class T, std::size_t N, storage_order Order>
[[nodiscard]] index_array<N> transposed_shape(distributed_array<T, N, Order> const& a,
                                              std::array<std::size_t, N> const& axes) {
  std::array<bool, N> seen{};
  index_array<N> shape{};
  for (std::size_t d = 0; d < N; ++d) {
    if (axes[d] >= N || std::exchange(seen[axes[d]], true))
      throw argument_error(text("transpose of ", a.describe(), " by axes ", tuple_text(axes)));
    shape[d] = a.shape()[axes[d]];
  }
  return shape;
}

template <std::size_t N>
[[nodiscard]] constexpr std::array<std::size_t, N> reversed_axes() {
  std::array<std::size_t, N> axes{};
  for (std::size_t d = 0; d < N; ++d) axes[d] = N - 1 - d;
  return axes;
}

} // namespace detail

/// Dimension d of `into` = dimension axes[d] of `from`, however both are cut. Throws `argument_error` with both
/// descriptions unless they have one communicator and the shapes fit, and unless `axes` has each dimension once.
template <wire T, std::size_t N, storage_order A, storage_order B>
void transpose(distributed_array<T, N, A> const& from, std::array<std::size_t, N> const& axes,
               distributed_array<T, N, B>& into) {
  if (detail::transposed_shape(from, axes) != into.shape() || from.comm().state() != into.comm().state() ||
      &from.window() == &into.window())
    throw argument_error(detail::text("transpose of ", from.describe(), " by axes ", detail::tuple_text(axes), " into ",
                                      into.describe(), ": not the shape, not the communicator, or the same array"));
  detail::fence_all(from, into);
  detail::fetch_owned(from, into, axes);
  detail::fence_all(from, into);
}
/// The dimensions in reverse.
template <wire T, std::size_t N, storage_order A, storage_order B>
void transpose(distributed_array<T, N, A> const& from, distributed_array<T, N, B>& into) {
  transpose(from, detail::reversed_axes<N>(), into);
}

/// A new array whose dimension d is dimension axes[d] of `a`, in balanced blocks of whole rows or cut as told. Throws
/// `argument_error` unless `axes` has each dimension once.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N> transpose(distributed_array<T, N, Order> const& a,
                                                std::array<std::size_t, N> const& axes,
                                                detail::cuts_for<N> const& cuts = {}) {
  auto result = cuts.template make<T>(a.comm(), detail::transposed_shape(a, axes));
  transpose(a, axes, result);
  return result;
}
/// The dimensions in reverse.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N> transpose(distributed_array<T, N, Order> const& a) {
  return transpose(a, detail::reversed_axes<N>());
}

/// All elements, at `root`; nothing elsewhere.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] std::optional<xt::xtensor<T, N>> to_serial(distributed_array<T, N, Order> const& a, int root) {
  check_rank(a.comm(), root, "to_serial", "root");
  std::optional<xt::xtensor<T, N>> all;
  a.fence();
  if (a.comm().rank() == root) all = get(a(xt::ellipsis()));
  a.fence();
  return all;
}

} // namespace armada
