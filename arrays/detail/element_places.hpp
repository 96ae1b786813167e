#pragma once

/// Lists of elements of an array, checked and found: the plan of `gather`, `scatter` and `scatter_add`.

#include <armada/arrays/detail/radix_sort.hpp>
#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/index/box.hpp>
#include <armada/arrays/slice.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
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

/// Calls `use(place, position)` for every element of a list that has been checked.
template <class Array, class List, class Use>
void for_each_place(Array const& array, List const& list, Use use) {
  auto const& spread = array.distribution();
  std::int64_t position = 0;
  for (auto const& each : list) use(place_in(spread, each), position++);
}

/// Elements in memory, used some time after they were found, so that the processor fetches many at a time.
template <class T, class Use>
class fetched_ahead {
public:
  /// `use(element, position)`, in the order in which they are added.
  explicit fetched_ahead(Use use) : use_(std::move(use)) {}

  void add(T* element, std::int64_t position) {
    __builtin_prefetch(element);
    waiting_[count_++] = {element, position};
    if (count_ == waiting_.size()) finish();
  }
  void finish() {
    for (std::size_t i = 0; i < count_; ++i) use_(waiting_[i].element, waiting_[i].position);
    count_ = 0;
  }

private:
  struct found {
    T* element;
    std::int64_t position;
  };
  Use use_;
  std::array<found, 64> waiting_;
  std::size_t count_ = 0;
};

/// An element of a list, and which one it is.
struct listed_element {
  int owner;
  std::int64_t offset, position;
};

/// Runs `near(element, position)` for the elements of a list that are memory of this host; returns the others. Both in
/// the order of the list.
template <class T, class Array, class List, class Near>
std::vector<listed_element> use_near(Array const& array, List const& list, Near near) {
  std::vector<listed_element> far;
  fetched_ahead<T, Near> ahead(std::move(near));
  auto const& window = array.window();
  for_each_place(array, list, [&](element_place const& place, std::int64_t position) {
    if (T* const element = near_element<T>(window, place.rank, bytes_of<T>(place.offset))) [[likely]]
      ahead.add(element, position);
    else
      far.push_back({place.rank, place.offset, position});
  });
  ahead.finish();
  return far;
}

/// All elements of a list.
template <class Array, class List>
[[nodiscard]] std::vector<listed_element> places_of(Array const& array, List const& list) {
  std::vector<listed_element> elements;
  elements.reserve(static_cast<std::size_t>(list.size()));
  for_each_place(array, list, [&](element_place const& place, std::int64_t position) {
    elements.push_back({place.rank, place.offset, position});
  });
  return elements;
}

/// Elements of one owner lie together, in the order of the list.
inline void sort_by_owner(std::vector<listed_element>& elements) {
  radix_sort(elements, [](listed_element const& each) { return static_cast<unsigned>(each.owner); });
}
/// In memory order as well; what is listed several times lies together in the order of the list.
inline void sort_by_place(std::vector<listed_element>& elements) {
  radix_sort(elements, [](listed_element const& each) { return static_cast<std::uint64_t>(each.offset); });
  sort_by_owner(elements);
}

/// Keeps one of elements that are the same, and gives their value: `merge(first, last)` of the elements in between.
template <class T, class Merge>
[[nodiscard]] xt::xtensor<T, 1> merge_places(std::vector<listed_element>& elements, Merge merge) {
  auto values = xt::xtensor<T, 1>::from_shape({elements.size()});
  std::size_t kept = 0;
  for (std::size_t first = 0; first < elements.size();) {
    std::size_t last = first + 1;
    while (last < elements.size() && elements[last].owner == elements[first].owner &&
           elements[last].offset == elements[first].offset)
      ++last;
    values(kept) = merge(first, last);
    elements[kept++] = elements[first];
    first = last;
  }
  elements.resize(kept);
  return values;
}

/// Tells who watches the array of an access to elements, one by one.
template <class Array, class List>
void tell_watch(Array const& array, List const& list, char const* operation, access_kind kind) {
  auto const& watch = array.memory().watch;
  if (watch == nullptr) [[likely]]
    return;
  std::int64_t const one = 1;
  for_each_place(array, list, [&](element_place const& place, std::int64_t) {
    watch->before({operation,
                   kind,
                   place.rank,
                   static_cast<std::int64_t>(sizeof(typename Array::value_type)),
                   place.offset,
                   {&one, 1},
                   {&one, 1}});
  });
}

/// Moves elements, those of an owner together, between `here(number)` and their owners by MPI; neighbours on both sides
/// that are many go as one. Complete when the owners that are returned have been flushed.
template <class Here>
[[nodiscard]] touched_owners move_elements(window_state& window, std::vector<listed_element> const& elements, Here here,
                                           far_access access, element_layout const& element,
                                           MPI_Op operation = MPI_OP_NULL) {
  auto const row_of = [&](std::size_t count) {
    return row_layout{element, static_cast<std::int64_t>(count), element.bytes, element.bytes};
  };
  auto const many = static_cast<std::size_t>(far_rows::long_shared_row / element.bytes);
  touched_owners touched;
  for (std::size_t at = 0; at < elements.size();) {
    int const owner = elements[at].owner;
    auto const neighbours = [&](std::size_t next) {
      return next < elements.size() && elements[next].owner == owner &&
             elements[next].offset == elements[next - 1].offset + 1 && here(next) == here(next - 1) + 1;
    };
    far_rows rows(window, owner, access, row_of(1), operation);
    while (at < elements.size() && elements[at].owner == owner) {
      std::size_t end = at + 1;
      while (neighbours(end)) ++end;
      std::size_t const together = end - at >= many ? end - at : 1;
      rows.reshape(row_of(together));
      for (; at < end; at += together)
        rows.add(reinterpret_cast<std::byte const*>(here(at)), elements[at].offset * element.bytes);
    }
    rows.finish();
    touched.add(owner);
  }
  return touched;
}

} // namespace armada::detail
