#pragma once

/// Counting the elements of arrays of any dimension. Collective over the array's communicator; each begins with a
/// fence. Every rank counts what it has, and receives the sum: a vector of one number for each bin, on every rank.
/// Ghost cells are not counted.

#include <armada/arrays/detail/histogram_bins.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/collectives/allreduce.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/option.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <new>
#include <type_traits>
#include <vector>

namespace armada {
namespace detail {

template <class T>
concept countable = wire<T> && std::is_arithmetic_v<T>;

/// How many elements of all ranks are in each bin.
template <class T, std::size_t N, storage_order Order, class Bins>
[[nodiscard]] std::vector<std::int64_t> count_in_bins(distributed_array<T, N, Order> const& a, Bins const& bins) {
  auto counts = agree(a.comm(), [&] { return bins.zeros(); });
  a.fence();
  for_each_owned_element(a, [&](T const each) {
    if (std::int64_t const bin = bins.place(static_cast<double>(each)); bin >= 0)
      ++counts[static_cast<std::size_t>(bin)];
  });
  allreduce(a.comm(), in_place, counts, std::plus<>{});
  return counts;
}

} // namespace detail

/// Bins of equal width between the two values of `range`, with NumPy's rules: a bin has its lower edge, and the last
/// one its upper edge as well; a range without width is taken half a unit wider on both sides. What lies outside, and
/// NaN, is not counted. Throws `argument_error` on every rank for less than one bin, for a range that falls, is not
/// finite or differs between ranks, and for one whose width is not finite or has not as many different numbers as there
/// are edges; `out_of_memory` for more bins than there is room for.
template <detail::countable T, std::size_t N, storage_order Order>
[[nodiscard]] std::vector<std::int64_t> histogram(distributed_array<T, N, Order> const& a, size_option bins,
                                                  value_range const& range) {
  return detail::count_in_bins(a, detail::equal_bins(a.comm(), bins.value, range));
}

/// Bins between neighbours of `edges`, which never fall: bin i has what is from edges[i] on and before edges[i + 1],
/// and the last one its upper edge as well. Throws `argument_error` on every rank for less than two edges, for such as
/// fall or are NaN, and where they differ between ranks.
template <detail::countable T, std::size_t N, storage_order Order>
[[nodiscard]] std::vector<std::int64_t> histogram(distributed_array<T, N, Order> const& a,
                                                  std::vector<double> const& edges) {
  return detail::count_in_bins(a, detail::bins_between(a.comm(), edges));
}

/// How often each whole number from 0 to the largest is there; at least `least` numbers, which are zero where there is
/// nothing. Throws `argument_error` on every rank where an element is negative, and `out_of_memory` where the largest
/// leaves no room.
template <detail::countable T, std::size_t N, storage_order Order>
  requires std::integral<T>
[[nodiscard]] std::vector<std::int64_t> bincount(distributed_array<T, N, Order> const& a, size_option least = 0) {
  a.fence();
  std::uint64_t largest = 0; // and one more
  agree(a.comm(), [&] {
    if (least.value < 0) throw argument_error(detail::text("bincount of at least ", least.value, " numbers"));
    largest = static_cast<std::uint64_t>(least.value);
    detail::for_each_owned_element(a, [&](T const each) {
      if constexpr (std::is_signed_v<T>)
        if (each < 0) throw argument_error(detail::text("bincount: an element is ", +each));
      auto const number = static_cast<std::uint64_t>(each);
      if (number == std::numeric_limits<std::uint64_t>::max()) throw std::bad_alloc();
      largest = std::max(largest, number + 1);
    });
  });
  largest = allreduce(a.comm(), largest, maximum{});
  auto counts = agree(a.comm(), [&] { return detail::counts_up_to(largest); });
  detail::for_each_owned_element(a, [&](T const each) { ++counts[static_cast<std::size_t>(each)]; });
  allreduce(a.comm(), in_place, counts, std::plus<>{});
  return counts;
}

} // namespace armada
