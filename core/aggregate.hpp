#pragma once

/// The members of a struct: found by themselves where the language lets us, or named in one line where it does not.

#include <armada/core/detail/aggregate_tables.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace armada {
namespace detail {

/// The value of `wire_members` for a type that was not registered.
struct not_registered {};

} // namespace detail

/// The members of T that travel, for a class whose members cannot be found: private ones, base classes, more than 32,
/// constructors. One line after the class, before its first use:
///   template <> inline constexpr auto armada::wire_members<particle> = std::tuple(&particle::x, &particle::id);
/// Every member named is itself a wire type or a C array of one. What is not named stays as it is at the receiver. For
/// private members a static member function can give the tuple.
template <class T>
inline constexpr detail::not_registered wire_members{};

/// Whether T travels as its bytes: for a trivially copyable class with bit-fields or a union, between machines of one
/// kind. `template <> inline constexpr bool armada::wire_as_bytes<flags> = true;`
template <class T>
inline constexpr bool wire_as_bytes = false;

namespace detail {

template <class T>
concept complete = requires {
  sizeof(T);
};

/// T was given its members by hand.
template <class T>
concept registered = !std::same_as<std::remove_cvref_t<decltype(wire_members<T>)>, not_registered>;

/// Stands for any archive, also for one that a function names.
struct any_archive {
  using is_saving = std::true_type;
  using is_loading = std::false_type;
  template <class Archive>
  operator Archive&() const; // NOLINT(*-explicit-*)
  any_archive const& operator&(auto&&) const;
  any_archive const& operator<<(auto&&) const;
  any_archive const& operator>>(auto&&) const;
};

/// T has a public member `serialize(archive, version)`: it says itself how it travels.
template <class T>
concept serializes_itself = requires(T& value, any_archive& archive) {
  value.serialize(archive, 0U);
};

/// Converts to anything, to any union, or to any base class of T: what is tried as a member's initialiser.
struct any_value {
  template <class U>
  operator U() const; // NOLINT(*-explicit-*)
};
struct any_reference {
  template <class U>
  operator U&() const; // NOLINT(*-explicit-*)
};
struct any_union {
  template <class U>
    requires(std::is_union_v<U>)
  operator U() const; // NOLINT(*-explicit-*)
};
template <class T>
struct any_base {
  template <class U>
    requires(std::is_base_of_v<U, T> && !std::same_as<U, T>)
  operator U() const; // NOLINT(*-explicit-*)
};

/// How many members an empty brace can stand for, one after the other.
template <class T, std::size_t N = 0>
[[nodiscard]] consteval std::size_t count_members() {
  if constexpr (takes_braces<T, N + 1>())
    return count_members<T, N + 1>();
  else
    return N;
}

template <class T>
concept tuple_like = complete<std::tuple_size<T>>;

/// A plain struct. (A range is what it ranges over, not its members.)
template <class T>
concept plain_struct =
    complete<T> && !wire_as_bytes<T> && std::is_class_v<T> && std::is_aggregate_v<T> && !std::is_empty_v<T> &&
    !std::is_polymorphic_v<T> && std::default_initializable<T> && !tuple_like<T> && !std::ranges::range<T> &&
    !serializes_itself<T> && !takes_braces<T, 0, any_base<T>>();

/// Whether every one of the members of a plain struct was counted and can be bound. An unnamed union cannot, so that
/// structs with a union among their members are left alone.
template <plain_struct T>
[[nodiscard]] consteval bool can_be_enumerated() {
  constexpr auto count = count_members<T>();
  constexpr bool more = takes_braces<T, count, any_value>() || takes_braces<T, count, any_reference>();
  constexpr bool holds_union = []<std::size_t... I>(std::index_sequence<I...>) {
    return (takes_braces<T, I, any_union>() || ...);
  }
  (std::make_index_sequence<count>());
  if constexpr (count == 0 || count > most_members || more || holds_union)
    return false;
  else
    return !std::is_void_v<decltype(bind_members<count>(std::declval<T&>()))>;
}

template <class T>
inline constexpr bool is_enumerable = false;
template <plain_struct T>
inline constexpr bool is_enumerable<T> = can_be_enumerated<T>();

/// A struct whose members are known: found or registered. They need not be wire types.
template <class T>
concept reflected = registered<std::remove_cv_t<T>> || is_enumerable<std::remove_cv_t<T>>;

/// References to the members of `value`, in the order of their declaration, or of their registration.
template <reflected T>
[[nodiscard]] constexpr auto members_of(T& value) noexcept {
  using plain = std::remove_cv_t<T>;
  if constexpr (registered<plain>)
    return std::apply([&](auto... member) { return std::tie(value.*member...); }, wire_members<plain>);
  else
    return bind_members<count_members<plain>()>(value);
}

} // namespace detail
} // namespace armada
