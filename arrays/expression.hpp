#pragma once

/// Lazy arithmetic with whole arrays: `a = 2.0 * b + sin(c)`. Each rank computes what it owns, in one pass and without
/// temporaries. Also mixed with numbers, with xtensor's tensors, which are the same on every rank, and with sections,
/// which are read where they are written.
///
/// Operands are broadcast like NumPy's, but elements of arrays do not travel between ranks: every array must have each
/// element on the rank that needs it. Then they conform; if not, evaluation throws `argument_error` with both, on every
/// rank, and `redistribute`, or `get` of a small one, is for the user to ask for.

#include <armada/arrays/detail/operands.hpp>
#include <armada/arrays/detail/streaming.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace armada {

/// f of the elements of arrays and others, element by element. What `f` throws on one rank every rank throws, and the
/// array that was to be assigned to has some of the values. Refers to arrays and tensors that are lvalues, which
/// must outlive it, and owns the others. Evaluated by `a = e`, by `distributed_array a = e`, and by reductions.
template <class F, class... Operands>
class array_expression {
public:
  static constexpr std::size_t dimensions = std::max({Operands::dimensions...});
  static constexpr bool copies = (Operands::copies || ...);
  using value_type = std::remove_cvref_t<std::invoke_result_t<F const&, typename Operands::value_type const&...>>;

  explicit array_expression(F f, Operands... operands) : f_(std::move(f)), operands_(std::move(operands)...) {}

  /// For the library: calls `use` with every array and tensor in it.
  void for_each_leaf(auto const& use) const {
    std::apply([&](auto const&... each) { (each.for_each_leaf(use), ...); }, operands_);
  }
  /// For the library: what reads the elements that belong to this rank's tile.
  template <std::size_t N>
  [[nodiscard]] auto reader(detail::tile_frame<N> const& at) const {
    return std::apply(
        [&](auto const&... each) {
          return detail::function_reader<N, F, decltype(each.reader(at))...>(f_, each.reader(at)...);
        },
        operands_);
  }

private:
  [[no_unique_address]] F f_;
  std::tuple<Operands...> operands_;
};

/// An array, or an expression of arrays.
template <class T>
concept array_operand = detail::is_array<std::remove_cvref_t<T>> || detail::is_expression<std::remove_cvref_t<T>>;

/// What an expression may be made of: also numbers, tensors and sections.
template <class T>
concept expression_operand = array_operand<T> || detail::local_operand<T>;

/// The expression f(x, y, …), element by element; `f` takes the elements of its operands, at least one of which is an
/// array. Elements are computed in no particular order and several at once: `f` may not change what a call of it reads.
/// Local: nothing is computed. The functions below, and those in <armada/arrays/functions.hpp>, are made of it.
template <class F, expression_operand... Operands>
  requires(array_operand<Operands> || ...)
[[nodiscard]] auto elementwise(F f, Operands&&... operands) {
  return array_expression<F, decltype(detail::operand_of(std::forward<Operands>(operands)))...>(
      std::move(f), detail::operand_of(std::forward<Operands>(operands))...);
}

namespace detail {

/// Two operands of an operator, one of which is an array.
template <class L, class R>
concept array_operands = (array_operand<L> && expression_operand<R>) || (expression_operand<L> && array_operand<R>);

/// `Op` of two elements, where a complex number meets a real one of another type as well.
template <class Op>
struct mixed {
  template <class A, class B>
  [[nodiscard]] constexpr auto operator()(A const& a, B const& b) const {
    if constexpr (is_complex<A> && std::is_arithmetic_v<B>)
      return Op{}(a, static_cast<typename A::value_type>(b));
    else if constexpr (std::is_arithmetic_v<A> && is_complex<B>)
      return Op{}(static_cast<typename B::value_type>(a), b);
    else
      return Op{}(a, b);
  }
};

/// Integers that `std::cmp_less` takes.
template <class A, class B>
concept compared_as_integers =
    std::integral<A> && std::integral<B> && index_value<A> && index_value<B> && !std::same_as<A, bool> &&
    !std::same_as<B, bool>;

/// `Op` of two elements, an order; of integers as numbers, whatever their types.
template <class Op>
struct by_value {
  template <class A, class B>
  [[nodiscard]] constexpr bool operator()(A const& a, B const& b) const {
    if constexpr (compared_as_integers<A, B> && std::is_signed_v<A> != std::is_signed_v<B>)
      return Op{}(std::cmp_less(a, b) ? -1 : std::cmp_less(b, a) ? 1 : 0, 0);
    else
      return Op{}(a, b);
  }
};

} // namespace detail

