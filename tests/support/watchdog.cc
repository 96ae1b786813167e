#include "tests/support/watchdog.hpp"

#include "tests/support/case_log.hpp"

#include <unistd.h>

namespace support {

watchdog::watchdog() : thread_([this] { guard(); }) {}

watchdog::~watchdog() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void watchdog::arm(std::chrono::seconds limit) {
  std::lock_guard const lock(mutex_);
  deadline_ = clock::now() + limit;
  changed_.notify_one();
}

void watchdog::disarm() {
  std::lock_guard const lock(mutex_);
  deadline_ = clock::time_point::max();
}

void watchdog::guard() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (deadline_ == clock::time_point::max()) {
      changed_.wait(lock);
    } else if (clock::now() < deadline_) {
      changed_.wait_until(lock, deadline_);
    } else {
      case_log::print("timeout");
      std::this_thread::sleep_for(std::chrono::seconds(1)); // the other ranks print theirs
      _exit(1);                                             // mpiexec ends the others
    }
  }
}

} // namespace support
