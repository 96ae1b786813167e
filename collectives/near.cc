#include <armada/collectives/detail/near_road.hpp>
#include <armada/collectives/near.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/bystander.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/shared_segment.hpp>

#include <memory>
#include <utility>

namespace armada {
namespace detail {
namespace {

/// What a communicator's near road is made of. Goes with the communicator; the other ranks keep their mapping.
class near_road {
public:
  near_road(shared_segment memory, node const& here)
      : segment_(std::move(memory)), team_(segment_.data(), here.rank, here.size(), [] { bystander()(); }) {
    ++near_communicators;
  }
  near_road(near_road const&) = delete;
  near_road& operator=(near_road const&) = delete;
  ~near_road() { --near_communicators; }

  [[nodiscard]] near_team& team() noexcept { return team_; }

private:
  shared_segment segment_;
  near_team team_;
};

/// It rides on the communicator, and has no copy callback: duplicates are ordinary communicators.
attribute_key<std::unique_ptr<near_road>> const& near_key() {
  static attribute_key<std::unique_ptr<near_road>> const key;
  return key;
}

/// The stages of all ranks, this rank's own populated. Collective over the node.
shared_segment make_stages(node const& here) {
  shared_segment memory(here, near_team::stage_place(here.size(), here.size()));
  memory.populate(0, near_team::control_bytes(here.size()));
  memory.populate(near_team::stage_place(here.rank, here.size()), near_team::stage_bytes);
  return memory;
}

} // namespace

near_team* find_near_team(MPI_Comm comm) {
  auto* const road = near_key().get(comm);
  return road != nullptr ? &(*road)->team() : nullptr;
}

} // namespace detail

communicator near(communicator const& comm) {
  auto fast = comm.dup();
  if (fast.is_inter()) return fast;
  auto const& here = fast.state()->nearby();
  if (!here.whole || here.size() > detail::near_team::most_ranks) return fast;
  auto stages = agree(fast, [&] { return detail::make_stages(here); });
  stages.close_file(); // all ranks have mapped it
  agree(fast,
        [&] { set_attribute(fast, detail::near_key(), std::make_unique<detail::near_road>(std::move(stages), here)); });
  return fast;
}

bool is_near(communicator const& comm) {
  return detail::near_communicators > 0 && detail::find_near_team(comm.raw()) != nullptr;
}

} // namespace armada
