#pragma once

/// The parameter orders of MPI's reductions: each checked and prepared here, and nowhere else.

#include <armada/collectives/detail/near_shortcuts.hpp>
#include <armada/collectives/detail/side.hpp>
#include <armada/core/launch.hpp>
#include <armada/core/operation.hpp>

#include <algorithm>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace armada::detail {

/// What a reduction reads and writes: elements, as MPI's operations know them.
template <class T>
concept reducible = source<T> || in_place_tag<T> || nothing_tag<T>;
template <class T>
concept reducible_target = writable<T> || nothing_tag<T>;

template <class In, class Out>
struct reduced_element {};
template <class In, source Out>
struct reduced_element<In, Out> {
  using type = element_t<Out>;
};
template <source In, class Out>
  requires(!source<Out>)
struct reduced_element<In, Out> {
  using type = element_t<In>;
};
/// The elements of a reduction, whichever side has them here.
template <class In, class Out>
using reduced_element_t = typename reduced_element<In, Out>::type;

/// A callable without state, and MPI's operation for it, which lives until MPI ends.
template <class T, class Op>
struct lasting_operation {
  using element = T;
  [[no_unique_address]] Op callable;
  MPI_Op handle;
  [[nodiscard]] MPI_Op raw() const noexcept { return handle; }
  [[nodiscard]] Op& function() noexcept { return callable; }
};
/// A callable with state, which lives in MPI's operation for it.
template <class T, class Op>
struct owned_operation {
  using element = T;
  Op* callable;
  operation handle;
  [[nodiscard]] MPI_Op raw() const { return handle.raw(); }
  [[nodiscard]] Op& function() noexcept { return *callable; }
};

/// MPI's operation for `op` on elements T, to be kept while it is in use.
template <class T, class Op>
[[nodiscard]] auto kept_operation(Op op) {
  if constexpr (stateless<Op>) {
    return lasting_operation<T, Op>{op, operation_of<T>(op)};
  } else {
    auto combiner = std::make_unique<combiner_of<Op, T>>(std::move(op));
    auto* const callable = &combiner->callable();
    return owned_operation<T, Op>{callable, operation::own(std::move(combiner), is_commuting<Op>)};
  }
}

/// Throws unless a reduction takes `in` here; gives its address.
template <class From, class To>
[[nodiscard]] void* checked_input(std::string_view operation, communicator const& comm, From const& from, To const& to,
                                  MPI_Count need) {
  if constexpr (is_plain<From>) {
    if constexpr (is_plain<To>) static_assert(std::same_as<From, To>, "in and out hold the same element type");
    check_lengths(operation, comm, "in", from.count(), need);
  }
  static_cast<void>(to);
  return from.address();
}

/// A reduction to all ranks: allreduce.
template <class In, class Out, class Op>
[[nodiscard]] auto reduced(std::string_view operation, communicator const& comm, In& in, Out& out, Op op) {
  auto const from = side_of(in);
  auto const to = side_of(out);
  check_in_place<std::remove_const_t<decltype(from)>>(operation, comm);
  auto* const input = checked_input(operation, comm, from, to, to.count());
  auto kept = kept_operation<element_t<Out>>(std::move(op));
  auto const arguments = std::tuple(input, to.address(), to.count(), to.type(), kept.raw(), comm.raw());
  collective_call const what{
      .comm = comm, .operation = operation, .reduction = kept.raw(), .count = to.count(), .type = to.type()};
  return prepare_call(what, arguments, std::move(kept));
}

/// Throws `argument_error` on an intercommunicator, over which MPI has no such collective.
inline void check_one_group(std::string_view operation, communicator const& comm) {
  if (comm.is_inter())
    throw argument_error(text(complaint_of(operation, comm), "MPI has none over an intercommunicator"));
}

/// A reduction of the ranks before this one: scan, exscan.
template <class In, class Out, class Op>
[[nodiscard]] auto scanned(std::string_view operation, communicator const& comm, In& in, Out& out, Op op) {
  check_one_group(operation, comm);
  return reduced(operation, comm, in, out, std::move(op));
}

