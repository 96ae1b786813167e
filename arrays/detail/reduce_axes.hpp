#pragma once

/// Reductions of expressions of arrays: to one value, or along some dimensions.

#include <armada/arrays/detail/reductions.hpp>
#include <armada/arrays/expression.hpp>
#include <armada/collectives/allreduce.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// The numbers of the elements of a row among all that are reduced together.
struct row_numbers {
  dimension const* along; ///< null where the row moves through elements that are not reduced together
  std::int64_t part, local, scale, first;

  [[nodiscard]] std::int64_t operator()(std::int64_t i) const {
    return along == nullptr ? first : first + along->global(part, local + i) * scale;
  }
};

/// The numbers along a row, for strides that are those of the reduced elements' indices.
template <std::size_t N>
[[nodiscard]] row_numbers numbers_of(tile_frame<N> const& at, index_array<N> const& coordinates,
                                     index_array<N> const& place, index_array<N> const& scale, std::size_t row) {
  auto const& spread = at.distribution();
  row_numbers result{scale[row] != 0 ? &spread.along(row) : nullptr, coordinates[row], place[row], scale[row], 0};
  for (std::size_t d = 0; d < N; ++d)
    if (d != row && scale[d] != 0) result.first += spread.along(d).global(coordinates[d], place[d]) * scale[d];
  return result;
}

/// Reduces what this rank has: the element at `place` goes to into[dot(place, strides)].
template <std::size_t N, class Kind, class E>
void reduce_tile(tile_frame<N> const& at, E const& e, Kind const& kind, typename Kind::partial* into,
                 index_array<N> const& strides, index_array<N> const& scale) {
  auto reader = e.reader(at);
  auto const loops = loops_over(at.tile_shape(), at.distribution().order(), strides, reader, Kind::numbered);
  auto const coordinates = at.distribution().coordinates(at.comm().rank());
  std::size_t const row = loops.row();
  for_each_chunk(loops, reader, [&](auto const& place, std::int64_t count, auto const values) {
    auto* const first = into + dot(place, strides);
    row_numbers numbers{nullptr, 0, 0, 0, 0};
    if constexpr (Kind::numbered) numbers = numbers_of(at, coordinates, place, scale, row);
    if (std::int64_t const step = strides[row]; step == 0)
      kind.add_row(*first, values, count, numbers);
    else if (step == 1)
      for (std::int64_t i = 0; i < count; ++i) kind.add(first[i], values(i), numbers(i));
    else
      for (std::int64_t i = 0; i < count; ++i) kind.add(first[i * step], values(i), numbers(i));
  });
}

/// Throws `argument_error` on every rank where there is no element and the kind has no answer to that.
template <class Kind, std::size_t N>
void check_some(char const* name, tile_frame<N> const& at, std::int64_t count) {
  if (Kind::needs_some && count == 0)
    throw argument_error(text(name, " of no element: ", at.describe(), ", on rank ", at.comm().rank()));
}

/// The value that all elements reduce to, on every rank.
template <class Kind, class E>
[[nodiscard]] auto reduce_all(E const& e, Kind const& kind, char const* name) {
  constexpr std::size_t N = E::dimensions;
  auto const at = frame_of(e);
  index_array<N> const shape = at.distribution().shape();
  std::int64_t const count = checked_volume(shape);
  check_some<Kind>(name, at, count);
  fence_operands(at, e);
  auto mine = kind.none();
  auto const run = [&] { reduce_tile(at, e, kind, &mine, index_array<N>{}, row_major_strides(shape)); };
  if constexpr (is_expression<E>)
    agree(at.comm(), run); // its functions may throw
  else
    run();
  return kind.finish(allreduce(at.comm(), mine, kind.operation()), count);
}

/// Which dimensions are reduced, and which dimension of the result each of the others is.
template <std::size_t N, std::size_t K>
struct reduced_axes {
  std::array<bool, N> reduced{};
  std::array<std::size_t, N - K> kept{};

  /// Throws `argument_error` for an axis that is none, or comes twice. Negative ones count from the end.
  template <class Describe>
  reduced_axes(char const* name, std::array<std::int64_t, K> const& axes, Describe const& what) {
    for (std::int64_t const axis : axes) {
      std::int64_t const d = axis < 0 ? axis + static_cast<std::int64_t>(N) : axis;
      if (d < 0 || d >= static_cast<std::int64_t>(N) || std::exchange(reduced[static_cast<std::size_t>(d)], true))
        throw argument_error(
            text(name, " over axes ", tuple_text(axes), " of ", what.describe(), ", on rank ", what.comm().rank()));
    }
    for (std::size_t d = 0, m = 0; d < N; ++d)
      if (!reduced[d]) kept[m++] = d;
  }
};

