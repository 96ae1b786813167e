#pragma once

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/detail/arguments.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Combines `in` of all ranks element by element with `op`; every rank receives the result in `out`.
/// Collective over `comm`. Shapes: in (n), out (n), the same n on every rank; `in` may be `in_place`.
/// `op` is a standard function object, `minimum`, `maximum`, or any callable without state that is associative.
/// Throws `argument_error` when the lengths differ. MPI-4.0, sections 6.9.6 and 6.12.8.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto allreduce(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Allreduce_c, MPI_Iallreduce_c>;
  return mpi::launch(mode, detail::reduced("allreduce", comm, in, out, op));
}

namespace detail {

/// Objects are combined by every rank, in rank order, from the values of all.
template <class T, class Op>
class allreduce_exchange : public allgather_exchange<T> {
public:
  using allgather_exchange<T>::allgather_exchange;
  [[nodiscard]] T take() const {
    auto values = allgather_exchange<T>::take();
    T total = std::move(values.front());
    for (std::size_t rank = 1; rank < values.size(); ++rank) total = Op{}(std::move(total), std::move(values[rank]));
    return total;
  }
};

template <class T>
struct combined_by_op {
  using type = T;
};
template <source T>
struct combined_by_op<T> {
  using type = element_t<T>;
};

/// A callable that combines two T: their elements when T is a range, the values themselves otherwise.
template <class Op, class T>
concept combiner = reducer<Op, typename combined_by_op<T>::type>;

} // namespace detail

/// The values of all ranks combined with `op`, on every rank. A range is combined element by element, anything else as
/// a whole, objects in rank order. Collective over `comm`.
template <class T, detail::combiner<T> Op, completion Mode = blocking_t>
[[nodiscard]] auto allreduce(communicator const& comm, T const& value, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Allreduce_c, MPI_Iallreduce_c>;
  constexpr bool now = std::same_as<Mode, blocking_t>;
  if constexpr (object<T>) {
    return detail::run_exchange(mode, comm, detail::allreduce_exchange<T, Op>("allreduce", comm, value, !now));
  } else if constexpr (now) {
    T result = value;
    mpi::launch(blocking, detail::reduced("allreduce", comm, value, result, op));
    return result;
  } else {
    auto result = std::make_unique<T>(value);
    MPI_Request const request = mpi::begin(detail::reduced("allreduce", comm, in_place, *result, op));
    return detail::make_pending(request, detail::request_kind::collective,
                                [result = std::move(result)](MPI_Status const&) { return std::move(*result); });
  }
}

} // namespace armada
