#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/group.hpp>
#include <armada/core/info.hpp>
#include <armada/core/job.hpp>
#include <armada/core/predefined_attributes.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <limits>
#include <utility>

namespace armada {
namespace {

/// Shares a fault after communicators were made that all ranks have to give up then.
void share_or_free(MPI_Comm over, std::initializer_list<MPI_Comm*> made, detail::local_fault const& mine) {
  try {
    detail::share_fault_over(over, mine);
  } catch (...) {
    for (auto* const each : made)
      if (*each != MPI_COMM_NULL) MPI_Comm_free(each);
    throw;
  }
}

} // namespace

communicator::communicator(std::shared_ptr<detail::communicator_state> state) noexcept : state_(std::move(state)) {
  int inter = 0;
  MPI_Comm_rank(state_->raw(), &rank_);
  MPI_Comm_size(state_->raw(), &size_);
  MPI_Comm_test_inter(state_->raw(), &inter);
  peers_ = size_;
  if (inter != 0) MPI_Comm_remote_size(state_->raw(), &peers_);
}

communicator communicator::adopt(MPI_Comm raw, std::shared_ptr<detail::communicator_state> room) {
  if (raw == MPI_COMM_NULL) return {};
  room->own(raw);
  return communicator(std::move(room));
}

communicator communicator::adopt_together(MPI_Comm raw, std::string_view name, std::string_view suffix) {
  std::shared_ptr<detail::communicator_state> room;
  share_or_free(raw, {&raw}, detail::fault_of([&] { room = room_for(name, suffix); }));
  return adopt(raw, std::move(room));
}

std::shared_ptr<detail::communicator_state> communicator::room_for(std::string_view name, std::string_view suffix) {
  return std::make_shared<detail::communicator_state>(std::string(name).append(suffix));
}

communicator communicator::borrow(MPI_Comm raw) {
  job::require_running("communicator::borrow");
  if (raw == MPI_COMM_NULL) throw argument_error("communicator::borrow: the handle is MPI_COMM_NULL");
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  call<MPI_Comm_get_name>(raw, name, &length);
  auto state = std::make_shared<detail::communicator_state>(std::string(name, static_cast<std::size_t>(length)), false);
  state->borrow(raw);
  return communicator(std::move(state));
}

std::shared_ptr<detail::communicator_state> const& communicator::state() const {
  if (!state_) throw lifecycle_error("this communicator is closed, or never was one");
  if (state_->raw() == MPI_COMM_NULL)
    throw lifecycle_error(detail::text("communicator \"", state_->name(), "\" was closed"));
  return state_;
}

MPI_Comm communicator::raw() const { return state()->raw(); }
std::string const& communicator::name() const { return state()->name(); }

void communicator::set_name(std::string_view name) const {
  if (name.size() >= MPI_MAX_OBJECT_NAME || name.find('\0') != std::string_view::npos)
    throw argument_error(detail::text("set_name of \"", this->name(), "\" on rank ", rank_, ": the name has ",
                                      name.size(), " bytes, and may have ", MPI_MAX_OBJECT_NAME - 1,
                                      ", no NUL among them"));
  state()->set_name(std::string(name));
}

bool communicator::is_inter() const {
  int inter = 0;
  call<MPI_Comm_test_inter>(raw(), &inter);
  return inter != 0;
}

topology_kind communicator::topology() const {
  int kind = MPI_UNDEFINED;
  call<MPI_Topo_test>(raw(), &kind);
  return static_cast<topology_kind>(kind);
}

info communicator::get_info() const {
  MPI_Info hints = MPI_INFO_NULL;
  call<MPI_Comm_get_info>(raw(), &hints);
  return info::adopt(hints);
}

void communicator::set_info(info const& hints) const {
  detail::collective_scope const inside({.comm = *this, .operation = "set_info"});
  MPI_Info given = hints.raw();
  if (given == MPI_INFO_NULL) call<MPI_Info_create>(&given); // the routine takes no null, and is collective
  auto const kept = hints.raw() == MPI_INFO_NULL ? info::adopt(given) : info();
  call<MPI_Comm_set_info>(raw(), given);
}

namespace {

void check_within(communicator const& comm, group const& members, std::string_view operation) {
  if (!group(comm).includes(members))
    throw argument_error(
        detail::text(operation, " of \"", comm.name(), "\": the group has processes that the communicator lacks"));
}

void check_member(group const& members, std::string_view operation) {
  if (members.rank() == group::undefined)
    throw argument_error(detail::text(operation, " on ", job::whoami(), ": this rank is not in the group"));
}

/// Throws on every rank unless all that want a communicator want the same kind.
void check_locality(communicator const& comm, locality kind) {
  if (comm.is_inter()) return;
  int const nobody = std::numeric_limits<int>::max();
  int const value = static_cast<int>(kind);
  int ends[2] = {nobody, nobody};
  if (kind != locality::undefined) {
    ends[0] = value;
    ends[1] = -value;
  }
  call<MPI_Allreduce>(MPI_IN_PLACE, static_cast<int*>(ends), 2, MPI_INT, MPI_MIN, comm.raw());
  if (ends[0] != nobody && ends[0] != -ends[1])
    throw argument_error(detail::text("split_type of \"", comm.name(), "\": the ranks pass kinds from ", ends[0],
                                      " to ", -ends[1], "; rank ", comm.rank(), " passes ", value));
}

} // namespace

communicator communicator::split(int color, int key) const {
  detail::collective_scope const inside({.comm = *this, .operation = "split"});
  auto room = agree(*this, [&] {
    if (color < 0 && color != undefined)
      throw argument_error(
          detail::text("split of \"", name(), "\": color is ", color, ", and must be >= 0 or undefined"));
    return room_for(name(), detail::text("/", color));
  });
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_split>(raw(), color, key, &part);
  return adopt(part, std::move(room));
}

communicator communicator::split_shared() const { return split_type(locality::shared); }
communicator communicator::split_type(locality kind, int key) const { return split_type(kind, key, info()); }

communicator communicator::split_type(locality kind, int key, info const& hints) const {
  detail::collective_scope const inside({.comm = *this, .operation = "split_type"});
  auto room = agree(*this, [&] {
    if (kind == locality::hw_guided && !hints.contains("mpi_hw_resource_type"))
      throw argument_error(
          detail::text("split_type of \"", name(), "\": hw_guided needs the hint \"mpi_hw_resource_type\""));
    return room_for(name(), "/node");
  });
  check_locality(*this, kind);
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_split_type>(raw(), static_cast<int>(kind), key, hints.raw(), &part);
  return adopt(part, std::move(room));
}

template <auto Duplicate>
communicator communicator::duplicate(auto... hints) const {
  detail::collective_scope const inside({.comm = *this, .operation = "dup"});
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm twin = MPI_COMM_NULL;
  call<Duplicate>(raw(), hints..., &copy);
  auto const failure = detail::take_callback_failure();
  if (state_->twin() != MPI_COMM_NULL) {
    call<MPI_Comm_dup>(state_->twin(), &twin);
  } else if (!is_inter() && topology() == topology_kind::none) { // `copy` has attributes, the twin is to have none
    call<MPI_Comm_create>(copy, group(*this).raw(), &twin);
  }
  std::shared_ptr<detail::communicator_state> room;
  share_or_free(copy, {&twin, &copy}, detail::fault_of([&] {
                  if (failure) std::rethrow_exception(failure);
                  room = room_for(name());
                }));
  room->own(copy, twin);
  return communicator(std::move(room));
}

communicator communicator::dup() const { return duplicate<MPI_Comm_dup>(); }
communicator communicator::dup(info const& hints) const { return duplicate<MPI_Comm_dup_with_info>(hints.raw()); }

/// A communicator and its twin on their way, and word of what keeps a rank from taking them.
class communicator::duplication final : public detail::finisher<communicator> {
public:
  explicit duplication(std::string_view name) : room_(room_for(name)) {}
  /// On the stack of a rank that cannot have one: it plays its part, so that the others hear of it.
  explicit duplication(detail::local_fault const& fault) noexcept : failure_(fault) {}

