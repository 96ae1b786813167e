#pragma once

/// Work that MPI knows nothing of, waited for like a communication.

#include <armada/core/pending.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// Begins a generalised request whose callbacks do nothing.
[[nodiscard]] MPI_Request start_generalized();
/// Ends one whose work has gone; frees it unless somebody waits for it.
void end_generalized(MPI_Request raw, bool awaited) noexcept;

template <class T>
struct shared_result {
  std::optional<T> value;
  std::exception_ptr failure;
};
template <>
struct shared_result<void> {
  std::exception_ptr failure;
};

} // namespace detail

/// The working side of a generalised request: `pending()` goes to who waits, `complete` ends it, from any thread where
/// MPI granted THREAD_MULTIPLE. One that goes without having been completed fails its pending with `lifecycle_error`; a
/// pending that is dropped does not wait for the work.
/// Local. MPI-4.0, section 13.2.
template <class T = void>
class generalized_request {
public:
  generalized_request() : result_(std::make_shared<detail::shared_result<T>>()), raw_(detail::start_generalized()) {}
  generalized_request(generalized_request&& other) noexcept
      : result_(std::move(other.result_)), raw_(std::exchange(other.raw_, MPI_REQUEST_NULL)), given_(other.given_) {}
  generalized_request& operator=(generalized_request&&) = delete;
  ~generalized_request() {
    if (raw_ == MPI_REQUEST_NULL || !job::running()) return;
    result_->failure = std::make_exception_ptr(
        lifecycle_error("wait: the work of this generalized request ended without completing it"));
    detail::end_generalized(raw_, given_);
  }

  /// The side that waits. Given once; `lifecycle_error` after that.
  [[nodiscard]] armada::pending<T> pending() {
    if (given_ || raw_ == MPI_REQUEST_NULL)
      throw lifecycle_error("pending: this generalized request was given away or completed already");
    given_ = true;
    return detail::make_pending(raw_, detail::request_kind::generalized, [result = result_](MPI_Status const&) -> T {
      if (result->failure) std::rethrow_exception(result->failure);
      if constexpr (!std::is_void_v<T>) return std::move(*result->value);
    });
  }

  /// Ends the work with its value. Throws `lifecycle_error` the second time, and before `pending()` was taken.
  template <class... Value>
    requires(std::is_void_v<T> ? sizeof...(Value) == 0 : std::is_constructible_v<T, Value...>)
  void complete(Value&&... value) {
    require_open();
    if constexpr (!std::is_void_v<T>) result_->value.emplace(std::forward<Value>(value)...);
    end();
  }

  /// Ends the work with an exception, which the pending's `wait` throws.
  void fail(std::exception_ptr failure) {
    require_open();
    result_->failure = std::move(failure);
    end();
  }

private:
  void require_open() const {
    if (raw_ == MPI_REQUEST_NULL) throw lifecycle_error("complete: this generalized request has ended already");
    if (!given_) throw lifecycle_error("complete: nobody has taken the pending of this generalized request");
  }
  void end() { call<MPI_Grequest_complete>(std::exchange(raw_, MPI_REQUEST_NULL)); }

  std::shared_ptr<detail::shared_result<T>> result_;
  MPI_Request raw_;
  bool given_ = false;
};

} // namespace armada
