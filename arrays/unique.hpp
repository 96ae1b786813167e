#pragma once

/// The distinct elements of an array, without ghost cells, in order, and how often each is there. Collective, with the
/// promises of arrays/sort.hpp; elements are equal when neither comes before the other (NaN equals NaN).

#include <armada/arrays/sort.hpp>
#include <armada/collectives/allgather.hpp>

#include <xtensor/xtensor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// The elements of any array in order, in balanced blocks.
template <class T, std::size_t N, storage_order Order, class Sorts>
[[nodiscard]] distributed_array<T, 1> sorted_blocks(distributed_array<T, N, Order> const& a, Sorts const& order) {
  a.fence();
  bool const dense = a.distribution().ghosts().none();
  auto const room = agree(a.comm(), [&] {
    sort_room<T> elements(static_cast<std::size_t>(a.distribution().tile_volume(a.comm().rank())));
    T* next = elements.elements().data();
    if (!dense) for_each_owned_element(a, [&](T const& each) { *next++ = each; });
    return elements;
  });
  std::span<T const> const elements = dense ? a.local().elements() : room.elements();
  auto const tiles = sorted_tiles<T>(a.comm(), elements, room.elements(), order);
  distributed_array<T, 1> blocks(a.comm(), tiles.shape());
  merge_tiles(tiles, blocks.local().elements(), order);
  blocks.fence();
  return blocks;
}

/// The places in all of a sorted array of the elements of this rank that differ from the one before them.
template <class T, class Sorts>
[[nodiscard]] std::vector<std::int64_t> first_places(distributed_array<T, 1> const& sorted, Sorts const& order) {
  std::vector<std::int64_t> places;
  auto const mine = sorted.local().elements();
  if (mine.empty()) return places;
  std::int64_t const first = sorted.local_range().dimensions[0].first;
  if (first == 0 || order(sorted(first - 1), mine.front())) places.push_back(first);
  for (std::size_t i = 1; i < mine.size(); ++i)
    if (order(mine[i - 1], mine[i])) places.push_back(first + static_cast<std::int64_t>(i));
  return places;
}

/// A new array in balanced blocks of `count` values of this rank, value(0) to value(count - 1), behind those of the
/// ranks before.
template <class T, class Value>
[[nodiscard]] distributed_array<T, 1> values_in_blocks(communicator const& comm, std::int64_t count, Value value) {
  auto const boundaries = share_boundaries(comm, count);
  distributed_array<T, 1> all(comm, {boundaries.back()});
  agree(comm, [&] {
    auto values = xt::xtensor<T, 1>::from_shape({static_cast<std::size_t>(count)});
    for (std::size_t i = 0; i < values.size(); ++i) values(i) = value(i);
    auto const first = boundaries[static_cast<std::size_t>(comm.rank())];
    put(all(xt::range(first, first + count)), values);
  });
  all.fence();
  return all;
}

template <class T>
[[nodiscard]] distributed_array<T, 1> elements_at(distributed_array<T, 1> const& sorted,
                                                  std::vector<std::int64_t> const& places) {
  auto const mine = sorted.local();
  std::int64_t const first = places.empty() ? 0 : sorted.local_range().dimensions[0].first;
  return values_in_blocks<T>(sorted.comm(), std::ssize(places),
                             [&](std::size_t i) -> T { return mine(places[i] - first); });
}

} // namespace detail

/// The distinct elements of an array of any dimension, in order, in balanced blocks.
template <wire T, std::size_t N, storage_order Order, detail::order_of<T> Less = std::less<>>
[[nodiscard]] distributed_array<T, 1> unique(distributed_array<T, N, Order> const& a, Less less = {}) {
  detail::sort_order<T, Less> const order(std::move(less));
  auto const sorted = detail::sorted_blocks(a, order);
  return detail::elements_at(sorted, agree(a.comm(), [&] { return detail::first_places(sorted, order); }));
}

template <wire T>
struct unique_elements {
  distributed_array<T, 1> values;
  distributed_array<std::int64_t, 1> counts; ///< of values(i), how many there are
};

/// The same with how often each is there: `auto const [values, counts] = unique_counts(a);`
template <wire T, std::size_t N, storage_order Order, detail::order_of<T> Less = std::less<>>
[[nodiscard]] unique_elements<T> unique_counts(distributed_array<T, N, Order> const& a, Less less = {}) {
  detail::sort_order<T, Less> const order(std::move(less));
  auto const sorted = detail::sorted_blocks(a, order);
  auto places = agree(a.comm(), [&] { return detail::first_places(sorted, order); });
  auto values = detail::elements_at(sorted, places);

  auto const count = std::ssize(places);
  auto const firsts = allgather(a.comm(), places.empty() ? std::int64_t{-1} : places.front());
  std::int64_t end = sorted.size();
  for (auto rank = firsts.size(); rank-- > static_cast<std::size_t>(a.comm().rank()) + 1;)
    if (firsts[rank] >= 0) end = firsts[rank];
  auto counts = detail::values_in_blocks<std::int64_t>(
      a.comm(), count, [&](std::size_t i) { return (i + 1 < places.size() ? places[i + 1] : end) - places[i]; });
  return {std::move(values), std::move(counts)};
}

} // namespace armada
