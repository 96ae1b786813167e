#pragma once

/// Ends a job that hangs.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace support {

/// Prints this rank's report and ends the process, and thereby the job, when a limit passes.
class watchdog {
public:
  using clock = std::chrono::steady_clock;

  watchdog();
  ~watchdog();
  watchdog(watchdog const&) = delete;
  watchdog& operator=(watchdog const&) = delete;

  /// The limit passes `seconds` from now; an earlier call is forgotten.
  void arm(std::chrono::seconds limit);
  /// There is no limit.
  void disarm();

private:
  void guard();

  std::mutex mutex_;
  std::condition_variable changed_;
  clock::time_point deadline_ = clock::time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace support
