#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/call.hpp>
#include <armada/core/collective_call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/group.hpp>
#include <armada/core/info.hpp>
#include <armada/core/job.hpp>
#include <armada/core/posting_queue.hpp>
#include <armada/core/predefined_attributes.hpp>

#include <algorithm>
#include <bit>
#include <exception>
#include <limits>
#include <utility>

namespace armada {
namespace detail {

int node::find(int wanted) const noexcept {
  if (whole) return wanted;
  auto const at = std::lower_bound(members.begin(), members.end(), wanted);
  return at != members.end() && *at == wanted ? static_cast<int>(at - members.begin()) : -1;
}

communicator_state::communicator_state(MPI_Comm raw, bool owned, std::string name, bool forgettable, MPI_Comm twin,
                                       MPI_Comm shadow)
    : raw_(raw), twin_(twin), shadow_(shadow), owned_(owned), forgettable_(forgettable), name_(std::move(name)) {
  if (owned_) {
    call<MPI_Comm_set_errhandler>(raw_, MPI_ERRORS_RETURN);
    call<MPI_Comm_set_name>(raw_, name_.c_str());
    if (twin_ == MPI_COMM_NULL) call<MPI_Comm_dup>(raw_, &twin_);
    call<MPI_Comm_set_errhandler>(twin_, MPI_ERRORS_RETURN);
    if (checks::collectives()) make_shadow();
  }
  enter();
}

void communicator_state::make_shadow() {
  int inter = 0;
  call<MPI_Comm_test_inter>(twin_, &inter);
  if (shadow_ == MPI_COMM_NULL) {
    if (inter != 0)
      call<MPI_Intercomm_merge>(twin_, 0, &shadow_);
    else
      call<MPI_Comm_dup>(twin_, &shadow_);
  }
  call<MPI_Comm_set_errhandler>(shadow_, MPI_ERRORS_RETURN);
}

void communicator_state::set_name(std::string name) {
  call<MPI_Comm_set_name>(raw_, name.c_str());
  name_ = std::move(name);
}

void communicator_state::disconnect() {
  settle_background(raw_);
  if (owned_) call<MPI_Comm_disconnect>(&raw_);
  release();
}

void communicator_state::release() noexcept {
  leave();
  if (job::running()) {
    if (node_ && node_->raw != MPI_COMM_NULL) MPI_Comm_free(&node_->raw);
    if (shadow_ != MPI_COMM_NULL) MPI_Comm_free(&shadow_);
    if (twin_ != MPI_COMM_NULL) MPI_Comm_free(&twin_);
    if (owned_ && raw_ != MPI_COMM_NULL) MPI_Comm_free(&raw_);
  }
  node_.reset();
  raw_ = twin_ = shadow_ = MPI_COMM_NULL;
  end_on_callback_failure();
}

std::string communicator_state::describe() const {
  return forgettable_ ? text("communicator \"", name_, "\"") : std::string();
}

node const& communicator_state::nearby() {
  if (node_) return *node_;
  auto found = std::make_unique<node>();
  int rank = 0;
  int size = 0;
  int near = 0;
  call<MPI_Comm_rank>(raw_, &rank);
  call<MPI_Comm_size>(raw_, &size);
  call<MPI_Comm_split_type>(raw_, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &found->raw);
  call<MPI_Comm_set_errhandler>(found->raw, MPI_ERRORS_RETURN);
  call<MPI_Comm_rank>(found->raw, &found->rank);
  call<MPI_Comm_size>(found->raw, &near);
  found->members.resize(static_cast<std::size_t>(near));
  call<MPI_Allgather>(&rank, 1, MPI_INT, found->members.data(), 1, MPI_INT, found->raw);
  found->whole = near == size;
  node_ = std::move(found);
  return *node_;
}

int communicator_state::next_object_id() {
  static auto const ids = std::bit_floor(static_cast<std::uint32_t>(tag_ub()) + 1U);
  return static_cast<int>(next_object_++ & (ids - 1));
}

posting_queue& communicator_state::postings() {
  if (!postings_) postings_ = std::make_shared<posting_queue>(raw_);
  return *postings_;
}

} // namespace detail

communicator::communicator(std::shared_ptr<detail::communicator_state> state) noexcept : state_(std::move(state)) {
  int inter = 0;
  MPI_Comm_rank(state_->raw(), &rank_);
  MPI_Comm_size(state_->raw(), &size_);
  MPI_Comm_test_inter(state_->raw(), &inter);
  peers_ = size_;
  if (inter != 0) MPI_Comm_remote_size(state_->raw(), &peers_);
}

communicator communicator::adopt(MPI_Comm raw, std::string_view name, bool forgettable, MPI_Comm twin,
                                 MPI_Comm shadow) {
  if (raw == MPI_COMM_NULL) return {};
  return communicator(
      std::make_shared<detail::communicator_state>(raw, true, std::string(name), forgettable, twin, shadow));
}

communicator communicator::borrow(MPI_Comm raw) {
  job::require_running("communicator::borrow");
  if (raw == MPI_COMM_NULL) throw argument_error("communicator::borrow: the handle is MPI_COMM_NULL");
  char name[MPI_MAX_OBJECT_NAME] = {};
  int length = 0;
  call<MPI_Comm_get_name>(raw, name, &length);
  return communicator(std::make_shared<detail::communicator_state>(
      raw, false, std::string(name, static_cast<std::size_t>(length)), false));
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

/// Checks together; on an intercommunicator, whose collectives reach the other side instead of this one, alone.
template <class Check>
void check_together(communicator const& comm, Check check) {
  if (comm.is_inter())
    check();
  else
    agree(comm, check);
}

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
void check_locality(communicator const& comm, locality kind, info const& hints) {
  check_together(comm, [&] {
    if (kind == locality::hw_guided && !hints.contains("mpi_hw_resource_type"))
      throw argument_error(
          detail::text("split_type of \"", comm.name(), "\": hw_guided needs the hint \"mpi_hw_resource_type\""));
  });
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
  check_together(*this, [&] {
    if (color < 0 && color != undefined)
      throw argument_error(
          detail::text("split of \"", name(), "\": color is ", color, ", and must be >= 0 or undefined"));
  });
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_split>(raw(), color, key, &part);
  return adopt(part, detail::text(name(), "/", color));
}

communicator communicator::split_shared() const { return split_type(locality::shared); }
communicator communicator::split_type(locality kind, int key) const { return split_type(kind, key, info()); }

communicator communicator::split_type(locality kind, int key, info const& hints) const {
  detail::collective_scope const inside({.comm = *this, .operation = "split_type"});
  check_locality(*this, kind, hints);
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_split_type>(raw(), static_cast<int>(kind), key, hints.raw(), &part);
  return adopt(part, detail::text(name(), "/node"));
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
  auto result = adopt(copy, name(), true, twin);
  check_together(result, [&] {
    if (failure) std::rethrow_exception(failure);
  });
  return result;
}

communicator communicator::dup() const { return duplicate<MPI_Comm_dup>(); }
communicator communicator::dup(info const& hints) const { return duplicate<MPI_Comm_dup_with_info>(hints.raw()); }

/// A communicator and its twin on their way.
class communicator::duplication final : public detail::finisher<communicator> {
public:
  explicit duplication(communicator const& original) : name_(original.name()) {
    if (original.state()->twin() == MPI_COMM_NULL)
      throw unsupported(detail::text("dup of the borrowed communicator \"", name_,
                                     "\": a nonblocking one needs a private twin; use the blocking dup"));
  }

  template <auto Duplicate>
  MPI_Request begin(communicator const& original, auto... hints) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Request second = MPI_REQUEST_NULL;
    call<Duplicate>(original.raw(), hints..., &copy_, &request);
    failure_ = detail::take_callback_failure();
    call<MPI_Comm_idup>(original.state()->twin(), &twin_, &second);
    twin_made_ = detail::request(second, detail::request_kind::collective);
    if (original.state()->shadow() != MPI_COMM_NULL) {
      call<MPI_Comm_idup>(original.state()->shadow(), &shadow_, &second);
      shadow_made_ = detail::request(second, detail::request_kind::collective);
    }
    return request;
  }
  communicator finish(MPI_Status const&) override {
    MPI_Status ignored{};
    twin_made_.wait(ignored);
    shadow_made_.wait(ignored);
    auto result = adopt(copy_, name_, true, twin_, shadow_);
    if (failure_) std::rethrow_exception(failure_);
    return result;
  }
  bool ready() override {
    MPI_Status ignored{};
    return twin_made_.test(ignored) && shadow_made_.test(ignored);
  }

private:
  std::string name_;
  std::exception_ptr failure_;
  MPI_Comm copy_ = MPI_COMM_NULL;
  MPI_Comm twin_ = MPI_COMM_NULL;
  MPI_Comm shadow_ = MPI_COMM_NULL;
  detail::request twin_made_;
  detail::request shadow_made_;
};

template <auto Duplicate>
pending<communicator> communicator::begin_duplicate(auto... hints) const {
  auto both = std::make_unique<duplication>(*this);
  return detail::collectively(nonblocking, {.comm = *this, .operation = "dup"}, [&] {
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
  check_together(*this, [&] { check_within(*this, members, "create"); });
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_create>(raw(), members.raw(), &part);
  return adopt(part, detail::text(name(), "/group"));
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
  return adopt(part, detail::text(name(), "/group"));
}

communicator communicator::create_from_group(group const& members, std::string_view tag) {
  detail::check_string_tag("create_from_group", tag);
  check_member(members, "create_from_group");
  MPI_Comm comm = MPI_COMM_NULL;
  call<MPI_Comm_create_from_group>(members.raw(), std::string(tag).c_str(), MPI_INFO_NULL, MPI_ERRORS_RETURN, &comm);
  return adopt(comm, tag);
}

void detail::check_string_tag(std::string_view operation, std::string_view tag) {
  if (tag.size() < MPI_MAX_STRINGTAG_LEN && tag.find('\0') == std::string_view::npos) return;
  throw argument_error(text(operation, " on ", job::whoami(), ": the tag has ", tag.size(), " bytes, and may have ",
                            MPI_MAX_STRINGTAG_LEN - 1, ", no NUL among them"));
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
