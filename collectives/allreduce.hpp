#pragma once

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/detail/arguments.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Combines `in` of all ranks element by element with `op`; every rank receives the result in `out`.
/// Collective over `comm`. Shapes: in (n), out (n), the same n on every rank; `in` may be `in_place`.
/// `op` is a standard function object, `minimum`, `maximum`, or any associative callable (see `reducer`); MPI combines
/// the ranks in their order unless it is wrapped in `commutative`. Throws `argument_error` when the lengths differ, and
/// `unsupported` for a callable with state when `operation::limit` are in use. MPI-4.0, sections 6.9.6 and 6.12.8.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto allreduce(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Allreduce_c, MPI_Iallreduce_c>;
  return detail::launch_reduced<mpi>("allreduce", mode, comm, in, out, std::move(op));
}

namespace detail {

/// Objects are combined by every rank, in rank order, from the values of all.
template <class T, class Op>
class allreduce_exchange : public allgather_exchange<T> {
public:
  allreduce_exchange(communicator const& comm, T const& value, bool outlive, Op op)
      : allgather_exchange<T>("allreduce", comm, value, outlive), op_(std::move(op)) {}
  [[nodiscard]] T take() {
    auto values = allgather_exchange<T>::take();
    T total = std::move(values.front());
    for (std::size_t rank = 1; rank < values.size(); ++rank) total = op_(std::move(total), std::move(values[rank]));
    return total;
  }

private:
  [[no_unique_address]] Op op_;
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
    return detail::run_exchange(mode, comm, detail::allreduce_exchange<T, Op>(comm, value, !now, std::move(op)));
  } else if constexpr (now) {
    T result = value;
    detail::launch_reduced<mpi>("allreduce", blocking, comm, value, result, std::move(op));
    return result;
  } else {
    auto result = std::make_unique<T>(value);
    auto kept = make_operation<element_t<T>>(std::move(op));
    MPI_Request const request = mpi::begin(detail::reduced("allreduce", comm, in_place, *result, kept.raw()));
    return detail::make_pending(
        request, detail::request_kind::collective,
        [result = std::move(result), kept = std::move(kept)](MPI_Status const&) { return std::move(*result); });
  }
}

} // namespace armada
