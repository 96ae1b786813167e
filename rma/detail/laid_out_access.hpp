#pragma once

/// Transfers between two layouts: elements in any places here and any places there. Bounds have been checked.

#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/far_rows.hpp>
#include <armada/rma/layout.hpp>

#include <algorithm>
#include <cstdint>
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

/// Copies between memory here and memory there: where the layouts have loops in common, and the two do not overlap, as
/// one block.
template <class T>
void copy_laid_out(T* to, layout const& into, T const* from, layout const& out_of) {
  if constexpr (strided_element<T>) {
    bool const apart = to + into.lowest() >= from + out_of.end() || from + out_of.lowest() >= to + into.end();
    if (auto const loops = common_loops_of(into, out_of); loops && apart)
      return strided_copy(to + loops->a_first, loops->a_steps, from + loops->b_first, loops->b_steps, loops->counts);
  }
  for_each_common_run(into, out_of, [&](auto first, auto step, auto other, auto other_step, auto count) {
    copy_run(to + first, step, from + other, other_step, count);
  });
}

/// Has MPI move, or add, elements between memory here and a far part.
template <class T>
void far_laid_out(window_state& window, far_access access, T const* here, layout const& mine, int rank,
                  std::int64_t offset, layout const& theirs, element_layout const& element = moved_as<T>(),
                  MPI_Op operation = MPI_OP_NULL) {
  if (auto const loops = common_loops_of(mine, theirs))
    return far_block_at(window, rank, access, here + loops->a_first, loops->a_steps,
                        offset + loops->b_first * element.bytes, loops->b_steps, loops->counts, element, operation);
  far_rows rows(window, rank, access, {element, 0, 0, 0}, operation);
  for_each_common_run(mine, theirs, [&](auto first, auto step, auto there, auto there_step, auto count) {
    rows.reshape({element, count, bytes_of<T>(step), bytes_of<T>(there_step)});
    rows.add(reinterpret_cast<std::byte const*>(here + first), offset + bytes_of<T>(there));
  });
  rows.finish();
}

template <class T>
void put_laid_out(window_state& window, T const* from, layout const& mine, int rank, std::int64_t offset,
                  layout const& theirs) {
  if (T* const place = near_element<T>(window, rank, offset))
    copy_laid_out(place, theirs, from, mine);
  else
    far_laid_out(window, far_access::put, from, mine, rank, offset, theirs);
}

template <class T>
void get_laid_out(window_state& window, T* into, layout const& mine, int rank, std::int64_t offset,
                  layout const& theirs) {
  if (T const* const place = near_element<T>(window, rank, offset))
    copy_laid_out(into, mine, place, theirs);
  else
    far_laid_out(window, far_access::get, static_cast<T const*>(into), mine, rank, offset, theirs);
}

template <class T, accumulator<T> Op>
void accumulate_laid_out(window_state& window, T const* from, layout const& mine, int rank, std::int64_t offset,
                         layout const& theirs, Op op) {
  if constexpr (std::same_as<Op, no_op>) return;
  if (!window.all_near()) {
    if constexpr (taken_as_signed<Op, T>)
      for_each_common_run(mine, theirs, [&](auto first, auto step, auto there, auto there_step, auto count) {
        for (std::int64_t i = 0; i < count; ++i)
          far_update_by_swap(window, from[first + i * step], rank, offset + bytes_of<T>(there + i * there_step), op);
      });
    else
      far_laid_out(window, far_access::accumulate, from, mine, rank, offset, theirs,
                   {datatype_of<T>(), 1, static_cast<std::int64_t>(sizeof(T))}, accumulate_operation_of<T>(op));
    return;
  }
  T* const place = near_element<T>(window, rank, offset);
  for_each_common_run(mine, theirs, [&](auto first, auto step, auto there, auto there_step, auto count) {
    near_accumulate(near_place<T>{place + there, window.memory(), &window.locks()}, there_step, from + first, step,
                    count, op);
  });
}

/// In calls as long as all three lie dense.
template <class T, accumulator<T> Op>
void fetch_laid_out(window_state& window, T const* from, layout const& mine, T* old, layout const& olds, int rank,
                    std::int64_t offset, layout const& theirs, Op op) {
  layout::cursor a(mine), b(olds), there(theirs);
  while (!a.done() && !b.done() && !there.done()) {
    auto const x = a.here(), y = b.here(), z = there.here();
    bool const dense = x.step == 1 && y.step == 1 && z.step == 1;
    auto const count = dense ? std::min({x.count, y.count, z.count}) : 1;
    fetch_elements(window, from + x.first, old + y.first, rank, offset + bytes_of<T>(z.first), count, op);
    a.advance(count);
    b.advance(count);
    there.advance(count);
  }
}

} // namespace armada::detail
