#pragma once

/// A number that all ranks count with: each ticket is given out once.

#include <armada/core/communicator.hpp>
#include <armada/core/option.hpp>

#include <cstdint>
#include <memory>

namespace armada {

namespace detail {
class shared_words;
}

struct counter_options {
  int home = 0; ///< the rank whose memory it lies in
  std::int64_t first = 0;
};

/// A counter for shares of work that are taken while they last: `for (auto i = jobs.next(); i < n; i = jobs.next())`.
/// Move-only. Calls are local, and atomic with respect to each other. Where all ranks are on one host nobody else is
/// needed; where they are not, the home must be inside MPI now and then, and destruction is collective.
/// What a rank did before one of its calls is seen by the ranks whose calls come after it.
class counter {
public:
  /// Collective over `comm`, with the same options on every rank. All ranks throw `argument_error` for a wrong home.
  explicit counter(communicator const& comm, counter_options options = {});
  counter(counter&&) noexcept;
  counter& operator=(counter&&) noexcept;
  ~counter();

  /// Takes the next ticket, or `count` of them, of which it returns the first. Throws `argument_error` for a negative
  /// count.
  [[nodiscard]] std::int64_t next(size_option count = 1);
  /// The next ticket, which stays there.
  [[nodiscard]] std::int64_t value() const;
  /// Sets the next ticket.
  void reset(std::int64_t first = 0);

private:
  std::shared_ptr<detail::shared_words> words_;
  int home_;
};

} // namespace armada
