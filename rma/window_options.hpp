#pragma once

/// What a window may be given at its creation.

#include <armada/core/info.hpp>

#include <cstdint>
#include <string>

namespace armada {

struct window_options {
  /// What errors and the list of forgotten windows call it.
  std::string name = "window";
  /// Hints for MPI, the same on every rank; used where the window has an MPI handle.
  info const* hints = nullptr;
  /// With an MPI handle also where all ranks are on one host, for `window::raw`: then every lock and every atomic
  /// access goes through MPI, so that raw calls and Armada's exclude each other. The same on every rank.
  bool raw = false;
  /// Of a window of bytes: how many bytes an offset into this rank's part counts by.
  std::int64_t displacement_unit = 1;
};

/// How a window came by its memory. MPI-4.0, section 12.2.6.
enum class window_flavour { allocated, created, allocated_shared, dynamic };

/// Whether loads and stores of the owner and one-sided access see one memory, or two copies that `sync` brings
/// together.
enum class memory_model { unified, separate };

} // namespace armada
