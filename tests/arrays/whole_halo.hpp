#pragma once

/// Ghost cells around whole arrays in random programs, beside the serial copies.

#include "tests/arrays/padded_oracle.hpp"
#include "tests/arrays/paired_array.hpp"
#include "tests/arrays/random_values.hpp"

#include <armada/arrays/halo.hpp>
#include <armada/arrays/owned.hpp>
#include <armada/arrays/redistribute.hpp>
#include <armada/arrays/sweep.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

namespace armada::random_programs {

/// A step's halo around arrays of N dimensions of T.
template <class T, std::size_t N>
struct halo_of {
  using wide = std::conditional_t<std::integral<T>, std::int64_t, T>;

  std::uint64_t seed;
  ghost_cells<N> room;
  halo_options<N> options;

  explicit halo_of(step const& each) : seed(static_cast<std::uint64_t>(each.form)) {
    halo_plan const& plan = each.around;
    for (std::size_t d = 0; d < N; ++d) {
      room.lower[d] = plan.room_below[d];
      room.upper[d] = plan.room_above[d];
      options.width.lower[d] = plan.below[d];
      options.width.upper[d] = plan.above[d];
      options.boundary[d] = {end(plan.lower[d], d, false), end(plan.upper[d], d, true)};
    }
    options.corners = plan.corners;
  }

  /// In cells that nothing is written to: no value of an element.
  [[nodiscard]] static T untouched() {
    if constexpr (std::same_as<T, padded>)
      return {77, 77, 77};
    else
      return static_cast<T>(77);
  }
  [[nodiscard]] T fixed(std::size_t d, bool above) const { return value_of<T>(seed, 2 * d + (above ? 1 : 0)); }
  [[nodiscard]] boundary end(std::int64_t kind, std::size_t d, bool above) const {
    if (kind == halo_plan::fixed) return boundary::fixed(fixed(d, above));
    return static_cast<boundary::kind>(kind);
  }

  /// What a cell of a rank's tile must be.
  [[nodiscard]] T at(distribution<N> const& spread, int rank, index_array<N> const& local,
                     std::vector<T> const& serial) const {
    auto const source = source_of(spread, options, rank, local);
    if (source.what == cell_source<N>::unwritten) return untouched();
    if (source.what == cell_source<N>::fixed_end) return fixed(source.dimension, source.above);
    return serial[static_cast<std::size_t>(dot(source.index, row_major_strides(spread.shape())))];
  }
  /// What a sweep makes of a cell: the sum of the farthest cells on each side and in two corners.
  [[nodiscard]] T sum(auto value_at) const {
    wide total = value_at(options.width.upper);
    index_array<N> below{};
    for (std::size_t d = 0; d < N; ++d) {
      index_array<N> beside{};
      beside[d] = below[d] = -options.width.lower[d];
      total += value_at(beside);
      beside[d] = options.width.upper[d];
      total += value_at(beside);
    }
    return static_cast<T>(total + value_at(below));
  }
};

template <class Array>
[[nodiscard]] bool sweepable(distribution<Array::dimensions> const& spread) {
  for (std::size_t d = 0; d < Array::dimensions; ++d)
    if (spread.along(d).period() > 0) return false;
  return std::is_arithmetic_v<typename Array::value_type>;
}

/// Whether a sweep with an exchange makes of every cell what it must.
template <class Array, class T>
[[nodiscard]] bool sweeps(halo<Array::dimensions>& edges, Array const& around, step const& each,
                          std::vector<T> const& serial) {
  bool right = true;
  if constexpr (std::is_arithmetic_v<T>) {
    constexpr std::size_t N = Array::dimensions;
    halo_of<T, N> const how(each);
    auto const& spread = around.distribution();
    int const rank = around.comm().rank();
    auto sums = made_by<Array>(each.made, around.comm());
    sweep(
        edges, sums,
        [&](auto const& u) { return how.sum([&](index_array<N> const& beside) { return std::apply(u, beside); }); },
        around);
    for_each_cell(sums, [&](index_array<N> const& local, T const& sum) {
      right = right && sum == how.sum([&](index_array<N> beside) {
        for (std::size_t d = 0; d < N; ++d) beside[d] += local[d];
        return how.at(spread, rank, beside, serial);
      });
    });
  }
  return right;
}

/// Gives a copy of `a` ghost cells and fills them, twice: with the elements that there are, and with others, which `a`
/// gets in the end. Whether every cell is right, and what a sweep makes of them; or whether it is refused as it must.
template <class Pair>
[[nodiscard]] bool halo_whole(Pair& a, step const& each) {
  using array = typename Pair::array;
  using T = typename array::value_type;
  constexpr std::size_t N = array::dimensions;
  if constexpr (N <= few_dimensions) {
    auto& on = a.distributed;
    int const rank = on.comm().rank();
    halo_of<T, N> const how(each);
    auto around = made_by<array>(each.made, on.comm(), how.room);
    auto const& spread = around.distribution();
    if (!parts_suffice(spread, how.options)) {
      try {
        halo<N> const refused(around, how.options);
      } catch (argument_error const&) {
        return true;
      }
      return false;
    }
    halo<N> edges(around, how.options);
    bool right = true;
    auto const check = [&] {
      for_each_cell(around, [&](index_array<N> const& local, T const& cell) {
        right = right && cell == how.at(spread, rank, local, a.serial);
      });
    };
    around.padded() = how.untouched();
    around = on;
    edges.exchange();
    check();

    std::rotate(a.serial.begin(), a.serial.begin() + (a.serial.empty() ? 0 : 1), a.serial.end());
    around.padded() = how.untouched();
    auto const& grid = spread.grid().extents;
    auto const places = each.made.tile_places(rank, {grid.begin(), grid.end()}, storage_order::row_major);
    auto mine = owned(around);
    std::transform(places.begin(), places.end(), mine.begin(), [&](auto place) { return a.serial[place]; });
    if (each.mode == 0) {
      edges.exchange();
    } else if (sweepable<array>(spread)) {
      right = sweeps(edges, around, each, a.serial) && right;
    } else {
      edges.start();
      edges.finish();
    }
    check();
    on.fill(T{});
    on = around;
    return right;
  }
  return true;
}

} // namespace armada::random_programs
