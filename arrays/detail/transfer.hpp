#pragma once

/// The transfer engine: pieces of a box are moved between the tiles of a distributed array and a strided buffer here,
/// each on the best road, with one completion per far owner touched.

#include <armada/arrays/index/pieces.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/far_rows.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <concepts>
#include <cstdint>
#include <vector>

namespace armada::detail {

/// Runs `near(piece, tile)` for the pieces in memory of this host and `far(piece)` for the others, then completes the
/// far ones.
template <class T, std::size_t N, class Near, class Far>
void for_each_road(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, Near near,
                   Far far) {
  std::vector<int> touched;
  for_each_piece(distribution, selected, [&](piece<N> const& each) {
    if (T* const memory = near_element<T>(window, each.owner, bytes_of<T>(each.tile_offset))) {
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
        far_block(window, each.owner, far_access::get, buffer + dot(each.first, strides), strides, each.tile_offset,
                  each.tile_stride, each.count);
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
        far_block(window, each.owner, far_access::put, buffer + dot(each.first, strides), strides, each.tile_offset,
                  each.tile_stride, each.count);
      });
}

/// The elements of `selected` = op(themselves, buffer), each atomically.
template <class T, std::size_t N, accumulator<T> Op>
void accumulate_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected,
                    T const* buffer, stride_array<N> const& strides, Op op) {
  if (window.all_near())
    for_each_piece(distribution, selected, [&](piece<N> const& each) {
      T const* const from = buffer + dot(each.first, strides);
      for_each_row(each.tile_stride, strides, each.count, [&](auto there, auto here, auto count, auto far, auto step) {
        near_accumulate(near_place_of<T>(window, each.owner, bytes_of<T>(each.tile_offset + there)), far, from + here,
                        step, count, op);
      });
    });
  else if constexpr (!std::same_as<Op, no_op>) { // MPI's atomics, for near owners as well; it has no such operation
    for_each_piece(distribution, selected, [&](piece<N> const& each) {
      far_block(window, each.owner, far_access::accumulate, buffer + dot(each.first, strides), strides,
                each.tile_offset, each.tile_stride, each.count, element_layout{datatype_of<T>(), 1, sizeof(T)},
                accumulate_operation_of<T>(op));
    });
    window.flush_all();
  }
}

/// The elements of `selected` = value.
template <class T, std::size_t N>
void fill_box(window_state& window, block_distribution<N> const& distribution, box<N> const& selected, T const& value) {
  for_each_road<T>(
      window, distribution, selected,
      [&](piece<N> const& each, T* memory) { strided_fill(memory, each.tile_stride, each.count, value); },
      [&](piece<N> const& each) {
        far_block(window, each.owner, far_access::put, &value, stride_array<N>{}, each.tile_offset, each.tile_stride,
                  each.count);
      });
}

} // namespace armada::detail
