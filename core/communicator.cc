#include <armada/core/agree.hpp>
#include <armada/core/call.hpp>
#include <armada/core/communicator.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/job.hpp>
#include <armada/core/posting_queue.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace armada {
namespace detail {

int node::find(int wanted) const noexcept {
  if (whole) return wanted;
  auto const at = std::lower_bound(members.begin(), members.end(), wanted);
  return at != members.end() && *at == wanted ? static_cast<int>(at - members.begin()) : -1;
}

communicator_state::communicator_state(MPI_Comm raw, bool owned, std::string name, bool forgettable)
    : raw_(raw), owned_(owned), forgettable_(forgettable), name_(std::move(name)) {
  if (owned_) {
    call<MPI_Comm_set_errhandler>(raw_, MPI_ERRORS_RETURN);
    call<MPI_Comm_set_name>(raw_, name_.c_str());
    call<MPI_Comm_dup>(raw_, &twin_); // inherits the error handler
  }
  enter();
}

void communicator_state::release() noexcept {
  leave();
  if (job::running()) {
    if (node_ && node_->raw != MPI_COMM_NULL) MPI_Comm_free(&node_->raw);
    if (twin_ != MPI_COMM_NULL) MPI_Comm_free(&twin_);
    if (owned_ && raw_ != MPI_COMM_NULL) MPI_Comm_free(&raw_);
  }
  node_.reset();
  raw_ = twin_ = MPI_COMM_NULL;
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

posting_queue& communicator_state::postings() {
  if (!postings_) postings_ = std::make_shared<posting_queue>(raw_);
  return *postings_;
}

} // namespace detail

communicator::communicator(std::shared_ptr<detail::communicator_state> state) noexcept : state_(std::move(state)) {
  MPI_Comm_rank(state_->raw(), &rank_);
  MPI_Comm_size(state_->raw(), &size_);
}

communicator communicator::adopt(MPI_Comm raw, std::string_view name, bool forgettable) {
  if (raw == MPI_COMM_NULL) return {};
  return communicator(std::make_shared<detail::communicator_state>(raw, true, std::string(name), forgettable));
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

communicator communicator::split(int color, int key) const {
  agree(*this, [&] {
    if (color < 0 && color != undefined)
      throw argument_error(
          detail::text("split of \"", name(), "\": color is ", color, ", and must be >= 0 or undefined"));
  });
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_split>(raw(), color, key, &part);
  return adopt(part, detail::text(name(), "/", color));
}

communicator communicator::split_shared() const {
  MPI_Comm part = MPI_COMM_NULL;
  detail::settle_background(raw());
  call<MPI_Comm_split_type>(raw(), MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &part);
  return adopt(part, detail::text(name(), "/node"));
}

communicator communicator::dup() const {
  MPI_Comm copy = MPI_COMM_NULL;
  detail::settle_background(raw());
  call<MPI_Comm_dup>(raw(), &copy);
  return adopt(copy, name());
}

void communicator::close() {
  if (state_) state_->release();
  *this = communicator();
}

void check_rank(communicator const& comm, int rank, std::string_view operation, std::string_view what) {
  if (rank < 0 || rank >= comm.size())
    throw argument_error(detail::text(operation, ": ", what, " ", rank, " is not a rank of \"", comm.name(),
                                      "\" (0 to ", comm.size() - 1, "), on rank ", comm.rank()));
}

} // namespace armada
