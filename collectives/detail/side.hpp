#pragma once

/// One buffer of a collective as MPI is told of it, and what is checked of it before.

#include <armada/collectives/participation.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/error.hpp>
#include <armada/core/mode.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace armada::detail {

/// What a mode can take: a call that is not blocking uses its buffers later, so temporaries do not compile.
template <class Mode, class... Buffers>
concept safe_until_complete = std::same_as<Mode, blocking_t> ||(outlives_call<Buffers>&&...);

template <class T>
inline constexpr bool is_typed = false;
template <class Byte>
inline constexpr bool is_typed<typed_buffer<Byte>> = true;

/// What can be sent or received as one block: strided views as well.
template <class T>
concept whole_source = message_source<T> || in_place_tag<T> || nothing_tag<T>;
template <class T>
concept whole_target = message_target<T> || in_place_tag<T> || nothing_tag<T>;

/// What can be cut into equal blocks: its items lie one behind the other. Not a strided view, which is one item.
template <class T>
concept cut_source = source<T> || is_typed<std::remove_cvref_t<T>> || in_place_tag<T> || nothing_tag<T>;
template <class T>
concept cut_target = writable<T> || std::same_as<std::remove_cvref_t<T>, typed_buffer<void>> || nothing_tag<T>;

/// Wire elements one behind the other.
template <class Element>
struct plain_side {
  void* first;
  MPI_Count length;
  [[nodiscard]] void* address() const noexcept { return first; }
  [[nodiscard]] MPI_Count count() const noexcept { return length; }
  [[nodiscard]] MPI_Datatype type() const { return datatype_of<Element>(); }
};
/// The data are in the output already.
struct in_place_side {
  [[nodiscard]] void* address() const noexcept { return MPI_IN_PLACE; }
  [[nodiscard]] MPI_Count count() const noexcept { return 0; }
  [[nodiscard]] MPI_Datatype type() const noexcept { return MPI_DATATYPE_NULL; }
};
inline std::byte nowhere{};
/// No data here. MPICH refuses a null address also where it is not read (quirk 51).
struct no_side {
  [[nodiscard]] void* address() const noexcept { return &nowhere; }
  [[nodiscard]] MPI_Count count() const noexcept { return 0; }
  [[nodiscard]] MPI_Datatype type() const noexcept { return MPI_BYTE; }
};

template <class Side>
inline constexpr bool is_plain = false;
template <class Element>
inline constexpr bool is_plain<plain_side<Element>> = true;
template <class Side>
inline constexpr bool has_data = !std::same_as<Side, in_place_side> && !std::same_as<Side, no_side>;

/// A buffer as MPI is told of it: address, count, type. Valid while the buffer is; may own the datatype.
template <class Buffer>
[[nodiscard]] auto side_of(Buffer& buffer) {
  if constexpr (in_place_tag<Buffer>) {
    return in_place_side{};
  } else if constexpr (nothing_tag<Buffer>) {
    return no_side{};
  } else if constexpr (source<Buffer>) {
    auto const elements = view(buffer);
    return plain_side<element_t<Buffer>>{const_cast<element_t<Buffer>*>(elements.data()),
                                         static_cast<MPI_Count>(elements.size())};
  } else {
    return describe(buffer);
  }
}

/// `operation on "name", rank r: `, with which every complaint begins.
[[nodiscard]] inline std::string complaint_of(std::string_view operation, communicator const& comm) {
  return text(operation, " on \"", comm.name(), "\", rank ", comm.rank(), ": ");
}

/// Throws `argument_error` with both lengths unless they are equal.
inline void check_lengths(std::string_view operation, communicator const& comm, std::string_view what, MPI_Count have,
                          MPI_Count need, std::string_view unit = "elements") {
  if (have != need)
    throw argument_error(text(complaint_of(operation, comm), what, " has ", have, " ", unit, " and needs ", need));
}

/// Throws `argument_error` for `nothing` on a rank where the argument counts.
template <class Side>
void check_there(std::string_view operation, communicator const& comm, std::string_view what, bool needed) {
  if (std::same_as<Side, no_side> && needed)
    throw argument_error(text(complaint_of(operation, comm), what, " is `nothing`, and this rank needs it"));
}

/// Throws `argument_error` for `in_place` on a rank other than the root, or between two sides.
template <class Side>
void check_in_place(std::string_view operation, communicator const& comm, bool allowed) {
  if (std::same_as<Side, in_place_side> && !allowed)
    throw argument_error(text(complaint_of(operation, comm), "in_place is for the root alone"));
}
template <class Side>
void check_in_place(std::string_view operation, communicator const& comm) {
  if constexpr (std::same_as<Side, in_place_side>)
    if (comm.is_inter())
      throw argument_error(text(complaint_of(operation, comm), "in_place has no meaning on an intercommunicator"));
}

/// The items of each of `blocks` equal blocks of `cut`, whose like `block` is. Throws `argument_error` when `cut`
/// cannot be cut so, or a block of it holds another number of bytes than `block`.
template <class Cut, class Block>
[[nodiscard]] MPI_Count block_of(std::string_view operation, communicator const& comm, std::string_view what,
                                 Cut const& cut, MPI_Count blocks, Block const& block) {
  if constexpr (is_plain<Cut> && is_plain<Block>) {
    static_assert(std::same_as<Cut, Block>, "in and out hold the same element type");
    check_lengths(operation, comm, what, cut.count(), block.count() * blocks);
    return block.count();
  } else {
    auto const items = blocks == 0 ? 0 : cut.count() / blocks;
    check_lengths(operation, comm, what, cut.count(), items * blocks, is_plain<Cut> ? "elements" : "items");
    if constexpr (has_data<Block>)
      check_lengths(operation, comm, text("a block of ", what), items * bytes_in(cut.type()),
                    block.count() * bytes_in(block.type()), "bytes");
    return items;
  }
}

/// What a rank does in a collective with a root.
struct role {
  bool is_root;
  bool is_leaf; ///< gives to the root or takes from it; the root of one group does so too
};

/// Throws `argument_error` for what is no root.
inline void check_root(std::string_view operation, communicator const& comm, int root) {
  if (root < 0 && (root == root_here || root == root_beside) && comm.is_inter()) return;
  check_rank(comm, root, operation, "root");
}
[[nodiscard]] inline role role_of(std::string_view operation, communicator const& comm, int root) {
  check_root(operation, comm, root);
  if (root < 0) return {root == root_here, false};
  return {comm.rank() == root && !comm.is_inter(), true};
}

} // namespace armada::detail
