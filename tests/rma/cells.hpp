#pragma once

/// Numbers on rank 0 that nothing protects: what the tools have to keep in order.

#include <armada/core/communicator_state.hpp>
#include <armada/core/environment.hpp>
#include <armada/rma/window.hpp>

#include <cstdint>

namespace support {

class cells {
public:
  explicit cells(std::int64_t count)
      : window_(armada::window<std::int64_t>::allocate(armada::world(), armada::world().rank() == 0 ? count : 0)),
        epoch_(window_.lock_all()), memory_(all_near() ? window_.shared(0).data() : nullptr) {}

  [[nodiscard]] std::int64_t get(std::int64_t i = 0) {
    if (memory_ != nullptr) return memory_[i];
    std::int64_t value = 0;
    epoch_.get(value, {.rank = 0, .offset = i});
    return value;
  }
  void set(std::int64_t i, std::int64_t value) {
    if (memory_ != nullptr)
      memory_[i] = value;
    else
      epoch_.put(value, {.rank = 0, .offset = i});
  }
  void add(std::int64_t i, std::int64_t value) { set(i, get(i) + value); }

  /// Whether all ranks share memory: then more can be tried in the same time.
  [[nodiscard]] static bool all_near() { return armada::world().state()->nearby().whole; }

private:
  armada::window<std::int64_t> window_;
  armada::epoch<std::int64_t> epoch_;
  std::int64_t* memory_;
};

} // namespace support
