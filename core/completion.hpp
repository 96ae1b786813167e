#pragma once

/// Waiting for several communications at once: ranges of pendings or plans, or of pointers or references to them.

#include <armada/core/background.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <ranges>
#include <type_traits>
#include <vector>

namespace armada {

/// Something under way: a pending that was not waited for, a plan that was started.
template <class T>
concept awaitable = requires(T& one) {
  { one.test() } -> std::same_as<bool>;
  { one.ended() } -> std::same_as<bool>;
  one.wait();
};

namespace detail {

template <class T>
concept awaitable_reference = awaitable<std::remove_reference_t<T>>;

/// A pending or plan itself, or the one that a pointer or a std::reference_wrapper leads to.
template <awaitable T>
[[nodiscard]] T& awaited(T& one) noexcept {
  return one;
}
template <class Pointer>
concept leads_to_awaitable = !awaitable<Pointer> && requires(Pointer & pointer) {
  { *pointer } -> awaitable_reference;
};
template <leads_to_awaitable Pointer>
[[nodiscard]] auto& awaited(Pointer& pointer) noexcept {
  return *pointer;
}
template <class T>
[[nodiscard]] T& awaited(std::reference_wrapper<T>& one) noexcept {
  return one.get();
}

} // namespace detail

/// A range whose elements are awaitable, or lead to something that is.
template <class Range>
concept awaitables = std::ranges::forward_range<Range> && requires(Range& range) {
  detail::awaited(*std::ranges::begin(range));
};

/// Waits for every one of a range that has not ended, in order, and drops their values. What one throws is thrown once
/// the others have ended. Local but for what they wait for. MPI-4.0, section 3.7.5.
template <awaitables Range>
void wait_all(Range&& range) {
  std::exception_ptr failure;
  for (auto&& each : range) {
    auto& one = detail::awaited(each);
    if (one.ended()) continue;
    try {
      static_cast<void>(one.wait());
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

/// The same for its arguments, of whatever types.
template <awaitable... Each>
  requires(sizeof...(Each) > 0)
void wait_all(Each&... each) {
  std::exception_ptr failure;
  auto const end = [&](auto& one) {
    if (one.ended()) return;
    try {
      static_cast<void>(one.wait());
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  };
  (end(each), ...);
  if (failure) std::rethrow_exception(failure);
}

/// Whether `wait_all` would return at once. Moves all of them on.
template <awaitables Range>
[[nodiscard]] bool test_all(Range&& range) {
  bool all = true;
  for (auto&& each : range) all = detail::awaited(each).test() && all;
  return all;
}

/// The places of those that `wait` would return from at once; those that have ended already are not among them.
template <awaitables Range>
[[nodiscard]] std::vector<std::size_t> test_some(Range&& range) {
  std::vector<std::size_t> ready;
  std::size_t place = 0;
  for (auto&& each : range) {
    if (auto& one = detail::awaited(each); !one.ended() && one.test()) ready.push_back(place);
    ++place;
  }
  return ready;
}

/// The place of one that `wait` would return from at once, if there is one.
template <awaitables Range>
[[nodiscard]] std::optional<std::size_t> test_any(Range&& range) {
  std::size_t place = 0;
  for (auto&& each : range) {
    if (auto& one = detail::awaited(each); !one.ended() && one.test()) return place;
    ++place;
  }
  return std::nullopt;
}

/// Whether nothing of a range is under way.
template <awaitables Range>
[[nodiscard]] bool all_ended(Range&& range) {
  for (auto&& each : range)
    if (!detail::awaited(each).ended()) return false;
  return true;
}

/// Waits until one of a range is ready and gives its place: its own `wait` then returns at once, and is still due.
/// Nothing when all have ended. A range of hundreds is looked through in order: the first that is ready is given.
template <awaitables Range>
[[nodiscard]] std::optional<std::size_t> wait_any(Range&& range) {
  if (all_ended(range)) return std::nullopt;
  std::optional<std::size_t> place;
  detail::wait_until([&] { return (place = test_any(range)).has_value(); });
  return place;
}

/// Waits until at least one of a range is ready and gives the places of all that are. Empty when all have ended.
template <awaitables Range>
[[nodiscard]] std::vector<std::size_t> wait_some(Range&& range) {
  std::vector<std::size_t> places;
  if (!all_ended(range)) detail::wait_until([&] { return !(places = test_some(range)).empty(); });
  return places;
}

} // namespace armada
