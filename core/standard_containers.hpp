#pragma once

/// How the standard library's containers are archived: their length, then their elements; contiguous numbers in one
/// block. Reading into an existing container reuses its memory and that of its elements.

#include <armada/core/archive.hpp>
#include <armada/core/standard_values.hpp>

#include <algorithm>
#include <deque>
#include <forward_list>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <vector>

namespace armada::detail {

/// What all containers have in common.
struct container_form {
  static constexpr std::size_t least_bytes = sizeof(std::uint64_t); // the length
};
inline void write_length(output_archive& to, std::size_t length) { to << std::uint64_t{length}; }

template <class Char, class Traits, class Allocator>
struct archive_form<std::basic_string<Char, Traits, Allocator>> : container_form {
  using string = std::basic_string<Char, Traits, Allocator>;
  static void write(output_archive& to, string const& value) {
    write_length(to, value.size());
    to.write_elements(value.data(), value.size());
  }
  static void read(input_archive& from, string& value) {
    auto const length = from.read_array_length<Char>();
    if (sizeof(Char) == 1 && length < smallest_block && length != value.size()) { // without filling it first
      value.assign(reinterpret_cast<Char const*>(from.take_bytes(length)), length);
      return;
    }
    from.read_elements<Char>(length, [&] {
      if (value.size() != length) value.resize(length);
      return value.data();
    });
  }
};

template <class T, class Allocator>
struct archive_form<std::vector<T, Allocator>> : container_form {
  static void write(output_archive& to, std::vector<T, Allocator> const& values) {
    write_length(to, values.size());
    if constexpr (std::default_initializable<T>)
      to.write_elements(values.data(), values.size());
    else
      for (auto const& each : values) write_element(to, each);
  }
  static void read(input_archive& from, std::vector<T, Allocator>& values) {
    auto const length = from.read_array_length<T>();
    if constexpr (plain_element<T>) {
      from.read_elements<T>(length, [&] {
        values.resize(length);
        return values.data();
      });
    } else if constexpr (std::default_initializable<T>) {
      if (values.size() > length) values.resize(length);
      for (std::size_t done = 0; done < length; ++done) {
        if (done == values.size()) values.resize(std::min(length, std::max(2 * done, credit(from))));
        from >> values[done];
      }
    } else {
      values.clear();
      values.reserve(std::min(length, credit(from)));
      for (std::size_t i = 0; i < length; ++i) values.push_back(read_new<T>(from));
    }
  }

private:
  /// How many elements are given memory before they come: elements that are large here and may be small in the archive
  /// could otherwise take a large multiple of the message. Usually that is all of them.
  static std::size_t credit(input_archive const& from) { return 4 * (from.here() / sizeof(T)) + 1; }
};

/// Eight to a byte.
template <class Allocator>
struct archive_form<std::vector<bool, Allocator>> : container_form {
  static constexpr std::size_t bytes_for(std::size_t bits) noexcept { return bits / 8 + (bits % 8 != 0 ? 1 : 0); }
  static void write(output_archive& to, std::vector<bool, Allocator> const& values) {
    write_length(to, values.size());
    std::vector<std::uint8_t> packed(bytes_for(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i]) packed[i / 8] = static_cast<std::uint8_t>(packed[i / 8] | 1U << i % 8);
    to.save_binary(packed.data(), packed.size());
  }
  static void read(input_archive& from, std::vector<bool, Allocator>& values) {
    std::uint64_t length = 0;
    from >> length;
    auto const* const packed = from.take_bytes(bytes_for(static_cast<std::size_t>(length)));
    values.resize(static_cast<std::size_t>(length));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = (std::to_integer<unsigned>(packed[i / 8]) >> i % 8 & 1U) != 0;
  }
};

/// Containers whose elements are visited one by one and appended at the end.
template <class Sequence>
struct sequence_form : container_form {
  using element = typename Sequence::value_type;
  static void write(output_archive& to, Sequence const& values) {
    write_length(to, static_cast<std::size_t>(std::distance(values.begin(), values.end())));
    for (auto const& each : values) write_element(to, each);
  }
  static void read(input_archive& from, Sequence& values) {
    auto length = from.read_length(detail::least_bytes<element>());
    auto next = values.begin();
    if constexpr (std::default_initializable<element>)
      for (; length > 0 && next != values.end(); --length, ++next) from >> *next;
    values.erase(next, values.end());
    for (; length > 0; --length) {
      if constexpr (std::default_initializable<element>)
        from >> values.emplace_back();
      else
        values.push_back(read_new<element>(from));
    }
  }
};
template <class T, class Allocator>
struct archive_form<std::deque<T, Allocator>> : sequence_form<std::deque<T, Allocator>> {};
template <class T, class Allocator>
struct archive_form<std::list<T, Allocator>> : sequence_form<std::list<T, Allocator>> {};

template <class T, class Allocator>
struct archive_form<std::forward_list<T, Allocator>> : container_form {
  using sequence = std::forward_list<T, Allocator>;
  static void write(output_archive& to, sequence const& values) { sequence_form<sequence>::write(to, values); }
  static void read(input_archive& from, sequence& values) {
    auto length = from.read_length(detail::least_bytes<T>());
    auto last = values.before_begin();
    if constexpr (std::default_initializable<T>)
      for (; length > 0 && std::next(last) != values.end(); --length) from >> *++last;
    values.erase_after(last, values.end());
    for (; length > 0; --length) last = values.insert_after(last, read_new<T>(from));
  }
};

template <class T>
struct archive_form<std::valarray<T>> : container_form {
  static void write(output_archive& to, std::valarray<T> const& values) {
    write_length(to, values.size());
    if (values.size() > 0) to.write_elements(std::addressof(values[0]), values.size());
  }
  static void read(input_archive& from, std::valarray<T>& values) {
    auto const length = from.read_array_length<T>();
    from.read_elements<T>(length, [&]() -> T* {
      if (values.size() != length) values.resize(length);
      return length == 0 ? nullptr : std::addressof(values[0]);
    });
  }
};

template <class T>
inline constexpr bool is_plain_string = false;
template <class Char, class Allocator>
inline constexpr bool is_plain_string<std::basic_string<Char, std::char_traits<Char>, Allocator>> = true;

/// Whether two keys are the same in every respect, so that one may stay where the other arrives. What a class calls
/// equal may still differ.
template <class Key>
[[nodiscard]] bool same_key(Key const& a, Key const& b) noexcept {
  if constexpr ((plain<Key> && std::has_unique_object_representations_v<Key>) || is_plain_string<Key>)
    return a == b;
  else
    return false;
}

/// Maps and sets, in order or by hash. As long as the keys that arrive are those that are there, in the same order, the
/// entries stay; from the first other one on they are made anew.
template <class Container>
struct associative_form : container_form {
  using key_type = typename Container::key_type;
  static constexpr bool is_map = requires { typename Container::mapped_type; };