  template <auto Duplicate>
  MPI_Request begin(communicator const& original, auto... hints) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Request second = MPI_REQUEST_NULL;
    call<Duplicate>(original.raw(), hints..., &copy_, &request);
    if (auto const thrown = detail::take_callback_failure(); thrown && !failed())
      failure_ = detail::fault_of([&] { std::rethrow_exception(thrown); });
    call<MPI_Comm_idup>(original.state()->twin(), &twin_, &second);
    twin_made_ = detail::request(second, detail::request_kind::collective);
    if (original.state()->shadow() != MPI_COMM_NULL) {
      call<MPI_Comm_idup>(original.state()->shadow(), &shadow_, &second);
      shadow_made_ = detail::request(second, detail::request_kind::collective);
    }
    if (failed()) mine_ = std::int64_t{original.rank()} * kinds + static_cast<std::int64_t>(failure_.kind);
    call<MPI_Iallreduce>(static_cast<void const*>(&mine_), static_cast<void*>(&first_), 1, MPI_INT64_T, MPI_MIN,
                         original.raw(), &second);
    agreed_ = detail::request(second, detail::request_kind::collective);
    return request;
  }
  communicator finish(MPI_Status const&) override {
    MPI_Status ignored{};
    twin_made_.wait(ignored);
    shadow_made_.wait(ignored);
    agreed_.wait(ignored);
    if (!failed() && first_ == nobody) {
      room_->own(copy_, twin_, shadow_);
      return communicator(std::move(room_));
    }
    for (auto* const each : {&shadow_, &twin_, &copy_})
      if (*each != MPI_COMM_NULL) MPI_Comm_free(each);
    if (failed()) std::rethrow_exception(failure_.thrown);
    throw_fault(static_cast<fault>(first_ % kinds), detail::text("dup: it failed on rank ", first_ / kinds));
  }
  bool ready() override {
    MPI_Status ignored{};
    return twin_made_.test(ignored) && shadow_made_.test(ignored) && agreed_.test(ignored);
  }

private:
  [[nodiscard]] bool failed() const noexcept { return failure_.what != nullptr; }

