#pragma once

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/detail/value_reduction.hpp>

namespace armada {

/// Rank r receives in `out` the elements of ranks 0 to r, combined with `op` element by element. Collective over
/// `comm`. Shapes: in (n), out (n), the same n on every rank; `in` may be `in_place`. `op` as for `allreduce`.
/// Throws `argument_error` when the lengths differ, or on an intercommunicator. MPI-4.0, sections 6.11.1, 6.12.11 and
/// 6.13.11.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto scan(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Scan_c, MPI_Iscan_c, MPI_Scan_init_c>;
  return mpi::run(mode, detail::scanned("scan", comm, in, out, std::move(op)));
}

namespace detail {

/// Every rank combines the objects of those before it, in rank order.
template <class T, class Op>
class scan_exchange : public allgather_exchange<T> {
public:
  scan_exchange(communicator const& comm, T const& value, Op op, bool outlive)
      : allgather_exchange<T>("scan", comm, value, outlive), upto_(static_cast<std::size_t>(comm.rank()) + 1),
        op_(std::move(op)) {}
  [[nodiscard]] T take() { return combine_all(this->values(upto_), op_); }

private:
  std::size_t upto_;
  [[no_unique_address]] Op op_;
};

} // namespace detail

/// The values of ranks 0 to this one combined with `op`. A range is combined element by element, anything else as a
/// whole, objects in rank order (every rank holds the objects of all). Collective over `comm`.
template <class T, detail::combiner<T> Op, completion Mode = blocking_t>
[[nodiscard]] auto scan(communicator const& comm, T const& value, Op op, Mode mode = {}) {
  if constexpr (source<T>) {
    using mpi = routine<MPI_Scan_c, MPI_Iscan_c>;
    return detail::reduce_value<mpi>(
        mode, value, [&](auto& in, auto& out) { return detail::scanned("scan", comm, in, out, std::move(op)); },
        [](T& total) { return std::move(total); });
  } else {
    constexpr bool now = std::same_as<Mode, blocking_t>;
    detail::check_one_group("scan", comm);
    return detail::run_exchange(mode, {.comm = comm, .operation = "scan"},
                                detail::scan_exchange<T, Op>(comm, value, std::move(op), !now));
  }
}

} // namespace armada
