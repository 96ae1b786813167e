#pragma once

/// Measures a call of Armada beside its twin: the same work through raw MPI, memcpy or a loop by hand, in the same run.

#include <armada/core/environment.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// What is expected of a case: that Armada's speed is at least `expected` times the twin's, that one call takes at most
/// `expected`, or that it takes at most `expected` longer than the twin's.
struct bound {
  enum class kind { none, ratio, value, difference };
  kind what = kind::none;
  double expected = 0;
};
[[nodiscard]] inline bound ratio(double at_least) { return {bound::kind::ratio, at_least}; }
[[nodiscard]] inline bound value(double at_most) { return {bound::kind::value, at_most}; }
[[nodiscard]] inline bound difference(double at_most) { return {bound::kind::difference, at_most}; }

/// Runs its work `times` times. All ranks call it; those with nothing to do return at once.
using work = std::function<void(long times)>;

namespace detail {

/// Calls `once()`, or `once(k)` with the number of the call.
template <class Once>
void repeat(Once const& once, long times) {
  for (long k = 0; k < times; ++k) {
    if constexpr (std::invocable<Once const&, long>)
      once(k);
    else
      once();
  }
}

} // namespace detail

/// Work that repeats `once`: on every rank, or on rank 0 while the others go on.
[[nodiscard]] auto on_all_ranks(auto once) {
  return [once](long times) { detail::repeat(once, times); };
}
[[nodiscard]] auto on_rank_0(auto once) {
  return [once, here = armada::world().rank() == 0](long times) { detail::repeat(once, here ? times : 0); };
}

/// One case. Times are seconds per call, the longest of any rank's.
struct measured {
  std::string name;
  std::string unit; ///< of the printed times
  double scale;     ///< units per second
  bound limit;
  std::vector<double> armada, twin; ///< pair by pair
};

/// Collects cases, prints them as a table on rank 0 and appends them to the file of `--json`, a line each.
class table {
public:
  /// Understands `--road NAME`, `--filter TEXT`, `--pairs N`, `--json FILE`. An environment must live.
  table(int argc, char** argv);
  ~table();
  table(table const&) = delete;
  table& operator=(table const&) = delete;

  [[nodiscard]] bool far() const { return road_ == "far"; }
  /// Whether a case of this name is to be measured: before the work of preparing it.
  [[nodiscard]] bool wanted(std::string const& name) const;

  /// Measures interleaved pairs and prints a line. Collective. `unit` is ns, us, ms, or GB/s of `bytes` per call;
  /// `per_call` divides the time of one call.
  void compare(std::string const& name, std::string const& unit, bound limit, work const& armada, work const& twin,
               double bytes = 0, double per_call = 1);

private:
  std::string road_ = "near", filter_, json_;
  int pairs_ = 31;
  bool failed_ = false;
};

/// Tells the compiler that somebody reads what lies at `address`, and writes anything anywhere.
inline void touch(void const* address) { asm volatile("" : : "g"(address) : "memory"); }

} // namespace bench
