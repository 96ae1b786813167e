#pragma once

/// A communication under way, and the value that it will give.

#include <armada/core/background.hpp>
#include <armada/core/call.hpp>
#include <armada/core/completion.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mpi.hpp>
#include <armada/core/status.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// What becomes of a request that is dropped while an exception passes.
enum class request_kind { send, receive, collective, generalized };

/// What the watchdog calls waiting for it.
[[nodiscard]] constexpr std::string_view wait_title(request_kind kind) noexcept {
  switch (kind) {
  case request_kind::send: return "wait for a send";
  case request_kind::receive: return "wait for a receive";
  case request_kind::collective: return "wait for a collective";
  case request_kind::generalized: return "wait for a generalized request";
  }
  return "wait";
}

/// The length of a message in bytes of data.
[[nodiscard]] MPI_Count message_bytes(MPI_Status const& arrived);

/// What MPI says of a message, its length counted in bytes.
[[nodiscard]] status status_of(MPI_Status const& arrived);

/// Cancels a receive and frees its request, whatever became of it.
void take_back(MPI_Request receive) noexcept;

/// Throws `unsupported`: only a receive can be cancelled.
[[noreturn]] void throw_not_cancellable();

/// What is still to be done when MPI has completed the first request, and what keeps its memory alive until then.
template <class T>
class finisher {
public:
  finisher() = default;
  finisher(finisher const&) = delete;
  finisher& operator=(finisher const&) = delete;
  virtual ~finisher() = default;
  /// Completes what is left and gives the value. Called once. `arrived` is the first request's status.
  virtual T finish(MPI_Status const& arrived) = 0;
  /// Whether `finish` would return without waiting for another rank.
  virtual bool ready() { return true; }
  /// Says better what the error of the first request means; called while it is handled.
  [[noreturn]] virtual void fail(mpi_error const& /*e*/) { throw; }
  /// What has arrived, once `ready`; `arrived` is the first request's status.
  virtual status look(MPI_Status const& arrived) { return status_of(arrived); }
  /// Takes back what it posted itself; false when that has come already.
  virtual bool cancel() { return false; }
  /// The environment has closed what this one waits for.
  [[nodiscard]] bool abandoned() const noexcept { return abandoned_; }

protected:
  bool abandoned_ = false;
};

/// A finisher from a callable `T(MPI_Status const&)` that owns what the communication uses.
template <class T, class Action>
class finisher_of final : public finisher<T> {
public:
  explicit finisher_of(Action action) : action_(std::move(action)) {}
  T finish(MPI_Status const& arrived) override { return action_(arrived); }

private:
  Action action_;
};

/// One MPI request that is waited for before it goes.
class request {
public:
  request() noexcept = default;
  request(MPI_Request raw, request_kind kind) noexcept
      : raw_(raw), kind_(kind), unwinding_(std::uncaught_exceptions()) {}
  request(request&& other) noexcept
      : raw_(std::exchange(other.raw_, MPI_REQUEST_NULL)), kind_(other.kind_), unwinding_(other.unwinding_) {}
  request& operator=(request&& other) noexcept {
    if (this != &other) {
      drop();
      raw_ = std::exchange(other.raw_, MPI_REQUEST_NULL);
      kind_ = other.kind_;
      unwinding_ = other.unwinding_;
    }
    return *this;
  }
  ~request() { drop(); }

  void wait(MPI_Status& arrived) {
    watch_scope const watch(wait_title(kind_));
    if (background_is_empty())
      call<MPI_Wait>(&raw_, &arrived);
    else
      wait_until([&] { return test(arrived); });
  }
  [[nodiscard]] bool test(MPI_Status& arrived) {
    int done = 0;
    call<MPI_Test>(&raw_, &done, &arrived);
    return done != 0;
  }

  /// Takes back a receive: true when nothing was received, and nothing will be. MPI-4.0, section 3.8.4.
  [[nodiscard]] bool cancel(MPI_Status& arrived);
  /// Has nothing to do with it any more: somebody else has ended it.
  void forget() noexcept { raw_ = MPI_REQUEST_NULL; }
  [[nodiscard]] request_kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool posted() const noexcept { return raw_ != MPI_REQUEST_NULL; }

  /// Whether an exception is passing that was not there when this request began.
  [[nodiscard]] bool must_hurry() const noexcept { return std::uncaught_exceptions() > unwinding_; }

private:
  /// Waits; while an exception passes a receive is cancelled and anything else gets a bounded time. Aborts on failure.
  void drop() noexcept;

  MPI_Request raw_ = MPI_REQUEST_NULL;
  request_kind kind_ = request_kind::collective;
  int unwinding_ = 0;
};

} // namespace detail

/// A nonblocking communication. `wait()` completes it and gives its value, once; the destructor waits as well and drops
/// the value. Buffers that were lent to it must stay as they are until then; those moved into it come back from `wait`.
///
/// Move-only. Dropped while an exception passes, it cancels a receive, gives anything else ten seconds, and then aborts
/// the job: the peer would never end.
template <class T = void>
class [[nodiscard]] pending {
public:
  pending(MPI_Request raw, detail::request_kind kind) noexcept requires std::is_void_v<T> : request_(raw, kind) {}
  pending(MPI_Request raw, detail::request_kind kind, std::unique_ptr<detail::finisher<T>> rest) noexcept
      : rest_(std::move(rest)), request_(raw, kind) {}

