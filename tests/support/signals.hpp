#pragma once

namespace support {

/// Lets a crash print `rank r of n: signal SIGSEGV in Suite.Name` before it takes its course.
void report_signals();

} // namespace support
