#pragma once

/// Structs of many shapes, and a walk over the memory of their members that does not ask the library.

#include <armada/core/datatype.hpp>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace zoo {

struct particle {
  double x;
  int id;
  std::array<float, 3> v;
  char tag[5];
};
inline auto by_hand(particle& p) { return std::tie(p.x, p.id, p.v, p.tag); }

struct one {
  short only;
};
inline auto by_hand(one& o) { return std::tie(o.only); }

enum class side : std::uint8_t { left, right };

struct nested {
  side where;
  particle pair[2];
  short last = 3;
  bool set = true;
  auto parts() { return std::tie(where, pair, last, set); }
};
inline auto by_hand(nested& n) { return n.parts(); }

struct tables {
  char mark;
  int cube[2][3][2];
  std::array<std::array<short, 3>, 2> rows[2];
  std::byte raw;
};
inline auto by_hand(tables& t) { return std::tie(t.mark, t.cube, t.rows, t.raw); }

struct with_standard_types {
  bool first;
  std::pair<char, double> place;
  std::complex<float> z;
  std::tuple<char, std::int64_t, short> row;
  long double precise;
};
inline auto by_hand(with_standard_types& w) { return std::tie(w.first, w.place, w.z, w.row, w.precise); }

struct alignas(64) aligned {
  char c;
  alignas(16) double d;
};
inline auto by_hand(aligned& a) { return std::tie(a.c, a.d); }

struct widest { // as many members as can be found
  char a0;
  short a1;
  int a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9;
  double d0;
  char d1;
};
inline auto by_hand(widest& w) {
  return std::tie(w.a0, w.a1, w.a2, w.a3, w.a4, w.a5, w.a6, w.a7, w.a8, w.a9, w.b0, w.b1, w.b2, w.b3, w.b4, w.b5, w.b6,
                  w.b7, w.b8, w.b9, w.c0, w.c1, w.c2, w.c3, w.c4, w.c5, w.c6, w.c7, w.c8, w.c9, w.d0, w.d1);
}

/// Registered: private members, and no way to make one without arguments.
class secret {
public:
  explicit secret(char c) : c_(c), n_(c) {}
  static constexpr auto members() { return std::tuple(&secret::c_, &secret::n_); }
  auto parts() { return std::tie(c_, n_); }

private:
  char c_;
  std::int64_t n_;
};
inline auto by_hand(secret& s) { return s.parts(); }

/// Registered: a base class.
struct derived : one {
  char letters[3];
  double unsent; // on purpose
};
inline auto by_hand(derived& d) { return std::tie(d.only, d.letters); }

/// Registered as bytes: bit-fields and a union.
struct flags {
  unsigned low : 3;
  unsigned high : 7;
  char c;
};
union either {
  float f;
  char bytes[6];
};

struct lone_bits {
  int whole;
  unsigned low : 3;
};

struct of_registered {
  char c;
  secret s;
  flags f[2];
  of_registered() : c('x'), s('y'), f{} {}
};
inline auto by_hand(of_registered& o) { return std::tie(o.c, o.s, o.f); }

} // namespace zoo

template <>
inline constexpr auto armada::wire_members<zoo::secret> = zoo::secret::members();
template <>
inline constexpr auto armada::wire_members<zoo::derived> = std::tuple(&zoo::derived::only, &zoo::derived::letters);
template <>
inline constexpr auto armada::wire_members<zoo::of_registered> = std::tuple(&zoo::of_registered::c,
                                                                            &zoo::of_registered::s,
                                                                            &zoo::of_registered::f);
template <>
inline constexpr bool armada::wire_as_bytes<zoo::flags> = true;
template <>
inline constexpr bool armada::wire_as_bytes<zoo::either> = true;
template <>
inline constexpr bool armada::wire_as_bytes<zoo::lone_bits> = true;

