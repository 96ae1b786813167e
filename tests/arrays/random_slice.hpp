#pragma once

/// Random slices together with the indices that they mean, found by counting rather than by the library's arithmetic.

#include "tests/arrays/random_source.hpp"

#include <armada/arrays/index/box.hpp>
#include <armada/arrays/index/index_list.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace armada::random_programs {

using indices = std::vector<std::int64_t>;

/// One slice as a user writes it, and the indices that it selects.
struct any_slice {
  enum class kind { integer, range, all, list, keep, drop, mask };
  kind how = kind::all;
  slice_bound first, last;
  std::int64_t step = 1;
  indices written; ///< in a list, `keep` and `drop`; 0 or 1 in a mask
  armada::random_programs::indices selected;

  [[nodiscard]] bool integer() const { return how == kind::integer; }
  /// Whether it is an interval: the library makes lists of the others.
  [[nodiscard]] bool plain() const { return how <= kind::all; }
  /// What the library makes of it.
  [[nodiscard]] interval as_interval(std::int64_t extent, std::size_t axis) const;
  [[nodiscard]] index_list as_list(std::int64_t extent, std::size_t axis) const;
  [[nodiscard]] std::string text() const;
};

/// How slices are drawn.
struct slice_wishes {
  bool lists = true;       ///< any, and not ranges alone
  bool repetitions = true; ///< in lists
};

[[nodiscard]] any_slice integer_slice_of(random_source& random, std::int64_t extent);
/// A slice with `count` indices of an extent that has some if count > 0; in lists they may come again.
[[nodiscard]] any_slice slice_of(random_source& random, std::int64_t extent, std::int64_t count,
                                 slice_wishes const& wishes);
[[nodiscard]] any_slice slice_of(random_source& random, std::int64_t extent, slice_wishes const& wishes);
/// Every `parts`-th of its indices, from number `part` on.
[[nodiscard]] any_slice part_of(any_slice const& slice, std::int64_t part, std::int64_t parts);

/// Slices of an array, or slices of slices.
struct any_selection {
  std::vector<any_slice> outer;  ///< one for each dimension that keeps it; or none
  std::vector<any_slice> slices; ///< one for each dimension
  std::vector<int> order;        ///< all dimensions in order, with -1 for new ones between them

  /// The dimensions of the result: numbers of the array's, and -1.
  [[nodiscard]] std::vector<int> axes() const;
  [[nodiscard]] indices shape() const;
  [[nodiscard]] bool plain() const;
  /// The places of the selected elements in a dense array, in row-major order of the selection.
  [[nodiscard]] std::vector<std::size_t> places(indices const& extents) const;
  /// What the slices mean along one dimension of the array.
  [[nodiscard]] indices along(std::size_t dimension) const;
  [[nodiscard]] std::string text() const;
};

/// One with `kept` dimensions, or with as many as the array where it has no room for such.
[[nodiscard]] any_selection selection_of(random_source& random, indices const& extents, std::size_t kept,
                                         slice_wishes const& wishes);
/// Another of the same shape, of an array with these extents; its `slices` are empty if there is none.
[[nodiscard]] any_selection alike(random_source& random, any_selection const& model, indices const& extents,
                                  slice_wishes const& wishes);
/// The part of a selection that one of `parts` gets. No two get the same element, unless lists repeat it.
[[nodiscard]] any_selection part_of(any_selection const& all, std::int64_t part, std::int64_t parts);

} // namespace armada::random_programs
