#pragma once

/// The elements of an array in another shape.

#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/fetch_owned.hpp>
#include <armada/arrays/distributed_array.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// Elements are numbered in row-major order of their indices. Calls `visit(box, number)` for boxes that together are
/// the elements [first, last) of an array of `shape`, in rising order; at most 2 N - 1 of them.
template <std::size_t N, class Visit>
void for_each_slab(index_array<N> const& shape, std::int64_t first, std::int64_t last, Visit visit) {
  index_array<N> const volume = row_major_strides(shape);
  while (first < last) {
    std::size_t d = 0;
    while (first % volume[d] != 0 || last - first < volume[d]) ++d;
    box<N> slab = whole_box(shape);
    for (std::size_t k = 0; k <= d; ++k) slab.dimensions[k] = {first / volume[k] % shape[k], 1, 1};
    auto& thick = slab.dimensions[d];
    thick.count = std::min((last - first) / volume[d], shape[d] - thick.first);
    visit(slab, first);
    first += thick.count * volume[d];
  }
}

/// Calls `visit(index, length)` for runs of neighbours in that numbering which together are a box of `shape`.
template <std::size_t N, class Visit>
void for_each_run(index_array<N> const& shape, box<N> const& all, Visit visit) {
  std::size_t inner = N - 1; // the last dimension that is not whole behind it
  while (inner > 0 && all.dimensions[inner] == interval{0, shape[inner], 1}) --inner;
  std::int64_t const volume = row_major_strides(shape)[inner];
  std::int64_t const together = all.dimensions[inner].step == 1 ? all.dimensions[inner].count : 1;
  index_array<N> at{};
  for (std::size_t turned = 1; turned > 0;) {
    index_array<N> index{};
    for (std::size_t d = 0; d <= inner; ++d) index[d] = all.dimensions[d][at[d]];
    visit(index, together * volume);
    for (turned = inner + 1; turned > 0; --turned) {
      at[turned - 1] += turned - 1 == inner ? together : 1;
      if (at[turned - 1] < all.dimensions[turned - 1].count) break;
      at[turned - 1] = 0;
    }
  }
}

struct reshaping {
  /// The number of the first element of each part, and of all elements, where every rank has neighbours in its tile;
  /// nothing otherwise.
  template <std::size_t N>
  [[nodiscard]] static std::optional<std::vector<std::int64_t>> firsts(distribution<N> const& spread) {
    std::size_t d = 0; // the first dimension that is longer than 1
    while (d + 1 < N && spread.shape()[d] == 1) ++d;
    dimension const& along = spread.along(d);
    if (along.parts() != spread.ranks() || along.period() > 0 || !spread.ghosts().none() ||
        (N > 1 && spread.order() != storage_order::row_major))
      return std::nullopt;
    std::int64_t const volume = row_major_strides(spread.shape())[d];
    std::vector<std::int64_t> result{0};
    for (std::int64_t p = 0; p < along.parts(); ++p) result.push_back(result.back() + along.count(p) * volume);
    return result;
  }

  /// How an array of `shape` is cut in which every rank has the elements that it has in `spread`, if one can be.
  template <std::size_t M, std::size_t N>
  [[nodiscard]] static std::optional<distribution<M>> in_place(distribution<N> const& spread,
                                                               index_array<M> const& shape) {
    auto boundaries = firsts(spread);
    if (!boundaries || boundaries->back() == 0) return std::nullopt;
    std::size_t d = 0;
    while (d + 1 < M && shape[d] == 1) ++d;
    std::int64_t const volume = row_major_strides(shape)[d];
    for (std::int64_t& boundary : *boundaries)
      if (std::exchange(boundary, boundary / volume) % volume != 0) return std::nullopt;
    int const ranks = spread.ranks();
    index_array<M> places{};
    places.fill(1);
    places[d] = ranks;
    process_grid<M> const grid(places);
    cut_array<M> cuts;
    cuts.fill(whole);
    cuts[d] = block;
    distribution<M> const balanced(shape, cuts, grid, ranks);
    if (firsts(balanced) == firsts(spread)) return balanced;
    cuts[d] = irregular(std::move(*boundaries));
    return distribution<M>(shape, cuts, grid, ranks);
  }

