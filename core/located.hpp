#pragma once

/// A value and where it is: what `min_location` and `max_location` reduce.

namespace armada {

/// A value and its place: a rank, or an index. With `int` places, and values that MPI has a pair type for, it is MPI's
/// own pair (MPI_DOUBLE_INT, …). MPI-4.0, section 6.9.4.
template <class T, class Index = int>
struct located {
  T value;
  Index index;
  bool operator==(located const&) const = default;
};
template <class T, class Index>
located(T, Index) -> located<T, Index>;

} // namespace armada
