#pragma once

/// Arrays one behind the other.

#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/fetch_owned.hpp>
#include <armada/arrays/distributed_array.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <span>
#include <type_traits>
#include <vector>

namespace armada {
namespace detail {

template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N> concatenate_all(std::span<distributed_array<T, N, Order> const* const> arrays,
                                                      std::int64_t axis, cuts_for<N> const& cuts) {
  if (arrays.size() == 0) throw argument_error("concatenate of no array");
  for (auto const* each : arrays)
    if (each == nullptr) throw argument_error("concatenate of an array that is null");
  if (axis < -static_cast<std::int64_t>(N) || axis >= static_cast<std::int64_t>(N))
    throw index_error(text("concatenate along axis ", axis, " of arrays of ", N, " dimensions"));
  auto const along = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(N) : axis);
  auto const& first = *arrays.front();
  index_array<N> shape = first.shape();
  shape[along] = 0;
  for (auto const* each : arrays) {
    index_array<N> alike = each->shape();
    bool const fits = !__builtin_add_overflow(shape[along], alike[along], &shape[along]);
    alike[along] = shape[along];
    if (!fits || alike != shape || each->comm().state() != first.comm().state())
      throw argument_error(text("concatenate of ", first.describe(), " and ", each->describe(), " along axis ", axis,
                                ": shapes that do not fit, or not the same communicator"));
  }
  auto result = cuts.template make<T>(first.comm(), shape);
  auto const fence = [&] {
    for (auto const* each : arrays) each->window().flush_all(), each->window().sync_memory();
    result.fence();
    for (auto const* each : arrays) each->window().sync_memory();
  };
  fence();
  index_array<N> corner{};
  for (auto const* each : arrays) {
    fetch_owned(*each, result, same_axes<N>(), corner);
    corner[along] += each->shape()[along];
  }
  fence();
  return result;
}

/// A range of arrays that exist, or of pointers to them.
template <class Arrays, class Each = std::ranges::range_value_t<Arrays>>
concept range_of_arrays = is_array<std::remove_cv_t<std::remove_pointer_t<Each>>> &&
    (std::is_pointer_v<Each> || std::is_lvalue_reference_v<std::ranges::range_reference_t<Arrays const>>);

} // namespace detail

/// A new array of the arrays' elements, one array behind the other along `axis`, which counts from the end if negative:
/// NumPy's `concatenate({&a, &b}, 1)`. In balanced blocks of whole rows, or cut as told. An array may be there several
/// times. Collective over the communicator of all; sees every access before it, and ends with a fence. Throws
/// `argument_error` on every rank for no array, for arrays of different communicators or of shapes that differ in
/// another dimension, `index_error` for an axis that they do not have.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N> concatenate(std::initializer_list<distributed_array<T, N, Order> const*> arrays,
                                                  std::int64_t axis = 0, detail::cuts_for<N> const& cuts = {}) {
  return detail::concatenate_all(std::span<distributed_array<T, N, Order> const* const>(arrays.begin(), arrays.size()),
                                 axis, cuts);
}
/// The same of a range of arrays, or of pointers to them, as many as there are: a `std::vector`.
template <std::ranges::forward_range Arrays>
  requires detail::range_of_arrays<Arrays>
[[nodiscard]] auto
concatenate(Arrays const& arrays, std::int64_t axis = 0,
            detail::cuts_for<std::remove_pointer_t<std::ranges::range_value_t<Arrays>>::dimensions> const& cuts = {}) {
  using array = std::remove_cv_t<std::remove_pointer_t<std::ranges::range_value_t<Arrays>>>;
  std::vector<array const*> all;
  for (auto const& each : arrays)
    if constexpr (std::is_pointer_v<std::ranges::range_value_t<Arrays>>)
      all.push_back(each);
    else
      all.push_back(&each);
  return detail::concatenate_all(std::span<array const* const>(all), axis, cuts);
}

} // namespace armada