  static void write(output_archive& to, Container const& container) {
    write_length(to, container.size());
    for (auto const& each : container) {
      if constexpr (is_map) {
        write_element(to, each.first);
        write_element(to, each.second);
      } else {
        write_element(to, each);
      }
    }
  }

  static void read(input_archive& from, Container& container) {
    auto const length = from.read_length(least_entry());
    auto next = container.begin();
    key_buffer key;
    for (std::size_t i = 0; i < length; ++i) {
      key.read(from);
      if (next != container.end()) {
        if (same_key(key_of(*next), key.get())) {
          if constexpr (is_map) from >> next->second;
          ++next;
          continue;
        }
        container.erase(next, container.end());
        if constexpr (requires { container.reserve(length); }) container.reserve(length);
        next = container.end();
      }
      add(from, container, std::move(key.get()));
      if (container.size() != i + 1) throw_bad_archive("a key comes twice");
    }
    container.erase(next, container.end());
  }

private:
  /// The key that arrived last; its memory serves the next one.
  struct key_buffer {
    std::conditional_t<std::default_initializable<key_type>, key_type, std::optional<key_type>> key{};
    void read(input_archive& from) {
      if constexpr (std::default_initializable<key_type>)
        from >> key;
      else
        key.emplace(read_new<key_type>(from));
    }
    key_type& get() noexcept {
      if constexpr (std::default_initializable<key_type>)
        return key;
      else
        return *key;
    }
  };

