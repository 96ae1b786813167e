#pragma once

/// One-sided transfers of elements between this rank's memory and a part of a window, on the best road: a copy or an
/// atomic update in memory that is near, MPI for what is far. Bounds have been checked.

#include <armada/core/datatype.hpp>
#include <armada/core/operation.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstring>

namespace armada::detail {

/// Where element `offset` of `rank`'s part lies, if that is near; null otherwise.
template <class T>
[[nodiscard]] T* near_element(window_state const& window, int rank, std::int64_t offset) noexcept {
  std::byte* const base = window.near(rank);
  return base == nullptr ? nullptr : reinterpret_cast<T*>(base) + offset;
}

template <class T>
[[nodiscard]] constexpr std::int64_t bytes_of(std::int64_t count) noexcept {
  return count * static_cast<std::int64_t>(sizeof(T));
}

template <class T>
void put_elements(window_state& window, T const* from, int rank, std::int64_t offset, std::int64_t count) {
  if (T* const place = near_element<T>(window, rank, offset))
    std::memmove(static_cast<void*>(place), from, static_cast<std::size_t>(bytes_of<T>(count)));
  else
    window.far_put(from, rank, bytes_of<T>(offset), bytes_of<T>(count));
}

template <class T>
void get_elements(window_state& window, T* into, int rank, std::int64_t offset, std::int64_t count) {
  if (T const* const place = near_element<T>(window, rank, offset))
    std::memmove(static_cast<void*>(into), place, static_cast<std::size_t>(bytes_of<T>(count)));
  else
    window.far_get(into, rank, bytes_of<T>(offset), bytes_of<T>(count));
}

/// Updates are atomic with respect to each other because a window has one road: the processor's atomics and locks when
/// all ranks are near, MPI's for every rank otherwise.
template <class T, accumulator<T> Op>
void accumulate_elements(window_state& window, T const* from, int rank, std::int64_t offset, std::int64_t count,
                         Op op) {
  if (window.all_near())
    near_accumulate(near_place<T>{near_element<T>(window, rank, offset), window.memory(), &window.locks()}, 1, from, 1,
                    count, op);
  else if constexpr (!std::same_as<Op, no_op>) // which MPI knows for fetching only
    window.far_accumulate(from, rank, bytes_of<T>(offset), count, datatype_of<T>(), accumulate_operation_of<T>(op));
}

template <class T, accumulator<T> Op>
[[nodiscard]] T fetch_element(window_state& window, T const& value, int rank, std::int64_t offset, Op op) {
  if (window.all_near())
    return near_fetch(near_place<T>{near_element<T>(window, rank, offset), window.memory(), &window.locks()}, value,
                      op);
  T old{};
  window.far_fetch(&value, &old, rank, bytes_of<T>(offset), datatype_of<T>(), accumulate_operation_of<T>(op));
  return old;
}

template <predefined T>
[[nodiscard]] T compare_and_swap_element(window_state& window, T const& expected, T const& desired, int rank,
                                         std::int64_t offset) {
  if (window.all_near())
    return near_compare_and_swap(near_place<T>{near_element<T>(window, rank, offset), window.memory(), &window.locks()},
                                 expected, desired);
  T old{};
  window.far_compare_and_swap(&expected, &desired, &old, rank, bytes_of<T>(offset), datatype_of<T>());
  return old;
}

} // namespace armada::detail