  /// The shape that is meant, with its one extent of -1. Collective.
  template <class Array, std::size_t M>
  [[nodiscard]] static index_array<M> meant(Array const& a, index_array<M> shape) {
    check_same_everywhere(a.comm(), "shape to reshape to", shape);
    index_array<M> known = shape;
    auto const open = std::find(shape.begin(), shape.end(), -1);
    if (open != shape.end()) known[static_cast<std::size_t>(open - shape.begin())] = 1;
    bool const sound = std::ranges::all_of(known, [](std::int64_t extent) { return extent >= 0; });
    std::int64_t const volume = sound ? checked_volume(known) : -1;
    if (open != shape.end() && volume > 0) *open = a.size() / volume;
    if (!sound || (open != shape.end() && volume == 0) || checked_volume(shape) != a.size())
      throw argument_error(text("reshape of ", a.describe(), " to ", tuple_text(shape), ": not as many elements"));
    return shape;
  }

  template <std::size_t M, class T, std::size_t N, storage_order Order>
  [[nodiscard]] static distributed_array<T, M> take_over(distributed_array<T, N, Order>& a,
                                                         distribution<M> const& spread) {
    a.fence();
    return {std::move(a.comm_), array_memory<M>{spread, std::move(a.memory_.window), std::move(a.memory_.watch)}};
  }

  template <class T, std::size_t N, storage_order Order, std::size_t M>
  static void fetch(distributed_array<T, N, Order> const& from, distributed_array<T, M>& into) {
    auto const& spread = into.distribution();
    touched_owners touched;
    for (box<M> const& owned : spread.boxes_of(into.comm().rank()))
      for_each_run(into.shape(), owned, [&](index_array<M> const& index, std::int64_t length) {
        std::int64_t const first = dot(index, row_major_strides(into.shape()));
        T* const to = into.local().data() + spread.locate(index).offset;
        for_each_slab(from.shape(), first, first + length, [&](box<N> const& slab, std::int64_t number) {
          touched.add(get_selected(from.memory(), slab, to + (number - first), row_major_strides(slab.shape())));
        });
      });
    touched.complete(from.window());
  }
};

} // namespace detail

/// A new array of the elements of `a` in the row-major order of their indices, whatever their order in memory is:
/// NumPy's `reshape`. One extent may be -1: what is left. In balanced blocks of whole rows, or cut as told. Collective;
/// sees every access before it, and ends with a fence. Throws `argument_error` with description and shape on every rank
/// unless `shape` has as many elements and is the same everywhere.
template <wire T, std::size_t N, storage_order Order, std::size_t M>
[[nodiscard]] distributed_array<T, M> reshape(distributed_array<T, N, Order> const& a, index_array<M> const& shape,
                                              detail::cuts_for<M> const& cuts = {}) {
  auto result = cuts.template make<T>(a.comm(), detail::reshaping::meant(a, shape));
  detail::fence_all(a, result);
  detail::reshaping::fetch(a, result);
  detail::fence_all(a, result);
  return result;
}
template <wire T, std::size_t N, storage_order Order, std::size_t M>
[[nodiscard]] distributed_array<T, M> reshape(distributed_array<T, N, Order> const& a,
                                              detail::any_integer const (&shape)[M],
                                              detail::cuts_for<M> const& cuts = {}) {
  return reshape(a, detail::shape_of<M>(shape), cuts);
}

/// The same of an array that is given up, without moving anything where no element has to leave its rank: the memory of
/// `a` becomes the result's, whose ranks own the elements that they owned. That is so where `a` has row-major tiles
/// without ghost cells and is cut, in blocks, along its first dimension longer than 1 alone, and each boundary is one
/// of the new shape's along its own first dimension longer than 1. Otherwise it is a copy in balanced blocks of whole
/// rows.
template <wire T, std::size_t N, storage_order Order, std::size_t M>
[[nodiscard]] distributed_array<T, M> reshape(distributed_array<T, N, Order>&& a, index_array<M> const& shape) {
  auto const wanted = detail::reshaping::meant(a, shape);
  if (auto const spread = detail::reshaping::in_place(a.distribution(), wanted))
    return detail::reshaping::take_over(a, *spread);
  return reshape(std::as_const(a), wanted);
}
template <wire T, std::size_t N, storage_order Order, std::size_t M>
[[nodiscard]] distributed_array<T, M> reshape(distributed_array<T, N, Order>&& a,
                                              detail::any_integer const (&shape)[M]) {
  return reshape(std::move(a), detail::shape_of<M>(shape));
}

} // namespace armada
