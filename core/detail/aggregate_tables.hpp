#pragma once

/// The long tables behind core/aggregate.hpp: initialisation by N empty braces, and structured bindings of N members.

#include <cstddef>
#include <tuple>

namespace armada::detail {

/// The members of an aggregate that can be enumerated.
inline constexpr std::size_t most_members = 32;

/// Whether `T{{}, …, {}, last…}`, with N empty braces, is an initialisation. An empty brace stands for one member,
/// whatever its type: it fills an array as a whole.
template <class T, std::size_t N, class... Last>
[[nodiscard]] consteval bool takes_braces() {
  if constexpr (N > most_members)
    return false;
  else if constexpr (N == 0)
    return requires(Last... last) { T{last...}; };
  else if constexpr (N == 1)
    return requires(Last... last) { T{{}, last...}; };
  else if constexpr (N == 2)
    return requires(Last... last) { T{{}, {}, last...}; };
  else if constexpr (N == 3)
    return requires(Last... last) { T{{}, {}, {}, last...}; };
  else if constexpr (N == 4)
    return requires(Last... last) { T{{}, {}, {}, {}, last...}; };
  else if constexpr (N == 5)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 6)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 7)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 8)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 9)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 10)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 11)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 12)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 13)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 14)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 15)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 16)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 17)
    return requires(Last... last) { T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...}; };
  else if constexpr (N == 18)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 19)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 20)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 21)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 22)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 23)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 24)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 25)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 26)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},     {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 27)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 28)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},     {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 29)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 30)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},     {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 31)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
  else if constexpr (N == 32)
    return requires(Last... last) {
      T{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},     {},
        {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, last...};
    };
}

template <class... Members>
struct type_list {};

/// Takes bit-fields as well.
template <class... Members>
[[nodiscard]] consteval type_list<Members...> types_of(Members const&...);

/// Whether T has room for members of these types: it has not when they share bytes, as bit-fields and packed ones do.
template <class T, class... Members>
[[nodiscard]] consteval bool are_whole(type_list<Members...>) {
  std::size_t end = 0;
  ((end = (end + alignof(Members) - 1) / alignof(Members) * alignof(Members) + sizeof(Members)), ...);
  return end <= sizeof(T);
}

/// References to the N members of an aggregate, as a tuple; nothing when they share bytes. (A bit-field that shares its
/// bytes with no other member is an error of the compiler here: such a struct is to be registered.)
template <std::size_t N, class T>
constexpr auto bind_members(T& value) noexcept {
  static_assert(N > 0 && N <= most_members);
  if constexpr (N == 1) {
    [[maybe_unused]] auto& [a] = value;
    if constexpr (are_whole<T>(decltype(types_of(a)){})) return std::tie(a);
  } else if constexpr (N == 2) {
    [[maybe_unused]] auto& [a, b] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b)){})) return std::tie(a, b);
  } else if constexpr (N == 3) {
    [[maybe_unused]] auto& [a, b, c] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c)){})) return std::tie(a, b, c);
  } else if constexpr (N == 4) {
    [[maybe_unused]] auto& [a, b, c, d] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d)){})) return std::tie(a, b, c, d);
  } else if constexpr (N == 5) {
    [[maybe_unused]] auto& [a, b, c, d, e] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e)){})) return std::tie(a, b, c, d, e);
  } else if constexpr (N == 6) {
    [[maybe_unused]] auto& [a, b, c, d, e, f] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f)){})) return std::tie(a, b, c, d, e, f);
  } else if constexpr (N == 7) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g)){})) return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (N == 8) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h)){})) return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (N == 9) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i)){}))
      return std::tie(a, b, c, d, e, f, g, h, i);
  } else if constexpr (N == 10) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (N == 11) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (N == 12) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (N == 13) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (N == 14) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (N == 15) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else if constexpr (N == 16) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  } else if constexpr (N == 17) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  } else if constexpr (N == 18) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  } else if constexpr (N == 19) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
  } else if constexpr (N == 20) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
  } else if constexpr (N == 21) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
  } else if constexpr (N == 22) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
  } else if constexpr (N == 23) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = value;
    if constexpr (are_whole<T>(
                      decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w);
  } else if constexpr (N == 24) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = value;
    if constexpr (are_whole<T>(
                      decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
  } else if constexpr (N == 25) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y] = value;
    if constexpr (are_whole<T>(
                      decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y);
  } else if constexpr (N == 26) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z);
  } else if constexpr (N == 27) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa);
  } else if constexpr (N == 28) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb] =
        value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa, bb)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb);
  } else if constexpr (N == 29) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc] =
        value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa, bb, cc)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc);
  } else if constexpr (N == 30) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc,
                            dd] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa, bb, cc, dd)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd);
  } else if constexpr (N == 31) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc,
                            dd, ee] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa, bb, cc, dd, ee)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd, ee);
  } else if constexpr (N == 32) {
    [[maybe_unused]] auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc,
                            dd, ee, ff] = value;
    if constexpr (are_whole<T>(decltype(types_of(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x,
                                                 y, z, aa, bb, cc, dd, ee, ff)){}))
      return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd, ee,
                      ff);
  }
}

} // namespace armada::detail
