#pragma once

/// What surrounds every collective: ranks compare what they call before it begins, and a watchdog is told of it, when
/// either is asked for (core/checks.hpp). Otherwise one branch.
///
/// The comparison is a small reduction on the communicator's shadow. Each rank contributes a record of its call; equal
/// ones melt into one, and where two are left all ranks throw the same `collective_mismatch`. It is nonblocking where
/// the collective is, and belongs to the pending or the plan, so that no order of waits can make it hang.

#include <armada/core/background.hpp>
#include <armada/core/checks.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/plan.hpp>
#include <armada/core/watchdog.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace armada::detail {

/// What is the same on all ranks of a collective that is called rightly.
struct collective_call {
  static constexpr int no_root = std::numeric_limits<int>::min();

  communicator const& comm;
  std::string_view operation;
  std::string_view form = {}; ///< what does not go together with the same operation in another form
  int root = no_root;
  MPI_Op reduction = MPI_OP_NULL;
  MPI_Count count = -1; ///< of `type`, where each rank has as much; negative where it says nothing
  MPI_Datatype type = MPI_DATATYPE_NULL;
  std::span<MPI_Count const> counts = {}; ///< of `type`, instead of `count`: a list that all ranks pass alike
  bool refused = false;                   ///< it cannot be made; `form` says why
};

struct call_records;

/// A comparison under way.
class agreement {
public:
  agreement(collective_call const& call, std::uint64_t number, std::string_view mode);
  agreement(agreement const&) = delete;
  agreement& operator=(agreement const&) = delete;
  ~agreement();

  /// The request of one comparison, or the persistent one of many; the memory is this object's.
  [[nodiscard]] MPI_Request begin();
  [[nodiscard]] MPI_Request prepare();
  /// Once it is complete: throws `collective_mismatch` unless all ranks called the same.
  void verify() const;

private:
  std::shared_ptr<communicator_state> comm_;
  std::unique_ptr<call_records> mine_, all_;
};

/// Surrounds a blocking collective, and what has several of MPI's inside; those count as one.
class collective_scope {
public:
  /// Settles what is in the background, and throws `collective_mismatch` on every rank when they call different things.
  explicit collective_scope(collective_call const& call) {
    settle_background(call.comm.raw());
    if (checks::supervised()) [[unlikely]]
      enter(call);
  }
  collective_scope(collective_scope const&) = delete;
  collective_scope& operator=(collective_scope const&) = delete;
  ~collective_scope() {
    if (open_) [[unlikely]]
      leave();
  }

private:
  void enter(collective_call const& call);
  void leave() noexcept;

  std::optional<watch_scope> watch_;
  bool open_ = false;
};

/// Compares a call that this rank cannot make with those of the others.
void refuse_together(collective_call call, std::string_view why);

/// Runs a check of arguments that one rank alone has. Where it throws `argument_error`, and collectives are compared,
/// the other ranks hear of it: all throw `collective_mismatch` then; or what each has found, where all have something.
template <class Check>
void check_alone(collective_call const& call, Check check) {
  try {
    check();
  } catch (argument_error const& e) {
    if (checks::collectives()) refuse_together(call, e.what());
    throw;
  }
}

/// Counts a collective that is begun now; null unless it is to be compared.
[[nodiscard]] std::unique_ptr<agreement> new_agreement(collective_call const& call, std::string_view mode);

/// Verifies; what does not match never ends, and its request and its memory are left to MPI.
template <class Inner>
void verify_or_leave(agreement const& check, std::unique_ptr<Inner>& inner) {
  try {
    check.verify();
  } catch (...) {
    static_cast<void>(inner.release());
    throw;
  }
}

/// A pending collective behind its comparison.
template <class T>
class agreed_finisher final : public finisher<T> {
public:
  agreed_finisher(std::unique_ptr<agreement> check, pending<T> inner)
      : check_(std::move(check)), inner_(std::make_unique<pending<T>>(std::move(inner))) {}
  T finish(MPI_Status const&) override {
    verify();
    return inner_->wait();
  }
  bool ready() override {
    verify();
    return inner_->test();
  }

private:
  void verify() { verify_or_leave(*check_, inner_); }

  std::unique_ptr<agreement> check_;
  std::unique_ptr<pending<T>> inner_;
};

/// A prepared collective that is compared at each start.
template <class T>
class agreed_body final : public plan_body<T> {
public:
  agreed_body(std::unique_ptr<agreement> check, plan<T> inner)
      : check_(std::move(check)), request_(check_->prepare(), request_kind::collective),
        inner_(std::make_unique<plan<T>>(std::move(inner))) {}
  void start() override {
    agreed_ = false;
    request_.start();
    inner_->start();
  }
  bool test() override {
    MPI_Status ignored{};
    if (!agreed_ && !request_.test(ignored)) return false;
    verify();
    return inner_->test();
  }
  T wait() override {
    MPI_Status ignored{};
    if (!agreed_) request_.wait(ignored);
    verify();
    return inner_->wait();
  }

private:
  void verify() {
    agreed_ = true;
    verify_or_leave(*check_, inner_);
  }

  std::unique_ptr<agreement> check_;
  persistent_request request_;
  std::unique_ptr<plan<T>> inner_;
  bool agreed_ = false;
};

/// Runs a collective in any mode: `launch()` gives nothing or a value when it is blocking, a pending, or a plan.
template <class Mode, class Launch>
auto collectively(Mode, collective_call const& call, Launch launch) {
  if constexpr (std::same_as<Mode, blocking_t>) {
    collective_scope const inside(call);
    return launch();
  } else {
    constexpr bool once = std::same_as<Mode, nonblocking_t>;
    auto check = checks::supervised() ? new_agreement(call, once ? "nonblocking" : "persistent") : nullptr;
    auto inner = launch();
    if (!check) [[likely]]
      return inner;
    using result = decltype(inner.wait());
    if constexpr (once) {
      MPI_Request const request = check->begin();
      return pending<result>(request, request_kind::collective,
                             std::make_unique<agreed_finisher<result>>(std::move(check), std::move(inner)));
    } else {
      return plan<result>(std::make_unique<agreed_body<result>>(std::move(check), std::move(inner)));
    }
  }
}

} // namespace armada::detail
