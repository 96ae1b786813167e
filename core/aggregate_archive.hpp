#pragma once

/// Archives of structs whose members are known: member by member, without a `serialize` to be written. A struct that
/// has one, as a member or as a free function that argument-dependent lookup finds, is left to it.

#include <armada/core/aggregate.hpp>
#include <armada/core/archive.hpp>
#include <armada/core/standard_values.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace armada::detail {

template <class T>
concept serialized_freely = requires(any_archive& archive, T& value) {
  serialize(archive, value, 0U);
};

template <class Members>
inline constexpr std::size_t least_bytes_of_all = 0;
template <class... T>
inline constexpr std::size_t least_bytes_of_all<std::tuple<T&...>> = (least_bytes<std::remove_cv_t<T>>() + ...);

template <class T>
  requires(reflected<T> && !serialized_freely<T>)
struct archive_form<T> : form_for_all_archives {
  static constexpr std::size_t least_bytes = least_bytes_of_all<decltype(members_of(std::declval<T&>()))>;
  template <class Archive>
  static void write(Archive& archive, T const& value) {
    in_a_level(archive,
               [&] { std::apply([&](auto const&... each) { (void(archive << each), ...); }, members_of(value)); });
  }
  template <class Archive>
  static void read(Archive& archive, T& value) {
    in_a_level(archive, [&] { std::apply([&](auto&... each) { (void(archive >> each), ...); }, members_of(value)); });
  }

private:
  /// Structs may nest as deeply as the bytes say.
  template <class Archive, class Action>
  static void in_a_level(Archive& archive, Action action) {
    if constexpr (requires { archive.nest(action); })
      archive.nest(action);
    else
      action();
  }
};

} // namespace armada::detail
