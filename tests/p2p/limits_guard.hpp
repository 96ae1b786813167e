#pragma once

#include <armada/p2p/object_limits.hpp>

#include <cstddef>

namespace support {

/// Sets the limits of object messages for a time.
class limits_guard {
public:
  limits_guard(std::size_t first_message, std::size_t chunk) {
    armada::current_object_limits() = {first_message, chunk};
  }
  ~limits_guard() { armada::current_object_limits() = before_; }
  limits_guard(limits_guard const&) = delete;
  limits_guard& operator=(limits_guard const&) = delete;

private:
  armada::object_limits before_ = armada::current_object_limits();
};

} // namespace support
