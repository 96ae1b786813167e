#pragma once

/// What the leaves of an expression of arrays are, and whether they go together.

#include <armada/arrays/detail/tile_reader.hpp>
#include <armada/arrays/distributed_array.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada::detail {

/// Where an expression is evaluated: at the tiles of an array.
template <std::size_t N>
class tile_frame {
public:
  template <wire T, storage_order Order>
  explicit tile_frame(distributed_array<T, N, Order> const& a)
      : spread_(&a.distribution()), comm_(&a.comm()), window_(&a.window()), array_(&a),
        describe_(
            [](void const* array) { return static_cast<distributed_array<T, N, Order> const*>(array)->describe(); }) {}
  /// At tiles cut like those of an array with fewer elements, which is broadcast.
  template <wire T, std::size_t M, storage_order Order>
  tile_frame(distributed_array<T, M, Order> const& a, armada::distribution<N> const& spread)
      : made_(std::make_shared<armada::distribution<N> const>(spread)), spread_(made_.get()), comm_(&a.comm()),
        window_(&a.window()), array_(&a), describe_([](void const* array) {
          return static_cast<distributed_array<T, M, Order> const*>(array)->describe();
        }) {}

  [[nodiscard]] armada::distribution<N> const& distribution() const { return *spread_; }
  [[nodiscard]] communicator const& comm() const { return *comm_; }
  /// Whether an address lies in the array's own memory.
  [[nodiscard]] bool holds(void const* address) const { return window_->holds(address); }
  [[nodiscard]] std::string describe() const { return describe_(array_); }
  [[nodiscard]] index_array<N> tile_shape() const { return spread_->tile_shape(comm_->rank()); }
  [[nodiscard]] index_array<N> tile_strides() const { return spread_->tile_strides(tile_shape()); }

private:
  std::shared_ptr<armada::distribution<N> const> made_; ///< where it is no array's
  armada::distribution<N> const* spread_;
  communicator const* comm_;
  window_state const* window_;
  void const* array_;
  std::string (*describe_)(void const*);
};

template <std::size_t N, class Operand>
[[noreturn]] void throw_not_conforming(tile_frame<N> const& at, Operand const& operand, char const* why) {
  throw argument_error(text("operands of an expression do not conform: ", at.describe(), " and ", operand.describe(),
                            ": ", why, ", on rank ", at.comm().rank()));
}

/// Throws unless extents can be broadcast to the shape of a frame.
template <std::size_t N, std::size_t M, class Operand>
void check_extents(tile_frame<N> const& at, index_array<M> const& extents, Operand const& operand) {
  static_assert(M <= N);
  for (std::size_t d = 0; d < M; ++d)
    if (extents[d] != 1 && extents[d] != at.distribution().shape()[N - M + d])
      throw_not_conforming(at, operand, "their shapes differ");
}

/// Whether two cuts of the same extent give each part the same indices.
[[nodiscard]] constexpr bool same_parts(dimension const& a, dimension const& b) {
  return a == b || (a.extent() == b.extent() && a.parts() == 1 && b.parts() == 1);
}

/// An array; `Held` is a pointer to it, which may own it.
template <class Array, class Held>
class array_operand_leaf {
public:
  static constexpr std::size_t dimensions = Array::dimensions;
  static constexpr bool copies = false; ///< whether its reader may take memory
  using value_type = typename Array::value_type;

  explicit array_operand_leaf(Held array) : array_(std::move(array)) {}

  void for_each_leaf(auto const& use) const { use(*this); }
  [[nodiscard]] Array const& array() const { return *array_; }
  [[nodiscard]] index_array<dimensions> const& extents() const { return array_->shape(); }
  [[nodiscard]] std::string describe() const { return array_->describe(); }

  /// Throws unless every rank has here what it needs.
  template <std::size_t N>
  void check(tile_frame<N> const& at) const {
    if (array_->comm().state() != at.comm().state())
      throw_not_conforming(at, *this, "they are on different communicators");
    check_extents(at, extents(), *this);
    for (std::size_t d = 0; d < N; ++d) {
      dimension const& wanted = at.distribution().along(d);
      bool const here = d + dimensions < N || extents()[d + dimensions - N] != wanted.extent()
                            ? wanted.parts() == 1
                            : same_parts(array_->distribution().along(d + dimensions - N), wanted);
      if (!here) throw_not_conforming(at, *this, "they are cut in different ways, and one must be redistributed");
    }
  }

