#pragma once

/// What a window may be given at its creation.

#include <armada/core/info.hpp>

#include <cstdint>
#include <string>

namespace armada {

struct window_options {
  /// What errors and the list of forgotten windows call it.
  std::string name = "window";
  /// Hints for MPI, the same on every rank; used where the window has an MPI handle. Not `no_locks`: Armada locks parts
  /// itself, to learn what they are like.
  info const* hints = nullptr;
  /// With an MPI handle also where all ranks are on one host, for `window::raw`: then every lock and every atomic
  /// access goes through MPI, so that raw calls and Armada's exclude each other. The same on every rank.
  bool raw = false;
  /// Of a window of bytes: how many bytes an offset into this rank's part counts by.
  std::int64_t displacement_unit = 1;
  /// Where at most so many ranks are on several hosts, the first window of their communicator connects each to all
  /// others at its creation; MPI alone does that at the first access to each. 0: never. The same on every rank.
  ///
  /// MPICH 4.0.2 over TCP, two ranks, in microseconds: the first lock_all takes 34 instead of 17, the first get 84
  /// instead of 40, the first update 700 to 1300 instead of 20; creation takes 500 more. A far rank still looks into
  /// MPI for every lock: what it has to do there is less, not nothing.
  int connect_up_to = 64;
};

/// How a window came by its memory. MPI-4.0, section 12.2.6.
enum class window_flavour { allocated, created, allocated_shared, dynamic };

/// Whether loads and stores of the owner and one-sided access see one memory, or two copies that `sync` brings
/// together.
enum class memory_model { unified, separate };

} // namespace armada
