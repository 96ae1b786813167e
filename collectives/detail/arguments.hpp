#pragma once

/// The few parameter orders of MPI's collectives that move data: each checked and prepared here, and nowhere else. A
/// family returns what `routine<…>::launch` takes. Reductions: detail/reductions.hpp.

#include <armada/collectives/detail/near_shortcuts.hpp>
#include <armada/collectives/detail/side.hpp>
#include <armada/core/launch.hpp>

#include <algorithm>
#include <concepts>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace armada::detail {

/// How a side is passed: address, count, type.
template <class Side>
[[nodiscard]] auto triple(Side const& side) {
  return std::tuple(side.address(), side.count(), side.type());
}
template <class Side>
[[nodiscard]] auto triple(Side const& side, MPI_Count count) {
  return std::tuple(side.address(), count, side.type());
}

/// A collective in which every rank has `count` of `first`, or `other_count` of `second` where that is in place.
template <class First, class Second>
[[nodiscard]] collective_call same_everywhere(collective_call what, First const& first, MPI_Count count,
                                              Second const& second, MPI_Count other_count) {
  if constexpr (has_data<First>) {
    what.count = count;
    what.type = first.type();
  } else if constexpr (has_data<Second>) {
    what.count = other_count;
    what.type = second.type();
  }
  return what;
}

/// One buffer that every rank has: bcast.
template <class Buffer>
[[nodiscard]] auto rooted(std::string_view operation, communicator const& comm, Buffer& buffer, int root) {
  auto side = side_of(buffer);
  check_alone({.comm = comm, .operation = operation, .root = root}, [&] {
    check_root(operation, comm, root);
    check_there<decltype(side)>(operation, comm, "the buffer", root != root_beside);
  });
  auto arguments = std::tuple_cat(triple(side), std::tuple(root, comm.raw()));
  collective_call const what{
      .comm = comm, .operation = operation, .root = root, .count = side.count(), .type = side.type()};
  return prepare_call(what, std::move(arguments), std::move(side));
}

/// The length of an equal block of the root's `whole`, which has comm.peers() of them; every leaf has one, `part`.
template <class Part, class Whole>
[[nodiscard]] MPI_Count rooted_block(std::string_view operation, communicator const& comm, int root,
                                     std::string_view part_name, Part const& part, std::string_view whole_name,
                                     Whole const& whole) {
  MPI_Count block = 0;
  check_alone({.comm = comm, .operation = operation, .root = root}, [&] {
    auto const who = role_of(operation, comm, root);
    check_in_place<Part>(operation, comm, who.is_root && who.is_leaf);
    check_there<Part>(operation, comm, part_name, who.is_leaf);
    check_there<Whole>(operation, comm, whole_name, who.is_root);
    if (!who.is_root) return;
    block = who.is_leaf ? block_of(operation, comm, whole_name, whole, comm.peers(), part)
                        : block_of(operation, comm, whole_name, whole, comm.peers(), no_side{});
  });
  return block;
}

/// Equal blocks to the root: gather.
template <class In, class Out>
[[nodiscard]] auto gathered(std::string_view operation, communicator const& comm, In& in, Out& out, int root) {
  auto from = side_of(in);
  auto to = side_of(out);
  auto const block = rooted_block(operation, comm, root, "in", from, "out", to);
  auto sending = triple(from);
  auto receiving = triple(to, block);
  arrival<decltype(to)> late(to, comm.raw(), role_of(operation, comm, root).is_root);
  if (late) {
    receiving = late.triple(block, to.type());
    if constexpr (std::same_as<decltype(from), in_place_side>)
      sending = {item_at(to.address(), comm.rank() * block, to.type()), block, to.type()};
  }
  auto arguments = std::tuple_cat(sending, receiving, std::tuple(root, comm.raw()));
  auto const what =
      same_everywhere({.comm = comm, .operation = operation, .root = root}, from, from.count(), to, block);
  return prepare_call(what, std::move(arguments), std::move(from), std::move(to), std::move(late));
}

