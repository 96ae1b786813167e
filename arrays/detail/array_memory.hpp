#pragma once

#include <armada/arrays/detail/array_watch.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstddef>
#include <memory>

namespace armada::detail {

/// Where the elements of an array are: what everything that moves them needs to know.
template <std::size_t N>
struct array_memory {
  armada::distribution<N> distribution;
  std::shared_ptr<window_state> window;
  std::shared_ptr<array_watch> watch; ///< null: nobody wants to know
  /// Where each rank's tile is, where all are near and nobody wants to know; else null.
  std::byte* const* parts = nullptr;
};

} // namespace armada::detail
