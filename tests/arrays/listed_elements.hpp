#pragma once

/// Lists of elements and masks in random programs, beside the serial copies.

#include "tests/arrays/paired_array.hpp"
#include "tests/arrays/random_source.hpp"
#include "tests/arrays/random_values.hpp"

#include <armada/arrays/element_list.hpp>
#include <armada/arrays/mask.hpp>

#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

namespace armada::random_programs {

/// Elements of an array of N dimensions, some of them several times, as a list names them.
template <std::size_t N>
struct drawn_list {
  using index = std::conditional_t<N == 1, std::int64_t, std::array<std::int32_t, N>>;

  std::vector<index> indices;
  std::vector<std::size_t> places; ///< in a dense array

  drawn_list(std::uint64_t seed, random_programs::indices const& extents) {
    random_source random(seed);
    bool const none = std::count(extents.begin(), extents.end(), 0) > 0;
    auto const count = none ? 0 : random.between(0, random.chance(10) ? 200 : 12);
    auto const crowded = random.chance(30);
    for (std::int64_t k = 0; k < count; ++k) {
      std::array<std::int64_t, N> each{};
      std::size_t place = 0;
      for (std::size_t d = 0; d < N; ++d) {
        each[d] = random.between(0, crowded ? std::min<std::int64_t>(extents[d] - 1, 1) : extents[d] - 1);
        place = place * static_cast<std::size_t>(extents[d]) + static_cast<std::size_t>(each[d]);
        if (random.chance(30)) each[d] -= extents[d];
      }
      places.push_back(place);
      if constexpr (N == 1) {
        indices.push_back(each[0]);
      } else {
        auto& written = indices.emplace_back();
        std::transform(each.begin(), each.end(), written.begin(), [](auto i) { return static_cast<std::int32_t>(i); });
      }
    }
  }
};

/// A mask of the first D dimensions of an array of N.
template <std::size_t N, std::size_t D>
struct drawn_mask {
  xt::xtensor<bool, D> mask;
  std::vector<std::size_t> places;                   ///< of the elements where it is true, in row-major order
  std::array<std::size_t, N + 1 - D> chosen_shape{}; ///< of these

  drawn_mask(std::uint64_t seed, random_programs::indices const& extents) {
    random_source random(seed);
    std::array<std::size_t, D> shape{};
    std::copy_n(extents.begin(), D, shape.begin());
    mask = xt::xtensor<bool, D>::from_shape(shape);
    std::copy(extents.begin() + D, extents.end(), chosen_shape.begin() + 1);
    auto const rest =
        std::accumulate(chosen_shape.begin() + 1, chosen_shape.end(), std::size_t{1}, std::multiplies<>{});
    auto const share = random.one_of(std::array{0, 10, 50, 100});
    for (std::size_t place = 0; place < mask.size(); ++place) {
      mask.storage()[place] = random.chance(share);
      if (!mask.storage()[place]) continue;
      ++chosen_shape[0];
      for (std::size_t k = 0; k < rest; ++k) places.push_back(place * rest + k);
    }
  }
};

/// A step with lists or masks, on one array.
template <class Pair>
class listed_step {
  using array = typename Pair::array;
  using T = typename array::value_type;
  static constexpr std::size_t N = array::dimensions;
  template <std::size_t D>
  using tensor = xt::xtensor<T, N + 1 - D>;

public:
  listed_step(Pair& on, step const& each) : on_(on), each_(each), rank_(on.distributed.comm().rank()) {}

