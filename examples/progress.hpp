#pragma once

/// How far a long computation has come: a bar on a terminal, a line now and then elsewhere.

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

namespace example {

class progress {
public:
  /// `shown`: on this rank at all; `bar`: stderr is a terminal.
  progress(bool shown, bool bar, double tolerance) : shown_(shown), bar_(bar), tolerance_(tolerance) {}
  progress(progress const&) = delete;
  ~progress() { clear(); }

  void operator()(std::int64_t iteration, double residual) {
    if (!shown_) return;
    auto const now = clock::now();
    best_ = std::min(best_, residual);
    if (now - last_ < (bar_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(4000))) return;
    last_ = now;
    // The residual falls by about the same factor in every iteration.
    auto const done = std::clamp(std::log(best_) / std::log(tolerance_), 0.0, 1.0);
    auto const state = fmt::format("{:3.0f} %  iteration {}, residual {:.1e}", 100 * done, iteration, residual);
    if (bar_) {
      constexpr int width = 40;
      auto const filled = static_cast<int>(done * width);
      fmt::print(stderr, "\r\033[Ksolving  [{:#<{}}{:.<{}}]  {}", "", filled, "", width - filled, state);
    } else {
      fmt::print(stderr, "solving  {}\n", state);
    }
    std::fflush(stderr);
    drawn_ = true;
  }

  /// Takes the bar away.
  void clear() {
    if (drawn_ && bar_) fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    drawn_ = false;
  }

private:
  using clock = std::chrono::steady_clock;
  bool shown_, bar_, drawn_ = false;
  double tolerance_;
  double best_ = 1;
  clock::time_point last_ = clock::now();
};

} // namespace example
