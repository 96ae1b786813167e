#pragma once

/// Reshaping of whole arrays in random programs, beside the serial copies.

#include "tests/arrays/paired_array.hpp"

#include <armada/arrays/iteration.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/reshape.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace armada::random_programs {

/// Whether every element that this rank owns is that of the same row-major number.
template <class Array, class T>
[[nodiscard]] bool owns_serial(Array const& a, std::vector<T> const& serial) {
  auto const strides = row_major_strides(a.shape());
  bool right = true;
  for_each_owned(a, [&](auto const& index, T const& element) {
    right = right && element == serial[static_cast<std::size_t>(dot(index, strides))];
  });
  return right;
}

/// Takes `a` to M dimensions and back: once as it is, and once given up. Whether all is right on the way.
template <std::size_t M, class Pair>
[[nodiscard]] bool reshape_to(Pair& a, array_plan const& to, std::int64_t how) {
  using T = typename Pair::array::value_type;
  auto& on = a.distributed;
  auto const back = on.shape();
  index_array<M> shape{};
  cut_array<M> cuts;
  std::copy_n(to.extents.begin(), M, shape.begin());
  std::copy_n(to.cuts.begin(), M, cuts.begin());
  if (how % 3 == 0 && on.size() > 0) shape[static_cast<std::size_t>(how) % M] = -1; // what is left
  bool const given_up = how % 2 == 0;
  auto there = given_up ? reshape(copy(on), shape) : how % 4 == 1 ? reshape(on, shape) : reshape(on, shape, cuts);
  bool const right = std::equal(to.extents.begin(), to.extents.end(), there.shape().begin()) &&
                     owns_serial(there, a.serial) && (given_up || how % 4 == 1 || there.distribution().cuts() == cuts);
  auto const returned = given_up ? reshape(there, back) : reshape(std::move(there), back);
  on.fill(T{});
  on = returned;
  return right;
}

template <class Pair>
[[nodiscard]] bool reshape_whole(Pair& a, array_plan const& to, std::int64_t how) {
  constexpr std::size_t N = Pair::array::dimensions;
  if constexpr (N <= few_dimensions) {
    if (to.extents.size() == N) return reshape_to<N>(a, to, how);
    return reshape_to < N == 1 ? 2 : N - 1 > (a, to, how);
  }
  return true;
}

} // namespace armada::random_programs
