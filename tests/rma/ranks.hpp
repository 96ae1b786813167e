#pragma once

/// Who is who in the world's ring.

#include <armada/core/environment.hpp>

namespace armada {

inline int me() { return world().rank(); }
inline int ranks() { return world().size(); }
inline int next_rank() { return (me() + 1) % ranks(); }
inline int previous_rank() { return (me() + ranks() - 1) % ranks(); }

} // namespace armada
