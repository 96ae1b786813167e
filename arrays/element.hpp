#pragma once

/// One element of a distributed array, wherever it is.

#include <armada/arrays/index/distribution.hpp>
#include <armada/rma/detail/access.hpp>

#include <functional>

namespace armada {

/// What `a(i, j)` gives: converts to the element's value (a load when it is near, a get when it is far), and takes a
/// value by assignment. `+=` and `-=` are atomic. A temporary: use `T v = a(i, j)`, not `auto`.
template <class T>
class element {
public:
  /// `memory` is where the element lies, if that is near.
  element(detail::window_state& window, element_place place, T* memory) noexcept
      : window_(window), place_(place), memory_(memory) {}
  element(element const&) = delete;

  operator T() const {
    return memory_ != nullptr ? *memory_ : read_far(window_, place_);
  } // NOLINT(*-explicit-*): it stands for the value

  T operator=(T const& value) const { // NOLINT(*-assign*): const, like a pointer's target
    if (memory_ != nullptr) {
      *memory_ = value;
    } else {
      detail::put_elements(window_, &value, place_.rank, detail::bytes_of<T>(place_.offset), 1);
      window_.flush(place_.rank);
    }
    return value;
  }
  T operator=(element const& other) const { return *this = static_cast<T>(other); } // NOLINT(*-assign*)

  void operator+=(T const& value) const requires accumulator<std::plus<>, T> { update(value); }
  void operator-=(T const& value) const requires accumulator<std::plus<>, T> { update(static_cast<T>(-value)); }

  /// Gets an element of another host.
  [[nodiscard]] static T read_far(detail::window_state& window, element_place place) {
    T value{};
    detail::get_elements(window, &value, place.rank, detail::bytes_of<T>(place.offset), 1);
    window.flush(place.rank);
    return value;
  }

private:
  void update(T const& value) const {
    detail::accumulate_elements(window_, &value, place_.rank, detail::bytes_of<T>(place_.offset), 1, std::plus<>{});
    if (!window_.all_near()) window_.flush(place_.rank);
  }

  detail::window_state& window_;
  element_place place_;
  T* memory_;
};

} // namespace armada