  static constexpr std::int64_t nobody = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t kinds = 64; ///< more than there are kinds of fault
  std::shared_ptr<detail::communicator_state> room_;
  detail::local_fault failure_;
  MPI_Comm copy_ = MPI_COMM_NULL;
  MPI_Comm twin_ = MPI_COMM_NULL;
  MPI_Comm shadow_ = MPI_COMM_NULL;
  std::int64_t mine_ = nobody;
  std::int64_t first_ = nobody; ///< rank and kind of the first failure
  detail::request twin_made_;
  detail::request shadow_made_;
  detail::request agreed_;
};

template <auto Duplicate>
pending<communicator> communicator::begin_duplicate(auto... hints) const {
  if (state()->twin() == MPI_COMM_NULL)
    throw unsupported(detail::text("dup of the borrowed communicator \"", name(),
                                   "\": a nonblocking one needs a private twin; use the blocking dup"));
  std::unique_ptr<duplication> both;
  auto const mine = detail::fault_of([&] { both = std::make_unique<duplication>(name()); });
  return detail::collectively(nonblocking, {.comm = *this, .operation = "dup"}, [&] {
    if (!both) {
      duplication part(mine);
      MPI_Status ignored{};
      detail::request(part.begin<Duplicate>(*this, hints...), detail::request_kind::collective).wait(ignored);
      static_cast<void>(part.finish(ignored));
    }
    auto const request = both->template begin<Duplicate>(*this, hints...);
    return pending<communicator>(request, detail::request_kind::collective, std::move(both));
  });
}

pending<communicator> communicator::dup(nonblocking_t) const { return begin_duplicate<MPI_Comm_idup>(); }
pending<communicator> communicator::dup(info const& hints, nonblocking_t) const {
  return begin_duplicate<MPI_Comm_idup_with_info>(hints.raw());
}

communicator communicator::create(group const& members) const {
  detail::collective_scope const inside({.comm = *this, .operation = "create"});
  auto room = agree(*this, [&] {
    check_within(*this, members, "create");
    return room_for(name(), "/group");
  });
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_create>(raw(), members.raw(), &part);
  return adopt(part, std::move(room));
}

communicator communicator::create_group(group const& members, int tag) const {
  if (is_inter()) throw argument_error(detail::text("create_group of \"", name(), "\": it is an intercommunicator"));
  if (tag < 0 || tag > tag_ub())
    throw argument_error(detail::text("create_group of \"", name(), "\": tag ", tag, " is not between 0 and ", tag_ub(),
                                      ", on rank ", rank_));
  check_within(*this, members, "create_group");
  check_member(members, "create_group");
  MPI_Comm part = MPI_COMM_NULL;
  detail::settle_background(raw());
  call<MPI_Comm_create_group>(raw(), members.raw(), tag, &part);
  return adopt_together(part, name(), "/group");
}

communicator communicator::create_from_group(group const& members, std::string_view tag) {
  auto const name = detail::string_tag("create_from_group", tag);
  check_member(members, "create_from_group");
  MPI_Comm comm = MPI_COMM_NULL;
  call<MPI_Comm_create_from_group>(members.raw(), name.data(), MPI_INFO_NULL, MPI_ERRORS_RETURN, &comm);
  return adopt_together(comm, tag);
}

std::array<char, MPI_MAX_STRINGTAG_LEN> detail::string_tag(std::string_view operation, std::string_view tag) {
  std::array<char, MPI_MAX_STRINGTAG_LEN> result{};
  if (tag.size() >= result.size() || tag.find('\0') != std::string_view::npos)
    throw argument_error(text(operation, " on ", job::whoami(), ": the tag has ", tag.size(), " bytes, and may have ",
                              result.size() - 1, ", no NUL among them"));
  tag.copy(result.data(), tag.size());
  return result;
}

void communicator::close() {
  if (state_) state_->release();
  *this = communicator();
}

void communicator::disconnect() {
  state()->disconnect();
  *this = communicator();
}

void communicator::abort(std::string_view what, int code) const noexcept { job::abort(what, code); }

comparison compare(communicator const& a, communicator const& b) {
  int result = MPI_UNEQUAL;
  call<MPI_Comm_compare>(a.raw(), b.raw(), &result);
  return static_cast<comparison>(result);
}

void check_rank(communicator const& comm, int rank, std::string_view operation, std::string_view what) {
  if (rank < 0 || rank >= comm.peers())
    throw argument_error(detail::text(operation, ": ", what, " ", rank, " is not a rank of \"", comm.name(),
                                      "\" (0 to ", comm.peers() - 1, "), on rank ", comm.rank()));
}

} // namespace armada