/// Equal blocks from the root: scatter.
template <class In, class Out>
[[nodiscard]] auto scattered(std::string_view operation, communicator const& comm, In& in, Out& out, int root) {
  auto from = side_of(in);
  auto to = side_of(out);
  auto const block = rooted_block(operation, comm, root, "out", to, "in", from);
  auto receiving = triple(to);
  arrival<decltype(to)> late(to, comm.raw(), !role_of(operation, comm, root).is_root);
  if (late) receiving = late.triple(to.count(), to.type());
  auto arguments = std::tuple_cat(triple(from, block), receiving, std::tuple(root, comm.raw()));
  auto const what = same_everywhere({.comm = comm, .operation = operation, .root = root}, to, to.count(), from, block);
  return prepare_call(what, std::move(arguments), std::move(from), std::move(to), std::move(late));
}

/// Equal blocks to all of `blocks` partners: allgather, neighbor_allgather.
template <class In, class Out>
[[nodiscard]] auto gathered_by_all(std::string_view operation, communicator const& comm, In& in, Out& out,
                                   MPI_Count blocks) {
  auto from = side_of(in);
  auto to = side_of(out);
  check_in_place<decltype(from)>(operation, comm);
  check_there<decltype(from)>(operation, comm, "in", true);
  check_there<decltype(to)>(operation, comm, "out", true);
  auto const block = block_of(operation, comm, "out", to, blocks, from);
  auto arguments = std::tuple_cat(triple(from), triple(to, block), std::tuple(comm.raw()));
  auto const what = same_everywhere({.comm = comm, .operation = operation}, from, from.count(), to, block);
  return prepare_call(what, std::move(arguments), std::move(from), std::move(to));
}

/// An equal block for each of `targets` partners and from each of `sources`: alltoall, neighbor_alltoall.
template <class In, class Out>
[[nodiscard]] auto exchanged(std::string_view operation, communicator const& comm, In& in, Out& out, MPI_Count targets,
                             MPI_Count sources) {
  auto from = side_of(in);
  auto to = side_of(out);
  check_in_place<decltype(from)>(operation, comm);
  check_there<decltype(from)>(operation, comm, "in", true);
  check_there<decltype(to)>(operation, comm, "out", true);
  auto const sent = has_data<decltype(from)> ? block_of(operation, comm, "in", from, targets, no_side{}) : 0;
  auto const received = block_of(operation, comm, "out", to, sources, no_side{});
  if constexpr (is_plain<decltype(from)> && is_plain<decltype(to)>) {
    static_assert(std::same_as<decltype(from), decltype(to)>, "in and out hold the same element type");
    if (targets > 0 && sources > 0) check_lengths(operation, comm, "a block of out", received, sent);
  } else if constexpr (has_data<decltype(from)> && has_data<decltype(to)>) {
    if (targets > 0 && sources > 0)
      check_lengths(operation, comm, "a block of out", received * bytes_in(to.type()), sent * bytes_in(from.type()),
                    "bytes");
  }
  auto arguments = std::tuple_cat(triple(from, sent), triple(to, received), std::tuple(comm.raw()));
  if constexpr (std::same_as<decltype(from), in_place_side> && is_plain<decltype(to)>) {
    auto& count = std::get<4>(arguments);
    auto& type = std::get<5>(arguments);
    if (bytes_in(type) != element_bytes<decltype(to)>) { // with the padding: MPICH fails on items with gaps (quirk 53)
      count *= element_bytes<decltype(to)>;
      type = MPI_BYTE;
    }
  }
  auto const what = same_everywhere({.comm = comm, .operation = operation}, to, received, from, sent);
  return prepare_call(what, std::move(arguments), std::move(from), std::move(to));
}

/// Throws `argument_error` unless a cut has `blocks` blocks, each inside the buffer.
template <class T>
void check_cut(std::string_view operation, communicator const& comm, std::string_view what, ragged_buffer<T> const& cut,
               MPI_Count blocks) {
  check_lengths(operation, comm, text("counts of ", what), static_cast<MPI_Count>(cut.counts.size()), blocks);
  check_lengths(operation, comm, text("displacements of ", what), static_cast<MPI_Count>(cut.displacements.size()),
                blocks);
  auto const room = static_cast<MPI_Count>(cut.elements.size());
  for (std::size_t r = 0; r < cut.counts.size(); ++r)
    if (cut.counts[r] < 0 || cut.displacements[r] < 0 || cut.counts[r] > room - cut.displacements[r])
      throw argument_error(text(complaint_of(operation, comm), "the block of rank ", r, " (", cut.counts[r],
                                " elements at ", cut.displacements[r], ") is not inside ", what, "'s ", room,
                                " elements"));
}

