#pragma once

/// New arrays with NumPy's names. All are collective over the communicator, and end with a fence: any rank may read any
/// element at once. They throw what the constructor of `distributed_array` throws, on all ranks or none.

#include <armada/arrays/distributed_array.hpp>
#include <armada/arrays/iteration.hpp>
#include <armada/collectives/allgather.hpp>
#include <armada/collectives/bcast.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/option.hpp>

#include <xtensor/xexpression.hpp>
#include <xtensor/xtensor.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace armada {

/// How a new array is cut, in braces: `{block, cyclic}`; nothing for whole rows in balanced blocks.
template <std::size_t N>
class cuts_option {
public:
  cuts_option() = default;
  template <std::convertible_to<cut>... Cuts>
    requires(sizeof...(Cuts) == N)
  cuts_option(Cuts const&... cuts) : cuts_{cut(cuts)...}, given_(true) {} // NOLINT(*-explicit-*)
  cuts_option(cut_array<N> const& cuts) : cuts_(cuts), given_(true) {}    // NOLINT(*-explicit-*)

  template <wire T>
  [[nodiscard]] distributed_array<T, N> make(communicator const& comm, shape_option<N> const& shape) const {
    if (given_) return distributed_array<T, N>(comm, shape, cuts_);
    return distributed_array<T, N>(comm, shape);
  }

private:
  cut_array<N> cuts_;
  bool given_ = false;
};

namespace detail {

/// An argument that leaves it to the shape to say N.
template <std::size_t N>
using cuts_for = std::type_identity_t<cuts_option<N>>;

/// A shape in braces, whose length the compiler counts.
template <std::size_t N>
using shape_in_braces = any_integer const (&)[N];

template <std::size_t N>
[[nodiscard]] index_array<N> shape_of(shape_in_braces<N> extents) {
  index_array<N> shape{};
  for (std::size_t d = 0; d < N; ++d) shape[d] = extents[d].value;
  return shape;
}

/// `action` stores what this rank owns of a new array; then a fence, in which every rank hears of what one rank throws.
template <class Array, class Action>
void store_together(Array& a, Action action) {
  tracing::scope const traced("fence");
  agree(a.comm(), [&] {
    action();
    a.window().sync_memory();
  });
  a.window().sync_memory();
}

/// Every element that this rank owns = f(index); then a fence.
template <class Array, class Function>
void assign_by_index(Array& a, Function f) {
  store_together(a, [&] {
    for_each_owned(a, [&](auto const& index, auto& element) {
      element = static_cast<typename Array::value_type>(std::apply(f, index));
    });
  });
}

/// How many numbers arange has. Throws `argument_error` for a step of zero, and for more than an extent can count.
[[nodiscard]] inline std::int64_t arange_length(long double first, long double last, long double step) {
  if (step == 0) throw argument_error("arange with a step of 0"); // NOLINT(*-float-equal)
  long double const length = std::ceil((last - first) / step);
  if (!(length < 0x1p63L)) throw argument_error(text("arange from ", first, " to ", last, ": of length ", length));
  return length > 0 ? static_cast<std::int64_t>(length) : 0;
}

} // namespace detail

/// Zeros: `zeros<double>(world(), {rows, columns})`, or with `{block, cyclic}` behind.
template <wire T, std::size_t N>
[[nodiscard]] distributed_array<T, N> zeros(communicator const& comm, detail::any_integer const (&shape)[N],
                                            detail::cuts_for<N> const& cuts = {}) {
  return cuts.template make<T>(comm, detail::shape_of<N>(shape));
}

/// Every element is `value`.
template <wire T, std::size_t N>
[[nodiscard]] distributed_array<T, N> full(communicator const& comm, detail::any_integer const (&shape)[N],
                                           T const& value, detail::cuts_for<N> const& cuts = {}) {
  auto a = zeros<T>(comm, shape, cuts);
  a.local() = value;
  a.fence();
  return a;
}

/// Every element is 1.
template <wire T, std::size_t N>
[[nodiscard]] distributed_array<T, N> ones(communicator const& comm, detail::any_integer const (&shape)[N],
                                           detail::cuts_for<N> const& cuts = {}) {
  return full<T>(comm, shape, T(1), cuts);
}

