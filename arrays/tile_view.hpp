#pragma once

/// The part of an array that one rank owns, as an xtensor container over memory of this host.

#include <armada/arrays/index/extents.hpp>
#include <armada/core/error.hpp>
#include <armada/core/storage_order.hpp>

#include <xtensor/xbroadcast.hpp>
#include <xtensor/xbuffer_adaptor.hpp>
#include <xtensor/xcontainer.hpp>
#include <xtensor/xsemantic.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace armada {

template <class T, std::size_t N, storage_order Order = storage_order::row_major>
class tile_view;

} // namespace armada

template <class T, std::size_t N, armada::storage_order Order>
struct xt::xcontainer_inner_types<armada::tile_view<T, N, Order>> {
  using element = std::remove_const_t<T>;
  using storage_type = xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<element>>;
  using reference = T&;
  using const_reference = element const&;
  using size_type = std::size_t;
  using shape_type = std::array<size_type, N>;
  using strides_type = std::array<std::ptrdiff_t, N>;
  using backstrides_type = strides_type;
  using inner_shape_type = shape_type;
  using inner_strides_type = strides_type;
  using inner_backstrides_type = backstrides_type;
  static constexpr xt::layout_type layout =
      Order == armada::storage_order::row_major ? xt::layout_type::row_major : xt::layout_type::column_major;
  using temporary_type = xt::xtensor<element, N, layout>;
};

template <class T, std::size_t N, armada::storage_order Order>
struct xt::xiterable_inner_types<armada::tile_view<T, N, Order>>
    : xt::xcontainer_iterable_types<armada::tile_view<T, N, Order>> {};

namespace armada {

/// A view of a tile's memory without a copy, valid while its array lives. It is an xtensor expression and
/// container, but for this: assigning to it assigns its elements and never makes it look at other memory, also from
/// another tile; expressions are broadcast to its shape, and `argument_error` names both shapes when they cannot be.
/// `xt::noalias(tile) = e` spares the temporary when `e` does not read the tile at other places.
template <class T, std::size_t N, storage_order Order>
class tile_view : public xt::xstrided_container<tile_view<T, N, Order>>,
                  public xt::xcontainer_semantic<tile_view<T, N, Order>> {
public:
  using container = xt::xstrided_container<tile_view>;
  using semantic = xt::xcontainer_semantic<tile_view>;
  using storage_type = typename container::storage_type;
  using temporary_type = typename semantic::temporary_type;
  using expression_tag = xt::xtensor_expression_tag;
  using element = std::remove_const_t<T>;

  tile_view(T* data, index_array<N> const& shape) : storage_(data, static_cast<std::size_t>(checked_volume(shape))) {
    std::array<std::size_t, N> extents{};
    std::transform(shape.begin(), shape.end(), extents.begin(), [](auto n) { return static_cast<std::size_t>(n); });
    container::resize(extents);
  }
  tile_view(tile_view const&) = default;
  ~tile_view() = default;

  tile_view& operator=(tile_view const& other) // NOLINT(bugprone-unhandled-self-assignment): reads all first
      requires(!std::is_const_v<T>) {
    return assign_elements(other);
  }
  template <class E>
    requires(!std::is_const_v<T>)
  tile_view& operator=(xt::xexpression<E> const& expression) { return assign_elements(expression.derived_cast()); }
  tile_view& operator=(temporary_type&& values) // what xtensor's compound assignments end in
      requires(!std::is_const_v<T>) {
    return values.shape() == this->shape() ? copy_from(values) : assign_elements(values);
  }
  tile_view& operator=(element const& value) requires(!std::is_const_v<T>) {
    std::fill_n(storage_.data(), storage_.size(), value);
    return *this;
  }

  /// The elements in memory order.
  [[nodiscard]] std::span<T> elements() const noexcept { return {storage_.data(), storage_.size()}; }

private:
  friend class xt::xcontainer<tile_view>;
  storage_type& storage_impl() noexcept { return storage_; }
  storage_type const& storage_impl() const noexcept { return storage_; }

  tile_view& assign_elements(auto const& values) {
    check(values.shape());
    return copy_from(temporary_type(xt::broadcast(values, this->shape())));
  }
  tile_view& copy_from(temporary_type const& values) {
    std::copy_n(values.data(), values.size(), storage_.data());
    return *this;
  }

  /// Whether a shape can be broadcast to this one.
  void check(auto const& shape) const {
    bool fits = shape.size() <= N;
    auto mine = this->shape().rbegin();
    for (auto extent = shape.rbegin(); fits && extent != shape.rend(); ++extent, ++mine)
      fits = static_cast<std::size_t>(*extent) == 1 || static_cast<std::size_t>(*extent) == *mine;
    if (!fits)
      throw argument_error(detail::text("assignment of shape ", detail::tuple_text(shape), " to a tile of shape ",
                                        detail::tuple_text(this->shape())));
  }

  mutable storage_type storage_; // xtensor's adaptors are const where their memory is not
};

} // namespace armada
