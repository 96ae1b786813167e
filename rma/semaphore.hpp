#pragma once

/// Permits that ranks take and give back.

#include <armada/core/communicator.hpp>
#include <armada/core/option.hpp>

#include <cstdint>
#include <memory>

namespace armada {

namespace detail {
class shared_words;
}

struct semaphore_options {
  int home = 0;             ///< the rank whose memory it lies in
  std::int64_t permits = 1; ///< at first
};

/// A counting semaphore. Permits belong to nobody: one rank may give what another takes. They are given out in the
/// order in which ranks asked. What a rank did before it gave a permit is seen by the rank that takes it.
/// Calls are local; what a far home and a wait need is said at `mutex`. Move-only.
class semaphore {
public:
  /// Collective over `comm`, with the same options on every rank. All ranks throw `argument_error` for a wrong home or
  /// less than no permits.
  explicit semaphore(communicator const& comm, semaphore_options options = {});
  semaphore(semaphore&&) noexcept;
  semaphore& operator=(semaphore&&) noexcept;
  ~semaphore();

  /// Waits for a permit and takes it.
  void acquire();
  /// Takes a permit if there is one that nobody waits for.
  [[nodiscard]] bool try_acquire();
  /// Gives permits. Throws `argument_error` for a negative count.
  void release(size_option count = 1);
  /// How many permits there are now; less than zero: how many calls wait.
  [[nodiscard]] std::int64_t available() const;

private:
  std::shared_ptr<detail::shared_words> words_;
  int home_;
};

} // namespace armada
