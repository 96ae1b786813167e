#pragma once

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/detail/value_reduction.hpp>

namespace armada {

/// Combines `in` of all ranks element by element with `op`; every rank receives the result in `out`, over an
/// intercommunicator that of the other side. Collective over `comm`. Shapes: in (n), out (n), the same n on every rank;
/// `in` may be `in_place`. `op` is a standard function object, `minimum`, `maximum`, `min_location`, `max_location`, or
/// any associative callable (see `reducer`); MPI combines the ranks in their order unless it is wrapped in
/// `commutative`. Throws `argument_error` when the lengths differ, and `unsupported` for a callable with state when
/// `operation::limit` are in use. MPI-4.0, sections 6.9.6, 6.12.8 and 6.13.8.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto allreduce(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Allreduce_c, MPI_Iallreduce_c, MPI_Allreduce_init_c>;
  return mpi::run(mode, detail::reduced("allreduce", comm, in, out, std::move(op)));
}

namespace detail {

/// Objects are combined by every rank, in rank order, from the values of all.
template <class T, class Op>
class allreduce_exchange : public allgather_exchange<T> {
public:
  allreduce_exchange(communicator const& comm, T const& value, bool outlive, Op op)
      : allgather_exchange<T>("allreduce", comm, value, outlive), op_(std::move(op)) {}
  [[nodiscard]] T take() { return combine_all(this->values(), op_); }

private:
  [[no_unique_address]] Op op_;
};

} // namespace detail

/// The values of all ranks combined with `op`, on every rank. A range is combined element by element, anything else as
/// a whole, objects in rank order. Collective over `comm`.
template <class T, detail::combiner<T> Op, completion Mode = blocking_t>
[[nodiscard]] auto allreduce(communicator const& comm, T const& value, Op op, Mode mode = {}) {
  if constexpr (source<T>) {
    using mpi = routine<MPI_Allreduce_c, MPI_Iallreduce_c>;
    return detail::reduce_value<mpi>(
        mode, value, [&](auto& in, auto& out) { return detail::reduced("allreduce", comm, in, out, std::move(op)); },
        [](T& total) { return std::move(total); });
  } else {
    constexpr bool now = std::same_as<Mode, blocking_t>;
    return detail::run_exchange(mode, {.comm = comm, .operation = "allreduce"},
                                detail::allreduce_exchange<T, Op>(comm, value, !now, std::move(op)));
  }
}

} // namespace armada