/// How a cut is passed: address, counts, displacements, type.
template <class T>
[[nodiscard]] auto pieces_of(ragged_buffer<T> const& cut) {
  using plain = std::remove_const_t<T>;
  return std::tuple(const_cast<plain*>(cut.elements.data()), cut.counts.data(), cut.displacements.data(),
                    datatype_of<plain>());
}

/// Throws unless this rank's own block of a cut is as long as `own`.
template <class Side, class T>
void check_own_block(std::string_view operation, communicator const& comm, std::string_view what, Side const& own,
                     ragged_buffer<T> const& cut) {
  auto const need = comm.is_inter() ? 0 : cut.counts[static_cast<std::size_t>(comm.rank())];
  if constexpr (is_plain<Side>) {
    static_assert(std::same_as<Side, plain_side<std::remove_const_t<T>>>, "in and out hold the same element type");
    if (!comm.is_inter()) check_lengths(operation, comm, what, own.count(), need);
  } else if constexpr (has_data<Side>) {
    if (!comm.is_inter())
      check_lengths(operation, comm, what, own.count() * bytes_in(own.type()), need * bytes_in(datatype_of<T>()),
                    "bytes");
  }
}

/// Checks the root's `cut` and the block that every leaf has of it, `part`.
template <class Part, class T>
void check_rooted_cut(std::string_view operation, communicator const& comm, int root, std::string_view part_name,
                      Part const& part, std::string_view cut_name, ragged_buffer<T> const& cut) {
  check_alone({.comm = comm, .operation = operation, .root = root}, [&] {
    auto const who = role_of(operation, comm, root);
    check_in_place<Part>(operation, comm, who.is_root && who.is_leaf);
    check_there<Part>(operation, comm, part_name, who.is_leaf);
    if (!who.is_root) return;
    check_cut(operation, comm, cut_name, cut, comm.peers());
    check_own_block(operation, comm, part_name, part, cut);
  });
}

/// Blocks of each rank's own length to the root: gatherv.
template <class In, class T>
[[nodiscard]] auto gathered_ragged(std::string_view operation, communicator const& comm, In& in, ragged_buffer<T> out,
                                   int root) {
  auto from = side_of(in);
  check_rooted_cut(operation, comm, root, "in", from, "out", out);
  auto arguments = std::tuple_cat(triple(from), pieces_of(out), std::tuple(root, comm.raw()));
  collective_call const what{.comm = comm, .operation = operation, .form = "ragged", .root = root};
  return prepare_call(what, std::move(arguments), std::move(from), std::move(out));
}

/// Blocks of each rank's own length from the root: scatterv.
template <class T, class Out>
[[nodiscard]] auto scattered_ragged(std::string_view operation, communicator const& comm, ragged_buffer<T> in, Out& out,
                                    int root) {
  auto to = side_of(out);
  check_rooted_cut(operation, comm, root, "out", to, "in", in);
  auto arguments = std::tuple_cat(pieces_of(in), triple(to), std::tuple(root, comm.raw()));
  collective_call const what{.comm = comm, .operation = operation, .form = "ragged", .root = root};
  return prepare_call(what, std::move(arguments), std::move(in), std::move(to));
}

inline constexpr MPI_Aint no_displacement = 0;

/// Blocks of each partner's own length to all: allgatherv, neighbor_allgatherv.
template <class In, class T>
[[nodiscard]] auto gathered_ragged_by_all(std::string_view operation, communicator const& comm, In& in,
                                          ragged_buffer<T> out, MPI_Count blocks, bool own_block_among_them) {
  auto from = side_of(in);
  check_in_place<decltype(from)>(operation, comm);
  check_there<decltype(from)>(operation, comm, "in", true);
  check_cut(operation, comm, "out", out, blocks);
  if (own_block_among_them) check_own_block(operation, comm, "in", from, out);
  auto [first, counts, places, type] = pieces_of(out);
  if (own_block_among_them && comm.size() == 1 && !comm.is_inter()) { // MPICH takes no notice of it (quirk 31)
    first += *places;
    places = &no_displacement;
  }
  auto arguments =
      std::tuple_cat(triple(from), std::tuple(static_cast<void*>(first), counts, places, type, comm.raw()));
  collective_call const what{
      .comm = comm, .operation = operation, .form = "ragged", .type = type, .counts = {counts, out.counts.size()}};
  return prepare_call(what, std::move(arguments), std::move(from), std::move(out));
}

