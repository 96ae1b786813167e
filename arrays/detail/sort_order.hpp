#pragma once

/// The orders that arrays are sorted by.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <type_traits>
#include <utility>

namespace armada::detail {

template <class Less, class T>
concept rising_order = std::same_as<Less, std::less<>> || std::same_as<Less, std::less<T>>;
template <class Less, class T>
concept falling_order = std::same_as<Less, std::greater<>> || std::same_as<Less, std::greater<T>>;

/// An order that a user gave. `order(a, b)`: a comes before b.
template <class T, class Less>
class sort_order {
public:
  explicit sort_order(Less less) : less_(std::move(less)) {}
  [[nodiscard]] bool operator()(T const& a, T const& b) const { return std::invoke(less_, a, b); }

private:
  [[no_unique_address]] Less less_;
};

template <std::size_t Bytes>
using unsigned_of = std::conditional_t<
    Bytes == 1, std::uint8_t,
    std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

/// Numbers by size. NaN comes last, whichever way; zeros are equal whatever their signs. `key` is unsigned, and rises
/// with the order.
template <class T, class Less>
  requires(std::is_arithmetic_v<T> && (rising_order<Less, T> || falling_order<Less, T>))
class sort_order<T, Less> {
  static constexpr bool rising = rising_order<Less, T>;

public:
  explicit sort_order(Less) {}

  [[nodiscard]] bool operator()(T a, T b) const {
    bool const before = rising ? a < b : b < a;
    if constexpr (std::is_floating_point_v<T>) return before || (b != b && a == a); // NOLINT: NaN
    return before;
  }

  [[nodiscard]] static auto key(T value) requires(sizeof(T) <= 8) {
    using bits = unsigned_of<sizeof(T)>;
    constexpr bits top = static_cast<bits>(bits{1} << (8 * sizeof(T) - 1));
    bits number = 0;
    if constexpr (std::is_floating_point_v<T>) {
      if (value != value) return std::numeric_limits<bits>::max(); // NOLINT: NaN
      number = std::bit_cast<bits>(value + T(0));
      number ^= static_cast<bits>((number & top) != 0 ? ~bits{0} : top);
    } else {
      number = static_cast<bits>(value);
      if constexpr (std::is_signed_v<T>) number ^= top;
    }
    return static_cast<bits>(rising ? number : ~number);
  }
};

/// An element with the place where it was.
template <class T>
struct placed {
  T element;
  std::int64_t place;
};

/// The same order, in which equal elements come as they were.
template <class T, class Order>
class placed_order {
public:
  explicit placed_order(Order order) : order_(std::move(order)) {}

  [[nodiscard]] bool operator()(placed<T> const& a, placed<T> const& b) const {
    if (order_(a.element, b.element)) return true;
    return a.place < b.place && !order_(b.element, a.element);
  }
  [[nodiscard]] static auto key(placed<T> const& each) requires(requires { Order::key(each.element); }) {
    return Order::key(each.element);
  }

private:
  [[no_unique_address]] Order order_;
};

} // namespace armada::detail
