#pragma once

/// One-sided access to lists of elements anywhere in an array, aggregated: one message for many elements of an owner.
/// Local to the caller.
///
/// A list is a range of integers for an array of one dimension, and a range of `std::array<integer, N>` for any.
/// Negative indices count from the end; what lies beyond the shape throws `index_error` before anything moves.

#include <armada/arrays/detail/element_places.hpp>
#include <armada/arrays/detail/transfer.hpp>
#include <armada/core/buffer.hpp>
#include <armada/core/mode.hpp>

#include <xtensor/xtensor.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

/// What a list of elements may be of.
template <class Array>
concept array_of_elements = requires(Array const& a) {
  typename Array::value_type;
  a.memory();
  a.distribution().locate(index_array<Array::dimensions>{});
};

/// Where all is memory of this host and nobody watches: no plan is needed.
template <class Array>
[[nodiscard]] bool moves_directly(Array const& a) {
  return a.window().all_near() && a.memory().watch == nullptr;
}

/// A gather under way: elements by owner, and where each of them goes.
template <class T>
struct gathering {
  std::vector<listed_element> elements;
  std::vector<T> dense;
  touched_owners touched;

  void finish(window_state& window, T* into) {
    touched.complete(window);
    for (std::size_t i = 0; i < elements.size(); ++i) into[elements[i].position] = dense[i];
  }
};

template <class Array, class List>
[[nodiscard]] auto begin_gather(Array const& a, List const& indices) {
  using T = typename Array::value_type;
  gathering<T> begun{by_owner(a, indices), std::vector<T>(static_cast<std::size_t>(indices.size())), {}};
  tell_watch<T>(a, "gather", access_kind::read, begun.elements);
  begun.touched = move_elements(a, begun.elements, begun.dense.data(), far_access::get);
  return begun;
}

template <class Array, class List>
void gather_elements(Array const& a, List const& indices, typename Array::value_type* into) {
  using T = typename Array::value_type;
  if (moves_directly(a))
    for_each_near<T const>(a, indices, [&](std::size_t position, T const* element) { into[position] = *element; });
  else
    begin_gather(a, indices).finish(a.window(), into);
}

/// The values of a list: one for each element, or one for all. `value(position)`.
template <class T, class List, class Values>
[[nodiscard]] auto values_for(char const* operation, auto const& array, List const& indices, Values const& values) {
  if constexpr (std::convertible_to<Values const&, T>) {
    return [value = static_cast<T>(values)](std::int64_t) { return value; };
  } else {
    auto const elements = view(values);
    if (static_cast<std::size_t>(elements.size()) != static_cast<std::size_t>(indices.size()))
      throw argument_error(text(operation, " of ", elements.size(), " values to ", indices.size(), " elements of ",
                                array.describe(), ", on rank ", array.comm().rank()));
    return [data = elements.data()](std::int64_t position) { return data[position]; };
  }
}

template <class Values, class T>
concept values_of = std::convertible_to<Values const&, T> ||
    (source<Values const&>&& std::same_as<element_t<Values const&>, T>);

/// Gives every run of equal places, `merge(first, last)`, and keeps one element of each.
template <class T, class Merge>
[[nodiscard]] std::vector<T> merge_places(std::vector<listed_element>& elements, Merge merge) {
  std::vector<T> dense;
  dense.reserve(elements.size());
  std::size_t kept = 0;
  for (std::size_t first = 0; first < elements.size();) {
    std::size_t last = first + 1;
    while (last < elements.size() && elements[last].owner == elements[first].owner &&
           elements[last].offset == elements[first].offset)
      ++last;
    dense.push_back(merge(first, last));
    elements[kept++] = elements[first];
    first = last;
  }
  elements.resize(kept);
  return dense;
}

} // namespace detail

/// The elements at `indices`, in their order.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List>
[[nodiscard]] xt::xtensor<typename Array::value_type, 1> gather(Array const& a, List const& indices) {
  detail::check_elements(a, indices);
  auto values = xt::xtensor<typename Array::value_type, 1>::from_shape({static_cast<std::size_t>(indices.size())});
  detail::gather_elements(a, indices, values.data());
  return values;
}

