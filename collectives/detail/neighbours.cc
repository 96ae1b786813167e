#include <armada/collectives/detail/neighbours.hpp>
#include <armada/collectives/detail/twin_tags.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/error.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

namespace armada::detail {
namespace {

std::vector<neighbour> in_order(std::vector<int> const& ranks) {
  std::vector<neighbour> result;
  for (int const rank : ranks) result.push_back({rank, first_neighbour_tag});
  return result;
}

/// Ends when each of its messages has.
class all_of final : public finisher<void> {
public:
  explicit all_of(std::vector<request> requests) : requests_(std::move(requests)) {}
  void finish(MPI_Status const&) override {
    std::exception_ptr failure;
    for (auto& each : requests_) {
      try {
        MPI_Status ignored{};
        each.wait(ignored);
      } catch (...) {
        if (!failure) failure = std::current_exception();
      }
    }
    if (failure) std::rethrow_exception(failure);
  }
  bool ready() override {
    bool all = true;
    MPI_Status ignored{};
    for (auto& each : requests_) all = each.test(ignored) && all;
    return all;
  }

private:
  std::vector<request> requests_;
};

void assign(std::vector<neighbour_block>& blocks, std::vector<neighbour> const& partners) {
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].partner = partners[i];
  std::erase_if(blocks, [](neighbour_block const& each) { return each.partner.rank == MPI_PROC_NULL; });
}

} // namespace

neighbourhood neighbourhood_of(cartesian const& grid) {
  neighbourhood result;
  int place = 0;
  for (int const rank : grid.neighbours()) {
    result.targets.push_back({rank, first_neighbour_tag + place});
    result.sources.push_back({rank, first_neighbour_tag + (place ^ 1)}); // where the partner has this rank
    ++place;
  }
  return result;
}
neighbourhood neighbourhood_of(graph const& comm) { return {in_order(comm.neighbours()), in_order(comm.neighbours())}; }
neighbourhood neighbourhood_of(dist_graph const& comm) {
  return {in_order(comm.sources()), in_order(comm.destinations())};
}

degrees degrees_of(cartesian const& grid) {
  auto const sides = 2 * static_cast<MPI_Count>(grid.dims().size());
  return {sides, sides};
}
degrees degrees_of(graph const& comm) {
  auto const count = static_cast<MPI_Count>(comm.neighbours().size());
  return {count, count};
}
degrees degrees_of(dist_graph const& comm) {
  return {static_cast<MPI_Count>(comm.sources().size()), static_cast<MPI_Count>(comm.destinations().size())};
}

std::vector<neighbour_block> equal_blocks(void const* first, MPI_Count count, MPI_Datatype type, MPI_Count blocks) {
  MPI_Count lower = 0;
  MPI_Count extent = 0;
  call<MPI_Type_get_extent_c>(type, &lower, &extent);
  auto* const memory = static_cast<std::byte*>(const_cast<void*>(first));
  std::vector<neighbour_block> result;
  for (MPI_Count i = 0; i < blocks; ++i)
    result.push_back({count == 0 ? memory : memory + i * count * extent, count, type});
  return result;
}

neighbour_exchange::neighbour_exchange(std::string_view operation, communicator const& comm,
                                       neighbourhood const& partners, std::vector<neighbour_block> incoming,
                                       std::vector<neighbour_block> outgoing)
    : comm_(comm.state()), incoming_(std::move(incoming)), outgoing_(std::move(outgoing)) {
  if (comm_->twin() == MPI_COMM_NULL)
    throw unsupported(text(operation, " with blocks of different lengths over the borrowed communicator \"",
                           comm.name(), "\": it needs a private twin; use dup()"));
  assign(incoming_, partners.sources);
  assign(outgoing_, partners.targets);
}

void neighbour_exchange::launch(blocking_t) const { begin().wait(); }

pending<> neighbour_exchange::begin() const {
  std::vector<request> open;
  open.reserve(incoming_.size() + outgoing_.size());
  MPI_Request raw = MPI_REQUEST_NULL;
  for (auto const& each : incoming_) {
    call<MPI_Irecv_c>(each.address, each.count, each.type, each.partner.rank, each.partner.tag, comm_->twin(), &raw);
    open.emplace_back(raw, request_kind::receive);
  }
  for (auto const& each : outgoing_) {
    call<MPI_Isend_c>(static_cast<void const*>(each.address), each.count, each.type, each.partner.rank,
                      each.partner.tag, comm_->twin(), &raw);
    open.emplace_back(raw, request_kind::send);
  }
  return {MPI_REQUEST_NULL, request_kind::collective, std::make_unique<all_of>(std::move(open))};
}

} // namespace armada::detail
