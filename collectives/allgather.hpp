#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/collectives/detail/value_slots.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Every rank receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n), the same n on every rank; with `in_place` the own block lies in `out` already. `in`
/// may be a strided view, both may be `typed`. Over an intercommunicator the blocks are those of the other side.
/// Throws `argument_error` when the lengths do not fit. MPI-4.0, sections 6.7, 6.12.5 and 6.13.5.
template <detail::whole_source In, detail::cut_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto allgather(communicator const& comm, In&& in, Out&& out, Mode mode = {}) {
  using mpi = routine<MPI_Allgather_c, MPI_Iallgather_c>; // the persistent one is wrong (quirk 4)
  return mpi::run(mode, detail::gathered_by_all("allgather", comm, in, out, comm.peers()));
}

/// The same with a block of each rank's own length: `ragged(range, counts)` says how `out` is cut.
/// Shapes: in (counts[rank]), counts (size). Throws `argument_error` when a block is not inside `out`.
template <detail::whole_source In, writable_wire T, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In>
auto allgather(communicator const& comm, In&& in, ragged_buffer<T> out, Mode mode = {}) {
  using mpi = routine<MPI_Allgatherv_c, MPI_Iallgatherv_c, MPI_Allgatherv_init_c>;
  return mpi::run(
      mode, detail::gathered_ragged_by_all("allgather", comm, in, std::move(out), comm.peers(), !comm.is_inter()));
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
/// Throws `type_error` when the ranks' types differ; wire types go as they are, and are not compared.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto allgather(communicator const& comm, T const& value, Mode mode = {}) {
  constexpr bool now = std::same_as<Mode, blocking_t>;
  if constexpr (wire<T>) {
    using mpi = routine<MPI_Allgather_c, MPI_Iallgather_c>;
    struct memory {
      detail::slot<T> mine;
      detail::slots<T> all;
    };
    return detail::run_on<mpi>(
        mode, memory{value, detail::slots<T>(static_cast<std::size_t>(comm.peers()))},
        [&comm](memory& both) {
          auto mine = detail::as_one(both.mine);
          return detail::gathered_by_all("allgather", comm, mine, both.all, comm.peers());
        },
        [](memory& both) { return detail::values_of_slots<T>(std::move(both.all)); });
  } else {
    return detail::run_exchange(mode, {.comm = comm, .operation = "allgather"},
                                detail::allgather_exchange<T>("allgather", comm, value, !now));
  }
}

} // namespace armada
