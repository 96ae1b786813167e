#pragma once

/// The neighbours of this rank in a ring of all ranks.

#include <armada/core/environment.hpp>

namespace support {

inline int right() { return (armada::world().rank() + 1) % armada::world().size(); }
inline int left() { return (armada::world().rank() + armada::world().size() - 1) % armada::world().size(); }

} // namespace support