/// Blocks of each pair's own length: alltoallv. `in` may be `in_place`.
template <class In, class T>
[[nodiscard]] auto exchanged_ragged(std::string_view operation, communicator const& comm, In in, ragged_buffer<T> out) {
  check_cut(operation, comm, "out", out, comm.peers());
  auto const to = pieces_of(out);
  collective_call const what{.comm = comm, .operation = operation, .form = "ragged"};
  if constexpr (in_place_tag<In>) {
    check_in_place<in_place_side>(operation, comm);
    auto const from = std::tuple(MPI_IN_PLACE, std::get<1>(to), std::get<2>(to), std::get<3>(to)); // not read
    auto arguments = std::tuple_cat(from, to, std::tuple(comm.raw()));
    return prepare_call(what, std::move(arguments), std::move(out));
  } else {
    check_cut(operation, comm, "in", in, comm.peers());
    auto arguments = std::tuple_cat(pieces_of(in), to, std::tuple(comm.raw()));
    return prepare_call(what, std::move(arguments), std::move(in), std::move(out));
  }
}

/// A range of blocks that the caller describes, one for each partner.
template <class Range>
concept typed_blocks =
    std::ranges::input_range<Range> && is_typed<std::remove_cvref_t<std::ranges::range_value_t<Range>>>;
template <class Range>
concept writable_typed_blocks =
    typed_blocks<Range> && std::same_as<std::ranges::range_value_t<Range>, typed_buffer<void>>;

/// Described blocks as MPI takes them: places are bytes from `base`.
struct typed_list {
  std::byte* base = nullptr; // of the lowest block: MPI refuses null
  std::vector<MPI_Count> counts;
  std::vector<MPI_Aint> places;
  std::vector<MPI_Datatype> types;
};
template <typed_blocks Range>
[[nodiscard]] typed_list list_of(Range const& blocks) {
  typed_list list;
  for (auto const& block : blocks) {
    list.counts.push_back(block.count);
    list.types.push_back(block.type);
    list.places.push_back(reinterpret_cast<MPI_Aint>(block.address)); // 0 for `absolute`
  }
  MPI_Aint lowest = 0;
  for (auto const place : list.places)
    if (place != 0 && (lowest == 0 || place < lowest)) lowest = place;
  static std::byte anywhere{};
  list.base = lowest == 0 ? &anywhere : reinterpret_cast<std::byte*>(lowest); // NOLINT(performance-no-int-to-ptr)
  for (auto& place : list.places) place -= reinterpret_cast<MPI_Aint>(list.base);
  return list;
}
[[nodiscard]] inline auto pieces_of(typed_list const& list) {
  return std::tuple(static_cast<void*>(list.base), list.counts.data(), list.places.data(), list.types.data());
}

/// Blocks of each pair's own type: alltoallw. `in` may be `in_place`.
template <class In, class Out>
[[nodiscard]] auto exchanged_typed(std::string_view operation, communicator const& comm, In const& in, Out const& out) {
  auto to = list_of(out);
  collective_call const what{.comm = comm, .operation = operation, .form = "a type for each pair"};
  check_lengths(operation, comm, "out", static_cast<MPI_Count>(to.counts.size()), comm.peers(), "blocks");
  if constexpr (in_place_tag<In>) {
    check_in_place<in_place_side>(operation, comm);
    auto arguments = std::tuple_cat(pieces_of(to), pieces_of(to), std::tuple(comm.raw()));
    std::get<0>(arguments) = MPI_IN_PLACE;
    return prepare_call(what, std::move(arguments), std::move(to));
  } else {
    auto from = list_of(in);
    check_lengths(operation, comm, "in", static_cast<MPI_Count>(from.counts.size()), comm.peers(), "blocks");
    auto arguments = std::tuple_cat(pieces_of(from), pieces_of(to), std::tuple(comm.raw()));
    return prepare_call(what, std::move(arguments), std::move(from), std::move(to));
  }
}

} // namespace armada::detail
