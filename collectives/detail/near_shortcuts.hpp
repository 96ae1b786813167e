#pragma once

/// The collectives that have a near road, each from the arguments that its family prepared.

#include <armada/collectives/detail/near_road.hpp>
#include <armada/collectives/detail/near_team.hpp>
#include <armada/collectives/detail/side.hpp>
#include <armada/core/call.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/operation.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace armada::detail {

template <class Side>
inline constexpr bool is_in_place = std::same_as<Side, in_place_side>;

template <>
struct shortcut<MPI_Bcast_c> {
  template <class Side>
  static bool taken(auto const& arguments, Side const& side) {
    auto const& [address, count, type, root, comm] = arguments;
    auto* const team = near_team_for(comm, count, type, near_from::bcast);
    if (team == nullptr) return false;
    flat_bytes data(side, comm);
    bool const is_root = team->rank() == root;
    team->bcast(is_root ? data.filled() : data.room(), data.size(), root);
    if (!is_root) data.unpack();
    return true;
  }
};

template <>
struct shortcut<MPI_Gather_c> {
  template <class From, class To>
  static bool taken(auto const& arguments, From const& from, To const& to, auto const& /*arrival*/) {
    auto const& [in_address, in_count, in_type, out_address, block, out_type, root, comm] = arguments;
    auto* const team = has_data<From> ? near_team_for(comm, in_count, in_type, near_from::gather)
                                      : near_team_for(comm, block, out_type, near_from::gather);
    if (team == nullptr) return false;
    flat_bytes in(from, comm);
    if (team->rank() != root) {
      team->gather(in.filled(), nullptr, in.size(), root);
    } else {
      flat_bytes out(to, comm);
      auto const bytes = out.size() / static_cast<std::size_t>(team->ranks());
      if constexpr (is_in_place<From>)
        team->gather(nullptr, out.filled(), bytes, root);
      else
        team->gather(in.filled(), out.room(), bytes, root);
      out.unpack();
    }
    return true;
  }
};

template <>
struct shortcut<MPI_Allgather_c> {
  template <class From, class To>
  static bool taken(auto const& arguments, From const& from, To const& to) {
    auto const& [in_address, in_count, in_type, out_address, block, out_type, comm] = arguments;
    auto* const team = near_team_for(comm, block, out_type, near_from::allgather);
    if (team == nullptr) return false;
    flat_bytes in(from, comm);
    flat_bytes out(to, comm);
    auto const bytes = out.size() / static_cast<std::size_t>(team->ranks());
    if constexpr (is_in_place<From>)
      team->gather(nullptr, out.filled(), bytes, near_team::everyone);
    else
      team->gather(in.filled(), out.room(), bytes, near_team::everyone);
    out.unpack();
    return true;
  }
};

template <>
struct shortcut<MPI_Scatter_c> {
  template <class From, class To>
  static bool taken(auto const& arguments, From const& from, To const& to, auto const& /*arrival*/) {
    auto const& [in_address, block, in_type, out_address, out_count, out_type, root, comm] = arguments;
    auto* const team = has_data<To> ? near_team_for(comm, out_count, out_type, near_from::scatter)
                                    : near_team_for(comm, block, in_type, near_from::scatter);
    if (team == nullptr) return false;
    flat_bytes out(to, comm);
    auto* const room = is_in_place<To> ? nullptr : out.room();
    if (team->rank() != root) {
      team->scatter(nullptr, room, out.size(), root);
    } else {
      flat_bytes in(from, comm);
      team->scatter(in.filled(), room, in.size() / static_cast<std::size_t>(team->ranks()), root);
    }
    out.unpack();
    return true;
  }
};

