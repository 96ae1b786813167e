#pragma once

#include <armada/collectives/allgather.hpp>
#include <armada/collectives/detail/value_reduction.hpp>

#include <optional>

namespace armada {

/// Rank r receives in `out` the elements of ranks 0 to r - 1, combined with `op` element by element; rank 0's `out`
/// stays as it is. Collective over `comm`. Shapes: in (n), out (n), the same n on every rank; `in` may be `in_place`.
/// `op` as for `allreduce`. Throws `argument_error` when the lengths differ, or on an intercommunicator.
/// MPI-4.0, sections 6.11.2, 6.12.12 and 6.13.12.
template <source_or_in_place In, writable Out, reducer<element_t<Out>> Op, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto exscan(communicator const& comm, In&& in, Out&& out, Op op, Mode mode = {}) {
  using mpi = routine<MPI_Exscan_c, MPI_Iexscan_c, MPI_Exscan_init_c>;
  return mpi::run(mode, detail::scanned("exscan", comm, in, out, std::move(op)));
}

namespace detail {

/// Every rank combines the objects of those before it, in rank order.
template <class T, class Op>
class exscan_exchange : public allgather_exchange<T> {
public:
  exscan_exchange(communicator const& comm, T const& value, Op op, bool outlive)
      : allgather_exchange<T>("exscan", comm, value, outlive), upto_(static_cast<std::size_t>(comm.rank())),
        op_(std::move(op)) {}
  [[nodiscard]] std::optional<T> take() {
    if (upto_ == 0) return std::nullopt;
    return combine_all(this->values(upto_), op_);
  }

private:
  std::size_t upto_;
  [[no_unique_address]] Op op_;
};

} // namespace detail

/// The values of the ranks before this one combined with `op`; empty on rank 0. A range is combined element by element,
/// anything else as a whole, objects in rank order (every rank holds the objects of all). Collective over `comm`.
template <class T, detail::combiner<T> Op, completion Mode = blocking_t>
[[nodiscard]] auto exscan(communicator const& comm, T const& value, Op op, Mode mode = {}) {
  if constexpr (source<T>) {
    using mpi = routine<MPI_Exscan_c, MPI_Iexscan_c>;
    bool const first = comm.rank() == 0;
    return detail::reduce_value<mpi>(
        mode, value, [&](auto& in, auto& out) { return detail::scanned("exscan", comm, in, out, std::move(op)); },
        [first](T& total) { return first ? std::nullopt : std::optional<T>(std::move(total)); });
  } else {
    constexpr bool now = std::same_as<Mode, blocking_t>;
    detail::check_one_group("exscan", comm);
    return detail::run_exchange(mode, {.comm = comm, .operation = "exscan"},
                                detail::exscan_exchange<T, Op>(comm, value, std::move(op), !now));
  }
}

} // namespace armada
