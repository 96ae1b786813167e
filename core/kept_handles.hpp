#pragma once

/// MPI handles that are made once and serve until MPI ends, whoever ends it.

#include <armada/core/mpi.hpp>

#include <mutex>
#include <vector>

namespace armada::detail {

/// Calls `action` at the beginning of MPI_Finalize. MPI-4.0, section 11.2.4.
void at_finalise(void (*action)());

/// Handles that `Free` gives back.
template <class Handle, auto Free>
class kept_handles {
public:
  /// Keeps `handle` and returns it.
  static Handle keep(Handle handle) {
    auto& all = list();
    std::scoped_lock const lock(all.mutex);
    if (all.handles.empty()) at_finalise(free_all);
    all.handles.push_back(handle);
    return handle;
  }

private:
  struct kept {
    std::mutex mutex;
    std::vector<Handle> handles;
  };

  static kept& list() {
    static auto* const instance = new kept; // outlives every static
    return *instance;
  }
  static void free_all() {
    for (Handle& handle : list().handles) Free(&handle);
  }
};

} // namespace armada::detail
