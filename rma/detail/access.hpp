#pragma once

/// One-sided transfers of elements between this rank's memory and a part of a window, on the best road: a copy or an
/// atomic update in memory that is near, MPI for what is far. Bounds have been checked; offsets are bytes.

#include <armada/core/datatype.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/ordering.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstring>

namespace armada::detail {

/// What lies `offset` bytes into `rank`'s part, if that is near; null otherwise.
template <class T>
[[nodiscard]] T* near_element(window_state const& window, int rank, std::int64_t offset) noexcept {
  std::byte* const base = window.near(rank);
  return base == nullptr ? nullptr : reinterpret_cast<T*>(base + offset);
}

template <class T>
[[nodiscard]] constexpr std::int64_t bytes_of(std::int64_t count) noexcept {
  return count * static_cast<std::int64_t>(sizeof(T));
}

/// The same place for updates. All is near.
template <class T>
[[nodiscard]] near_place<T> near_place_of(window_state const& window, int rank, std::int64_t offset) noexcept {
  return {near_element<T>(window, rank, offset), window.memory(), &window.locks()};
}

template <class T, class Op>
[[nodiscard]] element_operation with_elements(Op op) {
  return {datatype_of<T>(), static_cast<std::int64_t>(sizeof(T)), accumulate_operation_of<T>(op)};
}

template <class T>
void put_elements(window_state& window, T const* from, int rank, std::int64_t offset, std::int64_t count) {
  if (T* const place = near_element<T>(window, rank, offset))
    std::memmove(static_cast<void*>(place), from, static_cast<std::size_t>(bytes_of<T>(count)));
  else
    window.far_put(from, rank, offset, bytes_of<T>(count));
}

template <class T>
void get_elements(window_state& window, T* into, int rank, std::int64_t offset, std::int64_t count) {
  if (T const* const place = near_element<T>(window, rank, offset))
    std::memmove(static_cast<void*>(into), place, static_cast<std::size_t>(bytes_of<T>(count)));
  else
    window.far_get(into, rank, offset, bytes_of<T>(count));
}

/// target = op(target, value), far, for what MPI would take as signed; returns what the target was. It has arrived when
/// this returns. Throws `unsupported` in an epoch of fence or start, where nothing can be looked at.
template <class T, class Op>
T far_update_by_swap(window_state& window, T const& value, int rank, std::int64_t offset, Op op) {
  if (!window.is_passive(rank))
    throw unsupported(text("minimum and maximum of unsigned numbers in an epoch of fence or start of ",
                           window.describe(),
                           ": this MPI takes them as signed; an epoch of lock or lock_all has them"));
  T seen{}, old{};
  window.far_fetch(&value, &seen, rank, offset, datatype_of<T>(), MPI_NO_OP);
  window.flush(rank);
  for (T wanted = op(seen, value); wanted != seen; wanted = op(seen, value)) {
    window.far_compare_and_swap(&seen, &wanted, &old, rank, offset, datatype_of<T>());
    window.flush(rank);
    if (old == seen) break;
    seen = old;
  }
  return seen;
}

/// Updates are atomic with respect to each other because a window has one road: the processor's atomics and locks when
/// all ranks are near, MPI's for every rank otherwise.
template <class T, accumulator<T> Op>
void accumulate_elements(window_state& window, T const* from, int rank, std::int64_t offset, std::int64_t count,
                         Op op) {
  if (window.all_near()) {
    ordering::tell();
    near_accumulate(near_place_of<T>(window, rank, offset), 1, from, 1, count, op);
  } else if constexpr (taken_as_signed<Op, T>) {
    for (std::int64_t i = 0; i < count; ++i) far_update_by_swap(window, from[i], rank, offset + bytes_of<T>(i), op);
  } else if constexpr (!std::same_as<Op, no_op>) { // which MPI knows for fetching only
    window.far_accumulate(from, rank, offset, count, with_elements<T>(op));
  }
}

/// old = target, target = op(target, from), element by element.
template <class T, accumulator<T> Op>
void fetch_elements(window_state& window, T const* from, T* old, int rank, std::int64_t offset, std::int64_t count,
                    Op op) {
  if (!window.all_near()) {
    if constexpr (!taken_as_signed<Op, T>)
      return window.far_get_accumulate(from, old, rank, offset, count, with_elements<T>(op));
    else
      for (std::int64_t i = 0; i < count; ++i)
        old[i] = far_update_by_swap(window, from[i], rank, offset + bytes_of<T>(i), op);
    return;
  }
  ordering::tell();
  for (std::int64_t i = 0; i < count; ++i)
    old[i] = near_fetch(near_place_of<T>(window, rank, offset + bytes_of<T>(i)), from[i], op);
  ordering::hear();
}

/// The old value is there after the next flush of `rank` where that is far.
template <class T, accumulator<T> Op>
void fetch_element(window_state& window, T const& value, T& old, int rank, std::int64_t offset, Op op) {
  if (!window.all_near()) {
    if constexpr (taken_as_signed<Op, T>)
      old = far_update_by_swap(window, value, rank, offset, op);
    else
      window.far_fetch(&value, &old, rank, offset, datatype_of<T>(), accumulate_operation_of<T>(op));
    return;
  }
  ordering::tell();
  old = near_fetch(near_place_of<T>(window, rank, offset), value, op);
  ordering::hear();
}

template <predefined T>
void compare_and_swap_element(window_state& window, T const& expected, T const& desired, T& old, int rank,
                              std::int64_t offset) {
  if (!window.all_near()) return window.far_compare_and_swap(&expected, &desired, &old, rank, offset, datatype_of<T>());
  ordering::tell();
  old = near_compare_and_swap(near_place_of<T>(window, rank, offset), expected, desired);
  ordering::hear();
}

/// Completes what was begun for `rank`; nothing is begun where all is near.
inline void complete_elements(window_state& window, int rank) {
  if (!window.all_near()) window.flush(rank);
}

} // namespace armada::detail
