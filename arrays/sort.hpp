#pragma once

/// Arrays in order. All are collective over the array's communicator, see every access that any rank made before them,
/// and end with a fence. However the elements are spread and however many of them are equal, the work is balanced: each
/// rank sorts what it has, and then merges exactly its share of the result.
///
/// `less(a, b)` says whether a comes before b, and is a strict weak order, the same on every rank; what it throws while
/// the ranks sort, all of them throw. In the orders of std::less and std::greater, which for numbers are quicker than
/// any other, NaN comes last.

#include <armada/arrays/detail/sort_order.hpp>
#include <armada/arrays/detail/sorted_tiles.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/arrays/redistribute.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

namespace armada {
namespace detail {

template <class Less, class T>
concept order_of = std::copy_constructible<Less> && std::strict_weak_order<Less const&, T const&, T const&>;

/// Fills the array of `into` with what `merge(span)` gives each rank of a sequence in the order of ranks.
template <class T, storage_order Order, class Merge>
void fill_in_order(distributed_array<T, 1, Order>& into, Merge merge) {
  if (into.distribution().along(0).spacing() == 1) {
    merge(owned_elements(into));
    into.fence();
  } else { // ranks have what is not together
    distributed_array<T, 1> blocks(into.comm(), into.shape());
    merge(blocks.local().elements());
    copy(blocks, into);
  }
}

/// `into`, of the same distribution, may be `from`.
template <class T, storage_order Order, class Sorts>
void sort_into(distributed_array<T, 1, Order> const& from, distributed_array<T, 1, Order>& into, Sorts const& order) {
  from.fence();
  auto const sorted = sorted_tiles<T>(from.comm(), owned_elements(from), owned_elements(into), order);
  fill_in_order(into, [&](std::span<T> share) { merge_tiles(sorted, share, order); });
}

} // namespace detail

/// The elements of `a` in order, cut as `a` is, without ghost cells. Equal elements may change places.
template <wire T, storage_order Order, detail::order_of<T> Less = std::less<>>
[[nodiscard]] distributed_array<T, 1, Order> sort(distributed_array<T, 1, Order> const& a, Less less = {}) {
  distributed_array<T, 1, Order> sorted(a.comm(), a.shape(), a.distribution().cuts());
  detail::sort_into(a, sorted, detail::sort_order<T, Less>(std::move(less)));
  return sorted;
}

/// Puts the elements of `a` in order; ghost cells stay as they are. Takes memory for one more copy of them meanwhile.
template <wire T, storage_order Order, detail::order_of<T> Less = std::less<>>
void sort_in_place(distributed_array<T, 1, Order>& a, Less less = {}) {
  detail::sort_into(a, a, detail::sort_order<T, Less>(std::move(less)));
}

/// The indices of the elements of `a` in their order, cut as `a` is, without ghost cells; those of equal elements rise.
template <wire T, storage_order Order, detail::order_of<T> Less = std::less<>>
[[nodiscard]] distributed_array<std::int64_t, 1, Order> argsort(distributed_array<T, 1, Order> const& a,
                                                                Less less = {}) {
  using element = detail::placed<T>;
  using sorts = detail::sort_order<T, Less>;
  detail::placed_order<T, sorts> const order{sorts(std::move(less))};
  distributed_array<std::int64_t, 1, Order> indices(a.comm(), a.shape(), a.distribution().cuts());
  a.fence();
  auto const elements = agree(a.comm(), [&] {
    detail::sort_room<element> room(detail::owned_elements(a).size());
    element* next = room.elements().data();
    for_each_owned(a, [&](index_array<1> const& index, T const& each) { *next++ = {each, index[0]}; });
    return room;
  });
  auto const sorted = detail::sorted_tiles<element>(a.comm(), elements.elements(), elements.elements(), order);
  detail::fill_in_order(indices, [&](std::span<std::int64_t> share) {
    auto const room = agree(a.comm(), [&] { return detail::sort_room<element>(share.size()); });
    detail::merge_tiles(sorted, room.elements(), order);
    std::transform(room.elements().begin(), room.elements().end(), share.begin(),
                   [](element const& each) { return each.place; });
  });
  return indices;
}

} // namespace armada
