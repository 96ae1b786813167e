#pragma once

/// Collectives on values of any size: one exchange of what is to come, one of bytes. An exchange has
///   `MPI_Request announce(MPI_Comm)`, `MPI_Request transfer(MPI_Comm)` and `take()`, which makes the result.
/// Nonblocking, the bytes go on the private twin, in posting order on every rank. One whose `transfer` has a blocking
/// form, which may take the near road, has `transfer_now(MPI_Comm)` as well.

#include <armada/collectives/detail/value_bytes.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/posting_queue.hpp>

#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <type_traits>
#include <utility>

namespace armada::detail {

inline constexpr std::string_view value_form = "values of any size";

template <class Exchange>
using exchange_result = decltype(std::declval<Exchange&>().take());

/// A nonblocking exchange between its two phases.
template <class Exchange>
class exchange_posting final : public posting {
public:
  exchange_posting(communicator const& comm, Exchange exchange)
      : exchange_(std::move(exchange)), comm_(comm.state()),
        phase_(exchange_.announce(comm_->raw()), request_kind::collective) {}

  bool post_second() noexcept override {
    try {
      MPI_Status ignored{};
      if (!phase_.test(ignored)) return false;
      phase_ = request(exchange_.transfer(comm_->twin()), request_kind::collective);
    } catch (...) {
      failure_ = std::current_exception();
    }
    second_ = true;
    return true;
  }
  [[nodiscard]] auto finish() {
    wait_until([this] { return in_second(); });
    MPI_Status ignored{};
    phase_.wait(ignored);
    if (failure_) std::rethrow_exception(failure_);
    return exchange_.take();
  }
  [[nodiscard]] bool test() {
    MPI_Status ignored{};
    return in_second() && phase_.test(ignored);
  }

private:
  [[nodiscard]] bool in_second() {
    std::scoped_lock const lock(background_mutex());
    if (!second_) comm_->postings().advance();
    return second_;
  }

  Exchange exchange_; // goes after the request: it holds the memory that MPI uses
  std::shared_ptr<communicator_state> comm_;
  request phase_;
  std::exception_ptr failure_;
  bool second_ = false;
};

template <class Exchange>
class value_exchange_finisher final : public finisher<exchange_result<Exchange>> {
public:
  explicit value_exchange_finisher(std::shared_ptr<exchange_posting<Exchange>> one) : posting_(std::move(one)) {}
  exchange_result<Exchange> finish(MPI_Status const&) override { return posting_->finish(); }
  bool ready() override { return posting_->test(); }

private:
  std::shared_ptr<exchange_posting<Exchange>> posting_;
};

/// Runs an exchange in either mode; `what` names the operation, and its root if it has one.
template <class Exchange>
[[nodiscard]] auto run_exchange(blocking_t, collective_call what, Exchange exchange) {
  what.form = value_form;
  return collectively(blocking, what, [&] {
    MPI_Comm const comm = what.comm.raw();
    MPI_Status ignored{};
    request(exchange.announce(comm), request_kind::collective).wait(ignored);
    if constexpr (requires { exchange.transfer_now(comm); })
      exchange.transfer_now(comm);
    else
      request(exchange.transfer(comm), request_kind::collective).wait(ignored);
    return exchange.take();
  });
}

template <class Exchange>
[[nodiscard]] auto run_exchange(nonblocking_t, collective_call what, Exchange exchange) {
  auto const& comm = what.comm;
  if (comm.state()->twin() == MPI_COMM_NULL)
    throw unsupported(text("a nonblocking collective on values over the borrowed communicator \"", comm.name(),
                           "\": it needs a private twin; use comm.dup()"));
  what.form = value_form;
  return collectively(nonblocking, what, [&] {
    auto one = std::make_shared<exchange_posting<Exchange>>(comm, std::move(exchange));
    comm.state()->postings().push(one);
    return pending<exchange_result<Exchange>>(MPI_REQUEST_NULL, request_kind::collective,
                                              std::make_unique<value_exchange_finisher<Exchange>>(std::move(one)));
  });
}

} // namespace armada::detail
