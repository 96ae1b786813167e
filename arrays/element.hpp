#pragma once

/// One element of a distributed array, wherever it is.

#include <armada/arrays/detail/array_watch.hpp>
#include <armada/arrays/index/distribution.hpp>
#include <armada/rma/detail/access.hpp>

#include <functional>

namespace armada {
namespace detail {

/// How one element is reached: `memory` is where it lies, if that is near; `watch` is null where nobody wants to know.
template <class T>
struct element_access {
  window_state& window;
  element_place place;
  T* memory;
  array_watch* watch;

  [[nodiscard]] T read() const {
    if (watch != nullptr) [[unlikely]]
      return watched("get", access_kind::read, [&](element_access const& same) { return same.read(); });
    if (memory != nullptr) return *memory;
    T value{};
    get_elements(window, &value, place.rank, bytes_of<T>(place.offset), 1);
    window.flush(place.rank);
    return value;
  }
  void write(T const& value) const {
    if (watch != nullptr) [[unlikely]]
      return watched("put", access_kind::write, [&](element_access const& same) { return same.write(value); });
    if (memory != nullptr) {
      *memory = value;
    } else {
      put_elements(window, &value, place.rank, bytes_of<T>(place.offset), 1);
      window.flush(place.rank);
    }
  }
  template <class Op>
  void update(T const& value, Op op) const {
    if (watch != nullptr) [[unlikely]]
      return watched("accumulate", access_kind::update,
                     [&](element_access const& same) { return same.update(value, op); });
    accumulate_elements(window, &value, place.rank, bytes_of<T>(place.offset), 1, op);
    complete_elements(window, place.rank);
  }
  template <class Op>
  [[nodiscard]] T fetch(T const& value, Op op) const {
    if (watch != nullptr) [[unlikely]]
      return watched("fetch_and_op", access_kind::update,
                     [&](element_access const& same) { return same.fetch(value, op); });
    T old{};
    fetch_element<T>(window, value, old, place.rank, bytes_of<T>(place.offset), op);
    complete_elements(window, place.rank);
    return old;
  }
  [[nodiscard]] T compare_and_swap(T const& expected, T const& desired) const {
    if (watch != nullptr) [[unlikely]]
      return watched("compare_and_swap", access_kind::update,
                     [&](element_access const& same) { return same.compare_and_swap(expected, desired); });
    T old{};
    compare_and_swap_element(window, expected, desired, old, place.rank, bytes_of<T>(place.offset));
    complete_elements(window, place.rank);
    return old;
  }

private:
  /// Runs `move` with the same access unwatched. Apart from the others, which are a few instructions.
  template <class Move>
  [[gnu::noinline, gnu::cold]] auto watched(char const* operation, access_kind kind, Move move) const {
    std::int64_t const one = 1;
    watched_scope const scope(watch, [&] {
      return watched_access{operation,    kind,      place.rank, static_cast<std::int64_t>(sizeof(T)),
                            place.offset, {&one, 1}, {&one, 1}};
    });
    return move({window, place, memory, nullptr});
  }
};

} // namespace detail

/// What `a(i, j)` gives: converts to the element's value (a load when it is near, a get when it is far), and takes a
/// value by assignment. `+=` and `-=` are atomic. A temporary: use `T v = a(i, j)`, not `auto`.
template <class T>
class element {
public:
  explicit element(detail::element_access<T> const& access) noexcept : access_(access) {}
  element(element const&) = delete;

  operator T() const { return access_.read(); } // NOLINT(*-explicit-*): it stands for the value

  T operator=(T const& value) const { // NOLINT(*-assign*): const, like a pointer's target
    access_.write(value);
    return value;
  }
  T operator=(element const& other) const { return *this = static_cast<T>(other); } // NOLINT(*-assign*)

  void operator+=(T const& value) const requires accumulator<std::plus<>, T> { access_.update(value, std::plus<>{}); }
  void operator-=(T const& value) const requires accumulator<std::plus<>, T> {
    access_.update(static_cast<T>(-value), std::plus<>{});
  }

private:
  detail::element_access<T> access_;
};

} // namespace armada
