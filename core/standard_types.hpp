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
namespace detail {

template <class Archive>
concept own_archive = std::same_as<Archive, output_archive> || std::same_as<Archive, input_archive>;

/// Boost writes the number of buckets as well, which may be larger than the message: here it is not written.
template <class Container>
void serialize_unordered(output_archive& archive, Container& container) {
  archive << static_cast<std::uint64_t>(container.size());
  for (auto const& each : container) archive << each;
}
template <class Container>
void serialize_unordered(input_archive& archive, Container& container) {
  container.clear();
  boost::serialization::collection_size_type size;
  archive >> size;
  for (std::size_t left = std::as_const(size); left > 0; --left) {
    if constexpr (requires { typename Container::mapped_type; }) {
      std::pair<typename Container::key_type, typename Container::mapped_type> each;
      archive >> each;
      container.insert(std::move(each));
    } else {
      typename Container::key_type each;
      archive >> each;
      container.insert(std::move(each));
    }
  }
}

} // namespace detail

template <detail::own_archive Archive, class Key, class T, class Hash, class Equal, class Allocator>
void serialize(Archive& archive, std::unordered_map<Key, T, Hash, Equal, Allocator>& map, unsigned const) {
  detail::serialize_unordered(archive, map);
}
template <detail::own_archive Archive, class Key, class T, class Hash, class Equal, class Allocator>
void serialize(Archive& archive, std::unordered_multimap<Key, T, Hash, Equal, Allocator>& map, unsigned const) {
  detail::serialize_unordered(archive, map);
}
template <detail::own_archive Archive, class Key, class Hash, class Equal, class Allocator>
void serialize(Archive& archive, std::unordered_set<Key, Hash, Equal, Allocator>& set, unsigned const) {
  detail::serialize_unordered(archive, set);
}
template <detail::own_archive Archive, class Key, class Hash, class Equal, class Allocator>
void serialize(Archive& archive, std::unordered_multiset<Key, Hash, Equal, Allocator>& set, unsigned const) {
  detail::serialize_unordered(archive, set);
}

template <class Char, class Traits, class Allocator>
inline constexpr bool serializes_in_place<std::basic_string<Char, Traits, Allocator>> = true;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::vector<T, Allocator>> = serializes_in_place<T>;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::deque<T, Allocator>> = serializes_in_place<T>;
template <class T, class Allocator>
inline constexpr bool serializes_in_place<std::list<T, Allocator>> = serializes_in_place<T>;
template <class T, std::size_t N>
inline constexpr bool serializes_in_place<std::array<T, N>> = serializes_in_place<T>;
template <class First, class Second>
inline constexpr bool serializes_in_place<std::pair<First, Second>> =
    serializes_in_place<std::remove_const_t<First>>&& serializes_in_place<Second>;
template <class Key, class Value, class Compare, class Allocator>
inline constexpr bool serializes_in_place<std::map<Key, Value, Compare, Allocator>> =
    serializes_in_place<Key>&& serializes_in_place<Value>;

} // namespace armada
