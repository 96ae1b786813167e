#pragma once

/// The few parameter orders of MPI's collectives: each checked and prepared here, and nowhere else. A family returns
/// the tuple of C arguments that `routine<…>::launch` takes.

#include <armada/core/buffer.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/error.hpp>
#include <armada/core/mode.hpp>
#include <armada/core/operation.hpp>

#include <string_view>
#include <tuple>
#include <type_traits>

namespace armada::detail {

/// What a mode can take: a nonblocking call reads its buffers later, so temporaries do not compile.
template <class Mode, class... Buffers>
concept safe_until_complete = std::same_as<Mode, blocking_t> ||(outlives_call<Buffers>&&...);

template <class T>
[[nodiscard]] MPI_Count count_of(std::span<T> elements) noexcept {
  return static_cast<MPI_Count>(elements.size());
}

/// Throws `argument_error` with both lengths unless they are equal.
inline void check_lengths(std::string_view operation, communicator const& comm, std::string_view what, MPI_Count have,
                          MPI_Count need) {
  if (have != need)
    throw argument_error(text(operation, " on \"", comm.name(), "\", rank ", comm.rank(), ": ", what, " has ", have,
                              " elements and needs ", need));
}

/// One buffer that every rank has: bcast.
template <class Buffer>
[[nodiscard]] auto rooted(std::string_view operation, communicator const& comm, Buffer& buffer, int root) {
  check_rank(comm, root, operation, "root");
  auto const elements = view(buffer);
  return std::tuple(static_cast<void*>(elements.data()), count_of(elements), datatype_of<element_t<Buffer>>(), root,
                    comm.raw());
}

/// Send buffer: a range, or what lies in the output already.
template <class In>
[[nodiscard]] auto sent(In& in) {
  if constexpr (in_place_tag<In>) {
    return std::tuple(static_cast<void const*>(MPI_IN_PLACE), MPI_Count{0}, MPI_DATATYPE_NULL);
  } else {
    auto const elements = view(in);
    return std::tuple(static_cast<void const*>(elements.data()), count_of(elements), datatype_of<element_t<In>>());
  }
}

/// Throws `argument_error` for `in_place` on a rank that receives nothing.
template <class In>
void check_in_place(std::string_view operation, communicator const& comm, bool receives) {
  if (in_place_tag<In> && !receives)
    throw argument_error(
        text(operation, " on \"", comm.name(), "\", rank ", comm.rank(), ": in_place is for the root alone"));
}

/// Equal blocks gathered from all ranks: allgather; with `root`, gather. `out` holds comm.size() blocks where it
/// counts.
template <class In, class Out, class... Root>
[[nodiscard]] auto gathered(std::string_view operation, communicator const& comm, In& in, Out& out, bool receives,
                            Root... root) {
  (check_rank(comm, root, operation, "root"), ...);
  check_in_place<In>(operation, comm, receives);
  auto const elements = view(out);
  auto block = count_of(elements) / comm.size();
  if constexpr (!in_place_tag<In>) {
    static_assert(std::same_as<element_t<In>, element_t<Out>>, "in and out hold the same element type");
    block = count_of(view(in));
  }
  if (receives) check_lengths(operation, comm, "out", count_of(elements), block * comm.size());
  return std::tuple_cat(sent(in), std::tuple(static_cast<void*>(elements.data()), block, datatype_of<element_t<Out>>(),
                                             root..., comm.raw()));
}

/// Throws `argument_error` unless a cut has one block per rank, each inside the buffer.
template <class T>
void check_cut(std::string_view operation, communicator const& comm, std::string_view what,
               ragged_buffer<T> const& cut) {
  auto const ranks = static_cast<MPI_Count>(comm.size());
  check_lengths(operation, comm, text("counts of ", what), static_cast<MPI_Count>(cut.counts.size()), ranks);
  check_lengths(operation, comm, text("displacements of ", what), static_cast<MPI_Count>(cut.displacements.size()),
                ranks);
  auto const room = count_of(cut.elements);
  for (std::size_t r = 0; r < cut.counts.size(); ++r)
    if (cut.counts[r] < 0 || cut.displacements[r] < 0 || cut.counts[r] > room - cut.displacements[r])
      throw argument_error(text(operation, " on \"", comm.name(), "\", rank ", comm.rank(), ": the block of rank ", r,
                                " (", cut.counts[r], " elements at ", cut.displacements[r], ") is not inside ", what,
                                "'s ", room, " elements"));
}

inline constexpr MPI_Aint no_displacement = 0;

/// Blocks of each rank's own length gathered from all ranks: allgatherv; with `root`, gatherv.
template <class In, class T, class... Root>
[[nodiscard]] auto gathered_ragged(std::string_view operation, communicator const& comm, In& in,
                                   ragged_buffer<T> const& out, bool receives, Root... root) {
  (check_rank(comm, root, operation, "root"), ...);
  check_in_place<In>(operation, comm, receives);
  if (receives) {
    check_cut(operation, comm, "out", out);
    if constexpr (!in_place_tag<In>)
      check_lengths(operation, comm, "in", count_of(view(in)), out.counts[static_cast<std::size_t>(comm.rank())]);
  }
  if constexpr (!in_place_tag<In>)
    static_assert(std::same_as<element_t<In>, T>, "in and out hold the same element type");
  auto* first = out.elements.data();
  MPI_Aint const* places = out.displacements.data();
  if (sizeof...(Root) == 0 && comm.size() == 1) { // MPICH takes no notice of the only displacement (quirk 31)
    first += *places;
    places = &no_displacement;
  }
  return std::tuple_cat(sent(in), std::tuple(static_cast<void*>(first), out.counts.data(), places, datatype_of<T>(),
                                             root..., comm.raw()));
}

/// Blocks of each pair's own length: alltoallv.
template <class In, class Out>
[[nodiscard]] auto exchanged_ragged(std::string_view operation, communicator const& comm, ragged_buffer<In> const& in,
                                    ragged_buffer<Out> const& out) {
  check_cut(operation, comm, "in", in);
  check_cut(operation, comm, "out", out);
  auto const type = datatype_of<Out>();
  return std::tuple(static_cast<void const*>(in.elements.data()), in.counts.data(), in.displacements.data(), type,
                    static_cast<void*>(out.elements.data()), out.counts.data(), out.displacements.data(), type,
                    comm.raw());
}

/// A reduction to all ranks: allreduce, exscan.
template <class In, class Out>
[[nodiscard]] auto reduced(std::string_view operation, communicator const& comm, In& in, Out& out, MPI_Op op) {
  auto const elements = view(out);
  void const* from = MPI_IN_PLACE;
  if constexpr (!in_place_tag<In>) {
    static_assert(std::same_as<element_t<In>, element_t<Out>>, "in and out hold the same element type");
    check_lengths(operation, comm, "in", count_of(view(in)), count_of(elements));
    from = view(in).data();
  }
  return std::tuple(from, static_cast<void*>(elements.data()), count_of(elements), datatype_of<element_t<Out>>(), op,
                    comm.raw());
}

/// Launches a reduction to all ranks in any mode. An operation with state lives until the reduction has ended.
template <class Routine, class Mode, class In, class Out, class Op>
auto launch_reduced(std::string_view operation, Mode mode, communicator const& comm, In& in, Out& out, Op op) {
  using element = element_t<Out>;
  if constexpr (stateless<Op>) {
    return Routine::launch(mode, reduced(operation, comm, in, out, operation_of<element>(op)));
  } else {
    auto kept = make_operation<element>(std::move(op));
    auto const arguments = reduced(operation, comm, in, out, kept.raw());
    return Routine::launch(mode, arguments, std::move(kept));
  }
}

} // namespace armada::detail