/// Element (i, j, …) is f(i, j, …), computed by its owner. What f throws on one rank, all ranks throw.
template <wire T, std::size_t N, class Function>
[[nodiscard]] distributed_array<T, N> from_function(communicator const& comm, detail::any_integer const (&shape)[N],
                                                    Function f, detail::cuts_for<N> const& cuts = {}) {
  auto a = zeros<T>(comm, shape, cuts);
  detail::assign_by_index(a, f);
  return a;
}

/// first, first + step, … as long as it is before `last`. Throws `argument_error` for a step of zero, and
/// for a length that 64 bits do not hold.
template <wire T>
  requires std::is_arithmetic_v<T>
[[nodiscard]] distributed_array<T, 1> arange(communicator const& comm, T first, T last, T step = T(1),
                                             detail::cuts_for<1> const& cuts = {}) {
  std::int64_t const length = agree(comm, [&] {
    return detail::arange_length(static_cast<long double>(first), static_cast<long double>(last),
                                 static_cast<long double>(step));
  });
  auto a = cuts.template make<T>(comm, {length});
  detail::assign_by_index(a, [=](std::int64_t i) { return first + static_cast<T>(i) * step; });
  return a;
}
/// 0, 1, … before `last`.
template <wire T>
  requires std::is_arithmetic_v<T>
[[nodiscard]] distributed_array<T, 1> arange(communicator const& comm, T last) { return arange<T>(comm, T(0), last); }

/// `count` numbers at one distance, from `first` to `last`, both included.
template <std::floating_point T>
[[nodiscard]] distributed_array<T, 1> linspace(communicator const& comm, T first, T last, detail::any_integer count,
                                               detail::cuts_for<1> const& cuts = {}) {
  auto a = cuts.template make<T>(comm, {count.value});
  auto const gaps = static_cast<T>(count.value - 1);
  detail::assign_by_index(a, [=](std::int64_t i) {
    return i == count.value - 1 && i > 0 ? last : first + static_cast<T>(i) * ((last - first) / (gaps > 0 ? gaps : 1));
  });
  return a;
}

/// The unit matrix.
template <wire T>
[[nodiscard]] distributed_array<T, 2> eye(communicator const& comm, detail::any_integer rows,
                                          detail::cuts_for<2> const& cuts = {}) {
  auto a = cuts.template make<T>(comm, {rows.value, rows.value});
  detail::assign_by_index(a, [](std::int64_t i, std::int64_t j) { return i == j ? T(1) : T(0); });
  return a;
}

/// The blocks of all ranks, one behind the other along the first dimension, in rank order; the blocks may differ in
/// that extent. Throws `argument_error` on every rank where they differ in another.
template <class E>
  requires(detail::list_dimensions<E>() >= 1 && wire<typename E::value_type>)
[[nodiscard]] auto from_local(communicator const& comm, xt::xexpression<E> const& block_here) {
  constexpr std::size_t N = detail::list_dimensions<E>();
  using T = typename E::value_type;
  auto const& values = block_here.derived_cast();
  index_array<N> shape{};
  for (std::size_t d = 0; d < N; ++d) shape[d] = static_cast<std::int64_t>(values.shape()[d]);
  std::int64_t const mine = std::exchange(shape[0], 0);
  detail::check_same_everywhere(comm, "shape of the blocks behind the first dimension", shape);
  std::vector<std::int64_t> boundaries{0};
  for (std::int64_t const rows : allgather(comm, mine)) boundaries.push_back(boundaries.back() + rows);
  shape[0] = boundaries.back();
  auto cuts = row_cuts<N>();
  cuts[0] = irregular(boundaries);
  distributed_array<T, N> a(comm, shape, cuts);
  detail::store_together(a, [&] { a.local() = values; });
  return a;
}

/// The tensor that `root` has; what other ranks give is not looked at.
template <wire T, std::size_t N>
[[nodiscard]] distributed_array<T, N> from_serial(communicator const& comm, xt::xtensor<T, N> const& values, int root,
                                                  detail::cuts_for<N> const& cuts = {}) {
  index_array<N> shape{};
  for (std::size_t d = 0; d < N; ++d) shape[d] = static_cast<std::int64_t>(values.shape()[d]);
  bcast(comm, shape, root);
  auto a = cuts.template make<T>(comm, shape);
  a.fence();
  if (comm.rank() == root) a(xt::ellipsis()) = values;
  a.fence();
  return a;
}

} // namespace armada
