#include <armada/collectives/detail/near_road.hpp>
#include <armada/collectives/near.hpp>
#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/bystander.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/shared_segment.hpp>

#include <memory>

namespace armada {
namespace detail {
namespace {

/// What a communicator's near road is made of. Goes with the communicator; the other ranks keep their mapping.
class near_road {
public:
  explicit near_road(node const& here)
      : segment_(here, near_team::stage_place(here.size(), here.size())),
        team_(segment_.data(), here.rank, here.size(), [] { bystander()(); }) {
    segment_.populate(0, near_team::control_bytes(here.size()));
    segment_.populate(near_team::stage_place(here.rank, here.size()), near_team::stage_bytes);
    ++near_communicators;
  }
  near_road(near_road const&) = delete;
  near_road& operator=(near_road const&) = delete;
  ~near_road() { --near_communicators; }

  void close_file() noexcept { segment_.close_file(); }
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
  auto road = agree(fast, [&] { return std::make_unique<detail::near_road>(here); });
  road->close_file(); // all ranks have mapped it
  set_attribute(fast, detail::near_key(), std::move(road));
  return fast;
}

bool is_near(communicator const& comm) {
  return detail::near_communicators > 0 && detail::find_near_team(comm.raw()) != nullptr;
}

} // namespace armada
