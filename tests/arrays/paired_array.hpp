#pragma once

/// An array of a random program, and a serial copy of it.

#include "tests/arrays/random_program.hpp"

#include <armada/arrays/distributed_array.hpp>
#include <armada/core/mode.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace armada::random_programs {

/// An array, with ghost cells or without.
template <class Array>
[[nodiscard]] Array made_by(array_plan const& plan, communicator const& comm,
                            ghost_cells<Array::dimensions> const& room = {}) {
  constexpr std::size_t N = Array::dimensions;
  index_array<N> extents{}, parts{};
  cut_array<N> cuts;
  std::copy_n(plan.extents.begin(), N, extents.begin());
  std::copy_n(plan.grid.begin(), N, parts.begin());
  std::copy_n(plan.cuts.begin(), N, cuts.begin());
  auto made =
      plan.balanced ? Array(comm, extents, cuts, room) : Array(comm, extents, cuts, process_grid<N>(parts), room);
  if (plan.chunk > 0) made.window().set_chunk(plan.chunk);
  return made;
}

/// Runs `begin(mode)` in the mode of a step on an array, and completes it.
void in_mode(step const& each, auto& on, auto begin) {
  if (each.mode == 0) return static_cast<void>(begin(blocking));
  if (each.mode == 1) return static_cast<void>(begin(nonblocking).wait());
  begin(deferred);
  on.flush();
}

/// Sections with one of `Kept` numbers of dimensions are made.
template <class T, std::size_t N, storage_order Order, std::size_t... Kept>
class paired_array {
public:
  using array = distributed_array<T, N, Order>;

  paired_array(array_plan const& what, communicator const& comm) : plan(what), distributed(made_by<array>(what, comm)) {
    auto const parts = distributed.distribution().grid().extents;
    serial.resize(static_cast<std::size_t>(distributed.size()));
    for (int r = 0; r < comm.size(); ++r)
      tiles.push_back(plan.tile_places(r, indices(parts.begin(), parts.end()), Order));
  }
  /// Whether the library says of every element what counting says.
  [[nodiscard]] bool is_laid_out() const {
    std::size_t elements = 0;
    for (std::size_t r = 0; r < tiles.size(); elements += tiles[r++].size())
      for (std::size_t k = 0; k < tiles[r].size(); ++k) {
        index_array<N> index{};
        auto rest = static_cast<std::int64_t>(tiles[r][k]);
        for (std::size_t d = N; d-- > 0; rest /= plan.extents[d]) index[d] = rest % plan.extents[d];
        element_place const place{static_cast<int>(r), static_cast<std::int64_t>(k)};
        if (distributed.distribution().locate(index) != place) return false;
      }
    return elements == serial.size();
  }

  void fill(T const& value) {
    distributed.fill(value);
    std::fill(serial.begin(), serial.end(), value);
  }

  /// Calls `use` with the section that a selection means.
  void with_section(any_selection const& chosen, auto use) {
    auto const axes = chosen.axes();
    ((axes.size() == Kept ? with_kept<Kept>(chosen, axes, use) : void()), ...);
  }

  array_plan const& plan;
  array distributed;
  std::vector<T> serial;
  std::vector<std::vector<std::size_t>> tiles; ///< of each rank: places in `serial`

private:
  template <std::size_t M>
  void with_kept(any_selection const& chosen, std::vector<int> const& axes, auto use) {
    auto const resolved = [&]<std::size_t L, class Box>(std::vector<any_slice> const& slices, indices const& extents,
                                                        std::vector<int> const& seen) {
      selection<N, L, Box> result;
      for (std::size_t d = 0; d < N; ++d)
        if constexpr (std::same_as<Box, box<N>>)
          result.selected.dimensions[d] = slices[d].as_interval(extents[d], d);
        else
          result.selected.dimensions[d] = slices[d].as_list(extents[d], d);
      for (std::size_t m = 0; m < L; ++m) {
        result.axes[m] = seen[m];
        result.shape[m] =
            seen[m] < 0 ? 1 : detail::count_of(result.selected.dimensions[static_cast<std::size_t>(seen[m])]);
      }
      return result;
    };
    auto const with_box = [&]<class Box>() {
      auto& on = distributed;
      if (chosen.outer.empty())
        return use(section<array, M, Box>(on, resolved.template operator()<M, Box>(chosen.slices, plan.extents, axes)));
      std::vector<int> every;
      indices extents;
      for (std::size_t d = 0; d < N; ++d) {
        every.push_back(static_cast<int>(d));
        extents.push_back(std::ssize(chosen.outer[d].selected));
      }
      auto const outer = resolved.template operator()<N, Box>(chosen.outer, plan.extents, every);
      use(section<array, M, Box>(on,
                                 compose(outer, resolved.template operator()<M, Box>(chosen.slices, extents, axes))));
    };
    if (chosen.plain())
      with_box.template operator()<box<N>>();
    else
      with_box.template operator()<listed_box<N>>();
  }
};

} // namespace armada::random_programs
