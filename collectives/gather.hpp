#pragma once

#include <armada/collectives/detail/arguments.hpp>
#include <armada/collectives/detail/exchange.hpp>
#include <armada/core/launch.hpp>

#include <optional>

namespace armada {

/// The root receives the blocks of all ranks in rank order. Collective over `comm`.
/// Shapes: in (n), out (size × n) at the root and anything, such as an empty vector, elsewhere; at the root `in` may be
/// `in_place`. Throws `argument_error` for a wrong root or length. MPI-4.0, sections 6.5 and 6.12.3.
template <source_or_in_place In, writable Out, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In, Out>
auto gather(communicator const& comm, In&& in, Out&& out, int root, Mode mode = {}) {
  return routine<MPI_Gather_c, MPI_Igather_c>::launch(
      mode, detail::gathered("gather", comm, in, out, comm.rank() == root, root));
}

/// The same with a block of each rank's own length; elsewhere than at the root the cut is not read.
template <source_or_in_place In, writable_wire T, completion Mode = blocking_t>
  requires detail::safe_until_complete<Mode, In>
auto gather(communicator const& comm, In&& in, ragged_buffer<T> out, int root, Mode mode = {}) {
  auto const arguments = detail::gathered_ragged("gather", comm, in, out, comm.rank() == root, root);
  return routine<MPI_Gatherv_c, MPI_Igatherv_c>::launch(mode, arguments, std::move(out));
}

namespace detail {

template <class T>
class gather_exchange : public gathered_values<T> {
public:
  gather_exchange(communicator const& comm, T const& value, int root, bool outlive)
      : gathered_values<T>("gather", comm, value, outlive, comm.rank() == root), root_(root),
        here_(comm.rank() == root) {}
  MPI_Request announce(MPI_Comm raw) {
    return request_of<MPI_Igather_c>(std::tuple_cat(this->announcing(), std::tuple(root_, raw)));
  }
  MPI_Request transfer(MPI_Comm raw) {
    return request_of<MPI_Igatherv_c>(std::tuple_cat(this->transferring(), std::tuple(root_, raw)));
  }
  [[nodiscard]] std::optional<std::vector<T>> take() const {
    if (!here_) return std::nullopt;
    return this->values();
  }

private:
  int root_;
  bool here_;
};

} // namespace detail

/// The root receives the values of all ranks, in rank order: one value of any type and size per rank. Other ranks get
/// an empty optional. Collective over `comm`. Throws `argument_error` for a wrong root and, at the root, `type_error`
/// when a rank's type differs.
template <std::default_initializable T, completion Mode = blocking_t>
[[nodiscard]] auto gather(communicator const& comm, T const& value, int root, Mode mode = {}) {
  check_rank(comm, root, "gather", "root");
  constexpr bool now = std::same_as<Mode, blocking_t>;
  return detail::run_exchange(mode, comm, detail::gather_exchange<T>(comm, value, root, !now));
}

} // namespace armada
