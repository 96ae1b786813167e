#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/collectives/detail/value_slots.hpp>
#include <armada/core/launch.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace armada {

/// Rank r receives block r of the root's `in`. Collective over `comm`.
/// Shapes: in (size × n) at the root and anything, such as `nothing`, elsewhere; out (n), at the root also `in_place`:
/// its own block stays where it is. `out` may be a strided view, both may be `typed`.
/// Throws `argument_error` for a wrong root or length. What one rank alone has wrong, such as the root's length, is
/// thrown there, and the others wait for it; with ARMADA_CHECK=collectives all ranks throw. MPI-4.0,
/// sections 6.6, 6.12.4 and 6.13.4.
template <detail::cut_source In, detail::whole_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto scatter(communicator const& comm, In&& in, Out&& out, int root, Mode mode = {}) {
  using mpi = routine<MPI_Scatter_c, MPI_Iscatter_c>; // the persistent one is wrong (quirk 4)
  return mpi::run(mode, detail::scattered("scatter", comm, in, out, root));
}

/// The same with a block of each rank's own length. Elsewhere than at the root the cut is not read: pass
/// `ragged_buffer<T>()`, and not `nothing`, which is for equal blocks.
template <wire T, detail::whole_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, Out>
auto scatter(communicator const& comm, ragged_buffer<T> in, Out&& out, int root, Mode mode = {}) {
  using mpi = routine<MPI_Scatterv_c, MPI_Iscatterv_c, MPI_Scatterv_init_c>;
  return mpi::run(mode, detail::scattered_ragged("scatter", comm, std::move(in), out, root));
}

namespace detail {

template <class T>
class scatter_exchange {
public:
  scatter_exchange(communicator const& comm, std::vector<T> const& values, int root, bool here)
      : root_(root), mine_(root != root_here && root != root_beside) {
    if (here) all_ = spread_values<T>("scatter", comm.rank(), values, comm.peers());
  }
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Iscatter_c>(std::tuple_cat(
        all_.announcing(), std::tuple(static_cast<void*>(&said_), announcement::words, MPI_INT64_T, root_, raw)));
  }
  MPI_Request transfer(MPI_Comm raw) {
    bytes_.resize(static_cast<std::size_t>(said_.length()));
    return request_of<MPI_Iscatterv_c>(
        std::tuple_cat(all_.transferring(),
                       std::tuple(static_cast<void*>(bytes_.data()), MPI_Count{said_.length()}, MPI_BYTE, root_, raw)));
  }
  [[nodiscard]] T take() const {
    T value{};
    all_.require_sent();
    if (!mine_) return value;
    check_announced<T>(said_, root_, "scatter");
    from_bytes(std::span<std::byte const>(bytes_), value);
    return value;
  }

private:
  int root_;
  bool mine_;
  spread_values<T> all_;
  announcement said_; // of the value for this rank
  std::vector<std::byte> bytes_;
};

} // namespace detail

/// Rank r receives value r of the root's `values`: values of any type and size, one for each rank. Elsewhere `values`
/// is not read, and may be empty; on the root's side of an intercommunicator the result is a T as it is made.
/// Collective over `comm`. Throws `argument_error` for a wrong root and, on every rank, when the root has not one value
/// for each rank; `type_error` where the type is another one than the root's, but wire types are not compared.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto scatter(communicator const& comm, std::vector<T> const& values, int root, Mode mode = {}) {
  bool const here = detail::role_of("scatter", comm, root).is_root;
  if constexpr (wire<T>) {
    using mpi = routine<MPI_Scatter_c, MPI_Iscatter_c>;
    struct memory {
      std::vector<detail::sent_slot<T>> all;
      detail::sent_slot<T> mine;
    };
    int const sender = root == root_here ? comm.rank() : root;
    bool const unsent = here && root == root_here && std::cmp_not_equal(values.size(), comm.peers());
    return detail::run_on<mpi>(
        mode,
        memory{here ? detail::sent_slots(values, comm.peers()) : std::vector<detail::sent_slot<T>>(),
               {detail::slot<T>{}, unsent ? static_cast<std::int64_t>(values.size()) : -1}},
        [&comm, root](memory& both) {
          auto mine = detail::as_one(both.mine);
          return detail::scattered("scatter", comm, both.all, mine, root);
        },
        [sender](memory& both) { return detail::received_value<T>(both.mine, sender, "scatter"); });
  } else {
    return detail::run_exchange(mode, {.comm = comm, .operation = "scatter", .root = root},
                                detail::scatter_exchange<T>(comm, values, root, here));
  }
}

} // namespace armada
