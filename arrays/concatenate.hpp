#pragma once

/// Arrays one behind the other.

#include <armada/arrays/creation.hpp>
#include <armada/arrays/detail/fetch_owned.hpp>
#include <armada/arrays/distributed_array.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

namespace armada {

/// A new array of the arrays' elements, one array behind the other along `axis`, which counts from the end if negative:
/// NumPy's `concatenate`. In balanced blocks of whole rows, or cut as told. An array may be there several times.
/// Collective over the communicator of all; sees every access before it, and ends with a fence. Throws
/// `argument_error` on every rank for no array, for arrays of different communicators or of shapes that differ in
/// another dimension, `index_error` for an axis that they do not have.
template <wire T, std::size_t N, storage_order Order>
[[nodiscard]] distributed_array<T, N> concatenate(std::initializer_list<distributed_array<T, N, Order> const*> arrays,
                                                  std::int64_t axis = 0, detail::cuts_for<N> const& cuts = {}) {
  if (arrays.size() == 0) throw argument_error("concatenate of no array");
  for (auto const* each : arrays)
    if (each == nullptr) throw argument_error("concatenate of an array that is null");
  if (axis < -static_cast<std::int64_t>(N) || axis >= static_cast<std::int64_t>(N))
    throw index_error(detail::text("concatenate along axis ", axis, " of arrays of ", N, " dimensions"));
  auto const along = static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(N) : axis);
  auto const& first = **arrays.begin();
  index_array<N> shape = first.shape();
  shape[along] = 0;
  for (auto const* each : arrays) {
    index_array<N> alike = each->shape();
    bool const fits = !__builtin_add_overflow(shape[along], alike[along], &shape[along]);
    alike[along] = shape[along];
    if (!fits || alike != shape || each->comm().state() != first.comm().state())
      throw argument_error(detail::text("concatenate of ", first.describe(), " and ", each->describe(), " along axis ",
                                        axis, ": shapes that do not fit, or not the same communicator"));
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
    detail::fetch_owned(*each, result, detail::same_axes<N>(), corner);
    corner[along] += each->shape()[along];
  }
  fence();
  return result;
}

} // namespace armada
