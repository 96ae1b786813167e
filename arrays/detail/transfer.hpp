#pragma once

/// The transfer engine: pieces of a box are moved between the tiles of a distributed array and a strided buffer here,
/// each on the best road, with one completion per far owner touched.

#include <armada/arrays/index/pieces.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace armada::detail {

/// Contiguous elements at both ends move in one call, others one by one.
template <class Move>
void move_row(std::int64_t here, std::int64_t there, std::int64_t count, std::int64_t step, std::int64_t far_step,
              Move move) {
  if (step == 1 && far_step == 1)
    move(here, there, count);
  else
    for (std::int64_t i = 0; i < count; ++i) move(here + i * step, there + i * far_step, std::int64_t{1});
}

/// Runs `near(piece, tile)` for the pieces in memory of this host and `far(piece)` for the others, then completes the
/// far ones.
template <class T, std::size_t N, class Near, class Far>
void for_each_road(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, Near near,
                   Far far) {
  std::vector<int> touched;
  for_each_piece(distribution, selected, [&](piece<N> const& each) {
    if (T* const memory = near_element<T>(window, each.owner, each.tile_offset)) {
      near(each, memory);
    } else {
      far(each);
      touched.push_back(each.owner);
    }
  });
  for (int const owner : touched) window.flush(owner);
}

/// buffer = the elements of `selected`.
template <class T, std::size_t N>
void get_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, T* buffer,
             stride_array<N> const& strides) {
  for_each_road<T>(
      window, distribution, selected,
      [&](piece<N> const& each, T const* memory) {
        strided_copy(buffer + dot(each.first, strides), strides, memory, each.tile_stride, each.count);
      },
      [&](piece<N> const& each) {
        T* const into = buffer + dot(each.first, strides);
        for_each_row(strides, each.tile_stride, each.count,
                     [&](auto here, auto there, auto count, auto step, auto far) {
                       move_row(here, there, count, step, far, [&](auto to, auto from, auto length) {
                         get_elements(window, into + to, each.owner, each.tile_offset + from, length);
                       });
                     });
      });
}

/// The elements of `selected` = buffer.
template <class T, std::size_t N>
void put_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, T const* buffer,
             stride_array<N> const& strides) {
  for_each_road<T>(
      window, distribution, selected,
      [&](piece<N> const& each, T* memory) {
        strided_copy(memory, each.tile_stride, buffer + dot(each.first, strides), strides, each.count);
      },
      [&](piece<N> const& each) {
        T const* const from = buffer + dot(each.first, strides);
        for_each_row(each.tile_stride, strides, each.count,
                     [&](auto there, auto here, auto count, auto far, auto step) {
                       move_row(here, there, count, step, far, [&](auto source, auto to, auto length) {
                         put_elements(window, from + source, each.owner, each.tile_offset + to, length);
                       });
                     });
      });
}

/// The elements of `selected` = op(themselves, buffer), each atomically.
template <class T, std::size_t N, accumulator<T> Op>
void accumulate_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected,
                    T const* buffer, stride_array<N> const& strides, Op op) {
  auto const update = [&](piece<N> const& each) {
    T const* const from = buffer + dot(each.first, strides);
    for_each_row(each.tile_stride, strides, each.count, [&](auto there, auto here, auto count, auto far, auto step) {
      if (window.all_near())
        near_accumulate(near_place<T>{near_element<T>(window, each.owner, each.tile_offset + there), window.memory(),
                                      &window.locks()},
                        far, from + here, step, count, op);
      else
        move_row(here, there, count, step, far, [&](auto source, auto to, auto length) {
          accumulate_elements(window, from + source, each.owner, each.tile_offset + to, length, op);
        });
    });
  };
  for_each_piece(distribution, selected, update);
  if (!window.all_near()) window.flush_all(); // MPI's atomics, for near owners as well
}

/// The elements of `selected` = value.
template <class T, std::size_t N>
void fill_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, T const& value) {
  constexpr std::int64_t most = 1024;
  std::vector<T> copies; // filled once: MPI may read it until the flush
  for_each_road<T>(
      window, distribution, selected,
      [&](piece<N> const& each, T* memory) { strided_fill(memory, each.tile_stride, each.count, value); },
      [&](piece<N> const& each) {
        if (copies.empty()) copies.assign(most, value);
        for_each_row(each.tile_stride, each.tile_stride, each.count,
                     [&](auto there, auto, auto count, auto step, auto) {
                       std::int64_t const together = step == 1 ? most : 1;
                       for (std::int64_t done = 0; done < count; done += together)
                         put_elements<T>(window, copies.data(), each.owner, each.tile_offset + there + done * step,
                                         std::min(together, count - done));
                     });
      });
}

} // namespace armada::detail
