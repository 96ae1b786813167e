#pragma once

/// Copies, updates and fills of strided N-dimensional blocks of memory, at the speed of hand-written loops.
///
/// Strides and offsets count elements, and strides may be negative. `dst` and `src` point to the element (0, …, 0) of
/// their block; for an empty shape they may be null. The elements of `dst` are distinct, and none of them is one of
/// `src`. The order in which elements are visited is not specified.

#include <armada/core/detail/strided_nest.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace armada {

/// Types that may be moved between memories as bytes.
template <class T>
concept strided_element = std::is_trivially_copyable_v<T> && std::is_copy_assignable_v<T>;

namespace detail {

/// Runs `each(dst element, src element)` along one row; the steps may be compile-time constants.
template <class T>
void row_for_each(T* __restrict dst, T const* __restrict src, std::int64_t count, auto dst_step, auto src_step,
                  auto each) {
  for (std::int64_t i = 0; i < count; ++i) each(dst[i * dst_step], src[i * src_step]);
}

/// The same over a plane in square tiles, each of which fits into the cache: a side of a transpose that strides from
/// line to line finds the lines of its last step there. Tiles go along the columns, for the prefetcher. With steps of
/// 4096 doubles, tiles of 16 made 20 GB/s, of 8 or 32 12, no tiles 1.2.
template <class T>
void plane_for_each(T* dst, T const* src, strided_plane const& plane, auto each) {
  using std::integral_constant;
  constexpr integral_constant<std::int64_t, 16> edge;
  constexpr integral_constant<std::int64_t, 1> one;
  strided_loop const rows = plane.rows, columns = plane.columns;
  auto const tile = [=](T* to, T const* from, auto high, auto wide, auto dst_step, auto src_step) {
    for (std::int64_t j = 0; j < wide; ++j)
      row_for_each(to + j * columns.dst, from + j * src_step, high, dst_step, rows.src, each);
  };
  bool const dense = rows.dst == 1 && columns.src == 1;
  for (std::int64_t i = 0; i < rows.count; i += edge)
    for (std::int64_t j = 0; j < columns.count; j += edge) {
      T* const to = dst + i * rows.dst + j * columns.dst;
      T const* const from = src + i * rows.src + j * columns.src;
      std::int64_t const high = std::min<std::int64_t>(edge, rows.count - i);
      std::int64_t const wide = std::min<std::int64_t>(edge, columns.count - j);
      if (dense && high == edge && wide == edge)
        tile(to, from, edge, edge, one, one);
      else
        tile(to, from, high, wide, rows.dst, columns.src);
    }
}

/// Runs `each(dst element, src element)` over all elements, in loops that the compiler can vectorise: the usual steps
/// are constants there.
template <class T, std::size_t N>
void strided_for_each(T* dst, T const* src, strided_nest<N> nest, auto each) {
  if (auto const plane = nest.take_plane())
    return nest.for_each_row(
        [&](std::int64_t to, std::int64_t from) { plane_for_each(dst + to, src + from, *plane, each); });
  strided_loop const row = nest.row();
  auto const run = [&](auto dst_step, auto src_step) {
    nest.for_each_row([=](std::int64_t to, std::int64_t from) {
      row_for_each(dst + to, src + from, row.count, dst_step, src_step, each);
    });
  };
  using std::integral_constant;
  constexpr integral_constant<std::int64_t, 1> one;
  constexpr integral_constant<std::int64_t, 2> two;
  constexpr integral_constant<std::int64_t, -1> back;
  if (row.dst == 1 && row.src == 1)
    run(one, one);
  else if (row.dst == 1 && row.src == -1)
    run(one, back);
  else if (row.dst == 1 && row.src == 2)
    run(one, two);
  else if (row.dst == 2 && row.src == 1)
    run(two, one);
  else
    run(row.dst, row.src);
}

/// The length of a block that is plainly one dense row, the commonest transfer of all; 0 for any other block.
template <std::size_t N>
[[nodiscard]] constexpr std::int64_t single_row(stride_array<N> const& dst, stride_array<N> const& src,
                                                stride_array<N> const& shape) {
  if constexpr (N == 0)
    return 1;
  else {
    bool single = dst[N - 1] == 1 && src[N - 1] == 1;
    for (std::size_t d = 0; d + 1 < N; ++d) single &= shape[d] == 1;
    return single ? shape[N - 1] : 0;
  }
}

/// Copies rows of `Bytes` bytes, known to the compiler.
template <std::size_t Bytes, class T, std::size_t N>
void copy_short_rows(T* dst, T const* src, strided_nest<N> const& nest) {
  nest.for_each_row(
      [=](std::int64_t to, std::int64_t from) { std::memcpy(static_cast<void*>(dst + to), src + from, Bytes); });
}

template <class T, std::size_t N>
void copy_rows(T* dst, T const* src, strided_nest<N> const& nest) {
  std::size_t const bytes = static_cast<std::size_t>(nest.row().count) * sizeof(T);
  switch (bytes) {
  case 4: return copy_short_rows<4>(dst, src, nest);
  case 8: return copy_short_rows<8>(dst, src, nest);
  case 16: return copy_short_rows<16>(dst, src, nest);
  case 24: return copy_short_rows<24>(dst, src, nest);
  case 32: return copy_short_rows<32>(dst, src, nest);
  case 64: return copy_short_rows<64>(dst, src, nest);
  default:
    nest.for_each_row(
        [=](std::int64_t to, std::int64_t from) { std::memcpy(static_cast<void*>(dst + to), src + from, bytes); });
  }
}

/// A plain patch of two dimensions, whose rows are long and lie apart: copied without planning. False for any other
/// block.
template <class T, std::size_t N>
bool copy_patch(T* dst, stride_array<N> const& dst_strides, T const* src, stride_array<N> const& src_strides,
                stride_array<N> const& shape) {
  if constexpr (N == 2) {
    std::int64_t const bytes = shape[1] * static_cast<std::int64_t>(sizeof(T));
    bool const dense = dst_strides[0] == shape[1] && src_strides[0] == shape[1];
    if (dst_strides[1] != 1 || src_strides[1] != 1 || bytes <= 64 || dense) return false;
    // The strides are read once: to the compiler, every row written may change them.
    std::int64_t const dst_step = dst_strides[0], src_step = src_strides[0], rows = shape[0];
    for (std::int64_t i = 0; i < rows; ++i, dst += dst_step, src += src_step)
      std::memcpy(static_cast<void*>(dst), src, static_cast<std::size_t>(bytes));
    return true;
  }
  return false;
}

} // namespace detail

