#pragma once

/// What else happens when MPI meets an error on a communicator.

#include <armada/core/communicator.hpp>
#include <armada/core/mpi.hpp>

#include <functional>
#include <memory>

namespace armada {

/// An error handler: one of MPI's, or a callable. A small value; copies are the same handler, which lives while a copy
/// or a communicator has it.
///
/// Communicators that Armada makes have `errors_return`: MPI gives a code, and Armada throws it as `mpi_error`. With a
/// callable set, Armada calls it once MPI has returned the code and before it throws: what the callable throws takes
/// the place of `mpi_error`, and if it returns, `mpi_error` is thrown all the same. (Within MPI, where its handlers
/// run, no call of MPI would be possible: quirk 14f.) A raw MPI call by somebody else returns its code, and no callable
/// runs. `errors_are_fatal` ends the job inside of MPI, so that no exception ever comes; `errors_abort` does so from
/// Armada.
///
/// The communicator's private twin, on which the library's own traffic runs, returns errors whatever is set, and so
/// does a duplicate. Errors that MPI finds in waiting for a request go to MPI_COMM_WORLD's handler (quirk 28): a
/// handler on another communicator does not see them. MPI-4.0, section 9.3.
class error_handler {
public:
  /// Called with the communicator, borrowed, and the error code.
  using function = std::function<void(communicator const& comm, int code)>;

  explicit error_handler(function action) : action_(std::make_shared<function const>(std::move(action))) {}

  /// The code comes back, and Armada throws it.
  [[nodiscard]] static error_handler errors_return();
  /// MPI prints the error and ends the job.
  [[nodiscard]] static error_handler errors_are_fatal();
  /// Armada prints the error and ends the job. (MPI_ERRORS_ABORT itself asserts: quirk 14.)
  [[nodiscard]] static error_handler errors_abort();

  /// Whether both are the same handler.
  [[nodiscard]] bool operator==(error_handler const& other) const noexcept {
    return action_ == other.action_ && raw() == other.raw();
  }

  /// MPI's own handle; MPI_ERRHANDLER_NULL for a callable.
  [[nodiscard]] MPI_Errhandler raw() const noexcept { return raw_ ? *raw_ : MPI_ERRHANDLER_NULL; }

private:
  friend void set_error_handler(communicator const&, error_handler const&);
  friend error_handler get_error_handler(communicator const&);
  explicit error_handler(std::shared_ptr<MPI_Errhandler const> raw) : raw_(std::move(raw)) {}

  std::shared_ptr<function const> action_;    // a callable,
  std::shared_ptr<MPI_Errhandler const> raw_; // or a handle of MPI's
};

/// Sets what happens on `comm`. Local. MPI-4.0, section 9.3.1.
void set_error_handler(communicator const& comm, error_handler const& handler);
/// What happens on `comm` now, also when somebody else has set it. Local.
[[nodiscard]] error_handler get_error_handler(communicator const& comm);
/// Has the handler of `comm` called as if MPI had met the error `code`. Throws what a callable throws, and nothing of
/// its own. Local. MPI-4.0, section 9.5.
void call_error_handler(communicator const& comm, int code);

namespace detail {

/// Runs the callables that are due for an error that MPI has just returned.
void run_error_handlers(int code);

} // namespace detail

} // namespace armada
