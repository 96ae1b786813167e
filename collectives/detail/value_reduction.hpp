#pragma once

/// Reductions of values: a range element by element, other wire types as they are, objects as a whole in rank order.

#include <armada/collectives/detail/reductions.hpp>
#include <armada/collectives/detail/value_slots.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

template <class T>
struct combined_by_op {
  using type = T;
};
template <source T>
struct combined_by_op<T> {
  using type = element_t<T>;
};

/// A callable that combines two T: their elements when T is a range, the values themselves otherwise.
template <class Op, class T>
concept combiner = reducer<Op, typename combined_by_op<T>::type>;

/// The values combined in their order, of which there is at least one.
template <class T, class Op>
[[nodiscard]] T combine_all(std::vector<T> values, Op& op) {
  T total = std::move(values.front());
  for (std::size_t rank = 1; rank < values.size(); ++rank) total = op(std::move(total), std::move(values[rank]));
  return total;
}

/// What a reduction of buffers reads and writes: the value itself when the call is blocking, a copy otherwise.
template <class Mode, class T>
struct reduction_memory {
  std::conditional_t<std::same_as<Mode, blocking_t>, T const&, T> in;
  T out;
};

/// Reduces a value that MPI reads in place: `family(in, out)` prepares the arguments, `take(out)` makes the result.
template <class Routine, class Mode, class T, class Family, class Take>
[[nodiscard]] auto reduce_value(Mode mode, T const& value, Family family, Take take) {
  using memory = reduction_memory<Mode, T>;
  return run_on<Routine>(
      mode, memory{value, value}, [family = std::move(family)](memory& both) { return family(both.in, both.out); },
      [take = std::move(take)](memory& both) { return take(both.out); });
}

} // namespace armada::detail
