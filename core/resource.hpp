#pragma once

/// Everything that holds an MPI handle until the end of the job: `environment` closes what was forgotten and names it.

#include <string>

namespace armada::detail {

/// A handle-holding object that knows how to give its handle back. It is listed while it is open.
class resource {
public:
  resource(resource const&) = delete;
  resource& operator=(resource const&) = delete;
  virtual ~resource() { leave(); }
  /// Gives the handle back; called by `environment` for what is still open, in reverse order of creation.
  virtual void release() noexcept = 0;
  /// What is named in the message about a forgotten resource; empty for what belongs to the library itself.
  [[nodiscard]] virtual std::string describe() const = 0;

protected:
  resource() = default;
  /// Enters this object in the list: called once its handle exists.
  void enter();
  /// Takes this object off the list: called when its handle has been given back.
  void leave() noexcept;

private:
  resource* previous_ = nullptr;
  resource* next_ = nullptr;
  bool listed_ = false;
};

/// Releases every listed resource, the youngest first, and prints the name of each that a user forgot.
void release_all_resources() noexcept;

} // namespace armada::detail
