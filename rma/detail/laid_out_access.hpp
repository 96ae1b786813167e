#pragma once

/// Transfers between two layouts: elements in any places here and any places there. Bounds have been checked.

#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/far_rows.hpp>
#include <armada/rma/layout.hpp>

#include <cstring>

namespace armada::detail {

/// Copies `count` elements; steps in elements.
template <class T>
void copy_run(T* to, std::int64_t to_step, T const* from, std::int64_t from_step, std::int64_t count) {
  if (to_step == 1 && from_step == 1)
    std::memmove(static_cast<void*>(to), from, static_cast<std::size_t>(bytes_of<T>(count)));
  else
    for (std::int64_t i = 0; i < count; ++i) to[i * to_step] = from[i * from_step];
}

/// Calls `near(element here, step, element there, step, count)` for common runs where the part is near; otherwise has
/// the runs moved by MPI.
template <class T, class Near>
void for_each_laid_out(window_state& window, T const* here, layout const& mine, int rank, std::int64_t offset,
                       layout const& theirs, bool by_memory, far_rows far, Near near) {
  auto* const place = by_memory ? near_element<T>(window, rank, offset) : nullptr;
  for_each_common_run(mine, theirs, [&](auto first, auto step, auto there, auto there_step, auto count) {
    if (place != nullptr) {
      near(first, step, place + there, there_step, count);
    } else {
      far.reshape({far.element(), count, bytes_of<T>(step), bytes_of<T>(there_step)});
      far.add(reinterpret_cast<std::byte const*>(here + first), offset + bytes_of<T>(there));
    }
  });
  far.finish();
}

/// Copies between memory here and memory there, of which the layouts are in common loops. False where they are not, and
/// where the two overlap.
template <class T>
bool copy_laid_out(T* to, layout const& into, T const* from, layout const& out_of) {
  if constexpr (strided_element<T>) {
    auto const loops = common_loops_of(into, out_of);
    if (!loops || (to + into.lowest() < from + out_of.end() && from + out_of.lowest() < to + into.end())) return false;
    strided_copy(to + loops->a_first, loops->a_steps, from + loops->b_first, loops->b_steps, loops->counts);
    return true;
  }
  return false;
}

template <class T>
void put_laid_out(window_state& window, T const* from, layout const& mine, int rank, std::int64_t offset,
                  layout const& theirs) {
  if (T* const place = near_element<T>(window, rank, offset);
      place != nullptr && copy_laid_out(place, theirs, from, mine))
    return;
  for_each_laid_out(window, from, mine, rank, offset, theirs, true,
                    far_rows(window, rank, far_access::put, {moved_as<T>(), 0, 0, 0}),
                    [&](auto first, auto step, T* to, auto to_step, auto count) {
                      copy_run(to, to_step, from + first, step, count);
                    });
}

template <class T>
void get_laid_out(window_state& window, T* into, layout const& mine, int rank, std::int64_t offset,
                  layout const& theirs) {
  if (T const* const place = near_element<T>(window, rank, offset);
      place != nullptr && copy_laid_out(into, mine, place, theirs))
    return;
  for_each_laid_out(window, static_cast<T const*>(into), mine, rank, offset, theirs, true,
                    far_rows(window, rank, far_access::get, {moved_as<T>(), 0, 0, 0}),
                    [&](auto first, auto step, T const* from, auto from_step, auto count) {
                      copy_run(into + first, step, from, from_step, count);
                    });
}

template <class T, accumulator<T> Op>
void accumulate_laid_out(window_state& window, T const* from, layout const& mine, int rank, std::int64_t offset,
                         layout const& theirs, Op op) {
  if constexpr (std::same_as<Op, no_op>) {
    return;
  } else {
    element_layout const element{datatype_of<T>(), 1, static_cast<std::int64_t>(sizeof(T))};
    for_each_laid_out(
        window, from, mine, rank, offset, theirs, window.all_near(),
        far_rows(window, rank, far_access::accumulate, {element, 0, 0, 0}, accumulate_operation_of<T>(op)),
        [&](auto first, auto step, T* to, auto to_step, auto count) {
          near_accumulate(near_place<T>{to, window.memory(), &window.locks()}, to_step, from + first, step, count, op);
        });
  }
}

/// `from` and `old` are contiguous.
template <class T, accumulator<T> Op>
void fetch_laid_out(window_state& window, T const* from, T* old, int rank, std::int64_t offset, layout const& theirs,
                    Op op) {
  for (layout::cursor there(theirs); !there.done();) {
    auto const run = there.here();
    auto const count = run.step == 1 ? run.count : 1;
    fetch_elements(window, from, old, rank, offset + bytes_of<T>(run.first), count, op);
    from += count;
    old += count;
    there.advance(count);
  }
}

} // namespace armada::detail
