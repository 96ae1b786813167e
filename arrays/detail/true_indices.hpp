#pragma once

/// Masks of several dimensions: which indices of an array they choose.

#include <armada/arrays/selection.hpp>

#include <xtensor/xexpression.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace armada::detail {

/// An expression of bool with 2 to M dimensions, a number that the compiler knows: with one dimension it is a slice.
template <class E, std::size_t M>
concept mask_of = xt::is_xexpression<E>::value && std::same_as<typename E::value_type, bool> && list_dimensions<E>()
>= 2 && list_dimensions<E>() <= M;

/// The dimensions that a mask of M dimensions, or of fewer, leaves: one for the places where it is true, and the rest.
template <class E, std::size_t M>
inline constexpr std::size_t masked_dimensions = M + 1 - list_dimensions<E>();

/// Indices of an array of N dimensions in row-major order of what they are seen as.
template <std::size_t N, std::size_t R>
struct true_indices {
  std::vector<index_array<N>> indices;
  index_array<R> shape{};
};

/// Of the indices that slices chose of an array, those where a mask of their first dimensions is true. Throws
/// `index_error` with both shapes; `of` says of what the second one is.
template <class E, std::size_t N, std::size_t M, class Box>
[[nodiscard]] true_indices<N, masked_dimensions<E, M>> indices_where(E const& mask, selection<N, M, Box> const& chosen,
                                                                     char const* of) {
  constexpr std::size_t D = list_dimensions<E>();
  bool fits = true;
  for (std::size_t m = 0; m < D; ++m) fits = fits && std::cmp_equal(mask.shape()[m], chosen.shape[m]);
  if (!fits)
    throw index_error(
        text("a mask of shape ", tuple_text(mask.shape()), " for ", of, " of shape ", tuple_text(chosen.shape)));
  index_array<N> index{};
  std::array<std::vector<std::int64_t>, N> along;
  bool some = true;
  for (std::size_t d = 0; d < N; ++d) {
    along[d] = as_list(chosen.selected.dimensions[d]).indices();
    some = some && !along[d].empty();
    if (some) index[d] = along[d].front();
  }
  index_array<M> place{};
  auto const move_to = [&](std::size_t m, std::int64_t to) {
    place[m] = to;
    if (chosen.axes[m] < 0) return;
    auto const d = static_cast<std::size_t>(chosen.axes[m]);
    index[d] = along[d][static_cast<std::size_t>(to)];
  };
  // The next place of the dimensions from `first` to before `last`; false behind the last one, where it is the first.
  auto const advance = [&](std::size_t first, std::size_t last) {
    for (std::size_t m = last; m-- > first;) {
      if (place[m] + 1 < chosen.shape[m]) {
        move_to(m, place[m] + 1);
        return true;
      }
      move_to(m, 0);
    }
    return false;
  };
  true_indices<N, masked_dimensions<E, M>> result;
  for (std::size_t m = D; m < M; ++m) {
    result.shape[m + 1 - D] = chosen.shape[m];
    some = some && chosen.shape[m] > 0;
  }
  for (auto at = mask.template begin<xt::layout_type::row_major>();
       at != mask.template end<xt::layout_type::row_major>(); ++at) {
    if (*at) {
      ++result.shape[0];
      for (bool more = some; more; more = advance(D, M)) result.indices.push_back(index);
    }
    if (some) advance(0, D);
  }
  return result;
}

} // namespace armada::detail
