#pragma once

/// The slices of an array, in the words of xtensor and with NumPy's meaning, but nothing is clamped.
///
/// An integer drops a dimension; `xt::range`, `xt::all` and lists keep one: `xt::keep(1, 5)`, `xt::drop(0)`, a vector
/// or tensor of indices, or a mask, a vector or tensor of `bool` as long as the extent. `xt::newaxis()` makes one of
/// extent 1, `xt::ellipsis()` stands for as many `xt::all` as are missing, and so does the end. Lists along several
/// dimensions select the product of these (NumPy's `ix_`, and what xtensor does); single elements anywhere are for
/// `gather`.

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/index_list.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xslice.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {
namespace detail {

template <class T>
inline constexpr bool is_range = false;
template <class First, class Last, class Step>
inline constexpr bool is_range<xt::xrange_adaptor<First, Last, Step>> = true;

template <class T>
inline constexpr bool is_keep = false;
template <class T>
inline constexpr bool is_keep<xt::xkeep_slice<T>> = true;
template <class T>
inline constexpr bool is_drop = false;
template <class T>
inline constexpr bool is_drop<xt::xdrop_slice<T>> = true;

/// The number of dimensions of an xtensor expression; 1 for other ranges and where it is not known before.
template <class T>
[[nodiscard]] consteval std::size_t list_dimensions() {
  if constexpr (requires { std::tuple_size<typename T::shape_type>::value; })
    return std::tuple_size<typename T::shape_type>::value;
  else
    return 1;
}

template <class T>
concept index_value = std::integral<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// An index of any integer type. What does not fit becomes the largest, which is beyond every extent: an unsigned
/// n - 1 that has wrapped is an error, and not the last index.
[[nodiscard]] constexpr std::int64_t index_of(std::integral auto index) noexcept {
  if (!std::in_range<std::int64_t>(index)) [[unlikely]]
    return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(index);
}

/// A bound that an integer gives, or an open one.
template <class Bound>
[[nodiscard]] constexpr slice_bound bound_of(Bound const& bound) {
  if constexpr (std::integral<Bound>)
    return index_of(bound);
  else
    return std::nullopt;
}

} // namespace detail

/// What selects one position of a dimension.
template <class T>
concept integer_slice = std::integral<std::remove_cvref_t<T>> && !std::same_as<std::remove_cvref_t<T>, bool>;

/// What selects several at one distance: `xt::all()`, `xt::range(first, last[, step])`, with `xt::placeholders::_` for
/// an open end.
template <class T>
concept range_slice = std::same_as<std::remove_cvref_t<T>, xt::xall_tag> || detail::is_range<std::remove_cvref_t<T>>;

/// What selects any: `xt::keep`, `xt::drop`, and containers of indices, or of `bool` as a mask.
template <class T>
concept list_slice = detail::is_keep<std::remove_cvref_t<T>> ||
    detail::is_drop<std::remove_cvref_t<T>> ||(requires(std::remove_cvref_t<T> const& list) {
      requires detail::index_value<typename std::remove_cvref_t<T>::value_type>;
      list.begin();
      list.end();
      list.size();
    } && detail::list_dimensions<std::remove_cvref_t<T>>() == 1);

template <class T>
concept new_axis = std::same_as<std::remove_cvref_t<T>, xt::xnewaxis_tag>;
template <class T>
concept ellipsis = std::same_as<std::remove_cvref_t<T>, xt::xellipsis_tag>;

/// What is about one dimension of the array.
template <class T>
concept axis_slice = integer_slice<T> || range_slice<T> || list_slice<T>;
template <class T>
concept slice = axis_slice<T> || new_axis<T> || ellipsis<T>;

/// The number of dimensions of the array that slices name.
template <slice... Slices>
inline constexpr std::size_t named_dimensions = (std::size_t{axis_slice<Slices>} + ... + 0);

/// Slices that an array of N dimensions understands.
template <std::size_t N, class... Slices>
concept slices_of = (slice<Slices> && ...) && named_dimensions<Slices...> <= N &&
                    (std::size_t{ellipsis<Slices>} + ... + 0) <= 1;

/// The number of dimensions that slices of an array of N dimensions keep or make.
template <std::size_t N, slice... Slices>
inline constexpr std::size_t kept_dimensions = N - (std::size_t{integer_slice<Slices>} + ... + 0) +
                                               (std::size_t{new_axis<Slices>} + ... + 0);

/// The indices that one slice selects of a dimension. Throws `index_error` for what lies beyond it.
template <axis_slice Slice>
  requires(!list_slice<Slice>)
[[nodiscard]] constexpr interval resolve(Slice const& selected, std::int64_t extent, std::size_t axis) {
  if constexpr (integer_slice<Slice>)
    return {resolve_index(detail::index_of(selected), extent, axis), 1, 1};
  else if constexpr (detail::is_range<Slice>) {
    std::int64_t step = 1;
    if constexpr (std::integral<decltype(selected.step())>)
      step = static_cast<std::int64_t>(selected.step());
    else if constexpr (std::integral<decltype(selected.start())> && std::integral<decltype(selected.stop())>) {
      std::int64_t const first = detail::index_of(selected.start()), last = detail::index_of(selected.stop());
      if (first >= 0 && first < last && last <= extent) [[likely]]
        return {first, last - first, 1};
    }
    return resolve(detail::bound_of(selected.start()), detail::bound_of(selected.stop()), step, extent, axis);
  } else
    return {0, extent, 1};
}

/// The same of a list: in its order, with its repetitions. Throws also for a mask that is not as long as the extent.
template <list_slice Slice>
[[nodiscard]] index_list resolve(Slice const& selected, std::int64_t extent, std::size_t axis) {
  if constexpr (requires { selected.dimension(); })
    if (selected.dimension() != 1)
      throw argument_error(detail::text("a list of ", selected.dimension(), " dimensions for axis ", axis));
  std::vector<std::int64_t> indices;
  if constexpr (detail::is_keep<Slice>) {
    auto list = selected;
    list.normalize(0); // leaves the indices as they were written
    for (std::int64_t i = 0; std::cmp_less(i, list.size()); ++i)
      indices.push_back(resolve_index(detail::index_of(list(static_cast<typename Slice::size_type>(i))), extent, axis));
  } else if constexpr (detail::is_drop<Slice>) {
    auto list = selected;
    list.normalize(static_cast<std::size_t>(extent));
    for (std::int64_t i = 0; i < extent; ++i)
      if (list.contains(static_cast<typename Slice::size_type>(i))) indices.push_back(i); // that is, keeps
    if (!std::cmp_equal(indices.size(), list.size()))
      detail::throw_beyond("an index of xt::drop is named twice, or", extent, axis);
  } else if constexpr (std::same_as<typename Slice::value_type, bool>) {
    auto const length = static_cast<std::int64_t>(selected.size());
    if (length != extent) detail::throw_beyond(detail::text("a mask of ", length), extent, axis);
    std::int64_t index = 0;
    for (bool const wanted : selected) {
      if (wanted) indices.push_back(index);
      ++index;
    }
  } else {
    for (auto const index : selected) indices.push_back(resolve_index(detail::index_of(index), extent, axis));
  }
  return index_list(indices);
}

} // namespace armada
