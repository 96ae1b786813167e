#pragma once

/// Tags of what collectives send message by message on the private twin. Objects have those below.

namespace armada::detail {

inline constexpr int rank_by_rank_tag = 0x8000;
inline constexpr int first_neighbour_tag = 0x8001;

} // namespace armada::detail
