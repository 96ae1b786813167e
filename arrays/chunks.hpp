#pragma once

/// Big arrays, a chunk at a time.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/task_pool.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace armada {

/// A shape cut into chunks of one shape, but for those at its ends, which may be smaller: `chunks<2> all(a.shape(),
/// {64, 64})`. They are numbered row by row, so that those of neighbouring numbers are near each other.
template <std::size_t N>
class chunks {
public:
  /// Throws `argument_error` for a shape that is negative, and a chunk without elements.
  chunks(shape_option<N> const& shape, shape_option<N> const& chunk) : shape_(shape.value()), chunk_(chunk.value()) {
    static_cast<void>(checked_volume(shape_));
    for (std::size_t d = 0; d < N; ++d) {
      if (chunk_[d] < 1)
        throw argument_error(detail::text("chunks of shape ", detail::tuple_text(chunk_), " of an array of shape ",
                                          detail::tuple_text(shape_)));
      counts_[d] = shape_[d] / chunk_[d] + (shape_[d] % chunk_[d] != 0 ? 1 : 0);
    }
  }

  [[nodiscard]] std::int64_t size() const { return checked_volume(counts_); }
  /// The indices of chunk `number` in [0, size()), which is not checked.
  [[nodiscard]] box<N> operator[](std::int64_t number) const {
    box<N> range;
    for (std::size_t d = N; d-- > 0; number /= counts_[d]) {
      std::int64_t const first = number % counts_[d] * chunk_[d];
      range.dimensions[d] = {first, std::min(chunk_[d], shape_[d] - first), 1};
    }
    return range;
  }

private:
  index_array<N> shape_, chunk_, counts_{};
};

/// The elements of a box: what `a(range(…), …)` gives for its indices. Throws `index_error` for what lies beyond the
/// shape.
template <class Array>
[[nodiscard]] section<Array, Array::dimensions> section_of(Array& a, box<Array::dimensions> const& range) {
  constexpr std::size_t N = Array::dimensions;
  std::array<int, N> axes{};
  for (std::size_t d = 0; d < N; ++d) {
    auto const& [first, count, step] = range.dimensions[d];
    if (!range.dimensions[d].within(a.shape()[d]))
      detail::throw_beyond(detail::text(count, " indices from ", first, " on in steps of ", step), a.shape()[d], d);
    axes[d] = static_cast<int>(d);
  }
  return {a, selection<N, N>{range, range.shape(), axes}};
}

/// Calls `work(box)` for each chunk of an array, on one rank or another, as `for_each_task` does; `section_of(a, box)`
/// is its elements. Where whole rows are in blocks, ranks begin with what they own. Collective.
template <wire T, std::size_t N, storage_order Order, std::invocable<box<N> const&> Work>
void for_each_chunk(distributed_array<T, N, Order> const& a, shape_option<N> const& chunk, Work&& work) {
  auto const all = agree(a.comm(), [&] { return chunks<N>(a.shape(), chunk); });
  for_each_task(a.comm(), all.size(), [&](std::int64_t task) { work(all[task]); });
}

} // namespace armada
