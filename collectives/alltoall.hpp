#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/collectives/detail/value_slots.hpp>
#include <armada/core/launch.hpp>

#include <utility>
#include <vector>

namespace armada {

/// Rank r receives block r of every rank, in rank order. Collective over `comm`; over an intercommunicator the partners
/// are those of the other side. Shapes: in (size × n), out (size × n); with `in_place` the blocks to send lie in `out`.
/// Both may be `typed`. Throws `argument_error` when the lengths do not fit. MPI-4.0, sections 6.8, 6.12.6 and 6.13.6.
template <detail::cut_source In, detail::cut_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto alltoall(communicator const& comm, In&& in, Out&& out, Mode mode = {}) {
  using mpi = routine<MPI_Alltoall_c, MPI_Ialltoall_c, MPI_Alltoall_init_c>;
  return mpi::run(mode, detail::exchanged("alltoall", comm, in, out, comm.peers(), comm.peers()));
}

/// The same with blocks of each pair's own length.
/// Shapes: counts of in (size), counts of out (size), in's count for rank r equal to r's count of out for this rank.
/// Throws `argument_error` when a cut does not have one block per rank, each inside its buffer.
template <wire In, writable_wire Out, any_mode Mode = blocking_t>
  requires std::same_as<std::remove_const_t<In>, Out>
auto alltoall(communicator const& comm, ragged_buffer<In> in, ragged_buffer<Out> out, Mode mode = {}) {
  using mpi = routine<MPI_Alltoallv_c, MPI_Ialltoallv_c, MPI_Alltoallv_init_c>;
  return mpi::run(mode, detail::exchanged_ragged("alltoall", comm, std::move(in), std::move(out)));
}

/// The same in place: the blocks to send lie in `out`, so each pair has one length in both directions.
template <writable_wire T, any_mode Mode = blocking_t>
auto alltoall(communicator const& comm, in_place_t, ragged_buffer<T> out, Mode mode = {}) {
  using mpi = routine<MPI_Alltoallv_c, MPI_Ialltoallv_c, MPI_Alltoallv_init_c>;
  return mpi::run(mode, detail::exchanged_ragged("alltoall", comm, in_place, std::move(out)));
}

/// The same with blocks of each pair's own place and datatype: ranges of `typed(…)`, one for each rank, whose memory
/// and datatypes outlive the communication. `in` may be `in_place`: the blocks to send are those of `out`. Throws
/// `argument_error` for another number of blocks. MPI-4.0, sections 6.8, 6.12.6 and 6.13.6.
template <class In, detail::writable_typed_blocks Out, any_mode Mode = blocking_t>
  requires(detail::typed_blocks<In> || in_place_tag<In>)
auto alltoall(communicator const& comm, In const& in, Out const& out, Mode mode = {}) {
  using mpi = routine<MPI_Alltoallw_c, MPI_Ialltoallw_c, MPI_Alltoallw_init_c>;
  return mpi::run(mode, detail::exchanged_typed("alltoall", comm, in, out));
}

namespace detail {

template <class T>
class alltoall_exchange {
public:
  alltoall_exchange(communicator const& comm, std::vector<T> const& values)
      : out_("alltoall", comm.rank(), values, comm.peers()), said_(static_cast<std::size_t>(comm.peers())) {}
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Ialltoall_c>(std::tuple_cat(
        out_.announcing(), std::tuple(static_cast<void*>(said_.data()), announcement::words, MPI_INT64_T, raw)));
  }
  MPI_Request transfer(MPI_Comm raw) {
    MPI_Aint room = 0;
    for (auto const& each : said_) {
      lengths_.push_back(each.length());
      places_.push_back(room);
      room += each.length();
    }
    bytes_.resize(static_cast<std::size_t>(room));
    return request_of<MPI_Ialltoallv_c>(
        std::tuple_cat(out_.transferring(),
                       std::tuple(static_cast<void*>(bytes_.data()), lengths_.data(), places_.data(), MPI_BYTE, raw)));
  }
  [[nodiscard]] std::vector<T> take() const {
    out_.require_sent();
    std::vector<T> values;
    for (std::size_t rank = 0; rank < said_.size(); ++rank) {
      check_announced<T>(said_[rank], static_cast<int>(rank), "alltoall");
      T value{};
      from_bytes(std::span<std::byte const>(bytes_).subspan(static_cast<std::size_t>(places_[rank]),
                                                            static_cast<std::size_t>(lengths_[rank])),
                 value);
      values.push_back(std::move(value));
    }
    return values;
  }

private:
  spread_values<T> out_;
  std::vector<announcement> said_;
  std::vector<MPI_Count> lengths_;
  std::vector<MPI_Aint> places_;
  std::vector<std::byte> bytes_;
};

} // namespace detail

/// Rank r receives value r of every rank's `values`, in rank order: values of any type and size, one for each rank.
/// Collective over `comm`. Throws `argument_error` on every rank (of an intercommunicator, those of the other side)
/// when one has not one value for each rank, and `type_error` when the ranks' types differ; wire types go as they are,
/// and are not compared.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto alltoall(communicator const& comm, std::vector<T> const& values, Mode mode = {}) {
  if constexpr (wire<T>) {
    using mpi = routine<MPI_Alltoall_c, MPI_Ialltoall_c>;
    struct memory {
      std::vector<detail::sent_slot<T>> in, out;
    };
    auto const ranks = static_cast<std::size_t>(comm.peers());
    auto const wrong = values.size() != ranks ? static_cast<std::int64_t>(values.size()) : -1;
    return detail::run_on<mpi>(
        mode, memory{detail::sent_slots(values, comm.peers()), std::vector<detail::sent_slot<T>>(ranks)},
        [&comm](memory& both) {
          return detail::exchanged("alltoall", comm, both.in, both.out, comm.peers(), comm.peers());
        },
        [wrong, rank_here = comm.rank()](memory& both) {
          if (wrong >= 0) detail::throw_wrong_number("alltoall", rank_here, wrong);
          std::vector<T> received;
          int rank = 0;
          for (auto& each : both.out) received.push_back(detail::received_value<T>(each, rank++, "alltoall"));
          return received;
        });
  } else {
    return detail::run_exchange(mode, {.comm = comm, .operation = "alltoall"},
                                detail::alltoall_exchange<T>(comm, values));
  }
}

} // namespace armada
