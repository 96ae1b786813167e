#include <armada/collectives/detail/rank_by_rank.hpp>
#include <armada/collectives/detail/twin_tags.hpp>
#include <armada/core/background.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/error.hpp>
#include <armada/core/pending.hpp>

namespace armada::detail {

rank_by_rank_transfer::rank_by_rank_transfer(std::string_view operation, communicator const& comm)
    : comm_(comm.state()), peers_(comm.peers()) {
  if (comm_->twin() == MPI_COMM_NULL)
    throw unsupported(text(operation, " rank by rank over the borrowed communicator \"", comm.name(),
                           "\": it needs a private twin; use dup()"));
}

std::vector<announcement> rank_by_rank_transfer::announce(announcement const& said, int root, bool here) const {
  std::vector<announcement> all(here ? static_cast<std::size_t>(peers_) : 0);
  call<MPI_Gather_c>(static_cast<void const*>(&said), announcement::words, MPI_INT64_T, static_cast<void*>(all.data()),
                     announcement::words, MPI_INT64_T, root, comm_->raw());
  return all;
}

void rank_by_rank_transfer::send(std::span<std::byte const> bytes, int root) const {
  MPI_Request raw = MPI_REQUEST_NULL;
  call<MPI_Isend_c>(static_cast<void const*>(bytes.data()), static_cast<MPI_Count>(bytes.size()), MPI_BYTE, root,
                    rank_by_rank_tag, comm_->twin(), &raw);
  MPI_Status ignored{};
  request(raw, request_kind::send).wait(ignored);
}

void rank_by_rank_transfer::receive(std::vector<std::byte>& bytes, std::int64_t count, int rank) const {
  bytes.resize(static_cast<std::size_t>(count));
  MPI_Request raw = MPI_REQUEST_NULL;
  call<MPI_Irecv_c>(static_cast<void*>(bytes.data()), MPI_Count{count}, MPI_BYTE, rank, rank_by_rank_tag, comm_->twin(),
                    &raw);
  MPI_Status ignored{};
  request(raw, request_kind::receive).wait(ignored);
}

} // namespace armada::detail
