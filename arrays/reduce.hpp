#pragma once

/// Reductions of whole arrays to one value, on every rank. Collective over the array's communicator; each begins with a
/// fence, so that it sees every access that any rank made before it.

#include <armada/arrays/detail/blas.hpp>
#include <armada/arrays/distributed_array.hpp>
#include <armada/collectives/allreduce.hpp>

#include <cmath>
#include <functional>
#include <numeric>

namespace armada {
namespace detail {

/// Throws `argument_error` on every rank unless two arrays have the same shape, distribution and ranks.
template <class T, class U, std::size_t N, storage_order A, storage_order B>
void check_conform(char const* operation, distributed_array<T, N, A> const& a, distributed_array<U, N, B> const& b) {
  if (!(a.distribution() == b.distribution()))
    throw argument_error(text(operation, ": ", a.describe(), " and ", b.describe(), " do not conform"));
}

} // namespace detail

/// The sum of all elements. Empty arrays have sum T{}.
template <wire T, std::size_t N, storage_order Order>
  requires reducer<std::plus<>, T>
[[nodiscard]] T sum(distributed_array<T, N, Order> const& a) {
  a.fence();
  return allreduce(a.comm(), detail::local_sum<T>(a.local().elements()), std::plus<>{});
}

/// The sum of the products of elements at the same index; of `conj(a)` and b for complex elements. The arrays have the
/// same shape and distribution. Throws `argument_error` with both descriptions on every rank.
template <wire T, std::size_t N, storage_order Order>
  requires reducer<std::plus<>, T>
[[nodiscard]] T dot(distributed_array<T, N, Order> const& a, distributed_array<T, N, Order> const& b) {
  detail::check_conform("dot", a, b);
  a.fence();
  b.fence();
  return allreduce(a.comm(), detail::local_dot<T>(a.local().elements(), b.local().elements()), std::plus<>{});
}

/// The square root of the sum of the squared magnitudes, over all elements.
template <wire T, std::size_t N, storage_order Order>
  requires std::floating_point<T> || detail::is_complex<T>
[[nodiscard]] auto norm(distributed_array<T, N, Order> const& a) {
  a.fence();
  auto const mine = a.local();
  auto const squared = detail::local_dot<T>(mine.elements(), mine.elements());
  return std::sqrt(std::real(allreduce(a.comm(), squared, std::plus<>{})));
}

} // namespace armada
