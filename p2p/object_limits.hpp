#pragma once

/// How objects are cut into messages.

#include <cstddef>

namespace armada {

/// The same on every rank, and changed only while no object is under way. Tests set tiny values.
struct object_limits {
  /// The first message of an object, frame included: what a nonblocking receive can post without knowing the size.
  std::size_t first_message = 16 * 1024;
  /// The longest of the messages that follow.
  std::size_t chunk = std::size_t{1} << 30;
};

/// The limits in force in this process.
[[nodiscard]] inline object_limits& current_object_limits() noexcept {
  static object_limits limits;
  return limits;
}

} // namespace armada
