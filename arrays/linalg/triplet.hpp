#pragma once

#include <cstdint>

namespace armada {

/// One entry of a sparse matrix, with indices from 0.
template <class T>
struct triplet {
  std::int64_t row;
  std::int64_t column;
  T value;

  friend constexpr bool operator==(triplet const&, triplet const&) = default;
};

} // namespace armada
