#pragma once

/// The transfer engine: pieces of a selection are moved between the tiles of a distributed array and a strided buffer
/// here, each on the best road. What is near has moved when a function returns; what is far is complete when the owners
/// that it returns have been flushed.

#include <armada/arrays/detail/array_memory.hpp>
#include <armada/arrays/index/pieces.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/strided_copy.hpp>
#include <armada/rma/detail/access.hpp>
#include <armada/rma/detail/far_rows.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace armada::detail {

/// Far owners that something is under way from or to; empty where all is near.
class touched_owners {
public:
  void add(int owner) {
    if (owners_.empty() || owners_.back() != owner) owners_.push_back(owner);
  }
  void add(touched_owners const& others) {
    owners_.insert(owners_.end(), others.owners_.begin(), others.owners_.end());
  }
  [[nodiscard]] bool empty() const noexcept { return owners_.empty(); }
  /// Everything has moved when this returns.
  void complete(window_state& window) {
    if (!owners_.empty()) [[unlikely]]
      flush(window);
  }

private:
  void flush(window_state& window) {
    if (owners_.size() > 1) {
      std::sort(owners_.begin(), owners_.end());
      owners_.erase(std::unique(owners_.begin(), owners_.end()), owners_.end());
    }
    for (int const owner : owners_) {
      tracing::scope const traced("flush", owner);
      window.flush(owner);
    }
    owners_.clear();
  }

  std::vector<int> owners_;
};

/// A pending that completes them at its wait, and gives `value`, which is or owns the buffer.
template <class Value>
[[nodiscard]] pending<Value> completed_later(std::shared_ptr<window_state> window, touched_owners owners, Value value) {
  return make_pending(
      MPI_REQUEST_NULL, request_kind::collective,
      [window = std::move(window), owners = std::move(owners), value = std::move(value)](MPI_Status const&) mutable {
        if (window->is_open()) owners.complete(*window);
        return std::move(value);
      });
}
/// The same without a value; `kept` lives until then.
template <class Kept>
[[nodiscard]] pending<> completed_later_with(std::shared_ptr<window_state> window, touched_owners owners, Kept kept) {
  return make_pending(
      MPI_REQUEST_NULL, request_kind::collective,
      [window = std::move(window), owners = std::move(owners), kept = std::move(kept)](MPI_Status const&) mutable {
        if (window->is_open()) owners.complete(*window);
      });
}

/// To live while a piece is moved.
template <class T, std::size_t N>
[[nodiscard]] watched_scope watch_piece(array_memory<N> const& array, char const* operation, access_kind kind,
                                        piece<N> const& each) {
  return {array.watch.get(), [&] {
            return watched_access{operation,        kind,       each.owner,      static_cast<std::int64_t>(sizeof(T)),
                                  each.tile_offset, each.count, each.tile_stride};
          }};
}

/// Runs `near(piece, tile)` for the pieces in memory of this host and `far(piece)` for the others.
template <class T, std::size_t N, class Selected, class Near, class Far>
[[nodiscard]] touched_owners for_each_road(array_memory<N> const& array, Selected const& selected,
                                           char const* operation, access_kind kind, Near near, Far far) {
  window_state const& window = *array.open_window();
  touched_owners touched;
  for_each_piece(array.distribution, selected, [&](piece<N> const& each) {
    auto const watched = watch_piece<T>(array, operation, kind, each);
    if (T* const memory = near_element<T>(window, each.owner, bytes_of<T>(each.tile_offset))) {
      near(each, memory);
    } else {
      far(each);
      touched.add(each.owner);
    }
  });
  return touched;
}

