#pragma once

/// What slices select of an array: the indices along each of its dimensions, and the shape of the result.

#include <armada/arrays/slice.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace armada {

/// Selected indices of N dimensions, of type `Box` (`box<N>`, or `listed_box<N>` where a slice is a list), seen as M
/// dimensions: some were dropped, and some are new.
template <std::size_t N, std::size_t M, class Box = box<N>>
struct selection {
  Box selected;
  index_array<M> shape{};
  /// The dimension of the array that each dimension shows; -1 for a new one.
  std::array<int, M> axes{};
};

namespace detail {

[[nodiscard]] constexpr std::int64_t count_of(interval const& all) { return all.count; }
[[nodiscard]] inline std::int64_t count_of(index_list const& list) { return list.size(); }

/// Fills a selection, slice by slice, where it lies: a copy of what was written just now would wait for it.
template <std::size_t N, std::size_t M, class Box>
class selection_builder {
public:
  constexpr selection_builder(selection<N, M, Box>& result, index_array<N> const& extents, std::size_t missing)
      : result_(result), extents_(extents), missing_(missing) {}

  template <slice Slice>
  constexpr void add(Slice const& slice) {
    if constexpr (ellipsis<Slice>) {
      add_missing();
    } else if constexpr (new_axis<Slice>) {
      keep(-1, 1);
    } else {
      auto const indices = resolve(slice, extents_[axis_], axis_);
      auto& along = result_.selected.dimensions[axis_];
      if constexpr (std::is_same_v<Box, box<N>>)
        along.first = indices.first, along.count = indices.count, along.step = indices.step;
      else
        along = index_list(indices);
      if constexpr (!integer_slice<Slice>) keep(static_cast<int>(axis_), count_of(along));
      ++axis_;
    }
  }
  constexpr void add_missing() {
    for (; missing_ > 0; --missing_) add(xt::all());
  }

private:
  constexpr void keep(int axis, std::int64_t count) {
    result_.axes[kept_] = axis;
    result_.shape[kept_++] = count;
  }

  selection<N, M, Box>& result_;
  index_array<N> const& extents_;
  std::size_t missing_;
  std::size_t axis_ = 0, kept_ = 0;
};

} // namespace detail

/// What slices select of an array of this shape. Throws `index_error` for what lies beyond it.
template <std::size_t N, slice... Slices>
  requires slices_of<N, Slices...>
[[nodiscard]] constexpr auto select(index_array<N> const& extents, Slices const&... slices) {
  using selected = std::conditional_t<(list_slice<Slices> || ...), listed_box<N>, box<N>>;
  constexpr std::size_t kept = kept_dimensions<N, Slices...>;
  selection<N, kept, selected> result;
  detail::selection_builder<N, kept, selected> builder(result, extents, N - named_dimensions<Slices...>);
  (builder.add(slices), ...);
  builder.add_missing();
  return result;
}

namespace detail {

[[nodiscard]] constexpr interval compose(interval const& outer, interval const& inner) {
  if (inner.count == 0) return {0, 0, 1};
  return {outer[inner.first], inner.count, inner.count == 1 ? 1 : outer.step * inner.step};
}
[[nodiscard]] inline index_list as_list(interval const& all) { return index_list(all); }
[[nodiscard]] inline index_list as_list(index_list const& list) { return list; }

/// Of indices that one selects, those at the positions that the other does.
template <class Outer, class Inner>
[[nodiscard]] index_list compose(Outer const& outer, Inner const& inner) {
  auto const all = as_list(outer).indices();
  std::vector<std::int64_t> chosen;
  for (auto const position : as_list(inner).indices()) chosen.push_back(all[static_cast<std::size_t>(position)]);
  return index_list(chosen);
}
} // namespace detail

/// The slice `inner` of the slice `outer`. Throws `argument_error` where a list repeats a new dimension.
template <std::size_t N, std::size_t M, std::size_t L, class Outer, class Inner>
[[nodiscard]] auto compose(selection<N, M, Outer> const& outer, selection<M, L, Inner> const& inner) {
  constexpr bool plain = std::is_same_v<Outer, box<N>> && std::is_same_v<Inner, box<M>>;
  using selected = std::conditional_t<plain, box<N>, listed_box<N>>;
  using along = typename std::remove_reference_t<decltype(selected{}.dimensions)>::value_type;
  selection<N, L, selected> result;
  for (std::size_t d = 0; d < N; ++d) result.selected.dimensions[d] = along(outer.selected.dimensions[d]);
  bool empty = false;
  for (std::size_t m = 0; m < M; ++m) {
    auto const& wanted = inner.selected.dimensions[m];
    if (outer.axes[m] >= 0) {
      auto const d = static_cast<std::size_t>(outer.axes[m]);
      result.selected.dimensions[d] = detail::compose(outer.selected.dimensions[d], wanted);
    } else if (detail::count_of(wanted) > 1) {
      throw argument_error(detail::text("a slice of ", detail::count_of(wanted), " of a new dimension, which has 1"));
    } else {
      empty |= detail::count_of(wanted) == 0;
    }
  }
  if (empty) result.selected.dimensions[0] = along(interval{0, 0, 1});
  result.shape = inner.shape;
  for (std::size_t l = 0; l < L; ++l)
    result.axes[l] = inner.axes[l] < 0 ? -1 : outer.axes[static_cast<std::size_t>(inner.axes[l])];
  return result;
}

} // namespace armada