  template <std::size_t N>
  [[nodiscard]] auto reader(tile_frame<N> const& at) const {
    auto const& spread = array_->distribution();
    auto const shape = spread.tile_shape(at.comm().rank()), tile = spread.tile_strides(shape);
    index_array<N> strides{};
    for (std::size_t d = 0; d < dimensions; ++d)
      if (extents()[d] == at.distribution().shape()[N - dimensions + d]) strides[N - dimensions + d] = tile[d];
    return strided_reader<value_type, N>(array_->padded().data() + spread.tile_begin(shape), strides);
  }

private:
  Held array_;
};

/// Elements of a tensor of the caller's, the same on every rank. It is not known by its type, which would have
/// xtensor's functions considered for every expression that it is in.
template <class T, std::size_t M>
class tensor_leaf {
public:
  static constexpr std::size_t dimensions = M;
  static constexpr bool copies = true;
  using value_type = T;

  /// `owner` keeps the tensor, if nobody else does.
  template <class Tensor>
  explicit tensor_leaf(Tensor const& tensor, std::shared_ptr<void const> owner = {})
      : from_(buffer_of<M>(tensor)), owner_(std::move(owner)) {
    for (std::size_t d = 0; d < M; ++d) extents_[d] = static_cast<std::int64_t>(tensor.shape()[d]);
  }

  void for_each_leaf(auto const& use) const { use(*this); }
  [[nodiscard]] index_array<M> const& extents() const { return extents_; }
  [[nodiscard]] std::string describe() const { return text("a tensor of shape ", tuple_text(extents_)); }

  template <std::size_t N>
  void check(tile_frame<N> const& at) const {
    check_extents(at, extents(), *this);
  }

  /// Reads it where it lies, unless a dimension is dealt out in blocks, or it lies in memory of the array itself, which
  /// changes meanwhile: then what this rank needs is put together here.
  template <std::size_t N>
  [[nodiscard]] auto reader(tile_frame<N> const& at) const {
    auto const& spread = at.distribution();
    index_array<N> const place = spread.coordinates(at.comm().rank()), tile = at.tile_shape();
    index_array<N> strides{}, whole_strides{};
    value_type const* first = from_.data;
    bool regular = !at.holds(from_.data);
    for (std::size_t d = N - dimensions; d < N; ++d) {
      dimension const& along = spread.along(d);
      if (extents()[d + dimensions - N] != along.extent()) continue;
      whole_strides[d] = from_.strides[d + dimensions - N];
      strides[d] = whole_strides[d] * along.spacing();
      regular = regular && along.spacing() > 0;
      if (tile[d] > 0 && along.spacing() > 0) first += along.global(place[d], 0) * whole_strides[d];
    }
    if (regular) return strided_reader<value_type, N>(first, strides, owner_);
    index_array<N> shape = tile, index{};
    for (std::size_t d = 0; d < N; ++d)
      if (whole_strides[d] == 0) shape[d] = std::min<std::int64_t>(shape[d], 1);
    std::int64_t const volume = checked_volume(shape);
    auto const needed = std::make_shared<std::decay_t<value_type>[]>(static_cast<std::size_t>(volume));
    index_array<N> const dense = row_major_strides(shape);
    for (std::int64_t number = 0; number < volume; ++number) {
      for (std::size_t d = 0; d < N; ++d) index[d] = spread.along(d).global(place[d], number / dense[d] % shape[d]);
      needed[number] = from_.data[dot(index, whole_strides)];
    }
    for (std::size_t d = 0; d < N; ++d) strides[d] = whole_strides[d] == 0 ? 0 : dense[d];
    return strided_reader<value_type, N>(needed.get(), strides, needed);
  }

private:
  section_buffer<T const, M> from_;
  index_array<M> extents_{};
  std::shared_ptr<void const> owner_;
};

/// A number.
template <class T>
class number_leaf {
public:
  static constexpr std::size_t dimensions = 0;
  static constexpr bool copies = false;
  using value_type = T;

  explicit number_leaf(T const& value) : value_(value) {}
  void for_each_leaf(auto const&) const {}
  template <std::size_t N>
  [[nodiscard]] auto reader(tile_frame<N> const&) const {
    return scalar_reader<T, N>(value_);
  }

private:
  T value_;
};

template <class Tensor>
[[nodiscard]] auto owned_tensor(auto&& values) {
  auto const kept = std::make_shared<Tensor const>(std::forward<decltype(values)>(values));
  return tensor_leaf<typename Tensor::value_type, std::tuple_size_v<typename Tensor::shape_type>>(*kept, kept);
}

