#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Every rank receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n), the same n on every rank; with `in_place` the own block lies in `out` already.
/// Throws `argument_error` when the lengths do not fit. MPI-4.0, sections 6.7 and 6.12.5.
template <source_or_in_place In, writable Out, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto allgather(communicator const& comm, In&& in, Out&& out, Mode mode = {}) {
  return routine<MPI_Allgather_c, MPI_Iallgather_c>::launch(mode, detail::gathered("allgather", comm, in, out, true));
}

/// The same with a block of each rank's own length: `ragged(range, counts)` says how `out` is cut.
/// Shapes: in (counts[rank]), counts (size). Throws `argument_error` when a block is not inside `out`.
template <source_or_in_place In, writable_wire T, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In>
auto allgather(communicator const& comm, In&& in, ragged_buffer<T> out, Mode mode = {}) {
  auto const arguments = detail::gathered_ragged("allgather", comm, in, out, true);
  return routine<MPI_Allgatherv_c, MPI_Iallgatherv_c>::launch(mode, arguments, std::move(out));
}

namespace detail {

template <class T>
class allgather_exchange : public gathered_values<T> {
public:
  allgather_exchange(std::string_view operation, communicator const& comm, T const& value, bool outlive)
      : gathered_values<T>(operation, comm, value, outlive, true) {}
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Iallgather_c>(std::tuple_cat(this->announcing(), std::tuple(raw)));
  }
  MPI_Request transfer(MPI_Comm raw) {
    return request_of<MPI_Iallgatherv_c>(std::tuple_cat(this->transferring(), std::tuple(raw)));
  }
  [[nodiscard]] std::vector<T> take() const { return this->values(); }
};

} // namespace detail

/// Every rank receives the values of all ranks, in rank order: one value of any type and size per rank, so that
/// `allgather(world, hostname)` gives strings of different lengths. Collective over `comm`.
/// Throws `type_error` when the ranks' types differ; the types of blocking scalars are not compared.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto allgather(communicator const& comm, T const& value, Mode mode = {}) {
  constexpr bool now = std::same_as<Mode, blocking_t>;
  if constexpr (scalar<T> && now) {
    using slot = std::conditional_t<std::same_as<T, bool>, unsigned char, T>; // vector<bool> has no elements to write
    std::vector<slot> values(static_cast<std::size_t>(comm.size()));
    allgather(comm, static_cast<slot const&>(value), values);
    return std::vector<T>(values.begin(), values.end());
  } else {
    return detail::run_exchange(mode, comm, detail::allgather_exchange<T>("allgather", comm, value, !now));
  }
}

} // namespace armada
