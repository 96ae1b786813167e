#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

#include <optional>

namespace armada {

/// The root receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n) at the root and anything, such as an empty vector, elsewhere; at the root `in` may be
/// `in_place`. Throws `argument_error` for a wrong root or length. MPI-4.0, sections 6.5 and 6.12.3.
template <class In, writable Out, completion Mode = blocking_t>
  requires(source<In> || in_place_tag<In>)
&&detail::safe_until_complete<Mode, In, Out> auto gather(communicator const& comm, In&& in, Out&& out, int root,
                                                         Mode mode = {}) {
  return routine<MPI_Gather_c, MPI_Igather_c>::launch(
      mode, detail::gathered("gather", comm, in, out, comm.rank() == root, root));
}

/// The same with a block of each rank's own length; elsewhere than at the root the cut is not read.
template <class In, wire T, completion Mode = blocking_t>
  requires(source<In> || in_place_tag<In>)
&&detail::safe_until_complete<Mode, In> auto gather(communicator const& comm, In&& in, ragged_buffer<T> out, int root,
                                                    Mode mode = {}) {
  auto const arguments = detail::gathered_ragged("gather", comm, in, out, comm.rank() == root, root);
  return routine<MPI_Gatherv_c, MPI_Igatherv_c>::launch(mode, arguments, std::move(out));
}

namespace detail {

template <class T>
class gather_exchange {
public:
  gather_exchange(communicator const& comm, T value, int root)
      : value_(std::make_unique<T>(std::move(value))), bytes_(to_bytes(*value_, storage_)),
        length_(static_cast<MPI_Count>(bytes_.size())), root_(root), here_(comm.rank() == root),
        lengths_(here_ ? static_cast<std::size_t>(comm.size()) : 0) {}
  MPI_Request begin_lengths(MPI_Comm raw) {
    return routine<MPI_Gather_c, MPI_Igather_c>::begin(
        std::tuple(&length_, MPI_Count{1}, MPI_COUNT, lengths_.data(), MPI_Count{1}, MPI_COUNT, root_, raw));
  }
  MPI_Request begin_bytes(MPI_Comm raw) {
    places_ = places_of(lengths_);
    everything_.resize(static_cast<std::size_t>(places_.back()));
    return routine<MPI_Gatherv_c, MPI_Igatherv_c>::begin(std::tuple(
        bytes_.data(), length_, MPI_BYTE, everything_.data(), lengths_.data(), places_.data(), MPI_BYTE, root_, raw));
  }
  [[nodiscard]] std::optional<std::vector<T>> take() {
    if (!here_) return std::nullopt;
    return split_bytes<T>(everything_, lengths_);
  }

private:
  std::unique_ptr<T> value_;
  std::vector<std::byte> storage_;
  std::span<std::byte const> bytes_;
  MPI_Count length_;
  int root_;
  bool here_;
  std::vector<MPI_Count> lengths_;
  std::vector<MPI_Aint> places_;
  std::vector<std::byte> everything_;
};

} // namespace detail

/// The root receives the values of all ranks, in rank order: one value of any type and size per rank. Other ranks get
/// an empty optional. Collective over `comm`. Throws `argument_error` for a wrong root.
template <class T, completion Mode = blocking_t>
[[nodiscard]] auto gather(communicator const& comm, T const& value, int root, Mode mode = {}) {
  check_rank(comm, root, "gather", "root");
  return detail::run_exchange(mode, comm, detail::gather_exchange<T>(comm, value, root));
}

} // namespace armada
