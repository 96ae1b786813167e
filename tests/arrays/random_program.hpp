#pragma once

/// Random programs on arrays, as data: drawn from a seed, printed, and run by `program_runner`.

#include "tests/arrays/random_slice.hpp"

#include <armada/arrays/index/cut.hpp>
#include <armada/core/storage_order.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace armada::random_programs {

/// What the arrays of a program are able to do.
struct abilities {
  std::size_t dimensions;
  std::vector<std::size_t> kept; ///< numbers of dimensions that sections may have; `dimensions` is one of them
  bool updates, ordered, integral;
  std::string type; ///< `double, 2`
  storage_order order = storage_order::row_major;
};

/// With arrays of more dimensions nothing is computed, reshaped, or exchanged: to compile in time.
inline constexpr std::size_t few_dimensions = 3;
/// The other number of dimensions that arrays of so many are reshaped to.
[[nodiscard]] constexpr std::size_t beside(std::size_t dimensions) { return dimensions == 1 ? 2 : dimensions - 1; }

/// An array to be made.
struct array_plan {
  indices extents, grid;
  std::vector<cut> cuts;
  bool balanced = false;  ///< leaves the grid to the library
  std::int64_t chunk = 0; ///< the longest far transfer in bytes; 0: as long as usual

  /// The places, in a dense array, of the elements of a rank's tile in the order of its memory; found by counting.
  [[nodiscard]] std::vector<std::size_t> tile_places(int rank, indices const& on_grid, storage_order order) const;
};

/// The ghost cells that an array is given, and how a halo fills them.
struct halo_plan {
  static constexpr std::int64_t fixed = -1;

  indices below, above;           ///< the widths
  indices room_below, room_above; ///< how many ghost cells there are
  indices lower, upper;           ///< what lies beyond the ends: a `boundary::kind`, or `fixed`
  bool corners = false;

  [[nodiscard]] std::string text() const;
};

enum class deed {
  get,         ///< every action on its rank, the arrays stay as they are
  put,         ///< disjoint
  accumulate,  ///< at once, also to the same elements
  copy,        ///< a section of `array` = a section of `other`
  fetch,       ///< a section of `other` into the memory of the actor's tile of `array`
  gets,        ///< one actor, all nonblocking, waited for in some order
  puts,        ///< the same, disjoint
  touch,       ///< single elements, one actor
  update,      ///< single elements, by all ranks at once
  gather,      ///< a list of elements or a mask, by all ranks at once
  scatter,     ///< the same, one actor
  scatter_add, ///< by all ranks at once, also to the same elements
  store,       ///< each rank writes its tile through `local()`
  fill,
  move,    ///< the whole array: copied, redistributed, transposed, concatenated
  compute, ///< with whole arrays: an expression, reductions, running sums, sorting
  reshape, ///< the whole array, into the shape of `made` and back
  halo,    ///< around a copy of the array, cut like `made`: exchanged, swept over, and copied back
  read     ///< tiles in memory of the host, and the whole array
};

/// What one rank does.
struct action {
  int rank = 0;
  any_selection into{}, from{};
  std::uint64_t values = 0; ///< the seed of what it writes, and of a list or mask
  indices index{};          ///< of a single element, as it is written
  std::size_t place = 0;    ///< the element's in a dense array
  std::int64_t how = 0;     ///< with a single element
};

struct step {
  deed what = deed::read;
  std::size_t array = 0, other = 0;
  std::int64_t form = 0; ///< of the buffer
  std::int64_t mode = 0; ///< blocking, nonblocking, deferred
  std::int64_t op = 0;   ///< plus, maximum, minimum, replace
  std::vector<action> actions;
  array_plan made{}; ///< of another array that takes part
  halo_plan around{};
};

struct program {
  std::uint64_t seed = 0;
  int ranks = 1;
  std::vector<array_plan> arrays;
  std::vector<step> steps;
};

/// The program of a seed on so many ranks. The number of steps depends on the seed alone.
[[nodiscard]] program draw(std::uint64_t seed, int ranks, abilities const& able);

/// A line of pseudo-C++ for each array and each action.
[[nodiscard]] std::string text_of(program const& all, abilities const& able);
[[nodiscard]] std::string text_of(step const& each);

} // namespace armada::random_programs
