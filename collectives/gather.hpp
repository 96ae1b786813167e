#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/collectives/detail/rank_by_rank.hpp>
#include <armada/collectives/detail/value_slots.hpp>
#include <armada/core/launch.hpp>

#include <exception>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace armada {

/// The root receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n) at the root and anything, such as `nothing`, elsewhere; at the root `in` may be
/// `in_place`. `in` may be a strided view, both may be `typed`. Throws `argument_error` for a wrong root or length.
/// What one rank alone has wrong, such as the root's length, is thrown there, and the others wait for it; with
/// ARMADA_CHECK=collectives all ranks throw.
/// MPI-4.0, sections 6.5, 6.12.3 and 6.13.3.
template <detail::whole_source In, detail::cut_target Out, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto gather(communicator const& comm, In&& in, Out&& out, int root, Mode mode = {}) {
  using mpi = routine<MPI_Gather_c, MPI_Igather_c>; // the persistent one is wrong (quirk 4)
  return mpi::run(mode, detail::gathered("gather", comm, in, out, root));
}

/// The same with a block of each rank's own length. Elsewhere than at the root the cut is not read: pass
/// `ragged_buffer<T>()`, and not `nothing`, which is for equal blocks.
template <detail::whole_source In, writable_wire T, any_mode Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In>
auto gather(communicator const& comm, In&& in, ragged_buffer<T> out, int root, Mode mode = {}) {
  using mpi = routine<MPI_Gatherv_c, MPI_Igatherv_c, MPI_Gatherv_init_c>;
  return mpi::run(mode, detail::gathered_ragged("gather", comm, in, std::move(out), root));
}

namespace detail {

template <class T>
class gather_exchange : public gathered_values<T> {
public:
  gather_exchange(std::string_view operation, communicator const& comm, T const& value, int root, bool outlive)
      : gathered_values<T>(operation, comm, value, outlive, role_of(operation, comm, root).is_root), root_(root),
        here_(role_of(operation, comm, root).is_root) {}
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Igather_c>(std::tuple_cat(this->announcing(), std::tuple(root_, raw)));
  }
  MPI_Request transfer(MPI_Comm raw) {
    return request_of<MPI_Igatherv_c>(std::tuple_cat(this->transferring(), std::tuple(root_, raw)));
  }
  [[nodiscard]] std::optional<std::vector<T>> take() const {
    this->require_encoded();
    if (!here_) return std::nullopt;
    return this->values();
  }

private:
  int root_;
  bool here_;
};

} // namespace detail

/// The root receives the values of all ranks, in rank order: one value of any type and size per rank. Other ranks get
/// an empty optional. Collective over `comm`. The root holds the bytes of all objects at once; see below.
/// Throws `argument_error` for a wrong root and, at the root, `type_error` when a rank's type differs; wire types go as
/// they are, and are not compared.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto gather(communicator const& comm, T const& value, int root, Mode mode = {}) {
  if constexpr (wire<T>) {
    using mpi = routine<MPI_Gather_c, MPI_Igather_c>;
    struct memory {
      bool here;
      detail::slot<T> mine;
      detail::slots<T> all;
    };
    bool const here = detail::role_of("gather", comm, root).is_root;
    auto const ranks = here ? static_cast<std::size_t>(comm.peers()) : 0;
    return detail::run_on<mpi>(
        mode, memory{here, value, detail::slots<T>(ranks)},
        [&comm, root](memory& both) {
          auto mine = detail::as_one(both.mine);
          return detail::gathered("gather", comm, mine, both.all, root);
        },
        [](memory& both) -> std::optional<std::vector<T>> {
          if (!both.here) return std::nullopt;
          return detail::values_of_slots<T>(std::move(both.all));
        });
  } else {
    constexpr bool now = std::same_as<Mode, blocking_t>;
    return detail::run_exchange(mode, {.comm = comm, .operation = "gather", .root = root},
                                detail::gather_exchange<T>("gather", comm, value, root, !now));
  }
}

/// Large values, one rank after the other: see below.
struct rank_by_rank_t {};
inline constexpr rank_by_rank_t rank_by_rank{};

/// The same for large values: the root takes and decodes them one after the other, so that it holds the bytes of one
/// rank at a time besides the values, where the form above holds those of all. Blocking only: the root takes a value
/// when it has decoded the one before, and a pending could do that nowhere but in its own `wait`, for which the other
/// ranks would have to wait as well. Throws `unsupported` over a borrowed communicator, which has no private twin.
template <std::default_initializable T>
  requires(!wire<T>)
[[nodiscard]] std::optional<std::vector<T>> gather(communicator const& comm, T const& value, int root, rank_by_rank_t) {
  auto const who = detail::role_of("gather", comm, root);
  detail::rank_by_rank_transfer const transfer("gather", comm);
  detail::collective_scope const inside({.comm = comm, .operation = "gather", .form = "rank by rank", .root = root});
  bool const sends = who.is_leaf && !who.is_root;
  std::vector<std::byte> bytes;
  std::span<std::byte const> shown;
  std::exception_ptr failure; // the others are served all the same
  auto guarded = [&](auto action) {
    try {
      action();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
  };
  guarded([&] {
    if (sends) shown = detail::to_bytes(value, bytes, false);
  });
  auto const said = failure ? detail::announcement::not_encoded() : detail::announcement_of<T>(shown);
  auto const all = transfer.announce(said, root, who.is_root);
  if (sends && !failure) transfer.send(shown, root);

  std::vector<T> values(all.size());
  for (int rank = 0; rank < static_cast<int>(all.size()); ++rank) {
    auto const& theirs = all[static_cast<std::size_t>(rank)];
    auto& next = values[static_cast<std::size_t>(rank)];
    if (who.is_leaf && rank == root) {
      guarded([&] { detail::from_bytes(detail::to_bytes(value, bytes, false), next); });
    } else {
      if (theirs.bytes >= 0) transfer.receive(bytes, theirs.bytes, rank);
      guarded([&] {
        detail::check_announced<T>(theirs, rank, "gather");
        if (!failure) detail::from_bytes(std::span<std::byte const>(bytes), next);
      });
    }
    bytes = {};
  }
  if (failure) std::rethrow_exception(failure);
  return who.is_root ? std::optional(std::move(values)) : std::nullopt;
}

} // namespace armada
