#pragma once

/// What is told of every one-sided access to an array, where somebody wants to know. Nobody does by default, and then
/// an access costs what it costs.

#include <armada/rma/detail/race_log.hpp>

#include <cstdint>
#include <span>

namespace armada::detail {

/// An access to elements of one rank's tile: nested loops over its memory, counted in elements.
struct watched_access {
  char const* operation;
  access_kind kind;
  int owner;
  bool near; ///< by loads and stores
  std::int64_t element_bytes;
  std::int64_t offset;
  std::span<std::int64_t const> counts, strides;
};

class array_watch {
public:
  array_watch() = default;
  array_watch(array_watch const&) = delete;
  array_watch& operator=(array_watch const&) = delete;
  virtual ~array_watch() = default;

  /// Before elements move. May throw, as `race_error`: then they do not.
  virtual void access(watched_access const& what) = 0;
};

} // namespace armada::detail