  static constexpr std::size_t least_entry() noexcept {
    if constexpr (is_map)
      return detail::least_bytes<key_type>() + detail::least_bytes<typename Container::mapped_type>();
    else
      return detail::least_bytes<key_type>();
  }
  static key_type const& key_of(typename Container::value_type const& entry) noexcept {
    if constexpr (is_map)
      return entry.first;
    else
      return entry;
  }
  static void add(input_archive& from, Container& container, key_type&& key) {
    if constexpr (!is_map) {
      container.emplace_hint(container.end(), std::move(key));
    } else if constexpr (std::default_initializable<typename Container::mapped_type>) {
      auto const entry = container.emplace_hint(container.end(), std::piecewise_construct,
                                                std::forward_as_tuple(std::move(key)), std::tuple<>());
      from >> entry->second;
    } else {
      container.emplace_hint(container.end(), std::move(key), read_new<typename Container::mapped_type>(from));
    }
  }
};
template <class... T>
struct archive_form<std::map<T...>> : associative_form<std::map<T...>> {};
template <class... T>
struct archive_form<std::multimap<T...>> : associative_form<std::multimap<T...>> {};
template <class... T>
struct archive_form<std::set<T...>> : associative_form<std::set<T...>> {};
template <class... T>
struct archive_form<std::multiset<T...>> : associative_form<std::multiset<T...>> {};
template <class... T>
struct archive_form<std::unordered_map<T...>> : associative_form<std::unordered_map<T...>> {};
template <class... T>
struct archive_form<std::unordered_multimap<T...>> : associative_form<std::unordered_multimap<T...>> {};
template <class... T>
struct archive_form<std::unordered_set<T...>> : associative_form<std::unordered_set<T...>> {};
template <class... T>
struct archive_form<std::unordered_multiset<T...>> : associative_form<std::unordered_multiset<T...>> {};

/// Stacks and queues, as the container below.
template <class Adaptor>
struct adaptor_form {
  using container_type = typename Adaptor::container_type;
  static constexpr std::size_t least_bytes = detail::least_bytes<container_type>();
  struct opened : Adaptor {
    static container_type& container(Adaptor& adaptor) noexcept { return adaptor.*&opened::c; }
    static auto& order(Adaptor& adaptor) noexcept { return adaptor.*&opened::comp; }
  };
  static void write(output_archive& to, Adaptor const& adaptor) {
    to << opened::container(const_cast<Adaptor&>(adaptor));
  }
  static void read(input_archive& from, Adaptor& adaptor) { from >> opened::container(adaptor); }
};
template <class... T>
struct archive_form<std::stack<T...>> : adaptor_form<std::stack<T...>> {};
template <class... T>
struct archive_form<std::queue<T...>> : adaptor_form<std::queue<T...>> {};
template <class... T>
struct archive_form<std::priority_queue<T...>> : adaptor_form<std::priority_queue<T...>> {
  using adaptor = adaptor_form<std::priority_queue<T...>>;
  static void read(input_archive& from, std::priority_queue<T...>& queue) {
    adaptor::read(from, queue);
    auto& elements = adaptor::opened::container(queue);
    std::make_heap(elements.begin(), elements.end(), adaptor::opened::order(queue)); // whatever came is a queue
  }
};

} // namespace armada::detail