/// The memory of a box that is a dense row of a tile, where all are near and nobody watches: the commonest transfer of
/// all, found in less time than a plan takes. Empty for any other box, also one beyond the shape.
template <class T, std::size_t N>
[[nodiscard, gnu::always_inline]] inline std::span<T> near_row(array_memory<N> const& array, box<N> const& selected) {
  distribution<N> const& spread = array.distribution;
  if (array.window.parts() == nullptr || !spread.is_plain()) return {};
  std::int64_t const length = selected.dimensions[N - 1].count;
  std::int64_t rank = 0, offset = 0;
  for (std::size_t d = 0; d < N; ++d) {
    interval const& i = selected.dimensions[d];
    block_dimension const& axis = *spread.along(d).blocks();
    if ((i.count != 1 && (d + 1 < N || i.step != 1)) || i.first < 0 || i.first >= axis.extent()) return {};
    place const at = axis.locate(i.first);
    if (d + 1 == N && length > at.count - at.local) return {};
    rank = rank * axis.parts() + at.part;
    offset = offset * at.count + at.local;
  }
  return {reinterpret_cast<T*>(array.window.parts()[rank]) + offset, static_cast<std::size_t>(length)};
}
template <class T, std::size_t N>
[[nodiscard]] std::span<T> near_row(array_memory<N> const& /*array*/, listed_box<N> const& /*selected*/) {
  return {};
}

/// The memory of a box, and the distances between its elements there.
template <class T, std::size_t N>
struct strided_memory {
  T* first = nullptr;
  stride_array<N> strides{};
};
/// The memory of a box that lies in one tile, under the same conditions: without a plan. Null for any other box.
template <class T, std::size_t N>
[[nodiscard]] strided_memory<T, N> near_block(array_memory<N> const& array, box<N> const& selected) {
  distribution<N> const& spread = array.distribution;
  if (array.window.parts() == nullptr || !spread.is_plain()) return {};
  std::int64_t rank = 0, offset = 0;
  stride_array<N> counts{}, strides{};
  for (std::size_t d = 0; d < N; ++d) {
    interval const& i = selected.dimensions[d];
    block_dimension const& axis = *spread.along(d).blocks();
    if (i.count == 0 || !i.within(axis.extent())) return {};
    place const at = axis.locate(i.first);
    if (auto const last = at.local + (i.count - 1) * i.step; last < 0 || last >= at.count) return {};
    rank = rank * axis.parts() + at.part;
    offset = offset * at.count + at.local;
    counts[d] = at.count;
  }
  std::int64_t stride = 1;
  for (std::size_t d = N; d-- > 0; stride *= counts[d]) strides[d] = stride * selected.dimensions[d].step;
  return {reinterpret_cast<T*>(array.window.parts()[rank]) + offset, strides};
}
template <std::size_t N>
[[nodiscard]] stride_array<N> counts_of(box<N> const& selected) {
  stride_array<N> counts{};
  for (std::size_t d = 0; d < N; ++d) counts[d] = selected.dimensions[d].count;
  return counts;
}

/// buffer = the selected elements.
template <class T, std::size_t N, class Selected>
[[nodiscard]] touched_owners get_selected(array_memory<N> const& array, Selected const& selected, T* buffer,
                                          stride_array<N> const& strides) {
  if constexpr (std::same_as<Selected, box<N>>)
    if (auto const block = near_block<T const>(array, selected); block.first != nullptr) {
      strided_copy(buffer, strides, block.first, block.strides, counts_of(selected));
      return {};
    }
  return for_each_road<T>(
      array, selected, "get", access_kind::read,
      [&](piece<N> const& each, T const* memory) {
        strided_copy(buffer + each.buffer_offset(strides), each.buffer_strides(strides), memory, each.tile_stride,
                     each.count);
      },
      [&](piece<N> const& each) {
        far_block(*array.window.state(), each.owner, far_access::get, buffer + each.buffer_offset(strides),
                  each.buffer_strides(strides), each.tile_offset, each.tile_stride, each.count);
      });
}

