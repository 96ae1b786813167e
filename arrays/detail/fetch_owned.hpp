#pragma once

/// How whole arrays move: each rank fetches what it owns of the result, in place, from whoever owns it.

#include <armada/arrays/detail/transfer.hpp>
#include <armada/arrays/index/box.hpp>
#include <armada/core/storage_order.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace armada::detail {

template <std::size_t N>
[[nodiscard]] constexpr std::array<std::size_t, N> same_axes() {
  std::array<std::size_t, N> axes{};
  for (std::size_t d = 0; d < N; ++d) axes[d] = d;
  return axes;
}

/// The indices of a rising interval that are in [low, high).
[[nodiscard]] constexpr interval clipped(interval const& all, std::int64_t low, std::int64_t high) {
  auto const before = [&](std::int64_t bound) { // how many of them are less
    return bound <= all.first ? 0 : std::min(all.count, (bound - all.first - 1) / all.step + 1);
  };
  return {all[before(low)], before(high) - before(low), all.step};
}

/// What this rank owns of the part of `into` that begins at `corner` = the elements of `from`, whose dimension axes[d]
/// is dimension d of `into`. Fences before and after are the caller's.
template <class From, class Into, std::size_t N>
void fetch_owned(From const& from, Into& into, std::array<std::size_t, N> const& axes,
                 index_array<N> const& corner = {}) {
  auto const& spread = into.distribution();
  int const rank = into.comm().rank();
  auto const strides = spread.tile_strides(spread.tile_shape(rank));
  touched_owners touched;
  for (box<N> const& owned : spread.boxes_of(rank)) {
    index_array<N> first{}, turned{};
    box<N> wanted;
    for (std::size_t d = 0; d < N; ++d) {
      std::size_t const axis = axes[d];
      interval const mine = clipped(owned.dimensions[d], corner[d], corner[d] + from.shape()[axis]);
      first[d] = mine.first;
      wanted.dimensions[axis] = {mine.first - corner[d], mine.count, mine.step};
      turned[axis] = strides[d];
    }
    if (wanted.empty()) continue;
    touched.add(get_selected(from.memory(), wanted, into.padded().data() + spread.locate(first).offset, turned));
  }
  touched.complete(from.window());
}

/// The fences of several arrays of one communicator at the price of one.
template <class First, class... Others>
void fence_all(First const& first, Others const&... others) {
  (others.window().flush_all(), ...);
  (others.window().sync_memory(), ...);
  first.fence();
  (others.window().sync_memory(), ...);
}

/// The elements of `into` = those of `from`, however both are cut; a fence before and after. Throws `argument_error`
/// with both descriptions on every rank unless they have the same shape and communicator.
template <class From, class Into>
void copy_elements(char const* operation, From const& from, Into& into) {
  if (from.shape() != into.shape() || from.comm().state() != into.comm().state())
    throw argument_error(
        text(operation, " of ", from.describe(), " to ", into.describe(), ": not the same shape and communicator"));
  if (&from.window() == &into.window()) return from.fence();
  fence_all(from, into);
  if (from.distribution() == into.distribution() && into.distribution().ghosts().none()) {
    auto const bytes = bytes_of<typename From::value_type>(from.distribution().tile_volume(from.comm().rank()));
    if (bytes > 0) std::memcpy(into.window().local(), from.window().local(), static_cast<std::size_t>(bytes));
  } else {
    fetch_owned(from, into, same_axes<From::dimensions>());
  }
  fence_all(from, into); // from here on both may be changed
}

} // namespace armada::detail
