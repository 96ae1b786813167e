#pragma once

/// What lies beyond the ends of an array, for the ghost cells of a `halo`.

#include <armada/core/datatype.hpp>
#include <armada/core/error.hpp>

#include <any>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace armada {

/// One end of one dimension.
class boundary {
public:
  enum kind : std::int64_t {
    open,      ///< nothing: ghost cells there are never written
    periodic,  ///< the other end of the dimension
    mirrored,  ///< the cells within, the last one first: a b c | c b a, NumPy's "symmetric"
    reflected, ///< the same without the last one: a b c | b a, NumPy's "reflect"
  };

  boundary(kind what = open) noexcept : what_(what) {} // NOLINT(*-explicit-*)
  /// A value, the same for all cells.
  template <wire T>
  [[nodiscard]] static boundary fixed(T const& value) {
    boundary made;
    made.value_ = value;
    return made;
  }

  /// `open` where the value is fixed.
  [[nodiscard]] kind what() const noexcept { return what_; }
  [[nodiscard]] bool is_fixed() const noexcept { return value_.has_value(); }
  /// The fixed value. Throws `argument_error` where it is of another type, but for an `int`, or a `double` for a
  /// floating-point T, that T can hold.
  template <wire T>
  [[nodiscard]] T value() const {
    if (auto const* same = std::any_cast<T>(&value_)) return *same;
    if constexpr (std::is_arithmetic_v<T>) {
      if (auto const* number = std::any_cast<int>(&value_)) return held<T>(*number);
      if constexpr (std::floating_point<T>)
        if (auto const* real = std::any_cast<double>(&value_)) return held<T>(*real);
    }
    throw argument_error("boundary::fixed: the value is not of the type of the elements");
  }

private:
  template <class T, class Number>
  [[nodiscard]] static T held(Number number) {
    auto const wanted = static_cast<long double>(number);
    using limits = std::numeric_limits<T>;
    if (!std::isfinite(wanted) || (wanted >= limits::lowest() && wanted <= limits::max()))
      return static_cast<T>(number);
    throw argument_error(detail::text("boundary::fixed: the elements' type cannot hold ", number));
  }

  kind what_;
  std::any value_;
};

/// Both ends of one dimension: alike, or each in a way of its own.
struct boundaries {
  boundary lower, upper;

  boundaries(boundary::kind both = boundary::open) : lower(both), upper(both) {} // NOLINT(*-explicit-*)
  boundaries(boundary const& both) : lower(both), upper(both) {}                 // NOLINT(*-explicit-*)
  boundaries(boundary const& below, boundary const& above) : lower(below), upper(above) {}
};

} // namespace armada