/// The selected elements = buffer.
template <class T, std::size_t N, class Selected>
[[nodiscard]] touched_owners put_selected(array_memory<N> const& array, Selected const& selected, T const* buffer,
                                          stride_array<N> const& strides) {
  if constexpr (std::same_as<Selected, box<N>>)
    if (auto const block = near_block<T>(array, selected); block.first != nullptr) {
      strided_copy(block.first, block.strides, buffer, strides, counts_of(selected));
      return {};
    }
  return for_each_road<T>(
      array, selected, "put", access_kind::write,
      [&](piece<N> const& each, T* memory) {
        strided_copy(memory, each.tile_stride, buffer + each.buffer_offset(strides), each.buffer_strides(strides),
                     each.count);
      },
      [&](piece<N> const& each) {
        far_block(*array.window.state(), each.owner, far_access::put, buffer + each.buffer_offset(strides),
                  each.buffer_strides(strides), each.tile_offset, each.tile_stride, each.count);
      });
}

/// The selected elements = op(themselves, buffer), each atomically.
template <class T, std::size_t N, class Selected, accumulator<T> Op>
[[nodiscard]] touched_owners accumulate_selected(array_memory<N> const& array, Selected const& selected,
                                                 T const* buffer, stride_array<N> const& strides, Op op) {
  auto& window = *array.open_window();
  touched_owners touched;
  if (window.all_near())
    for_each_piece(array.distribution, selected, [&](piece<N> const& each) {
      auto const watched = watch_piece<T>(array, "accumulate", access_kind::update, each);
      T const* const from = buffer + each.buffer_offset(strides);
      for_each_row(each.tile_stride, each.buffer_strides(strides), each.count,
                   [&](auto there, auto here, auto count, auto far, auto step) {
                     near_accumulate(near_place_of<T>(window, each.owner, bytes_of<T>(each.tile_offset + there)), far,
                                     from + here, step, count, op);
                   });
    });
  else if constexpr (taken_as_signed<Op, T>)
    for_each_piece(array.distribution, selected, [&](piece<N> const& each) {
      auto const watched = watch_piece<T>(array, "accumulate", access_kind::update, each);
      T const* const from = buffer + each.buffer_offset(strides);
      for_each_row(each.tile_stride, each.buffer_strides(strides), each.count,
                   [&](auto there, auto here, auto count, auto far, auto step) {
                     for (std::int64_t i = 0; i < count; ++i)
                       far_update_by_swap(window, from[here + i * step], each.owner,
                                          bytes_of<T>(each.tile_offset + there + i * far), op);
                   });
    });
  else if constexpr (!std::same_as<Op, no_op>) // MPI's atomics, for near owners as well; it has no such operation
    for_each_piece(array.distribution, selected, [&](piece<N> const& each) {
      auto const watched = watch_piece<T>(array, "accumulate", access_kind::update, each);
      far_block(window, each.owner, far_access::accumulate, buffer + each.buffer_offset(strides),
                each.buffer_strides(strides), each.tile_offset, each.tile_stride, each.count,
                element_layout{datatype_of<T>(), 1, sizeof(T)}, accumulate_operation_of<T>(op));
      touched.add(each.owner);
    });
  return touched;
}

/// The selected elements = value, which stays where it is until they are complete.
template <class T, std::size_t N, class Selected>
[[nodiscard]] touched_owners fill_selected(array_memory<N> const& array, Selected const& selected, T const& value) {
  if (std::span<T> const row = near_row<T>(array, selected); !row.empty()) {
    std::fill(row.begin(), row.end(), T(value)); // which may be one of them
    return {};
  }
  return for_each_road<T>(
      array, selected, "put", access_kind::write,
      [&](piece<N> const& each, T* memory) { strided_fill(memory, each.tile_stride, each.count, value); },
      [&](piece<N> const& each) {
        far_block(*array.window.state(), each.owner, far_access::put, &value, stride_array<N>{}, each.tile_offset,
                  each.tile_stride, each.count);
      });
}

} // namespace armada::detail
