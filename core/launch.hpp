#pragma once

/// Three ways to finish, written once: the arguments of an MPI routine are prepared in one place and launched here.

#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/pending.hpp>
#include <armada/core/plan.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
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

/// A collective: what the ranks agree on, its C arguments, up to and with the communicator, and what they point into.
template <class Arguments, class... Keep>
struct prepared_call {
  collective_call what;
  Arguments arguments;
  std::tuple<Keep...> keep;
};
template <class Arguments, class... Keep>
[[nodiscard]] prepared_call<Arguments, Keep...> prepare_call(collective_call const& what, Arguments const& arguments,
                                                             Keep... keep) {
  return {what, arguments, std::tuple<Keep...>(std::move(keep)...)};
}

/// A way past MPI for blocking calls, specialised for the routines that have one: `taken` does the work of the call and
/// returns true, or returns false and has done nothing, on every rank alike. `keep` is as for `routine::launch`.
template <auto Now>
struct shortcut {
  static constexpr bool taken(auto const& /*arguments*/, auto&... /*keep*/) noexcept { return false; }
};

/// What is kept for a call and has something to do once it is complete.
template <class Kept>
concept acts_on_arrival = requires(Kept& kept) {
  kept.arrived();
};
template <class Kept>
void arrive(Kept& kept) {
  if constexpr (acts_on_arrival<Kept>) kept.arrived();
}
template <class... Keep>
void act_on_arrival(std::tuple<Keep...>& kept) {
  std::apply([](auto&... each) { (arrive(each), ...); }, kept);
}

/// Nothing that has to outlive the call.
template <class... Keep>
inline constexpr bool owns_nothing = (std::is_trivially_destructible_v<Keep> && ...);

} // namespace detail

/// An MPI routine in its forms: `Now` blocks, `Begin` takes a request as its last argument, `Prepare` gives a
/// persistent one. Without a `Prepare` a plan begins the nonblocking form anew at each start.
template <auto Now, auto Begin, auto Prepare = nullptr>
struct routine {
  /// Returns when it is done. `keep` is what the arguments point into.
  template <class... Keep>
  static void launch(blocking_t, auto const& arguments, Keep&&... keep) {
    if (detail::shortcut<Now>::taken(arguments, keep...)) return;
    now(arguments);
    auto kept = std::tie(keep...);
    detail::act_on_arrival(kept);
  }

  /// Returns at once; the pending owns what `keep` moves in.
  template <class... Keep>
  [[nodiscard]] static pending<> launch(nonblocking_t, auto const& arguments, Keep&&... keep) {
    MPI_Request const request = begin(arguments);
    if constexpr (detail::owns_nothing<std::decay_t<Keep>...>) {
      return {request, detail::request_kind::collective};
    } else {
      return detail::make_pending(request, detail::request_kind::collective,
                                  [kept = std::tuple<std::decay_t<Keep>...>(std::forward<Keep>(keep)...)](
                                      MPI_Status const&) mutable { detail::act_on_arrival(kept); });
    }
  }

  /// Prepares it; the plan owns what `keep` moves in. Of a collective: MPI's info comes behind the communicator.
  template <class Arguments, class... Keep>
  [[nodiscard]] static plan<> launch(persistent_t, Arguments const& arguments, Keep&&... keep) {
    auto kept = std::tuple<std::decay_t<Keep>...>(std::forward<Keep>(keep)...);
    if constexpr (std::is_null_pointer_v<decltype(Prepare)>) {
      return detail::make_restarted([arguments, kept = std::move(kept)]() mutable {
        if constexpr ((detail::acts_on_arrival<std::decay_t<Keep>> || ...))
          return detail::make_pending(begin(arguments), detail::request_kind::collective,
                                      [&kept](MPI_Status const&) { detail::act_on_arrival(kept); });
        else
          return pending<>(begin(arguments), detail::request_kind::collective);
      });
    } else {
      MPI_Request const request = prepare(std::tuple_cat(arguments, std::tuple(MPI_INFO_NULL)));
      return detail::make_prepared<void>(request, detail::request_kind::collective,
                                         [kept = std::move(kept)](MPI_Status const&) {});
    }
  }

  /// The same from what a family has prepared, once the ranks agree on it.
  template <class Mode, class Arguments, class... Keep>
  static auto run(Mode mode, detail::prepared_call<Arguments, Keep...> prepared) {
    return detail::collectively(mode, prepared.what, [&] {
      return std::apply(
          [&](auto&... keep) { return launch(mode, std::as_const(prepared.arguments), std::move(keep)...); },
          prepared.keep);
    });
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