/// A new array for the result: cut like the dimensions that are left, where these hold all ranks, so that it conforms
/// with them; in blocks of whole rows otherwise.
template <class R, std::size_t M, std::size_t N>
[[nodiscard]] distributed_array<R, M> array_of_results(tile_frame<N> const& at, index_array<M> const& shape,
                                                       std::array<std::size_t, M> const& from,
                                                       std::array<bool, N> const& reduced) {
  auto const& spread = at.distribution();
  auto const grid = spread.grid();
  bool complete = true;
  for (std::size_t d = 0; d < N; ++d) complete = complete && (!reduced[d] || grid.extents[d] == 1);
  if (!complete) return distributed_array<R, M>(at.comm(), shape);
  cut_array<M> cuts;
  index_array<M> places{};
  for (std::size_t m = 0; m < M; ++m) {
    cuts[m] = reduced[from[m]] ? cut(whole) : spread.cuts()[from[m]];
    places[m] = grid.extents[from[m]];
  }
  return distributed_array<R, M>(at.comm(), shape, cuts, process_grid<M>(places));
}

/// Each element of `into` = the partial results of all ranks for it, combined in the order of the parts.
template <class Kind, class Partial, class R, std::size_t N, std::size_t M>
void combine_partials(distributed_array<Partial, N> const& partials, distributed_array<R, M>& into,
                      std::array<std::size_t, M> const& from, std::array<bool, N> const& reduced, Kind const& kind,
                      std::int64_t count) {
  auto const& spread = into.distribution();
  int const rank = into.comm().rank();
  auto const strides = spread.tile_strides(spread.tile_shape(rank));
  for (box<M> const& owned : spread.boxes_of(rank)) {
    box<N> wanted = whole_box(partials.shape());
    index_array<N> strides_of_results{};
    index_array<M> corner{};
    for (std::size_t m = 0; m < M; ++m) {
      corner[m] = owned.dimensions[m].first;
      if (reduced[from[m]]) continue;
      wanted.dimensions[from[m]] = owned.dimensions[m];
      strides_of_results[from[m]] = strides[m];
    }
    index_array<N> const shape = wanted.shape(), dense = row_major_strides(shape);
    std::int64_t const volume = checked_volume(shape);
    auto const parts = std::make_unique<Partial[]>(static_cast<std::size_t>(volume));
    get_selected(partials.memory(), wanted, parts.get(), dense).complete(partials.window());
    R* const first = into.local().data() + spread.locate(corner).offset;
    auto const each_index = [&](auto use) { // in row-major order
      for (std::int64_t number = 0; number < volume; ++number) {
        std::int64_t place = 0, later = 0;
        for (std::size_t d = 0; d < N; ++d) {
          std::int64_t const index = number / dense[d] % shape[d];
          place += index * strides_of_results[d];
          later += reduced[d] ? index * dense[d] : 0;
        }
        use(number, place, later);
      }
    };
    // An element's first partial result collects the others, which come after it.
    each_index([&](std::int64_t number, std::int64_t, std::int64_t later) {
      auto& total = parts[static_cast<std::size_t>(number - later)];
      if (later > 0) total = kind.combine(total, parts[static_cast<std::size_t>(number)]);
    });
    each_index([&](std::int64_t number, std::int64_t place, std::int64_t later) {
      if (later == 0) first[place] = kind.finish(parts[static_cast<std::size_t>(number)], count);
    });
  }
}

/// The array of what each line of elements along K axes reduces to; with these axes left as extents of 1, or without.
template <bool Keep, std::size_t K, class Kind, class E>
[[nodiscard]] auto reduce_along(E const& e, std::array<std::int64_t, K> const& given, Kind const& kind,
                                char const* name) {
  using partial = typename Kind::partial;
  using result = std::remove_cvref_t<decltype(kind.finish(kind.none(), 0))>;
  constexpr std::size_t N = E::dimensions, M = Keep ? N : N - K;
  auto const at = frame_of(e);
  reduced_axes<N, K> const axes(name, given, at);
  auto const& spread = at.distribution();
  auto const grid = spread.grid();
  std::array<std::size_t, M> from{};
  for (std::size_t m = 0; m < M; ++m) from[m] = Keep ? m : axes.kept[Keep ? 0 : m];
  index_array<M> shape{};
  for (std::size_t m = 0; m < M; ++m) shape[m] = axes.reduced[from[m]] ? 1 : spread.shape()[from[m]];
  index_array<N> partial_shape = spread.shape(), scale{};
  cut_array<N> cuts = spread.cuts();
  std::int64_t count = 1;
  for (std::size_t d = N; d-- > 0;) {
    if (!axes.reduced[d]) continue;
    scale[d] = count;
    count *= spread.shape()[d];
    partial_shape[d] = grid.extents[d]; // one for each part
    cuts[d] = block;
  }
  check_some<Kind>(name, at, count);

  auto into = array_of_results<result>(at, shape, from, axes.reduced);
  distributed_array<partial, N> partials(at.comm(), partial_shape, cuts, grid);
  auto mine = partials.local();
  std::fill_n(mine.data(), mine.size(), kind.none());
  auto strides = partials.distribution().tile_strides(partials.distribution().tile_shape(at.comm().rank()));
  for (std::size_t d = 0; d < N; ++d)
    if (axes.reduced[d]) strides[d] = 0;
  fence_operands(at, e);
  fence_with(partials, fault_of([&] { reduce_tile(at, e, kind, mine.data(), strides, scale); }));
  combine_partials(partials, into, from, axes.reduced, kind, count);
  partials.fence();
  into.fence();
  return into;
}

} // namespace armada::detail
