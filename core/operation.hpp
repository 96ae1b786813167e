#pragma once

/// Operations of reductions: standard function objects become MPI's own, other callables, with or without state, become
/// user operations.

#include <armada/core/datatype.hpp>

#include <complex>
#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

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
/// The smaller and the larger of two values together with its place; of equal ones, the smaller place. MPI_MINLOC and
/// MPI_MAXLOC where MPI has the pair type, for any other value and place a user operation. MPI-4.0, section 6.9.4.
struct min_location {
  template <detail::ordered T, detail::ordered Index>
  constexpr located<T, Index> operator()(located<T, Index> const& a, located<T, Index> const& b) const {
    return b.value < a.value || (!(a.value < b.value) && b.index < a.index) ? b : a;
  }
};
struct max_location {
  template <detail::ordered T, detail::ordered Index>
  constexpr located<T, Index> operator()(located<T, Index> const& a, located<T, Index> const& b) const {
    return a.value < b.value || (!(b.value < a.value) && b.index < a.index) ? b : a;
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

/// A callable that its author declares commutative: MPI may combine the ranks in any order. See `commutative`.
template <class F>
struct commuting {
  [[no_unique_address]] F function;

  template <class A, class B>
    requires(std::invocable<F const&, A, B>)
  constexpr decltype(auto) operator()(A&& a, B&& b) const {
    return std::invoke(function, std::forward<A>(a), std::forward<B>(b));
  }
};

/// Declares `function` commutative: `allreduce(world, x, commutative([](auto a, auto b) { … }))`.
template <class F>
[[nodiscard]] constexpr commuting<F> commutative(F function) {
  return {std::move(function)};
}

namespace detail {

template <class Op>
inline constexpr bool is_commuting = false;
template <class F>
inline constexpr bool is_commuting<commuting<F>> = true;
template <>
inline constexpr bool is_commuting<minimum> = true;
template <>
inline constexpr bool is_commuting<maximum> = true;

/// Standard function objects whose result depends on where the brackets are.
template <class Op>
inline constexpr bool needs_brackets = false;
template <class T>
inline constexpr bool needs_brackets<std::minus<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::divides<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::modulus<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::less<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::less_equal<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::greater<T>> = true;
template <class T>
inline constexpr bool needs_brackets<std::greater_equal<T>> = true;
template <class F>
inline constexpr bool needs_brackets<commuting<F>> = needs_brackets<F>;

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
  else if constexpr (std::same_as<Op, min_location> && located_datatype<T> != MPI_DATATYPE_NULL)
    return MPI_MINLOC;
  else if constexpr (std::same_as<Op, max_location> && located_datatype<T> != MPI_DATATYPE_NULL)
    return MPI_MAXLOC;
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

/// MPICH takes the smallest and the largest of unsigned numbers as if they were signed (quirk 57).
template <class Op, class T>
concept taken_as_signed = std::unsigned_integral<T> &&(std::same_as<Op, minimum> || std::same_as<Op, maximum>);

/// MPI's operation for Op in a reduction, or MPI_OP_NULL where a user operation has to do.
template <class Op, class T>
[[nodiscard]] constexpr MPI_Op reduction_operation() noexcept {
  return taken_as_signed<Op, T> ? MPI_OP_NULL : predefined_operation<Op, T>();
}

/// An integer result that comes from C++'s promotion of `bool` is still a truth.
template <class Op>
concept bitwise = names<Op, std::bit_and, bool> || names<Op, std::bit_or, bool> || names<Op, std::bit_xor, bool>;

/// A result that can take a T's place: what converts to it, but no number for a `bool`, and no real number for a whole
/// one. (`std::plus<>` of two `bool`s is an int, and would become "or".)
template <class Result, class T>
concept stands_for = std::convertible_to<Result, T> &&
    (std::same_as<std::remove_cvref_t<Result>, T> || !std::same_as<T, bool> ||
     !std::is_arithmetic_v<std::remove_cvref_t<Result>>)&&(!std::integral<T> ||
                                                           !std::floating_point<std::remove_cvref_t<Result>>);

/// Ends the job: a callable threw the current exception inside MPI, which knows none.
[[noreturn]] void operation_threw() noexcept;

template <class Op, class T>
void combine(Op& op, void const* in, void* inout, MPI_Count count) noexcept {
  auto const* const left = static_cast<T const*>(in);
  auto* const right = static_cast<T*>(inout);
  try {
    for (MPI_Count i = 0; i < count; ++i) right[i] = static_cast<T>(op(left[i], std::as_const(right[i])));
  } catch (...) {
    operation_threw();
  }
}

/// A stateless callable as MPI's user function: inout[i] = f(in[i], inout[i]).
template <class Op, class T>
void trampoline(void* in, void* inout, MPI_Count* count, MPI_Datatype*) {
  Op op{};
  combine<Op, T>(op, in, inout, *count);
}

/// Registers a user operation that is freed when MPI ends.
[[nodiscard]] MPI_Op keep_operation(MPI_User_function_c* function, bool commutes);

/// A callable with state, without its type.
class combiner_base {
public:
  combiner_base() = default;
  combiner_base(combiner_base const&) = delete;
  combiner_base& operator=(combiner_base const&) = delete;
  virtual ~combiner_base() = default;
  virtual void run(void const* in, void* inout, MPI_Count count) noexcept = 0;
};
template <class Op, class T>
class combiner_of final : public combiner_base {
public:
  explicit combiner_of(Op op) : op_(std::move(op)) {}
  void run(void const* in, void* inout, MPI_Count count) noexcept override { combine<Op, T>(op_, in, inout, count); }
  [[nodiscard]] Op& callable() noexcept { return op_; }

private:
  Op op_;
};

class user_operation;

} // namespace detail

/// A callable whose result does not depend on where the brackets are. What is known to depend on it, `std::minus`,
/// `std::divides`, `std::modulus` and the comparisons, is no operation for a reduction; the rest is taken at its word.
template <class Op>
concept associative = !detail::needs_brackets<Op>;

/// A callable that combines two T into one: what a reduction can be made with. On a range it is called element by
/// element, on anything else with the whole value.
template <class Op, class T>
concept reducer = associative<Op> && std::move_constructible<Op> && requires(Op& op, T const& a, T const& b) {
  { op(a, b) } -> std::convertible_to<T>;
} &&((std::same_as<T, bool> && detail::bitwise<Op>) ||
     detail::stands_for<std::invoke_result_t<Op&, T const&, T const&>, T>);

/// A callable that is known by its type alone: a function object or lambda without state. Not a function pointer.
template <class Op>
concept stateless = std::is_empty_v<Op> && std::default_initializable<Op>;

/// An operation of MPI that lives as long as this object: from a callable with state, see `make_operation`. Move-only.
/// A nonblocking or persistent reduction keeps it.
class operation {
public:
  /// How many operations with state this process can have at a time.
  static constexpr int limit = 64;
  /// How many it has.
  [[nodiscard]] static int in_use() noexcept;

  /// No operation. Converts to false.
  operation() noexcept;
  operation(operation&&) noexcept;
  operation& operator=(operation&&) noexcept;
  ~operation();

  /// Uses `raw`, an operation of MPI or of somebody else's, without owning it. Throws `argument_error` for MPI_OP_NULL.
  [[nodiscard]] static operation borrow(MPI_Op raw);

  /// Registers `combiner` with MPI. Throws `unsupported` when `limit` are in use. Local.
  [[nodiscard]] static operation own(std::unique_ptr<detail::combiner_base> combiner, bool commutes);

  [[nodiscard]] explicit operator bool() const noexcept { return owned_ != nullptr || raw_ != MPI_OP_NULL; }
  /// MPI's own handle, valid while this object lives. Throws `lifecycle_error` for none.
  [[nodiscard]] MPI_Op raw() const;

private:
  std::unique_ptr<detail::user_operation> owned_;
  MPI_Op raw_; // of a borrowed one
};

/// Whether MPI may combine the operands of `op` in any order. Local. MPI-4.0, section 6.9.7.
[[nodiscard]] bool is_commutative(operation const& op);

/// A pair of operation and element that one-sided accumulate allows. MPI-4.0, section 12.3.4.
template <class Op, class T>
concept accumulator = detail::predefined<T> &&
    (std::same_as<Op, replace> || std::same_as<Op, no_op> || detail::predefined_operation<Op, T>() != MPI_OP_NULL);

/// MPI's handle for a stateless Op on elements T, which lives until MPI ends. Callables that MPI has no name for are
/// taken as associative, and as commutative only when they are wrapped in `commutative`. Local.
template <wire T, reducer<T> Op>
  requires(stateless<Op>)
[[nodiscard]] MPI_Op operation_of(Op) {
  if constexpr (detail::reduction_operation<Op, T>() != MPI_OP_NULL) {
    return detail::reduction_operation<Op, T>();
  } else {
    static MPI_Op const kept = detail::keep_operation(detail::trampoline<Op, T>, detail::is_commuting<Op>);
    return kept;
  }
}

/// An operation on elements T from any callable: a lambda with captures, a function pointer, a function object. What
/// has no state is `operation_of`. A callable that throws while MPI combines ends the job with the exception's text.
/// Throws `unsupported` when `operation::limit` callables with state are in use. Local.
template <wire T, reducer<T> Op>
[[nodiscard]] operation make_operation(Op op) {
  if constexpr (stateless<Op>)
    return operation::borrow(operation_of<T>(op));
  else
    return operation::own(std::make_unique<detail::combiner_of<Op, T>>(std::move(op)), detail::is_commuting<Op>);
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
