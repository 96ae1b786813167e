#include "compare.hpp"

#include <armada/collectives/allreduce.hpp>
#include <armada/collectives/barrier.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/environment.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

namespace bench {
namespace {

/// Seconds that the slowest rank takes for `times` calls.
double seconds(work const& run, long times) {
  armada::barrier(armada::world());
  auto const begin = std::chrono::steady_clock::now();
  run(times);
  std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
  return armada::allreduce(armada::world(), took.count(), armada::maximum{});
}

/// How many calls fill a millisecond and a half. A first call may have connections to make and pages to touch.
long calls_per_sample(work const& run) {
  constexpr double enough = 1.5e-3;
  for (long times = 1;; times *= 4) {
    double const first = seconds(run, times), took = std::min(first, seconds(run, times));
    if (took > enough / 4) return std::max(1L, static_cast<long>(static_cast<double>(times) * enough / took));
  }
}

/// Median and its 95 % interval, from the order of the samples.
struct estimate {
  double median, low, high;
};
estimate estimate_of(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  auto const n = static_cast<double>(samples.size());
  auto const at = [&](double position) {
    return samples[static_cast<std::size_t>(std::clamp(std::floor(position), 0.0, n - 1))];
  };
  double const reach = 0.98 * std::sqrt(n);
  return {at(n / 2), at(n / 2 - reach), at(n / 2 + reach)};
}

template <class Combine>
estimate estimate_pairs(measured const& all, Combine combine) {
  std::vector<double> combined(all.armada.size());
  std::transform(all.armada.begin(), all.armada.end(), all.twin.begin(), combined.begin(), combine);
  return estimate_of(std::move(combined));
}

} // namespace

table::table(int argc, char** argv) {
  CLI::App app;
  app.add_option("--road", road_);
  app.add_option("--filter", filter_);
  app.add_option("--pairs", pairs_)->check(CLI::Range(5, 10001));
  app.add_option("--json", json_);
  try {
    app.parse(argc, argv);
  } catch (CLI::ParseError const& e) {
    throw armada::argument_error(e.what());
  }
}

table::~table() = default;

bool table::wanted(std::string const& name) const { return name.find(filter_) != std::string::npos; }

void table::compare(std::string const& name, std::string const& unit, bound limit, work const& armada, work const& twin,
                    double bytes, double per_call) {
  auto const& world = armada::world();
  auto const full = fmt::format("{}, {}, {} ranks", name, road_, world.size());
  if (!wanted(full)) return;
  long const armada_calls = calls_per_sample(armada);
  long const twin_calls = calls_per_sample(twin);
  measured all{full, unit, unit == "ns" ? 1e9 : unit == "us" ? 1e6 : 1e3, limit, {}, {}};
  for (int pair = 0; pair < pairs_; ++pair) {
    auto const one = [&](work const& run, long calls) {
      run(1); // not timed: the other's data have left the caches
      return seconds(run, calls) / static_cast<double>(calls) / per_call;
    };
    double const twin_first = pair % 2 == 0 ? one(twin, twin_calls) : 0;
    all.armada.push_back(one(armada, armada_calls));
    all.twin.push_back(pair % 2 == 0 ? twin_first : one(twin, twin_calls));
  }
  if (world.rank() != 0) return;

  auto const speed = estimate_pairs(all, [](double ours, double theirs) { return theirs / ours; });
  auto const extra = estimate_pairs(all, [&](double ours, double theirs) { return (ours - theirs) * all.scale; });
  auto const ours = estimate_of(all.armada);
  auto const theirs = estimate_of(all.twin);
  auto const shown = [&](double time) { return unit == "GB/s" ? bytes / time / 1e9 : time * all.scale; };
  bool met = true;
  std::string expected = "-", kind = "none";
  switch (limit.what) {
  case bound::kind::ratio:
    met = speed.high >= limit.expected;
    expected = fmt::format("ratio >= {}", limit.expected);
    kind = "ratio";
    break;
  case bound::kind::value:
    met = ours.low * all.scale <= limit.expected;
    expected = fmt::format("<= {} {}", limit.expected, unit);
    kind = "value";
    break;
  case bound::kind::difference:
    met = extra.low <= limit.expected;
    expected = fmt::format("twin + {} {}", limit.expected, unit);
    kind = "difference";
    break;
  case bound::kind::none: break;
  }
  fmt::print("{:<58}{:>9.4g}{:>10.4g} {:<5}{:>8.3g} [{:.3g}, {:.3g}]  {:<16}{}\n", full, shown(ours.median),
             shown(theirs.median), unit, speed.median, speed.low, speed.high, expected, met ? "ok" : "MISSED");
  std::fflush(stdout);
  if (json_.empty()) return;
  nlohmann::ordered_json const line = {
      {"name", full},          {"unit", unit},  {"armada", shown(ours.median)}, {"twin", shown(theirs.median)},
      {"ratio", speed.median}, {"bound", kind}, {"expected", limit.expected},   {"ok", met}};
  std::ofstream(json_, std::ios::app) << line.dump() << '\n';
}

} // namespace bench
