#pragma once

/// How many cores this process may use: what affinity and the control group leave, not what is built in.

#include <bitset>
#include <optional>
#include <string_view>

namespace armada {

/// One bit per core of the machine.
using core_set = std::bitset<4096>;

/// The cores that this process may be scheduled on (sched_getaffinity).
[[nodiscard]] core_set allowed_cores();

/// The processor time that the control group grants, in cores (2.5 = two and a half); nothing when it is unlimited.
/// Reads cpu.max of version 2 and cpu.cfs_quota_us of version 1 on the way up to the root group.
[[nodiscard]] std::optional<double> core_quota();

namespace detail {

/// The quota that a `cpu.max` line of a version 2 control group states: `max 100000`, `150000 100000`.
[[nodiscard]] std::optional<double> parse_cpu_max(std::string_view line);

} // namespace detail
} // namespace armada
