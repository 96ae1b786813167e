#pragma once

/// Boost's serialisation of the standard library's types, and which of them serialise in place.

#include <armada/core/archive.hpp>

#include <boost/serialization/array.hpp>
#include <boost/serialization/complex.hpp>
#include <boost/serialization/deque.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

namespace armada {

template <class Char, class Traits, class Allocator>
inline constexpr bool serializes_in_place<std::basic_string<Char, Traits, Allocator>> = true;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::vector<T, Allocator>> = serializes_in_place<T>;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::deque<T, Allocator>> = serializes_in_place<T>;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::list<T, Allocator>> = serializes_in_place<T>;
template <class T, std::size_t N>
  requires(!wire<std::array<T, N>>)
inline constexpr bool serializes_in_place<std::array<T, N>> = serializes_in_place<T>;
template <class First, class Second>
  requires(!wire<std::pair<First, Second>>)
inline constexpr bool serializes_in_place<std::pair<First, Second>> =
    serializes_in_place<std::remove_const_t<First>> && serializes_in_place<Second>;
template <class Key, class Value, class Compare, class Allocator>
inline constexpr bool serializes_in_place<std::map<Key, Value, Compare, Allocator>> =
    serializes_in_place<Key>&& serializes_in_place<Value>;

} // namespace armada