/// The same with a pending that gives them.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List>
[[nodiscard]] pending<xt::xtensor<typename Array::value_type, 1>> gather(Array const& a, List const& indices,
                                                                         nonblocking_t) {
  using T = typename Array::value_type;
  detail::check_elements(a, indices);
  auto begun = std::make_unique<detail::gathering<T>>(detail::begin_gather(a, indices));
  return detail::make_pending(MPI_REQUEST_NULL, detail::request_kind::collective,
                              [window = a.memory().window, begun = std::move(begun)](MPI_Status const&) {
                                auto values = xt::xtensor<T, 1>::from_shape({begun->elements.size()});
                                if (!window->is_open()) begun->touched = {}; // the end of the epoch has completed it
                                begun->finish(*window, values.data());
                                return values;
                              });
}

/// The elements at `indices`, into a buffer of the same length, which is not memory of the array. Throws
/// `argument_error` with both lengths.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List, writable Buffer>
  requires std::same_as < element_t<Buffer>,
typename Array::value_type > void gather(Array const& a, List const& indices, Buffer&& into) {
  detail::check_elements(a, indices);
  auto const elements = view(into);
  if (static_cast<std::size_t>(elements.size()) != static_cast<std::size_t>(indices.size()))
    throw argument_error(detail::text("gather of ", indices.size(), " elements of ", a.describe(), " into a buffer of ",
                                      elements.size(), ", on rank ", a.comm().rank()));
  if (!a.window().holds(elements.data())) return detail::gather_elements(a, indices, elements.data());
  auto const copy = gather(a, indices);
  std::copy(copy.begin(), copy.end(), elements.begin());
}

/// The elements at `indices` = values: one for each, or one for all. Of values for the same element the last one stays.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List,
          detail::values_of<typename Array::value_type> Values>
void scatter(Array& a, List const& indices, Values const& values) {
  using T = typename Array::value_type;
  detail::check_elements(a, indices);
  auto const value = detail::values_for<T>("scatter", a, indices, values);
  if (detail::moves_directly(a))
    return detail::for_each_near<T>(
        a, indices, [&](std::size_t position, T* element) { *element = value(static_cast<std::int64_t>(position)); });
  auto elements = detail::by_owner(a, indices);
  detail::tell_watch<T>(a, "scatter", detail::access_kind::write, elements);
  auto dense = detail::merge_places<T>(
      elements, [&](std::size_t, std::size_t last) { return value(elements[last - 1].position); });
  detail::move_elements(a, elements, dense.data(), detail::far_access::put).complete(a.window());
}

/// Adds to the elements at `indices` values: one for each, or one for all; atomically with respect to every other
/// update. An element that comes several times gets all of them.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List,
          detail::values_of<typename Array::value_type> Values>
  requires accumulator < std::plus<>,
typename Array::value_type > void scatter_add(Array& a, List const& indices, Values const& values) {
  using T = typename Array::value_type;
  detail::check_elements(a, indices);
  auto const value = detail::values_for<T>("scatter_add", a, indices, values);
  if (detail::moves_directly(a))
    return detail::for_each_near<T>(a, indices, [&](std::size_t position, T* element) {
      static_cast<void>(detail::near_fetch(detail::near_place<T>{element, a.window().memory(), &a.window().locks()},
                                           value(static_cast<std::int64_t>(position)), std::plus<>{}));
    });
  auto elements = detail::by_owner(a, indices);
  detail::tell_watch<T>(a, "scatter_add", detail::access_kind::update, elements);
  auto dense = detail::merge_places<T>(elements, [&](std::size_t first, std::size_t last) {
    T sum = value(elements[first].position);
    while (++first < last) sum = static_cast<T>(sum + value(elements[first].position));
    return sum;
  });
  if (a.window().all_near()) { // somebody watches
    for (std::size_t i = 0; i < elements.size(); ++i)
      detail::accumulate_elements(a.window(), &dense[i], elements[i].owner, detail::bytes_of<T>(elements[i].offset), 1,
                                  std::plus<>{});
    return;
  }
  detail::move_elements(a, elements, dense.data(), detail::far_access::accumulate,
                        detail::element_layout{datatype_of<T>(), 1, sizeof(T)},
                        accumulate_operation_of<T>(std::plus<>{}))
      .complete(a.window());
}

} // namespace armada