  pending(pending&& other) noexcept { *this = std::move(other); }
  pending& operator=(pending&& other) noexcept {
    if (this == &other) return *this;
    close();
    request_ = std::move(other.request_);
    rest_ = std::move(other.rest_);
    arrived_ = other.arrived_;
    arrived_early_ = other.arrived_early_;
    done_ = std::exchange(other.done_, true);
    cancelled_ = other.cancelled_;
    return *this;
  }
  ~pending() { close(); }

  /// Waits for the end and gives the value. Throws what the communication met, or `lifecycle_error` the second time.
  T wait() {
    if (done_) throw lifecycle_error("wait: this pending was waited for already");
    done_ = true;
    refuse_abandoned();
    explained([&] {
      if (!arrived_early_) request_.wait(arrived_);
    });
    if (rest_) return std::exchange(rest_, nullptr)->finish(arrived_);
    if constexpr (!std::is_void_v<T>) throw lifecycle_error("wait: this pending has no value");
  }

  /// Whether `wait` would return at once. Moves the communication on; once the first message of an object has come, the
  /// rest is received here, which waits for its sender.
  [[nodiscard]] bool test() {
    if (done_) return true;
    refuse_abandoned();
    if (!detail::background_is_empty()) detail::advance_background();
    explained([&] { arrived_early_ = arrived_early_ || request_.test(arrived_); });
    if (!arrived_early_) return false;
    try {
      return !rest_ || rest_->ready();
    } catch (...) {
      done_ = true;
      throw;
    }
  }

  /// Whether it was waited for, cancelled, or moved from: there is nothing to wait for any more.
  [[nodiscard]] bool ended() const noexcept { return done_; }

  /// What the message that has come says of itself, its length in bytes; nothing while none has. `wait` is still due.
  /// Of a receive that was taken back, that it was cancelled.
  [[nodiscard]] std::optional<status> get_status() {
    if (cancelled_) return status{.cancelled = true};
    if (done_ || !test()) return std::nullopt;
    return rest_ ? rest_->look(arrived_) : detail::status_of(arrived_);
  }

  /// Takes back a receive. True: no message was taken, none will be, and this pending has ended; a buffer that was
  /// moved in is dropped. False: the message had come, and `wait` gives it. Throws `unsupported` for anything else:
  /// MPI gives no reliable way to take back a send. Local. MPI-4.0, section 3.8.4.
  [[nodiscard]] bool cancel() {
    if (done_) return false;
    refuse_abandoned();
    if (request_.kind() != detail::request_kind::receive) detail::throw_not_cancellable();
    bool taken_back = false;
    explained([&] {
      if (request_.posted()) {
        taken_back = request_.cancel(arrived_);
        arrived_early_ = !taken_back;
      } else {
        taken_back = rest_ && rest_->cancel();
      }
    });
    if (taken_back) {
      done_ = cancelled_ = true;
      rest_.reset();
    }
    return taken_back;
  }

private:
  void explained(auto&& action) {
    try {
      action();
    } catch (mpi_error const& e) {
      done_ = true;
      if (rest_) rest_->fail(e);
      throw;
    }
  }

  void refuse_abandoned() {
    if (!rest_ || !rest_->abandoned()) return;
    request_.forget();
    done_ = true;
    throw lifecycle_error("wait: the environment that this pending began in has ended");
  }

  /// Ends what nobody waited for: the peer's messages are taken, their value is dropped.
  void close() noexcept {
    if (done_) return;
    if (rest_ && rest_->abandoned()) request_.forget();
    bool const nobody_asks = request_.kind() == detail::request_kind::generalized;
    if (!rest_ || nobody_asks || rest_->abandoned() || request_.must_hurry() || !job::running()) {
      request_ = detail::request();
      rest_.reset();
      done_ = true;
      return;
    }
    try {
      static_cast<void>(wait());
    } catch (std::exception const& e) {
      job::abort(detail::text("a pending that nobody waited for failed: ", e.what()));
    }
  }

  std::unique_ptr<detail::finisher<T>> rest_; // goes after the request: it holds the memory that MPI uses
  detail::request request_;
  MPI_Status arrived_{};
  bool arrived_early_ = false; // test saw the first request complete
  bool done_ = false;          // waited for, or moved from
  bool cancelled_ = false;
};

namespace detail {

/// A pending whose value is what `action(MPI_Status const&)` makes once `raw` has completed.
template <class Action>
[[nodiscard]] auto make_pending(MPI_Request raw, request_kind kind, Action action) {
  using T = std::invoke_result_t<Action, MPI_Status const&>;
  return pending<T>(raw, kind, std::make_unique<finisher_of<T, Action>>(std::move(action)));
}

} // namespace detail

} // namespace armada