template <>
struct shortcut<MPI_Alltoall_c> {
  template <class From, class To>
  static bool taken(auto const& arguments, From const& from, To const& to) {
    auto const& [in_address, sent, in_type, out_address, received, out_type, comm] = arguments;
    auto* const team = near_team_for(comm, received, out_type, near_from::alltoall);
    if (team == nullptr) return false;
    flat_bytes in(from, comm);
    flat_bytes out(to, comm);
    auto const bytes = out.size() / static_cast<std::size_t>(team->ranks());
    if constexpr (is_in_place<From>)
      team->alltoall(nullptr, out.filled(), bytes);
    else
      team->alltoall(in.filled(), out.room(), bytes);
    out.unpack();
    return true;
  }
};

/// One callable for the elements of all ranks, in rank order. What it throws ends the job, as inside MPI.
template <class T, class Op>
void combine_operands(void* op, std::byte const* const* operands, std::size_t ranks, std::byte* result,
                      std::size_t count) noexcept {
  auto& combine = *static_cast<Op*>(op);
  auto const elements_of = [operands](std::size_t rank) { return reinterpret_cast<T const*>(operands[rank]); };
  auto* const __restrict to = reinterpret_cast<T*>(result);
  try {
    for (std::size_t rank = 1; rank < ranks; ++rank) {
      auto const* const left = rank == 1 ? elements_of(0) : to;
      auto const* const right = elements_of(rank);
      for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<T>(combine(left[i], right[i]));
    }
  } catch (...) {
    operation_threw();
  }
}

template <class Kept>
[[nodiscard]] near_reduction near_reduction_of(Kept& kept) {
  using element = typename Kept::element;
  auto& op = kept.function();
  return {&op, combine_operands<element, std::remove_reference_t<decltype(op)>>, sizeof(element)};
}

/// `in` of a reduction: null when it lies in `out`.
[[nodiscard]] inline std::byte const* near_input(void const* in) noexcept {
  return in == MPI_IN_PLACE ? nullptr : static_cast<std::byte const*>(in);
}

template <>
struct shortcut<MPI_Allreduce_c> {
  template <class Kept>
  static bool taken(auto const& arguments, Kept& kept) {
    auto const& [in, out, count, type, op, comm] = arguments;
    if constexpr (sizeof(typename Kept::element) > near_team::chunk) return false;
    auto* const team = near_team_for(comm, count, type, near_from::reduce);
    if (team == nullptr) return false;
    team->reduce(near_input(in), static_cast<std::byte*>(out), static_cast<std::size_t>(count), near_reduction_of(kept),
                 near_team::everyone);
    return true;
  }
};

template <>
struct shortcut<MPI_Reduce_c> {
  template <class Kept>
  static bool taken(auto const& arguments, Kept& kept) {
    using element = typename Kept::element;
    auto const& [in, out, count, type, op, root, comm] = arguments;
    auto* const team =
        sizeof(element) > near_team::chunk ? nullptr : near_team_for(comm, count, type, near_from::reduce);
    if (team != nullptr) {
      team->reduce(near_input(in), static_cast<std::byte*>(out), static_cast<std::size_t>(count),
                   near_reduction_of(kept), root);
      return true;
    }
    if (in != MPI_IN_PLACE) return false;
    auto const* const bytes = static_cast<std::byte const*>(out); // MPI is given a copy to read (quirk 54)
    std::vector<std::byte> const copy(bytes, bytes + count * static_cast<MPI_Count>(sizeof(element)));
    call<MPI_Reduce_c>(static_cast<void const*>(copy.data()), out, count, type, op, root, comm);
    return true;
  }
};

template <>
struct shortcut<MPI_Reduce_scatter_block_c> {
  template <class Kept>
  static bool taken(auto const& arguments, Kept& kept) {
    auto const& [in, out, count, type, op, comm] = arguments;
    auto* const team = near_team_for(comm, count, type, near_from::reduce_scatter);
    if (team == nullptr || !team->holds_parts(sizeof(typename Kept::element))) return false;
    team->reduce_scatter(near_input(in), static_cast<std::byte*>(out), static_cast<std::size_t>(count),
                         near_reduction_of(kept));
    return true;
  }
};

} // namespace armada::detail
