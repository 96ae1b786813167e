#pragma once

/// Arithmetic with sections: their elements are read, blocking, and go on as a tensor. The results are xtensor's lazy
/// expressions, which own these tensors.

#include <armada/arrays/section.hpp>

#include <xtensor/xmath.hpp>
#include <xtensor/xoperation.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

template <class T>
inline constexpr bool is_section = false;
template <class Array, std::size_t M, class Box>
inline constexpr bool is_section<section<Array, M, Box>> = true;

template <class T>
concept section_operand = is_section<std::remove_cvref_t<T>>;
template <class T>
concept other_operand = section_operand<T> || xt::is_xexpression<std::remove_cvref_t<T>>::value ||
    xtl::is_scalar<std::remove_cvref_t<T>>::value || is_complex<std::remove_cvref_t<T>>;

/// An operation on sections and something else.
template <class L, class R>
concept operands = (section_operand<L> && other_operand<R>) || (other_operand<L> && section_operand<R>);

template <class T>
[[nodiscard]] decltype(auto) operand(T&& value) {
  if constexpr (section_operand<T>)
    return static_cast<typename std::remove_cvref_t<T>::tensor>(value);
  else
    return std::forward<T>(value);
}

} // namespace detail

template <class L, class R>
  requires detail::operands<L, R>
[[nodiscard]] auto operator+(L&& l, R&& r) {
  return detail::operand(std::forward<L>(l)) + detail::operand(std::forward<R>(r));
}
template <class L, class R>
  requires detail::operands<L, R>
[[nodiscard]] auto operator-(L&& l, R&& r) {
  return detail::operand(std::forward<L>(l)) - detail::operand(std::forward<R>(r));
}
template <class L, class R>
  requires detail::operands<L, R>
[[nodiscard]] auto operator*(L&& l, R&& r) {
  return detail::operand(std::forward<L>(l)) * detail::operand(std::forward<R>(r));
}
template <class L, class R>
  requires detail::operands<L, R>
[[nodiscard]] auto operator/(L&& l, R&& r) {
  return detail::operand(std::forward<L>(l)) / detail::operand(std::forward<R>(r));
}
template <detail::section_operand Section>
[[nodiscard]] auto operator-(Section const& section) {
  return -detail::operand(section);
}

} // namespace armada
