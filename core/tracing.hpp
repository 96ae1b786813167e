#pragma once

/// A trace of what each rank does and for how long, for chrome://tracing, Perfetto or speedscope: one-sided access to
/// arrays, their fences and flushes.
///
///   ARMADA_TRACE=path   in the environment of rank 0: from the beginning of `environment` to its end
///
/// The file is one JSON object: complete events ("ph": "X") in microseconds, `pid` is the rank, `args` the bytes and
/// the rank that owns them. Ranks of one host have one clock; those of several begin at zero together, as well as a
/// barrier knows. An access to a far rank lasts until it is on its way, the flush behind it until it has arrived.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace armada {

class communicator;

/// Begins a trace, of arrays that are made from here on. Collective over the world. All ranks throw or none:
/// `io_error` when `path` cannot be written, `lifecycle_error` during a trace.
void trace_to(std::string const& path);
/// Ends the trace, and rank 0 writes it, in place of what had that name. Collective over the world; the end of
/// `environment` does it otherwise. All ranks throw or none: `io_error`, `lifecycle_error` without a trace.
void stop_trace();

namespace tracing {

/// Events that a rank keeps, the first ones; the file says under "dropped" how many came after them.
inline constexpr std::size_t most_events = std::size_t{1} << 17;

namespace detail {

inline std::atomic<bool> switched_on{false};
/// Nanoseconds of the host's monotonic clock.
[[nodiscard]] std::int64_t now() noexcept;
void keep(char const* name, int owner, std::int64_t bytes, std::int64_t begun) noexcept;
void begin(communicator const& world, std::string const& path);
void end(communicator const& world);

} // namespace detail

/// Whether there is a trace.
[[nodiscard]] inline bool on() noexcept { return detail::switched_on.load(std::memory_order_relaxed); }

/// An event, from here to the end of the scope. `name` is a literal; `owner` is -1 where there is none.
class scope {
public:
  explicit scope(char const* name, int owner = -1, std::int64_t bytes = 0) noexcept
      : name_(on() ? name : nullptr), owner_(owner), bytes_(bytes), begun_(name_ != nullptr ? detail::now() : 0) {}
  scope(scope const&) = delete;
  scope& operator=(scope const&) = delete;
  ~scope() {
    if (name_ != nullptr) [[unlikely]]
      detail::keep(name_, owner_, bytes_, begun_);
  }

private:
  char const* name_;
  int owner_;
  std::int64_t bytes_;
  std::int64_t begun_;
};

} // namespace tracing
} // namespace armada