/// A reduction to the root: reduce.
template <class In, class Out, class Op>
[[nodiscard]] auto reduced_to(std::string_view operation, communicator const& comm, In& in, Out& out, Op op, int root) {
  auto const from = side_of(in);
  auto const to = side_of(out);
  using sending = std::remove_const_t<decltype(from)>;
  using receiving = std::remove_const_t<decltype(to)>;
  role who{};
  check_alone({.comm = comm, .operation = operation, .root = root}, [&] {
    who = role_of(operation, comm, root);
    check_in_place<sending>(operation, comm, who.is_root && who.is_leaf);
    check_there<sending>(operation, comm, "in", who.is_leaf);
    check_there<receiving>(operation, comm, "out", who.is_root);
    if (who.is_root && who.is_leaf) static_cast<void>(checked_input(operation, comm, from, to, to.count()));
  });
  using element = reduced_element_t<In, Out>;
  auto const length = who.is_leaf && has_data<sending> ? from.count() : to.count();
  auto kept = kept_operation<element>(std::move(op));
  auto const arguments =
      std::tuple(from.address(), to.address(), length, datatype_of<element>(), kept.raw(), root, comm.raw());
  collective_call const what{.comm = comm,
                             .operation = operation,
                             .root = root,
                             .reduction = kept.raw(),
                             .count = length,
                             .type = datatype_of<element>()};
  return prepare_call(what, arguments, std::move(kept));
}

/// A reduction of which each rank receives an equal block: reduce_scatter_block.
template <class In, class Out, class Op>
[[nodiscard]] auto reduced_to_blocks(std::string_view operation, communicator const& comm, In& in, Out& out, Op op) {
  auto const from = side_of(in);
  auto const to = side_of(out);
  check_in_place<std::remove_const_t<decltype(from)>>(operation, comm);
  auto block = to.count();
  if constexpr (has_data<std::remove_const_t<decltype(from)>>) {
    static_cast<void>(checked_input(operation, comm, from, to, block * comm.size()));
  } else {
    block = to.count() / comm.size();
    check_lengths(operation, comm, "out", to.count(), block * comm.size());
  }
  auto kept = kept_operation<element_t<Out>>(std::move(op));
  auto const arguments = std::tuple(from.address(), to.address(), block, to.type(), kept.raw(), comm.raw());
  collective_call const what{
      .comm = comm, .operation = operation, .reduction = kept.raw(), .count = block, .type = to.type()};
  return prepare_call(what, arguments, std::move(kept));
}

/// Throws unless the blocks of a cut lie one behind the other and are all of it, one for each rank.
template <class T>
void check_whole_cut(std::string_view operation, communicator const& comm, std::string_view what,
                     ragged_buffer<T> const& cut) {
  check_lengths(operation, comm, text("counts of ", what), static_cast<MPI_Count>(cut.counts.size()), comm.size());
  MPI_Aint next = 0;
  for (std::size_t rank = 0; rank < cut.counts.size(); ++rank) {
    if (cut.counts[rank] < 0 || cut.displacements[rank] != next)
      throw argument_error(text(complaint_of(operation, comm), "the block of rank ", rank, " of ", what, " (",
                                cut.counts[rank], " elements at ", cut.displacements[rank], ") does not begin at ",
                                next, ", where the one before it ends"));
    next += cut.counts[rank];
  }
  check_lengths(operation, comm, what, static_cast<MPI_Count>(cut.elements.size()), next);
}

/// A reduction of which each rank receives a block of its own length: reduce_scatter. The cut is of the input, which
/// `out` holds when it is given `in_place`.
template <class T, class Out, class Op>
[[nodiscard]] auto reduced_to_ragged(std::string_view operation, communicator const& comm, ragged_buffer<T> in,
                                     Out& out, Op op) {
  using element = std::remove_const_t<T>;
  check_whole_cut(operation, comm, "in", in);
  auto const to = side_of(out);
  static_assert(std::same_as<decltype(to), plain_side<element> const>, "in and out hold the same element type");
  check_lengths(operation, comm, "out", to.count(), in.counts[static_cast<std::size_t>(comm.rank())]);
  auto kept = kept_operation<element>(std::move(op));
  auto const arguments = std::tuple(static_cast<void const*>(in.elements.data()), to.address(), in.counts.data(),
                                    datatype_of<element>(), kept.raw(), comm.raw());
  collective_call const what{.comm = comm,
                             .operation = operation,
                             .reduction = kept.raw(),
                             .type = datatype_of<element>(),
                             .counts = in.counts};
  return prepare_call(what, arguments, std::move(in), std::move(kept));
}
template <class T, class Op>
[[nodiscard]] auto reduced_to_ragged(std::string_view operation, communicator const& comm, in_place_t,
                                     ragged_buffer<T> out, Op op) {
  check_in_place<in_place_side>(operation, comm);
  check_whole_cut(operation, comm, "out", out);
  auto kept = kept_operation<T>(std::move(op));
  auto const arguments = std::tuple(static_cast<void const*>(MPI_IN_PLACE), static_cast<void*>(out.elements.data()),
                                    out.counts.data(), datatype_of<T>(), kept.raw(), comm.raw());
  collective_call const what{
      .comm = comm, .operation = operation, .reduction = kept.raw(), .type = datatype_of<T>(), .counts = out.counts};
  return prepare_call(what, arguments, std::move(out), std::move(kept));
}

} // namespace armada::detail
