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

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// What a list of elements may be of.
template <class Array>
concept array_of_elements = requires(Array const& a) {
  typename Array::value_type;
  a.memory();
  a.distribution().locate(index_array<Array::dimensions>{});
};
template <class Array>
concept array_of_variables = array_of_elements<Array> && !std::is_const_v<Array>;

/// into[k] = element number k of a list that has been checked. What is near has moved when this returns.
template <class Array, class List>
[[nodiscard]] touched_owners begin_gather(Array const& a, List const& indices, typename Array::value_type* into) {
  using T = typename Array::value_type;
  tell_watch(a, indices, "gather", access_kind::read);
  auto far = use_near<T const>(a, indices, [=](T const* element, std::int64_t position) { into[position] = *element; });
  sort_by_owner(far);
  return move_elements(
      a.window(), far, [&](std::size_t number) { return into + far[number].position; }, far_access::get, moved_as<T>());
}

/// The values of a list: one for each element, or one for all. `value(position)`.
template <class T, class List, class Values>
[[nodiscard]] auto values_for(char const* operation, auto const& array, List const& indices, Values const& values) {
  if constexpr (std::convertible_to<Values const&, T>) {
    return [value = static_cast<T>(values)](std::int64_t) { return value; };
  } else {
    auto const elements = view(values);
    if (!std::cmp_equal(elements.size(), indices.size()))
      throw argument_error(text(operation, " of ", elements.size(), " values to ", indices.size(), " elements of ",
                                array.describe(), ", on rank ", array.comm().rank()));
    T const* from = elements.data();
    std::unique_ptr<T[]> copy; // of the array's own memory, which changes meanwhile
    if (array.window().holds(from)) {
      copy = std::make_unique<T[]>(elements.size());
      std::copy(elements.begin(), elements.end(), copy.get());
      from = copy.get();
    }
    return [copy = std::move(copy), from](std::int64_t position) { return from[position]; };
  }
}

template <class Values, class T>
concept values_of = std::convertible_to<Values const&, T> ||
    (source<Values const&>&& std::same_as<element_t<Values const&>, T>);

} // namespace detail

/// The elements at `indices`, in their order.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List>
[[nodiscard]] xt::xtensor<typename Array::value_type, 1> gather(Array const& a, List const& indices) {
  detail::check_elements(a, indices);
  auto values = xt::xtensor<typename Array::value_type, 1>::from_shape({static_cast<std::size_t>(indices.size())});
  detail::begin_gather(a, indices, values.data()).complete(a.window());
  return values;
}

/// The same with a pending that gives them.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List>
[[nodiscard]] pending<xt::xtensor<typename Array::value_type, 1>> gather(Array const& a, List const& indices,
                                                                         nonblocking_t) {
  detail::check_elements(a, indices);
  auto values = xt::xtensor<typename Array::value_type, 1>::from_shape({static_cast<std::size_t>(indices.size())});
  auto touched = detail::begin_gather(a, indices, values.data());
  return detail::completed_later(a.memory().open_window(), std::move(touched), std::move(values));
}

/// The elements at `indices`, into a buffer of the same length, without allocation where all is near and the buffer is
/// not memory of the array. Throws `argument_error` with both lengths.
template <detail::array_of_elements Array, detail::element_list<Array::dimensions> List, writable Buffer>
  requires(std::same_as<element_t<Buffer>, typename Array::value_type>)
void gather(Array const& a, List const& indices, Buffer&& into) {
  detail::check_elements(a, indices);
  auto const elements = view(into);
  if (!std::cmp_equal(elements.size(), indices.size()))
    throw argument_error(detail::text("gather of ", indices.size(), " elements of ", a.describe(), " into a buffer of ",
                                      elements.size(), ", on rank ", a.comm().rank()));
  if (!a.window().holds(elements.data())) return detail::begin_gather(a, indices, elements.data()).complete(a.window());
  auto const copy = gather(a, indices);
  std::copy(copy.begin(), copy.end(), elements.begin());
}

/// The elements at `indices` = values: one for each, or one for all. Of values for the same element the last one stays.
/// Throws `argument_error` for values of another number.
template <detail::array_of_variables Array, detail::element_list<Array::dimensions> List,
          detail::values_of<typename Array::value_type> Values>
void scatter(Array& a, List const& indices, Values const& values) {
  using T = typename Array::value_type;
  detail::check_elements(a, indices);
  auto const value = detail::values_for<T>("scatter", a, indices, values);
  detail::tell_watch(a, indices, "scatter", detail::access_kind::write);
  auto far = detail::use_near<T>(a, indices, [&](T* element, std::int64_t position) { *element = value(position); });
  detail::sort_by_place(far);
  auto const dense =
      detail::merge_places<T>(far, [&](std::size_t, std::size_t last) { return value(far[last - 1].position); });
  detail::move_elements(
      a.window(), far, [&](std::size_t number) { return dense.data() + number; }, detail::far_access::put,
      detail::moved_as<T>())
      .complete(a.window());
}

namespace detail {

/// Each element at `indices` = op(element, its value), atomically; one that is listed several times gets all of them.
template <class Array, class List, class Values, class Op>
void update_elements(char const* operation, Array& a, List const& indices, Values const& values, Op op) {
  using T = typename Array::value_type;
  check_elements(a, indices);
  auto const value = values_for<T>(operation, a, indices, values);
  tell_watch(a, indices, operation, access_kind::update);
  auto& window = a.window();
  if (window.all_near()) {
    auto const* const memory = window.memory();
    auto* const locks = &window.locks();
    use_near<T>(a, indices, [&, memory, locks](T* element, std::int64_t position) {
      static_cast<void>(near_fetch<T>({element, memory, locks}, value(position), op));
    });
    return;
  }
  auto elements = places_of(a, indices); // near ones too: the processor's updates and MPI's do not mix
  sort_by_place(elements);
  auto const dense = merge_places<T>(elements, [&](std::size_t first, std::size_t last) {
    T all = value(elements[first].position);
    while (++first < last) all = static_cast<T>(op(all, value(elements[first].position)));
    return all;
  });
  if constexpr (taken_as_signed<Op, T>)
    for (std::size_t k = 0; k < elements.size(); ++k)
      far_update_by_swap(window, dense(k), elements[k].owner, bytes_of<T>(elements[k].offset), op);
  else if constexpr (!std::same_as<Op, no_op>) // which MPI knows for fetching only
    move_elements(
        window, elements, [&](std::size_t number) { return dense.data() + number; }, far_access::accumulate,
        {datatype_of<T>(), 1, sizeof(T)}, accumulate_operation_of<T>(op))
        .complete(window);
}

} // namespace detail

/// Adds to the elements at `indices` values: one for each, or one for all; atomically with respect to every other
/// update. An element that is listed several times gets all of them. Throws `argument_error` for values of another
/// number.
template <detail::array_of_variables Array, detail::element_list<Array::dimensions> List,
          detail::values_of<typename Array::value_type> Values>
  requires(accumulator<std::plus<>, typename Array::value_type>)
void scatter_add(Array& a, List const& indices, Values const& values) {
  detail::update_elements("scatter_add", a, indices, values, std::plus<>{});
}

} // namespace armada