  /// Whether what was read is right.
  [[nodiscard]] bool run() {
    for (action const& one : each_.actions)
      if (each_.form < 6)
        with_list(one, drawn_list<N>(one.values, on_.plan.extents));
      else
        with_any_mask(one);
    return right_;
  }

private:
  void with_list(action const& one, drawn_list<N> const& list) {
    auto values = values_of(one, list.places.size());
    auto& a = on_.distributed;
    if (one.rank == rank_) switch (each_.what) {
      case deed::gather: expect(gathered(list), list.places); break;
      case deed::scatter: with_buffer(one, values, [&](auto const& from) { scatter(a, list.indices, from); }); break;
      default:
        if constexpr (accumulator<std::plus<>, T>)
          with_buffer(one, values, [&](auto const& from) { scatter_add(a, list.indices, from); });
      }
    count(list.places, values);
  }
  void with_any_mask(action const& one) {
    if constexpr (N > 2)
      if (one.values % 2 == 1) return with_mask<N - 1>(one);
    with_mask<N>(one);
  }
  template <std::size_t D>
  void with_mask(action const& one) {
    drawn_mask<N, D> const drawn(one.values, on_.plan.extents);
    auto values = values_of(one, drawn.places.size());
    auto from = tensor<D>::from_shape(drawn.chosen_shape);
    std::copy(values.begin(), values.end(), from.begin());
    if (one.rank == rank_) switch (each_.what) {
      case deed::gather: expect(masked_out(drawn), drawn.places); break;
      case deed::scatter:
        if (one_for_all())
          on_.distributed(drawn.mask) = value_of<T>(one.values, 0);
        else if (each_.form % 2 == 0)
          on_.distributed(drawn.mask) = from;
        else
          in_mode(each_, on_.distributed, [&](auto mode) { return put(on_.distributed(drawn.mask), from, mode); });
        break;
      default: add_masked(one, drawn, from);
      }
    count(drawn.places, values);
  }
  template <std::size_t D>
  void add_masked(action const& one, drawn_mask<N, D> const& drawn, tensor<D> const& from) {
    if constexpr (accumulator<std::plus<>, T>) {
      if (one_for_all())
        on_.distributed(drawn.mask) += value_of<T>(one.values, 0);
      else if (each_.form % 2 == 0)
        on_.distributed(drawn.mask) += from;
      else
        in_mode(each_, on_.distributed,
                [&](auto mode) { return accumulate(on_.distributed(drawn.mask), from, std::plus<>{}, mode); });
    }
  }

  [[nodiscard]] std::vector<T> gathered(drawn_list<N> const& list) const {
    array const& constant = on_.distributed;
    if (each_.form % 3 == 0) {
      std::vector<T> into(list.places.size());
      gather(constant, list.indices, into);
      return into;
    }
    auto const found =
        each_.form % 3 == 1 ? gather(constant, list.indices) : gather(constant, list.indices, nonblocking).wait();
    return {found.begin(), found.end()};
  }
  template <std::size_t D>
  [[nodiscard]] std::vector<T> masked_out(drawn_mask<N, D> const& drawn) const {
    array const& constant = on_.distributed;
    if (each_.form % 3 == 0) {
      std::vector<T> into(drawn.places.size());
      get(constant(drawn.mask), into);
      return into;
    }
    tensor<D> const found =
        each_.form % 3 == 1 ? tensor<D>(constant(drawn.mask)) : get(constant(drawn.mask), nonblocking).wait();
    return {found.begin(), found.end()};
  }

  /// Whether one value goes to all elements; else whether the values come from the actor's own tile.
  [[nodiscard]] bool one_for_all() const { return each_.form % 6 == 1; }
  [[nodiscard]] std::size_t from_tile(action const& one, std::size_t count) const {
    if (each_.what != deed::scatter || each_.form != 2) return 0;
    return on_.tiles[static_cast<std::size_t>(one.rank)].size() < count ? 0 : count;
  }
  [[nodiscard]] std::vector<T> values_of(action const& one, std::size_t count) const {
    std::vector<T> values;
    auto const& tile = on_.tiles[static_cast<std::size_t>(one.rank)];
    for (std::size_t k = 0; k < count; ++k)
      values.push_back(from_tile(one, count) > 0 ? on_.serial[tile[k]]
                                                 : value_of<T>(one.values, one_for_all() ? 0 : k));
    return values;
  }
  void with_buffer(action const& one, std::vector<T> const& values, auto use) {
    if (one_for_all()) return use(value_of<T>(one.values, 0));
    if (auto const mine = from_tile(one, values.size()); mine > 0)
      return use(std::span<T const>(on_.distributed.local().elements().first(mine)));
    if (each_.form % 2 == 0) return use(values);
    auto from = xt::xtensor<T, 1>::from_shape({values.size()});
    std::copy(values.begin(), values.end(), from.begin());
    use(from);
  }

  void expect(std::vector<T> const& found, std::vector<std::size_t> const& places) {
    right_ = right_ && found.size() == places.size();
    for (std::size_t k = 0; right_ && k < places.size(); ++k) right_ = found[k] == on_.serial[places[k]];
  }
  /// In the serial copy.
  void count(std::vector<std::size_t> const& places, std::vector<T> const& values) {
    for (std::size_t k = 0; k < places.size(); ++k) {
      if (each_.what == deed::scatter) on_.serial[places[k]] = values[k];
      if constexpr (accumulator<std::plus<>, T>)
        if (each_.what == deed::scatter_add) on_.serial[places[k]] = static_cast<T>(on_.serial[places[k]] + values[k]);
    }
  }

  Pair& on_;
  step const& each_;
  int rank_;
  bool right_ = true;
};

} // namespace armada::random_programs
