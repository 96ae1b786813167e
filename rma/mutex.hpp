#pragma once

/// Mutual exclusion between ranks.

#include <armada/core/communicator.hpp>

#include <memory>

namespace armada {

struct mutex_options {
  int home = 0; ///< the rank whose memory it lies in
  bool recursive = false;
};

/// A mutex that one rank holds at a time, in the order in which they came. Meets the standard's requirements of a
/// mutex: `std::scoped_lock const guard(m);` lets go of it in every case, also when an exception passes.
///
/// What a rank did under the mutex is seen by the next that holds it; see docs/memory_model.md. Calls are local. Where
/// all ranks are on one host nobody else is needed; where they are not, the home must be inside MPI now and then, and
/// destruction is collective. While a rank waits, MPI moves on. Move-only, but not while a guard refers to it. It tells
/// ranks apart, not threads: one thread of a rank uses it at a time.
class mutex {
public:
  /// Collective over `comm`, with the same options on every rank. All ranks throw `argument_error` for a wrong home.
  explicit mutex(communicator const& comm, mutex_options options = {});
  mutex(mutex&&) noexcept;
  mutex& operator=(mutex&&) noexcept;
  /// Lets go of it if this rank still holds it.
  ~mutex();

  /// Waits until this rank holds it. A recursive one that it holds already is held once more. Otherwise throws
  /// `lifecycle_error`, since the wait would never end.
  void lock();
  /// Holds it if nobody does, nor waits for it. A recursive one that this rank holds is held once more.
  [[nodiscard]] bool try_lock();
  /// Lets go of it once. Throws `lifecycle_error` that names the holder when it is not this rank.
  void unlock();

  /// How often this rank holds it: 0, 1, or more when it is recursive.
  [[nodiscard]] int depth() const noexcept;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace armada
