#pragma once

/// Every type and operation that one-sided updates know, as loops, with values that tell right from wrong.

#include <armada/core/operation.hpp>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>

namespace armada::operations {

enum class color : std::uint8_t { red, green, blue };

/// Values whose sums, products and minima are exact in every type.
template <class T>
[[nodiscard]] T sample(int number) {
  if constexpr (std::is_enum_v<T>)
    return static_cast<T>(number % 3);
  else if constexpr (std::same_as<T, bool>)
    return number % 2 != 0;
  else if constexpr (detail::is_complex<T>)
    return {static_cast<typename T::value_type>(number % 5 - 2), static_cast<typename T::value_type>(number % 3)};
  else
    return static_cast<T>(number % 6);
}

/// An element in a vector, bool included.
template <class T>
struct wrapped {
  T value;
};

template <class T, class Op>
[[nodiscard]] std::string name() {
  return std::string(typeid(Op).name()) + " on " + typeid(T).name();
}

/// Calls `visit(T{})` for every kind and size of element that MPI has a datatype for.
template <class Visit>
void for_every_type(Visit visit) {
  [&]<class... T>(std::tuple<T...>*) {
    (visit(T{}), ...);
  }(static_cast<std::tuple<bool, char, std::byte, color, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                           std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double, long double,
                           std::complex<float>, std::complex<double>>*>(nullptr));
}

/// Calls `visit(Op{})` for every operation that T allows.
template <class T, class Visit>
void for_every_operation(Visit visit) {
  auto const one = [&]<class Op>(Op op) {
    if constexpr (accumulator<Op, T>) visit(op);
  };
  one(std::plus<>{}), one(std::multiplies<>{}), one(minimum{}), one(maximum{}), one(std::logical_and<>{});
  one(std::logical_or<>{}), one(std::bit_and<>{}), one(std::bit_or<>{}), one(std::bit_xor<>{}), one(replace{});
  one(no_op{}), one(std::plus<T>{});
}

/// Calls `visit(T{}, Op{})` for every type with every operation that it allows.
template <class Visit>
void for_every_pair(Visit visit) {
  for_every_type([&]<class T>(T value) { for_every_operation<T>([&](auto op) { visit(value, op); }); });
}

/// The same for types of each size and road, with operations of every kind: a sum, a choice, bits, and MPI's two that
/// compute nothing. For what does not depend on the operation.
template <class Visit>
void for_some_pairs(Visit visit) {
  auto const some = [&]<class T>(T value) {
    auto const one = [&]<class Op>(Op op) {
      if constexpr (accumulator<Op, T>) visit(value, op);
    };
    one(std::plus<>{}), one(maximum{}), one(std::bit_xor<>{}), one(replace{}), one(no_op{});
  };
  some(std::int8_t{}), some(std::uint16_t{}), some(std::int32_t{}), some(std::int64_t{}), some(float{}), some(double{});
  some(std::complex<double>{});
}

} // namespace armada::operations
