#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

namespace armada {

/// Every rank receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n), the same n on every rank; with `in_place` the own block lies in `out` already.
/// Throws `argument_error` when the lengths do not fit. MPI-4.0, sections 6.7 and 6.12.5.
template <class In, writable Out, completion Mode = blocking_t>
  requires(source<In> || in_place_tag<In>)
&&(!completion<std::remove_cvref_t<Out>>)&&detail::safe_until_complete<Mode, In, Out> auto allgather(
    communicator const& comm, In&& in, Out&& out, Mode mode = {}) {
  return routine<MPI_Allgather_c, MPI_Iallgather_c>::launch(mode, detail::gathered("allgather", comm, in, out, true));
}

/// The same with a block of each rank's own length: `ragged(range, counts)` says how `out` is cut.
/// Shapes: in (counts[rank]), counts (size). Throws `argument_error` when a block is not inside `out`.
template <class In, wire T, completion Mode = blocking_t>
  requires(source<In> || in_place_tag<In>)
&&detail::safe_until_complete<Mode, In> auto allgather(communicator const& comm, In&& in, ragged_buffer<T> out,
                                                       Mode mode = {}) {
  auto const arguments = detail::gathered_ragged("allgather", comm, in, out, true);
  return routine<MPI_Allgatherv_c, MPI_Iallgatherv_c>::launch(mode, arguments, std::move(out));
}

namespace detail {

template <class T>
class allgather_exchange {
public:
  allgather_exchange(communicator const& comm, T value)
      : value_(std::make_unique<T>(std::move(value))), bytes_(to_bytes(*value_, storage_)),
        length_(static_cast<MPI_Count>(bytes_.size())), lengths_(static_cast<std::size_t>(comm.size())) {}
  MPI_Request begin_lengths(MPI_Comm raw) {
    return routine<MPI_Allgather_c, MPI_Iallgather_c>::begin(
        std::tuple(&length_, MPI_Count{1}, MPI_COUNT, lengths_.data(), MPI_Count{1}, MPI_COUNT, raw));
  }
  MPI_Request begin_bytes(MPI_Comm raw) {
    places_ = places_of(lengths_);
    everything_.resize(static_cast<std::size_t>(places_.back()));
    return routine<MPI_Allgatherv_c, MPI_Iallgatherv_c>::begin(std::tuple(
        bytes_.data(), length_, MPI_BYTE, everything_.data(), lengths_.data(), places_.data(), MPI_BYTE, raw));
  }
  [[nodiscard]] std::vector<T> take() { return split_bytes<T>(everything_, lengths_); }

private:
  std::unique_ptr<T> value_; // its bytes may be sent from where they lie
  std::vector<std::byte> storage_;
  std::span<std::byte const> bytes_;
  MPI_Count length_;
  std::vector<MPI_Count> lengths_;
  std::vector<MPI_Aint> places_;
  std::vector<std::byte> everything_;
};

} // namespace detail

/// Every rank receives the values of all ranks, in rank order: one value of any type and size per rank, so that
/// `allgather(world, hostname)` gives strings of different lengths. Collective over `comm`.
/// Throws `type_error` when the ranks' types differ.
template <class T, completion Mode = blocking_t>
auto allgather(communicator const& comm, T const& value, Mode mode = {}) {
  if constexpr (scalar<T> && std::same_as<Mode, blocking_t>) {
    using slot = std::conditional_t<std::same_as<T, bool>, unsigned char, T>; // vector<bool> has no elements to write
    std::vector<slot> values(static_cast<std::size_t>(comm.size()));
    allgather(comm, static_cast<slot const&>(value), values);
    return std::vector<T>(values.begin(), values.end());
  } else {
    return detail::run_exchange(mode, comm, detail::allgather_exchange<T>(comm, value));
  }
}

} // namespace armada
