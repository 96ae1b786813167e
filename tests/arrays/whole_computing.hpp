#pragma once

/// Expressions, reductions and sorting of whole arrays in random programs, beside the serial copies.

#include "tests/arrays/paired_array.hpp"

#include <armada/arrays/cumulative.hpp>
#include <armada/arrays/reduce.hpp>
#include <armada/arrays/sort.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

namespace armada::random_programs {

/// Elements that numbers can be computed with, in few enough dimensions.
template <class Pair>
concept computable =
    std::is_arithmetic_v<typename Pair::array::value_type> && Pair::array::dimensions <= few_dimensions;

/// The places of the elements along one axis: `use(number of the line, places)`, in the order of a result without it.
inline void for_each_line(indices const& extents, std::size_t axis, auto use) {
  std::int64_t inner = 1, outer = 1;
  for (std::size_t d = 0; d < extents.size(); ++d)
    if (d != axis) (d < axis ? outer : inner) *= extents[d];
  for (std::int64_t o = 0; o < outer; ++o)
    for (std::int64_t i = 0; i < inner; ++i) {
      std::vector<std::size_t> places;
      for (std::int64_t k = 0; k < extents[axis]; ++k)
        places.push_back(static_cast<std::size_t>((o * extents[axis] + k) * inner + i));
      use(static_cast<std::size_t>(o * inner + i), places);
    }
}

/// The larger of the elements of both, where they are cut alike; refused and unchanged otherwise.
template <class Pair>
[[nodiscard]] bool larger_of(Pair& a, Pair& b) {
  if (a.plan.extents != b.plan.extents) return true;
  auto& on = a.distributed;
  auto const& other = b.distributed;
  try {
    on = where(on < other, other, on);
  } catch (argument_error const&) {
    return !(on.distribution() == other.distribution());
  }
  for (std::size_t k = 0; k < a.serial.size(); ++k) a.serial[k] = std::max(a.serial[k], b.serial[k]);
  return true;
}

/// Sums, extremes and their places, of all and along an axis.
template <class Pair>
[[nodiscard]] bool reduces(Pair const& a, std::size_t axis) {
  using T = typename Pair::array::value_type;
  using wide = std::conditional_t<std::is_integral_v<T>, std::int64_t, double>;
  auto const& on = a.distributed;
  wide total = 0;
  for (T const x : a.serial) total += static_cast<wide>(x);
  bool right = true; // what is collective is called on every rank, whatever one has found
  auto const all = static_cast<wide>(sum(on));
  auto const not_zero = count_nonzero(on);
  right = all == static_cast<wide>(static_cast<detail::sum_of_t<T>>(total));
  right = right && not_zero == std::ssize(a.serial) - std::count(a.serial.begin(), a.serial.end(), T{});
  detail::sum_of_t<T> squares{};
  for (T const x : a.serial) squares += static_cast<detail::sum_of_t<T>>(x) * static_cast<detail::sum_of_t<T>>(x);
  auto const product = dot(on, on);
  right = right && product == squares;
  if (!a.serial.empty()) {
    auto const place = argmax(on);
    auto const average = mean(on);
    if constexpr (!std::is_unsigned_v<T>) // whose sums are too large to be exact
      right = right && average == static_cast<decltype(average)>(static_cast<double>(total) /
                                                                 static_cast<double>(a.serial.size()));
    right = right && place == std::max_element(a.serial.begin(), a.serial.end()) - a.serial.begin();
  }
  if constexpr (Pair::array::dimensions > 1) {
    auto const spread_sums = sum(on, axis);
    auto const sums = get(spread_sums(xt::ellipsis()));
    for_each_line(a.plan.extents, axis, [&](std::size_t k, std::vector<std::size_t> const& places) {
      wide along = 0;
      for (auto const place : places) along += static_cast<wide>(a.serial[place]);
      right = right && sums.data()[k] == static_cast<detail::sum_of_t<T>>(along);
    });
    if (a.plan.extents[axis] > 0) {
      auto const spread_least = argmin(on, axis, keep_dims);
      auto const least = get(spread_least(xt::ellipsis()));
      for_each_line(a.plan.extents, axis, [&](std::size_t k, std::vector<std::size_t> const& places) {
        auto const first =
            std::min_element(places.begin(), places.end(), [&](auto x, auto y) { return a.serial[x] < a.serial[y]; });
        right = right && least.data()[k] == first - places.begin();
      });
      spread_least.fence(); // others look
    }
    spread_sums.fence();
  }
  return right;
}

template <class Pair>
[[nodiscard]] bool runs_on(Pair const& a, std::size_t axis) {
  using T = typename Pair::array::value_type;
  bool right = true;
  auto const spread_sums = cumsum(a.distributed, static_cast<std::int64_t>(axis));
  auto const sums = get(spread_sums(xt::ellipsis()));
  for_each_line(a.plan.extents, axis, [&](std::size_t, std::vector<std::size_t> const& places) {
    detail::sum_of_t<T> along{};
    for (auto const place : places) {
      along += a.serial[place];
      right = right && sums.data()[place] == along;
    }
  });
  spread_sums.fence();
  return right;
}

/// Sorts an array of one dimension, in falling order where `how` says so.
template <class Pair>
[[nodiscard]] bool sorts(Pair& a, std::int64_t how) {
  if constexpr (Pair::array::dimensions == 1) {
    if (how % 2 == 0) {
      sort_in_place(a.distributed);
      std::sort(a.serial.begin(), a.serial.end());
    } else {
      a.distributed = sort(a.distributed, std::greater<>{});
      std::sort(a.serial.begin(), a.serial.end(), std::greater<>{});
    }
  }
  return true;
}

/// Computes with `a`, and with `b` where both are cut alike. Whether all is right.
template <class Pair>
[[nodiscard]] bool compute_whole(Pair& a, Pair& b, std::int64_t how) {
  if constexpr (computable<Pair>) {
    auto const axis = static_cast<std::size_t>(how / 4) % Pair::array::dimensions;
    switch (how % 4) {
    case 0: return larger_of(a, b);
    case 1: return reduces(a, axis);
    case 2: return runs_on(a, axis);
    default: return sorts(a, how / 4);
    }
  }
  return true;
}

} // namespace armada::random_programs
