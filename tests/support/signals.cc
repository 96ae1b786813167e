#include "tests/support/signals.hpp"

#include "tests/support/case_log.hpp"

#include <array>
#include <string>

#include <csignal>

namespace support {
namespace {

struct crash {
  int number;
  char const* name;
  struct sigaction previous;
};

std::array<crash, 5> crashes{{{SIGSEGV, "signal SIGSEGV", {}},
                              {SIGBUS, "signal SIGBUS", {}},
                              {SIGABRT, "signal SIGABRT", {}},
                              {SIGFPE, "signal SIGFPE", {}},
                              {SIGILL, "signal SIGILL", {}}}};

void on_signal(int number, siginfo_t* info, void*) {
  for (crash const& each : crashes)
    if (each.number == number) {
      case_log::print(each.name);
      sigaction(number, &each.previous, nullptr);
    }
  // A faulting instruction runs again and meets the previous handler; a signal that was sent must be sent again.
  if (info->si_code <= 0) std::raise(number);
}

} // namespace

void report_signals() {
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO;
  for (crash& each : crashes) sigaction(each.number, &action, &each.previous);
}

} // namespace support
