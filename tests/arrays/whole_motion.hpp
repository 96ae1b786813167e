#pragma once

/// Operations on whole arrays in random programs, beside the serial copies.

#include "tests/arrays/paired_array.hpp"

#include <armada/arrays/concatenate.hpp>
#include <armada/arrays/redistribute.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace armada::random_programs {

/// Whether the element at each index of an array is that of the serial copy at `place_of(index)`.
template <class Array, class T>
[[nodiscard]] bool holds_serial(Array const& a, std::vector<T> const& serial, auto place_of) {
  auto const all = get(a(xt::ellipsis()));
  auto const strides = row_major_strides(a.shape());
  for (std::int64_t k = 0; k < a.size(); ++k) {
    auto index = a.shape();
    for (std::size_t d = 0; d < index.size(); ++d) index[d] = k / strides[d] % a.shape()[d];
    if (!(all.data()[k] == serial[static_cast<std::size_t>(place_of(index))])) return false;
  }
  return true;
}

/// Moves `a` somewhere and back, or the elements of `b` to it where the two have one shape. Whether all is right on the
/// way.
template <class Pair>
[[nodiscard]] bool move_whole(Pair& a, Pair& b, std::int64_t how) {
  using T = typename Pair::array::value_type;
  constexpr std::size_t N = Pair::array::dimensions;
  auto& on = a.distributed;
  auto const strides = row_major_strides(on.shape());
  switch (how % 4) {
  case 0: {
    if (&a != &b && a.plan.extents == b.plan.extents) {
      on = b.distributed;
      a.serial = b.serial;
      return true;
    }
    auto kept = copy(on);
    on.fill(T{});
    on = kept;
    return true;
  }
  case 1: {
    cut_array<N> cuts;
    cuts[0] = block_cyclic(how + 1);
    auto const moved = redistribute(on, cuts);
    on.fill(T{});
    on = moved;
    return true;
  }
  case 2: {
    auto const turned = transpose(on);
    on.fill(T{});
    transpose(turned, on);
    bool const right = holds_serial(turned, a.serial, [&](index_array<N> index) {
      std::reverse(index.begin(), index.end());
      return dot(index, strides);
    });
    turned.fence(); // others look
    return right;
  }
  default: {
    std::size_t const axis = static_cast<std::size_t>(how / 4) % N;
    auto const twice = concatenate({&on, &on}, static_cast<std::int64_t>(axis));
    bool const right = holds_serial(twice, a.serial, [&](index_array<N> index) {
      index[axis] %= on.shape()[axis];
      return dot(index, strides);
    });
    twice.fence();
    return right;
  }
  }
}

} // namespace armada::random_programs