/// Calls `visit(dst offset, src offset, count, dst step, src step)` for rows that together are the whole block, as
/// long and as few as the strides allow. All rows have the same count and steps, and the dst step is not negative.
template <std::size_t N, std::invocable<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t> Visit>
constexpr void for_each_row(stride_array<N> const& dst_strides, stride_array<N> const& src_strides,
                            stride_array<N> const& shape, Visit visit) {
  detail::strided_nest<N> const nest(dst_strides, src_strides, shape);
  detail::strided_loop const row = nest.row();
  nest.for_each_row([&](std::int64_t dst, std::int64_t src) { visit(dst, src, row.count, row.dst, row.src); });
}

/// Sets dst[k] = src[k] for every index k of `shape`.
template <strided_element T, std::size_t N>
void strided_copy(T* dst, stride_array<N> const& dst_strides, T const* src, stride_array<N> const& src_strides,
                  stride_array<N> const& shape) {
  if (std::int64_t const count = detail::single_row(dst_strides, src_strides, shape); count > 0)
    return static_cast<void>(std::memcpy(static_cast<void*>(dst), src, static_cast<std::size_t>(count) * sizeof(T)));
  if (detail::copy_patch(dst, dst_strides, src, src_strides, shape)) return;
  detail::strided_nest<N> const nest(dst_strides, src_strides, shape);
  if (nest.row().dst == 1 && nest.row().src == 1)
    detail::copy_rows(dst, src, nest);
  else
    detail::strided_for_each(dst, src, nest, [](T& to, T const& from) { to = from; });
}

/// Sets dst[k] = op(dst[k], src[k]), converted to T, for every index k of `shape`.
template <strided_element T, std::size_t N, class Op>
  requires std::is_invocable_r_v<T, Op const&, T const&, T const&>
void strided_update(T* dst, stride_array<N> const& dst_strides, T const* src, stride_array<N> const& src_strides,
                    stride_array<N> const& shape, Op op) {
  detail::strided_for_each(dst, src, detail::strided_nest<N>(dst_strides, src_strides, shape),
                           [op](T& to, T const& from) { to = static_cast<T>(op(to, from)); });
}

/// Sets dst[k] = value for every index k of `shape`.
template <strided_element T, std::size_t N>
void strided_fill(T* dst, stride_array<N> const& strides, stride_array<N> const& shape,
                  std::type_identity_t<T> const& value) {
  detail::strided_nest<N> const nest(strides, strides, shape);
  detail::strided_loop const row = nest.row();
  nest.for_each_row([=](std::int64_t at, std::int64_t) {
    if (row.dst == 1)
      std::fill_n(dst + at, row.count, value);
    else
      for (std::int64_t i = 0; i < row.count; ++i) dst[at + i * row.dst] = value;
  });
}

} // namespace armada
