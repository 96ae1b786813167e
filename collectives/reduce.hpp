#pragma once

#include <armada/collectives/detail/value_reduction.hpp>
#include <armada/collectives/gather.hpp>

#include <optional>

namespace armada {

/// Combines `in` of all ranks element by element with `op`; the root receives the result in `out`. Collective over
/// `comm`. Shapes: in (n), the same n on every rank, at the root also `in_place`; out (n) at the root and anything,
/// such as `nothing`, elsewhere. `op` as for `allreduce`. Throws `argument_error` for a wrong root or length.
/// What one rank alone has wrong, such as the root's length, is thrown there, and the others wait for it; with
/// ARMADA_CHECK=collectives all ranks throw.
/// MPI-4.0, sections 6.9.1, 6.12.7 and 6.13.7.
template <detail::reducible In, detail::reducible_target Out, reducer<detail::reduced_element_t<In, Out>> Op,
          any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto reduce(communicator const& comm, In&& in, Out&& out, Op op, int root, Mode mode = {}) {
  using mpi = routine<MPI_Reduce_c, MPI_Ireduce_c, MPI_Reduce_init_c>;
  return mpi::run(mode, detail::reduced_to("reduce", comm, in, out, std::move(op), root));
}

namespace detail {

/// Objects are combined by the root, in rank order.
template <class T, class Op>
class reduce_exchange : public gather_exchange<T> {
public:
  reduce_exchange(communicator const& comm, T const& value, Op op, int root, bool outlive)
      : gather_exchange<T>("reduce", comm, value, root, outlive), op_(std::move(op)) {}
  [[nodiscard]] std::optional<T> take() {
    auto values = gather_exchange<T>::take();
    if (!values) return std::nullopt;
    return combine_all(std::move(*values), op_);
  }

private:
  [[no_unique_address]] Op op_;
};

} // namespace detail

/// The values of all ranks combined with `op`, at the root; other ranks get an empty optional. A range is combined
/// element by element, anything else as a whole, objects in rank order. Collective over `comm`.
/// Throws `argument_error` for a wrong root.
template <class T, detail::combiner<T> Op, completion Mode = blocking_t>
[[nodiscard]] auto reduce(communicator const& comm, T const& value, Op op, int root, Mode mode = {}) {
  if constexpr (source<T>) {
    using mpi = routine<MPI_Reduce_c, MPI_Ireduce_c>;
    bool const here = detail::role_of("reduce", comm, root).is_root;
    return detail::reduce_value<mpi>(
        mode, value,
        [&](auto& in, auto& out) { return detail::reduced_to("reduce", comm, in, out, std::move(op), root); },
        [here](T& total) { return here ? std::optional<T>(std::move(total)) : std::nullopt; });
  } else {
    constexpr bool now = std::same_as<Mode, blocking_t>;
    return detail::run_exchange(mode, {.comm = comm, .operation = "reduce", .root = root},
                                detail::reduce_exchange<T, Op>(comm, value, std::move(op), root, !now));
  }
}

} // namespace armada
