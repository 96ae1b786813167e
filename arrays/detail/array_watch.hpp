#pragma once

/// Who wants to know of the one-sided accesses to an array: the race checker, counters, the trace. Nobody does by
/// default, and then an access costs what it costs.

#include <armada/arrays/detail/traffic_counters.hpp>
#include <armada/core/tracing.hpp>
#include <armada/rma/detail/race_log.hpp>
#include <armada/rma/detail/window_state.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace armada::detail {

/// An access to elements of one rank's tile: nested loops over its memory, counted in elements.
struct watched_access {
  char const* operation;
  access_kind kind;
  int owner;
  std::int64_t element_bytes;
  std::int64_t offset;
  std::span<std::int64_t const> counts, strides;

  [[nodiscard]] std::int64_t bytes() const noexcept {
    std::int64_t result = element_bytes;
    for (std::int64_t const count : counts) result *= count;
    return result;
  }
};

/// The bytes of an access in few runs: a patch of two dimensions is one, whose elements are rows. Of more than 1024
/// runs those that come first.
[[nodiscard]] std::vector<byte_run> runs_of(watched_access const& what);

class array_watch {
public:
  /// What users call the element at an offset of a rank's tile: `(3, 4)`.
  using element_name = std::function<std::string(int owner, std::int64_t offset)>;

  /// Whether an array over `window` needs one from its birth on.
  [[nodiscard]] static bool wanted(window_state const& window) noexcept {
    return window.races() != nullptr || tracing::on();
  }
  array_watch(std::shared_ptr<window_state> window, std::string array, element_name name)
      : window_(std::move(window)), array_(std::move(array)), name_(std::move(name)) {}

  /// Before elements move. Throws `race_error`: then they do not.
  void before(watched_access const& what);

  /// Counts from here on.
  void count_traffic() {
    if (!counters_) counters_.emplace();
  }
  [[nodiscard]] std::vector<traffic_count> traffic() const {
    return counters_ ? counters_->counts(window_->rank()) : std::vector<traffic_count>();
  }

private:
  void check_races(watched_access const& what, int at);
  [[nodiscard]] std::string describe(access_record const& access, std::int64_t element_bytes, int owner) const;

  std::shared_ptr<window_state> window_;
  std::string array_;
  element_name name_;
  std::optional<traffic_counters> counters_;
};

/// An access, from before the first element moves until the last one has, or is on its way to a far rank. `describe()`
/// gives it, for a watch that is not null.
class watched_scope {
public:
  template <class Describe>
  watched_scope(array_watch* watch, Describe describe) {
    if (watch == nullptr) [[likely]]
      return;
    watched_access const what = describe();
    watch->before(what);
    traced_.emplace(what.operation, what.owner, what.bytes());
  }

private:
  std::optional<tracing::scope> traced_;
};

} // namespace armada::detail