/// The leaf, or expression, that an operand becomes: refers to lvalues, and owns the others.
template <class X>
[[nodiscard]] auto operand_of(X&& x) {
  using plain = std::remove_cvref_t<X>;
  constexpr bool lasting = std::is_lvalue_reference_v<X>;
  if constexpr (is_expression<plain>) {
    return plain(std::forward<X>(x));
  } else if constexpr (is_array<plain> && lasting) {
    return array_operand_leaf<plain, plain const*>(std::addressof(x));
  } else if constexpr (is_array<plain>) {
    return array_operand_leaf<plain, std::shared_ptr<plain const>>(std::make_shared<plain const>(std::move(x)));
  } else if constexpr (number_operand<plain>) {
    return number_leaf<plain>(x);
  } else if constexpr (section_operand<plain>) {
    return owned_tensor<typename plain::tensor>(x);
  } else {
    constexpr std::size_t M = std::tuple_size_v<typename plain::shape_type>;
    if constexpr (lasting && strided_expression<plain const, typename plain::value_type>)
      return tensor_leaf<typename plain::value_type, M>(x);
    else
      return owned_tensor<xt::xtensor<typename plain::value_type, M>>(std::forward<X>(x));
  }
}

/// Whether a leaf is an array.
template <class Leaf>
concept has_array = requires(Leaf const& leaf) {
  leaf.array();
};

/// Throws `argument_error` with both, on every rank, unless all arrays and tensors of an expression go with a frame.
template <std::size_t N, class E>
void check_operands(tile_frame<N> const& at, E const& e) {
  static_assert(E::dimensions <= N, "an expression has more dimensions than the array that it is assigned to");
  bool tensors = false;
  e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
    if constexpr (has_array<Leaf>)
      leaf.check(at);
    else
      tensors = true;
  });
  if (tensors) agree(at.comm(), [&] { e.for_each_leaf([&](auto const& leaf) { leaf.check(at); }); });
}

/// The tiles of a new array of `shape` that holds what an array is broadcast to: cut like it along its dimensions.
/// None where the array is cut along a dimension in which it is repeated.
template <std::size_t N, class Array>
[[nodiscard]] std::optional<tile_frame<N>> broadcast_frame(Array const& a, index_array<N> const& shape) {
  constexpr std::size_t M = Array::dimensions;
  cut_array<N> cuts;
  index_array<N> grid{};
  cuts.fill(whole);
  grid.fill(1);
  for (std::size_t d = 0; d < M; ++d) {
    auto const& along = a.distribution().along(d);
    std::size_t const n = N - M + d;
    if (along.extent() == shape[n]) {
      cuts[n] = a.distribution().cuts()[d];
      grid[n] = along.parts();
    } else if (along.extent() != 1 || along.parts() != 1) {
      return std::nullopt;
    }
  }
  return tile_frame<N>(a, distribution<N>(shape, cuts, process_grid<N>(grid), a.comm().size()));
}

/// The tiles at which an expression is evaluated that says nothing else: those of its first array that has all of its
/// dimensions and its extents, or else such that its first array that can be is broadcast to them. Throws
/// `argument_error` on every rank where there is none, and where tensors make them differ between ranks.
template <class E>
[[nodiscard]] auto frame_of(E const& e) {
  constexpr std::size_t N = E::dimensions;
  index_array<N> shape{};
  shape.fill(1);
  e.for_each_leaf([&](auto const& leaf) {
    auto const extents = leaf.extents();
    for (std::size_t k = 1; k <= extents.size(); ++k)
      if (auto& extent = shape[N - k]; extent == 1) extent = extents[extents.size() - k];
  });
  communicator const* comm = nullptr;
  bool tensors = false; // which may differ between ranks, though they must not
  e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
    if constexpr (has_array<Leaf>)
      comm = comm == nullptr ? &leaf.array().comm() : comm;
    else
      tensors = true;
  });
  if (tensors) check_same_everywhere(*comm, "shape of an expression with tensors", shape);
  std::optional<tile_frame<N>> found;
  e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
    if constexpr (has_array<Leaf>) {
      if constexpr (Leaf::dimensions == N)
        if (!found && leaf.extents() == shape) found.emplace(leaf.array());
    }
  });
  e.for_each_leaf([&]<class Leaf>(Leaf const& leaf) {
    if constexpr (has_array<Leaf>)
      if (!found) found = broadcast_frame<N>(leaf.array(), shape);
  });
  if (found) {
    check_operands(*found, e);
    return *found;
  }
  std::string arrays;
  e.for_each_leaf([&](auto const& leaf) { arrays += (arrays.empty() ? "" : " and ") + leaf.describe(); });
  throw argument_error(text("operands of an expression do not conform: of ", arrays,
                            " none has its shape, or is whole where it is repeated"));
}

} // namespace armada::detail
