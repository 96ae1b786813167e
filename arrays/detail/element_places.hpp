#pragma once

/// Lists of elements of an array, checked and found: the plan of `gather`, `scatter` and `scatter_add`.

#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/index/box.hpp>
#include <armada/arrays/slice.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

namespace armada::detail {

/// An index as a list of elements has it: an integer in one dimension, an array of integers in any.
template <class Index, std::size_t N>
concept element_index = (N == 1 && index_value<Index>) ||
                        (std::tuple_size<Index>::value == N && index_value<typename Index::value_type>);

template <class List, std::size_t N>
concept element_list = requires(List const& list) {
  requires element_index<typename List::value_type, N>;
  list.begin();
  list.end();
  list.size();
};

/// An index list as one of 64-bit indices; negative ones as they are.
template <std::size_t N>
[[nodiscard]] index_array<N> as_index(auto const& index) {
  if constexpr (index_value<std::remove_cvref_t<decltype(index)>>) {
    return {index_of(index)};
  } else {
    index_array<N> result{};
    for (std::size_t d = 0; d < N; ++d) result[d] = index_of(index[d]);
    return result;
  }
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_list_beyond(std::int64_t index, std::int64_t extent,
                                                                     std::size_t axis, std::int64_t position,
                                                                     std::string const& array) {
  throw_beyond(text("index ", index, ", number ", position, " in a list of elements of ", array, ","), extent, axis);
}

/// Throws `index_error`, with index, number in the list, extent and axis, unless all are elements of the array.
template <class Array, element_list<Array::dimensions> List>
void check_elements(Array const& array, List const& list) {
  auto const& shape = array.shape();
  std::int64_t position = 0;
  for (auto const& each : list) {
    auto const index = as_index<Array::dimensions>(each);
    for (std::size_t d = 0; d < Array::dimensions; ++d)
      if (index[d] < -shape[d] || index[d] >= shape[d]) [[unlikely]]
        throw_list_beyond(index[d], shape[d], d, position, array.describe());
    ++position;
  }
}

/// Owner and offset of one element of a list that has been checked.
template <std::size_t N>
[[nodiscard]] element_place place_in(distribution<N> const& spread, auto const& each) {
  auto index = as_index<N>(each);
  for (std::size_t d = 0; d < N; ++d) index[d] += index[d] < 0 ? spread.shape()[d] : 0;
  return spread.locate(index);
}

/// Calls `use(position, element)` with the memory of every element of a list, whose array is all near; addresses are
/// found some ahead of their use, so that the processor fetches many at a time.
template <class T, class Array, class List, class Use>
void for_each_near(Array const& array, List const& list, Use use) {
  constexpr std::size_t ahead = 64;
  std::array<T*, ahead> found;
  auto* const* const parts = array.window().all_parts();
  auto const& spread = array.distribution();
  std::size_t position = 0, pending = 0;
  auto const drain = [&] {
    for (std::size_t i = 0; i < pending; ++i) use(position - pending + i, found[i]);
    pending = 0;
  };
  for (auto const& each : list) {
    auto const place = place_in(spread, each);
    T* const element = reinterpret_cast<T*>(parts[place.rank]) + place.offset;
    __builtin_prefetch(element);
    found[pending++] = element;
    ++position;
    if (pending == ahead) drain();
  }
  drain();
}

/// An element of a list by its owner: `position` in the list.
struct listed_element {
  int owner;
  std::int64_t offset, position;
};

/// All of a list, sorted by owner, place and position.
template <class Array, class List>
[[nodiscard]] std::vector<listed_element> by_owner(Array const& array, List const& list) {
  std::vector<listed_element> elements;
  elements.reserve(static_cast<std::size_t>(list.size()));
  std::int64_t position = 0;
  for (auto const& each : list) {
    auto const place = place_in(array.distribution(), each);
    elements.push_back({place.rank, place.offset, position++});
  }
  std::sort(elements.begin(), elements.end(), [](listed_element const& a, listed_element const& b) {
    return std::tie(a.owner, a.offset, a.position) < std::tie(b.owner, b.offset, b.position);
  });
  return elements;
}

/// Tells who watches the array of an access to elements, one by one.
template <class T, class Array>
void tell_watch(Array const& array, char const* operation, access_kind kind,
                std::vector<listed_element> const& elements) {
  auto const& watch = array.memory().watch;
  if (watch == nullptr) return;
  std::int64_t const one = 1;
  for (auto const& each : elements)
    watch->before(
        {operation, kind, each.owner, static_cast<std::int64_t>(sizeof(T)), each.offset, {&one, 1}, {&one, 1}});
}

/// Moves single elements between dense memory, in the order of `elements`, and their owners; where these are near, and
/// it is no update, by loads and stores. What is far is complete when the owners that are returned have been flushed.
template <class T, class Array>
[[nodiscard]] touched_owners move_elements(Array const& array, std::vector<listed_element> const& elements, T* dense,
                                           far_access access, element_layout const& element = moved_as<T>(),
                                           MPI_Op operation = MPI_OP_NULL) {
  touched_owners touched;
  auto& window = array.window();
  for (std::size_t first = 0; first < elements.size();) {
    int const owner = elements[first].owner;
    T* const memory = access == far_access::accumulate ? nullptr : near_element<T>(window, owner, 0);
    row_layout const single{element, 1, element.bytes, element.bytes};
    far_rows rows(window, owner, access, single, operation);
    std::size_t at = first;
    for (; at < elements.size() && elements[at].owner == owner; ++at) {
      std::int64_t const offset = elements[at].offset;
      if (memory == nullptr)
        rows.add(reinterpret_cast<std::byte const*>(dense + at), offset * element.bytes);
      else if (access == far_access::get)
        dense[at] = memory[offset];
      else
        memory[offset] = dense[at];
    }
    rows.finish();
    if (memory == nullptr) touched.add(owner);
    first = at;
  }
  return touched;
}

} // namespace armada::detail
