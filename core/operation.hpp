#pragma once

/// Operations of reductions: standard function objects become MPI's own, other callables become user operations.

#include <armada/core/datatype.hpp>

#include <complex>
#include <concepts>
#include <functional>
#include <type_traits>

namespace armada {

namespace detail {

template <class T>
concept ordered = requires(T const& a, T const& b) {
  { b < a } -> std::convertible_to<bool>;
};

} // namespace detail

/// The smaller and the larger of two values, as function objects; MPI_MIN and MPI_MAX.
struct minimum {
  template <detail::ordered T>
  constexpr T operator()(T const& a, T const& b) const {
    return b < a ? b : a;
  }
};
struct maximum {
  template <detail::ordered T>
  constexpr T operator()(T const& a, T const& b) const {
    return a < b ? b : a;
  }
};
/// The new value takes the old one's place; MPI_REPLACE. One-sided access only.
struct replace {
  constexpr auto operator()(auto const&, auto const& b) const { return b; }
};
/// The old value stays: an atomic read; MPI_NO_OP. One-sided access only.
struct no_op {
  constexpr auto operator()(auto const& a, auto const&) const { return a; }
};

namespace detail {

template <class T>
inline constexpr bool is_complex = false;
template <class T>
inline constexpr bool is_complex<std::complex<T>> = true;

/// The kinds of element that MPI's table of operations knows. MPI-4.0, section 6.9.2.
template <class T>
concept whole_number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <class T>
concept real_number = whole_number<T> || std::floating_point<T>;
template <class T>
concept number = real_number<T> || is_complex<T>;
template <class T>
concept truth = whole_number<T> || std::same_as<T, bool>;
template <class T>
concept bits = whole_number<T> || std::same_as<T, std::byte>;

/// Whether Op is the function object `Name` for elements T: `std::plus<>` or `std::plus<T>`.
template <class Op, template <class> class Name, class T>
concept names = std::same_as<Op, Name<void>> || std::same_as<Op, Name<T>>;

/// MPI's operation for Op on elements T, or MPI_OP_NULL where MPI forbids the pair: a static table, because MPICH hangs
/// or crashes on a forbidden pair (quirk 10).
template <class Op, class T>
[[nodiscard]] constexpr MPI_Op predefined_operation() noexcept {
  if constexpr (names<Op, std::plus, T> && number<T>)
    return MPI_SUM;
  else if constexpr (names<Op, std::multiplies, T> && number<T>)
    return MPI_PROD;
  else if constexpr (std::same_as<Op, minimum> && real_number<T>)
    return MPI_MIN;
  else if constexpr (std::same_as<Op, maximum> && real_number<T>)
    return MPI_MAX;
  else if constexpr (names<Op, std::logical_and, T> && truth<T>)
    return MPI_LAND;
  else if constexpr (names<Op, std::logical_or, T> && truth<T>)
    return MPI_LOR;
  else if constexpr (names<Op, std::bit_and, T> && bits<T>)
    return MPI_BAND;
  else if constexpr (names<Op, std::bit_or, T> && bits<T>)
    return MPI_BOR;
  else if constexpr (names<Op, std::bit_xor, T> && bits<T>)
    return MPI_BXOR;
  else
    return MPI_OP_NULL;
}

/// Registers a user operation that is freed when MPI ends.
[[nodiscard]] MPI_Op make_operation(MPI_User_function* function, bool commutes);

/// A stateless callable as MPI's user function: inout[i] = f(in[i], inout[i]).
template <class Op, class T>
void trampoline(void* in, void* inout, int* count, MPI_Datatype*) {
  auto const* const left = static_cast<T const*>(in);
  auto* const right = static_cast<T*>(inout);
  for (int i = 0; i < *count; ++i) right[i] = Op{}(left[i], right[i]);
}

} // namespace detail

/// A stateless callable that combines two T into one: what a reduction can be made with.
template <class Op, class T>
concept reducer = std::is_empty_v<Op> && std::default_initializable<Op> && requires(Op op, T const& a, T const& b) {
  { op(a, b) } -> std::convertible_to<T>;
};

/// A pair of operation and element that one-sided accumulate allows. MPI-4.0, section 12.3.4.
template <class Op, class T>
concept accumulator = (detail::predefined<T> && (std::same_as<Op, replace> || std::same_as<Op, no_op>)) ||
                      detail::predefined_operation<Op, T>() != MPI_OP_NULL;

/// MPI's handle for Op on elements T. Callables that MPI has no name for are taken as associative and not commutative.
/// Local.
template <wire T, reducer<T> Op>
[[nodiscard]] MPI_Op operation_of(Op) {
  if constexpr (detail::predefined_operation<Op, T>() != MPI_OP_NULL) {
    return detail::predefined_operation<Op, T>();
  } else {
    static MPI_Op const operation = detail::make_operation(detail::trampoline<Op, T>, false);
    return operation;
  }
}

/// MPI's handle for Op in one-sided access.
template <class T, accumulator<T> Op>
[[nodiscard]] constexpr MPI_Op accumulate_operation_of(Op) noexcept {
  if constexpr (std::same_as<Op, replace>)
    return MPI_REPLACE;
  else if constexpr (std::same_as<Op, no_op>)
    return MPI_NO_OP;
  else
    return detail::predefined_operation<Op, T>();
}

} // namespace armada