template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator+(L&& l, R&& r) {
  return elementwise(detail::mixed<std::plus<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator-(L&& l, R&& r) {
  return elementwise(detail::mixed<std::minus<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator*(L&& l, R&& r) {
  return elementwise(detail::mixed<std::multiplies<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator/(L&& l, R&& r) {
  return elementwise(detail::mixed<std::divides<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator%(L&& l, R&& r) {
  return elementwise(std::modulus<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <array_operand E>
[[nodiscard]] auto operator-(E&& e) {
  return elementwise(std::negate<>{}, std::forward<E>(e));
}
template <array_operand E>
[[nodiscard]] auto operator+(E&& e) {
  return elementwise([](auto const& x) { return +x; }, std::forward<E>(e));
}

template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator&(L&& l, R&& r) {
  return elementwise(std::bit_and<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator|(L&& l, R&& r) {
  return elementwise(std::bit_or<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator^(L&& l, R&& r) {
  return elementwise(std::bit_xor<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <array_operand E>
[[nodiscard]] auto operator~(E&& e) {
  return elementwise(std::bit_not<>{}, std::forward<E>(e));
}

// Comparisons and logic give expressions of bool, `&&` and `||` without a short cut. Equality, element by element, is
// `equal` and `not_equal`.
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator<(L&& l, R&& r) {
  return elementwise(detail::by_value<std::less<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator<=(L&& l, R&& r) {
  return elementwise(detail::by_value<std::less_equal<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator>(L&& l, R&& r) {
  return elementwise(detail::by_value<std::greater<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator>=(L&& l, R&& r) {
  return elementwise(detail::by_value<std::greater_equal<>>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator&&(L&& l, R&& r) {
  return elementwise(std::logical_and<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <class L, class R>
  requires detail::array_operands<L, R>
[[nodiscard]] auto operator||(L&& l, R&& r) {
  return elementwise(std::logical_or<>{}, std::forward<L>(l), std::forward<R>(r));
}
template <array_operand E>
[[nodiscard]] auto operator!(E&& e) {
  return elementwise(std::logical_not<>{}, std::forward<E>(e));
}

// Each rank changes what it owns: collective, like `a = e`.
template <class Array, expression_operand E>
requires detail::is_array<Array> Array& operator+=(Array& a, E&& e) { return a = a + std::forward<E>(e); }
template <class Array, expression_operand E>
requires detail::is_array<Array> Array& operator-=(Array& a, E&& e) { return a = a - std::forward<E>(e); }
template <class Array, expression_operand E>
requires detail::is_array<Array> Array& operator*=(Array& a, E&& e) { return a = a * std::forward<E>(e); }
template <class Array, expression_operand E>
requires detail::is_array<Array> Array& operator/=(Array& a, E&& e) { return a = a / std::forward<E>(e); }
template <class Array, expression_operand E>
requires detail::is_array<Array> Array& operator%=(Array& a, E&& e) { return a = a % std::forward<E>(e); }

namespace detail {

/// Every access that any rank made to the arrays of an expression is seen by every rank.
template <std::size_t N, class E>
void fence_operands(tile_frame<N> const& at, E const& e) {
  tracing::scope const traced("fence");
  auto const each_window = [&](auto const& use) {
    e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
      if constexpr (has_array<Leaf>) use(leaf.array().window());
    });
  };
  each_window([](window_state& window) {
    window.flush_all();
    window.sync_memory();
  });
  barrier(at.comm());
  each_window([](window_state& window) { window.sync_memory(); });
}

/// A fence of an array, after which every rank throws what any rank has met.
template <class Array>
void fence_with(Array const& a, local_fault const& mine) {
  tracing::scope const traced("fence");
  a.window().sync_memory();
  share_fault(a.comm(), mine);
  a.window().sync_memory();
}

/// Whether a large result is stored past the caches: two or more arrays are read, and it is none of them. Beside one
/// array plain stores are the faster ones wherever nobody else uses the memory.
template <class Array, class E>
[[nodiscard]] bool may_stream(Array const& into, E const& e) {
  int arrays = 0;
  bool in_place = false;
  e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
    if constexpr (has_array<Leaf>) {
      ++arrays;
      in_place = in_place || &leaf.array().window() == &into.window();
    }
  });
  return arrays > 1 && !in_place;
}

template <class Array, class E>
void assign_expression(Array& into, E const& e) {
  if constexpr (is_expression<E>) {
    using T = typename Array::value_type;
    tile_frame const at(std::as_const(into));
    check_operands(at, e);
    into.window().flush_all();
    into.window().sync_memory();
    auto const make_reader = [&] { return e.reader(at); }; // which copies tensors that lie in the array's memory
    auto reader = [&] {
      if constexpr (E::copies)
        return agree(at.comm(), make_reader);
      else
        return make_reader();
    }();
    fence_operands(at, e);
    auto const strides = at.tile_strides();
    auto const loops = loops_over(at.tile_shape(), Array::order, strides, reader);
    T* const tile = into.padded().data() + at.distribution().tile_begin(at.tile_shape());
    auto const fault = fault_of([&] {
      stream_scope<T> const streamed(may_stream(into, e) ? checked_volume(at.tile_shape()) : 0);
      for_each_chunk(loops, reader, [&](auto const& place, std::int64_t count, auto const values) {
        T* const row = tile + dot(place, strides);
        if (streamed) return stream(row, count, values);
// An operand that is `into` is read where it is written.
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
        for (std::int64_t i = 0; i < count; ++i) row[i] = static_cast<T>(values(i));
      });
    });
    fence_with(into, fault);
  } else {
    assign_expression(into, elementwise([](auto const&, auto const& value) { return value; }, into, e));
  }
}

} // namespace detail
} // namespace armada
