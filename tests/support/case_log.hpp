#pragma once

/// What this rank has to say about the test case that it is in. Readable at any time, also when the rank hangs or
/// crashes, so that a report is never lost.

#include <string>
#include <string_view>

namespace support::case_log {

/// Who writes: `rank r of n`.
void set_rank(int rank, int size);
/// `rank r of n`.
[[nodiscard]] std::string const& whoami();
/// A new case begins: its name replaces the last one, the report is empty.
void begin(std::string_view name);
/// Adds a failure to the report.
void add(std::string_view failure);
/// The report so far.
[[nodiscard]] std::string report();
/// Writes `rank r of n: what in Suite.Name` and the report so far to stderr, in one piece. For use in a signal handler
/// and beside a main thread that hangs.
void print(std::string_view what) noexcept;

} // namespace support::case_log
