#pragma once

/// Arrays cut in every way, and what they hold as a serial tensor.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>

#include <gtest/gtest.h>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace support {

/// Every kind of cut in one dimension with each in the other.
[[nodiscard]] inline std::vector<armada::cut_array<2>> all_cuts() {
  using namespace armada;
  return {{cut(block), cut(whole)},  {cut(whole), cut(block)},           {cut(block), cut(block)},
          {cut(cyclic), cut(block)}, {cut(block), cut(block_cyclic(2))}, {cut(block_cyclic(3)), cut(cyclic)}};
}

/// Shapes that do not divide, that are smaller than the ranks, and empty ones.
[[nodiscard]] inline std::vector<armada::index_array<2>> all_shapes() { return {{7, 5}, {1, 9}, {3, 1}, {0, 4}}; }

/// The row-major number of an element.
[[nodiscard]] inline std::int64_t number_of(armada::index_array<2> const& index, armada::index_array<2> const& shape) {
  return index[0] * shape[1] + index[1];
}

/// An array of f(row-major number), and the same as a tensor.
template <class T, armada::storage_order Order = armada::storage_order::row_major>
struct whole_array {
  armada::distributed_array<T, 2, Order> spread;
  xt::xtensor<T, 2> serial;

  template <class Value>
  whole_array(armada::communicator const& comm, armada::index_array<2> const& shape, armada::cut_array<2> const& cuts,
              Value value)
      : spread(comm, shape, cuts), serial(xt::xtensor<T, 2>::from_shape(
                                       {static_cast<std::size_t>(shape[0]), static_cast<std::size_t>(shape[1])})) {
    armada::for_each_owned(
        spread, [&](auto const& index, T& element) { element = static_cast<T>(value(number_of(index, shape))); });
    for (std::size_t i = 0; i < serial.size(); ++i)
      serial.data()[i] = static_cast<T>(value(static_cast<std::int64_t>(i)));
  }
};

/// Expects that an array has the elements of a tensor, seen from every rank.
template <class T, std::size_t N, armada::storage_order Order>
void expect_same(armada::distributed_array<T, N, Order> const& a, xt::xtensor<T, N> const& expected) {
  xt::xtensor<T, N> const there = a(xt::ellipsis());
  ASSERT_TRUE(std::equal(there.shape().begin(), there.shape().end(), expected.shape().begin())) << a.describe();
  for (std::size_t i = 0; i < there.size(); ++i)
    ASSERT_EQ(there.data()[i], expected.data()[i]) << "element " << i << " of " << a.describe();
  a.fence();
}

} // namespace support
