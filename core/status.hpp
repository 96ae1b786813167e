#pragma once

/// What a receive or a probe says of a message.

#include <cstdint>
#include <optional>

namespace armada {

struct status {
  int source = -1;        ///< the sender's rank
  int tag = -1;           ///< the message's tag
  std::int64_t bytes = 0; ///< its length in bytes: of the elements received into, of the data alone for a probe
  std::int64_t count = 0; ///< its length in elements of the receiving buffer; 1 for an object, `bytes` for a probe
  bool cancelled = false; ///< no message: the receive was cancelled

  /// Its length in elements of `element_bytes` bytes each; nothing when it ends inside one.
  [[nodiscard]] constexpr std::optional<std::int64_t> count_of(std::int64_t element_bytes) const noexcept {
    if (element_bytes <= 0 || bytes % element_bytes != 0) return std::nullopt;
    return bytes / element_bytes;
  }
  bool operator==(status const&) const = default;
};

} // namespace armada
