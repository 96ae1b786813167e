#pragma once

/// What `distributed_array` must know of expressions.

#include <armada/arrays/section_arithmetic.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xshape.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>

namespace armada {

template <class F, class... Operands>
class array_expression;

namespace detail {

template <class T>
inline constexpr bool is_expression = false;
template <class F, class... Operands>
inline constexpr bool is_expression<array_expression<F, Operands...>> = true;

template <class T>
inline constexpr bool is_array = false;

template <class T>
concept number_operand = std::is_arithmetic_v<std::remove_cvref_t<T>> || is_complex<std::remove_cvref_t<T>>;
/// Tensors of the caller's: the compiler knows how many dimensions they have.
template <class T>
concept tensor_operand = xt::is_xexpression<std::remove_cvref_t<T>>::value &&
                         xt::static_dimension<typename std::remove_cvref_t<T>::shape_type>::value >= 0;
/// What may stand beside an array.
template <class T>
concept local_operand = number_operand<T> || tensor_operand<T> || section_operand<T>;

template <std::size_t N>
class tile_frame;
template <class E>
[[nodiscard]] auto frame_of(E const& e);
/// What this rank owns of an array = its part of an expression, number or tensor. Collective.
template <class Array, class E>
void assign_expression(Array& into, E const& e);

} // namespace detail
} // namespace armada
