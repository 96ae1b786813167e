#pragma once

/// Three ways to finish, written once: the arguments of an MPI routine are prepared in one place and launched here.

#include <armada/core/call.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>

#include <tuple>
#include <utility>

namespace armada {
namespace detail {

/// Calls an MPI routine whose last argument is a request, and gives the request.
template <auto Routine>
[[nodiscard]] MPI_Request request_of(auto const& arguments) {
  MPI_Request request = MPI_REQUEST_NULL;
  std::apply([&](auto... each) { call<Routine>(each..., &request); }, arguments);
  return request;
}

} // namespace detail

/// An MPI routine in its forms: `Now` blocks, `Begin` takes a request as its last argument, `Prepare` gives a
/// persistent one.
template <auto Now, auto Begin, auto Prepare = nullptr>
struct routine {
  /// Returns when it is done. `keep` is what the arguments point into.
  template <class... Keep>
  static void launch(blocking_t, auto const& arguments, Keep&&...) {
    constexpr auto last = std::tuple_size_v<std::remove_cvref_t<decltype(arguments)>> - 1; // the communicator
    detail::settle_background(std::get<last>(arguments));
    now(arguments);
  }

  /// Returns at once; the pending owns what `keep` moves in.
  template <class... Keep>
  [[nodiscard]] static pending<> launch(nonblocking_t, auto const& arguments, Keep&&... keep) {
    MPI_Request const request = begin(arguments);
    if constexpr (sizeof...(Keep) == 0) {
      return {request, detail::request_kind::collective};
    } else {
      return detail::make_pending(
          request, detail::request_kind::collective,
          [kept = std::tuple<std::decay_t<Keep>...>(std::forward<Keep>(keep)...)](MPI_Status const&) {});
    }
  }

  /// The bare blocking form.
  static void now(auto const& arguments) {
    std::apply([](auto... each) { call<Now>(each...); }, arguments);
  }
  /// The bare request of the nonblocking form.
  [[nodiscard]] static MPI_Request begin(auto const& arguments) { return detail::request_of<Begin>(arguments); }
  /// The bare persistent request.
  [[nodiscard]] static MPI_Request prepare(auto const& arguments) { return detail::request_of<Prepare>(arguments); }
};

} // namespace armada
