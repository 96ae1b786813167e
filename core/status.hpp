#pragma once

/// What a receive says of the message that arrived.

#include <cstdint>

namespace armada {

struct status {
  int source = -1;        ///< the sender's rank
  int tag = -1;           ///< the message's tag
  std::int64_t bytes = 0; ///< its length in bytes of the receiver's representation
  std::int64_t count = 0; ///< its length in elements of the receiving buffer
};

} // namespace armada
