#pragma once

/// Communications that need this process to move them on while it waits for something else: an object takes more than
/// one message and a collective on values more than one phase, and only the first of them could be posted in advance.
/// Whoever waits calls them on between two looks, so that two ranks that wait for different things end.

#include <armada/core/mpi.hpp>
#include <armada/core/progress.hpp>
#include <armada/core/watchdog.hpp>

#include <mutex>

namespace armada::detail {

/// A communication to be moved on. Entered while it has something to do.
class background_task {
public:
  background_task(background_task const&) = delete;
  background_task& operator=(background_task const&) = delete;
  virtual ~background_task() { leave(); }
  /// Does what can be done without waiting for a rank that has not begun its part. Called with the list locked.
  virtual void advance() noexcept = 0;
  /// Does what this process cannot do any more once it blocks in a collective over `comm`. Called with the list locked.
  virtual void settle(MPI_Comm /*comm*/) {}

protected:
  background_task() = default;
  void enter();
  void leave() noexcept;
};

/// Whether nothing is to be moved on: then a plain blocking call of MPI does.
[[nodiscard]] bool background_is_empty() noexcept;
/// Moves everything on once.
void advance_background() noexcept;
/// Every blocking collective over `comm` begins with it: inside of MPI nothing is moved on.
void settle_background(MPI_Comm comm);
/// Held while tasks are moved on; whoever looks at one's state holds it as well.
[[nodiscard]] std::recursive_mutex& background_mutex() noexcept;

/// Returns once `done()` is true, and moves everything on meanwhile.
template <class Condition>
void wait_until(Condition&& done) {
  watch_scope const watch("a wait");
  while (!done()) {
    advance_background();
    progress::pause();
  }
}

} // namespace armada::detail
