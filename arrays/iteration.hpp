#pragma once

/// Walking over what is here: the elements that this rank owns with their global indices, and the tiles of this host.

#include <armada/arrays/distributed_array.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

namespace armada {

/// The global indices of the elements that one rank owns, in the order of its tile's memory; a forward range that
/// computes each one when it is asked for. Refers to the distribution.
template <std::size_t N>
class owned_indices {
public:
  class iterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = index_array<N>;
    using difference_type = std::ptrdiff_t;
    using reference = value_type;
    using pointer = void;

    iterator() = default;
    [[nodiscard]] index_array<N> operator*() const {
      index_array<N> index{};
      for (std::size_t d = 0; d < N; ++d) index[d] = all_->spread_->along(d).global(all_->at_[d], local_[d]);
      return index;
    }
    iterator& operator++() {
      ++number_;
      for (std::size_t k = 0; k < N; ++k) {
        std::size_t const d = all_->spread_->order() == storage_order::row_major ? N - 1 - k : k;
        if (++local_[d] < all_->tile_[d]) break;
        local_[d] = 0;
      }
      return *this;
    }
    iterator operator++(int) {
      iterator const before = *this;
      ++*this;
      return before;
    }
    /// The place of the element in the tile.
    [[nodiscard]] index_array<N> const& local() const noexcept { return local_; }
    friend bool operator==(iterator const& a, iterator const& b) noexcept { return a.number_ == b.number_; }

  private:
    friend class owned_indices;
    iterator(owned_indices const& all, std::int64_t number) : all_(&all), number_(number) {}

    owned_indices const* all_ = nullptr;
    index_array<N> local_{};
    std::int64_t number_ = 0;
  };

  /// Throws `argument_error` for a rank that is none.
  owned_indices(distribution<N> const& spread, int rank)
      : spread_(&spread), at_(spread.coordinates(rank)), tile_(spread.tile_shape(rank)) {}
  template <wire T, storage_order Order>
  explicit owned_indices(distributed_array<T, N, Order> const& a) : owned_indices(a.distribution(), a.comm().rank()) {}

  [[nodiscard]] iterator begin() const { return {*this, 0}; }
  [[nodiscard]] iterator end() const { return {*this, size()}; }
  [[nodiscard]] std::int64_t size() const { return checked_volume(tile_); }

private:
  distribution<N> const* spread_;
  index_array<N> at_, tile_;
};

template <wire T, std::size_t N, storage_order Order>
owned_indices(distributed_array<T, N, Order> const&) -> owned_indices<N>;

/// Calls `use(index, element)` for every element that this rank owns, in the order of memory. Local; loads and stores,
/// which a fence orders with what other ranks do.
template <class Array, class Use>
  requires(requires(Array& a, Use use) { use(index_array<Array::dimensions>{}, *a.padded().data()); })
void for_each_owned(Array& a, Use use) {
  auto const& spread = a.distribution();
  auto memory = a.padded();
  auto const tile = spread.tile_shape(a.comm().rank()), strides = spread.tile_strides(tile);
  auto* element = memory.data() + spread.tile_begin(tile);
  owned_indices const all(a);
  if (spread.ghosts().none())
    for (auto const& index : all) use(index, *element++);
  else
    for (auto at = all.begin(); at != all.end(); ++at) use(*at, element[dot(at.local(), strides)]);
}

namespace detail {

/// What this rank owns of an array of one dimension: it lies together, whatever ghost cells are on either side.
template <class Array>
  requires(Array::dimensions == 1)
[[nodiscard]] auto owned_elements(Array& a) {
  auto const& spread = a.distribution();
  auto const tile = spread.tile_shape(a.comm().rank());
  return std::span(a.padded().data() + spread.tile_begin(tile), static_cast<std::size_t>(tile[0]));
}

/// Calls `use(element)` for every element that this rank owns, in the order of memory: quicker than with its index.
template <class Array, class Use>
void for_each_owned_element(Array& a, Use use) {
  if (a.distribution().ghosts().none())
    for (auto& element : a.local().elements()) use(element);
  else
    for_each_owned(a, [&](auto const&, auto& element) { use(element); });
}

} // namespace detail

/// Calls `use(rank, tile)` for every rank whose tile is memory of this host, in rising order, this one's included.
/// Local.
template <class Array, std::invocable<int, decltype(std::declval<Array&>().tile(0))> Use>
void for_each_tile(Array& a, Use use) {
  for (int rank = 0; rank < a.comm().size(); ++rank)
    if (a.is_near(rank)) use(rank, a.tile(rank));
}

} // namespace armada
