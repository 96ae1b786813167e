#pragma once

/// A communication that is prepared once and started as often as wanted.

#include <armada/core/completion.hpp>
#include <armada/core/pending.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace armada {
namespace detail {

/// One persistent request of MPI. Ended and freed when it goes.
class persistent_request {
public:
  persistent_request(MPI_Request raw, request_kind kind) noexcept : raw_(raw), kind_(kind) {}
  persistent_request(persistent_request const&) = delete;
  persistent_request& operator=(persistent_request const&) = delete;
  ~persistent_request() { drop(); }

  void start() {
    unwinding_ = std::uncaught_exceptions();
    active_ = true;
    call<MPI_Start>(&raw_);
  }
  void wait(MPI_Status& arrived);
  [[nodiscard]] bool test(MPI_Status& arrived);
  [[nodiscard]] MPI_Request raw() const noexcept { return raw_; }

private:
  void drop() noexcept;

  MPI_Request raw_;
  request_kind kind_;
  int unwinding_ = 0;
  bool active_ = false;
};

/// What a plan does at each start, and how its value is made.
template <class T>
class plan_body {
public:
  plan_body() = default;
  plan_body(plan_body const&) = delete;
  plan_body& operator=(plan_body const&) = delete;
  virtual ~plan_body() = default;
  virtual void start() = 0;
  virtual bool test() = 0;
  virtual T wait() = 0;
};

/// A plan of one persistent request: `finish(status)` makes its value, `finish.fail(error)` explains its error.
template <class T, class Finish>
class prepared_body final : public plan_body<T> {
public:
  prepared_body(MPI_Request raw, request_kind kind, Finish finish) : finish_(std::move(finish)), request_(raw, kind) {}
  void start() override {
    early_ = false;
    request_.start();
  }
  bool test() override {
    explained([&] { early_ = early_ || request_.test(arrived_); });
    return early_;
  }
  T wait() override {
    explained([&] {
      if (!early_) request_.wait(arrived_);
    });
    return finish_(arrived_);
  }

private:
  void explained(auto&& action) {
    try {
      action();
    } catch (mpi_error const& e) {
      if constexpr (requires { finish_.fail(e); }) finish_.fail(e);
      throw;
    }
  }

  Finish finish_;
  persistent_request request_; // goes first
  MPI_Status arrived_{};
  bool early_ = false;
};

/// A plan that begins a nonblocking communication at each start: `begin()` gives its pending.
template <class T, class Begin>
class restarted_body final : public plan_body<T> {
public:
  explicit restarted_body(Begin begin) : begin_(std::move(begin)) {}
  void start() override { running_.emplace(begin_()); }
  bool test() override { return running_->test(); }
  T wait() override { return running_->wait(); }

private:
  Begin begin_;
  std::optional<pending<T>> running_;
};

} // namespace detail

/// A prepared communication: `start()` begins it, `wait()` ends it and gives its value, as often as wanted. Its buffers
/// are lent to it as long as it lives, and may be changed between `wait` and the next `start`. Move-only; dropped while
/// it is under way it behaves as a `pending` does. MPI-4.0, section 3.9.
template <class T = void>
class [[nodiscard]] plan {
public:
  explicit plan(std::unique_ptr<detail::plan_body<T>> body) noexcept : body_(std::move(body)) {}
  plan(plan&& other) noexcept : body_(std::move(other.body_)), active_(std::exchange(other.active_, false)) {}
  plan& operator=(plan&& other) noexcept {
    body_ = std::move(other.body_);
    active_ = std::exchange(other.active_, false);
    return *this;
  }
  ~plan() = default;

  /// Begins the communication. Throws `lifecycle_error` while it is under way.
  void start() {
    if (!body_) throw lifecycle_error("start: this plan was moved from");
    if (active_) throw lifecycle_error("start: this plan is under way; wait for it first");
    body_->start();
    active_ = true;
  }

  /// Waits for its end and gives the value. Throws what the communication met, or `lifecycle_error` unless started.
  T wait() {
    if (!active_) throw lifecycle_error("wait: this plan was not started");
    active_ = false;
    return body_->wait();
  }

  /// Whether `wait` would return at once; true for one that is not under way. Moves the communication on.
  [[nodiscard]] bool test() {
    if (!active_) return true;
    if (!detail::background_is_empty()) detail::advance_background();
    try {
      return body_->test();
    } catch (...) {
      active_ = false;
      throw;
    }
  }

  /// Whether it is not under way.
  [[nodiscard]] bool ended() const noexcept { return !active_; }

private:
  std::unique_ptr<detail::plan_body<T>> body_;
  bool active_ = false;
};

namespace detail {

template <class T, class Finish>
[[nodiscard]] plan<T> make_prepared(MPI_Request raw, request_kind kind, Finish finish) {
  return plan<T>(std::make_unique<prepared_body<T, Finish>>(raw, kind, std::move(finish)));
}

/// `begin()` gives a pending.
template <class Begin>
[[nodiscard]] auto make_restarted(Begin begin) {
  using T = decltype(begin().wait());
  return plan<T>(std::make_unique<restarted_body<T, Begin>>(std::move(begin)));
}

} // namespace detail

/// Starts every plan of a range, in order, or every one of its arguments. MPI-4.0, section 3.9.
template <awaitables Range>
void start_all(Range&& range) {
  for (auto&& each : range) detail::awaited(each).start();
}
template <class... T>
  requires(sizeof...(T) > 0)
void start_all(plan<T>&... plans) { (plans.start(), ...); }

} // namespace armada