namespace zoo {

template <class... T>
struct types {};

using all =
    types<particle, one, nested, tables, with_standard_types, aligned, widest, secret, derived, flags, either,
          lone_bits, of_registered, std::tuple<char, double, short>, std::tuple<std::tuple<char, int>, float>,
          std::array<std::tuple<double, char>, 3>, std::pair<particle, one>, std::array<nested, 2>, std::tuple<one>,
          armada::located<double>, armada::located<float>, armada::located<short>, armada::located<int>,
          armada::located<long>, armada::located<long double>, armada::located<char>,
          armada::located<double, std::int64_t>, armada::located<particle>, double, std::complex<double>, bool, side>;

/// Calls `visit.template operator()<T>()` for each type.
template <class... T>
void for_each(types<T...>, auto visit) {
  (visit.template operator()<T>(), ...);
}

/// Calls `visit(number)` for every number that is to travel.
template <class T>
void for_each_leaf(T& value, auto const& visit);
template <class T, std::size_t N>
void for_each_leaf(T (&value)[N], auto const& visit);
template <class T, std::size_t N>
void for_each_leaf(std::array<T, N>& value, auto const& visit);
template <class... T>
void for_each_leaf(std::tuple<T...>& value, auto const& visit);
template <class T, class Index>
void for_each_leaf(armada::located<T, Index>& value, auto const& visit);

template <class First, class Second>
void for_each_leaf(std::pair<First, Second>& value, auto const& visit) {
  for_each_leaf(value.first, visit);
  for_each_leaf(value.second, visit);
}
template <class T, std::size_t N>
void for_each_leaf(std::array<T, N>& value, auto const& visit) {
  for (auto& each : value) for_each_leaf(each, visit);
}
template <class T, std::size_t N>
void for_each_leaf(T (&value)[N], auto const& visit) {
  for (auto& each : value) for_each_leaf(each, visit);
}
template <class... T>
void for_each_leaf(std::tuple<T...>& value, auto const& visit) {
  std::apply([&](auto&... part) { (for_each_leaf(part, visit), ...); }, value);
}
template <class T, class Index>
void for_each_leaf(armada::located<T, Index>& value, auto const& visit) {
  for_each_leaf(value.value, visit);
  for_each_leaf(value.index, visit);
}
template <class T>
void for_each_leaf(T& value, auto const& visit) {
  if constexpr (requires { by_hand(value); })
    std::apply([&](auto&... part) { (for_each_leaf(part, visit), ...); }, by_hand(value));
  else
    visit(value);
}

/// Memory for elements whose padding can be looked at: every byte is `fill` at first.
template <class T>
class elements {
public:
  elements(std::size_t count, std::byte fill) : memory_((count + 1) * sizeof(T) + alignof(T), fill), count_(count) {
    void* place = memory_.data();
    std::size_t room = memory_.size();
    first_ = static_cast<T*>(std::align(alignof(T), count * sizeof(T), place, room));
  }
  elements(elements const&) = delete;
  elements& operator=(elements const&) = delete;

  /// Gives every byte that travels a value of its own, which tells the rank.
  void number(int rank) {
    unsigned next = static_cast<unsigned>(1 + 37 * rank);
    for (std::size_t i = 0; i < count_; ++i)
      for_each_leaf(first_[i], [&]<class Leaf>(Leaf& leaf) {
        auto const bytes = std::as_writable_bytes(std::span(&leaf, 1));
        for (auto& byte : bytes) byte = static_cast<std::byte>(next++ & 0xffU);
        if constexpr (std::same_as<Leaf, long double>) { // not every pattern is one, and 10 bytes are the number
          auto const number = static_cast<long double>(next);
          std::memcpy(bytes.data(), &number, 10);
        }
      });
  }
  [[nodiscard]] T* data() { return first_; }
  [[nodiscard]] std::span<std::byte const> bytes() const {
    return {reinterpret_cast<std::byte const*>(first_), (count_ + 1) * sizeof(T)}; // and a guard of one element
  }

private:
  std::vector<std::byte> memory_;
  std::size_t count_;
  T* first_;
};

} // namespace zoo
