#include <armada/core/agree.hpp>
#include <armada/core/attribute.hpp>
#include <armada/core/background.hpp>
#include <armada/core/call.hpp>
#include <armada/core/checks.hpp>
#include <armada/core/communicator_state.hpp>
#include <armada/core/job.hpp>
#include <armada/core/posting_queue.hpp>
#include <armada/core/predefined_attributes.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace armada::detail {

int node::find(int wanted) const noexcept {
  if (whole) return wanted;
  auto const at = std::lower_bound(members.begin(), members.end(), wanted);
  return at != members.end() && *at == wanted ? static_cast<int>(at - members.begin()) : -1;
}

void communicator_state::own(MPI_Comm raw, MPI_Comm twin, MPI_Comm shadow) {
  raw_ = raw;
  twin_ = twin;
  shadow_ = shadow;
  owned_ = true;
  call<MPI_Comm_set_errhandler>(raw_, MPI_ERRORS_RETURN);
  call<MPI_Comm_set_name>(raw_, name_.c_str());
  if (twin_ == MPI_COMM_NULL) call<MPI_Comm_dup>(raw_, &twin_);
  call<MPI_Comm_set_errhandler>(twin_, MPI_ERRORS_RETURN);
  if (checks::collectives()) make_shadow();
  enter();
}

void communicator_state::borrow(MPI_Comm raw) {
  raw_ = raw;
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
  int rank = 0;
  int size = 0;
  int near = 0;
  MPI_Comm part = MPI_COMM_NULL;
  call<MPI_Comm_rank>(raw_, &rank);
  call<MPI_Comm_size>(raw_, &size);
  call<MPI_Comm_split_type>(raw_, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &part);
  call<MPI_Comm_set_errhandler>(part, MPI_ERRORS_RETURN);
  call<MPI_Comm_size>(part, &near);
  std::unique_ptr<node> found;
  auto const mine = fault_of([&] {
    found = std::make_unique<node>();
    found->members.resize(static_cast<std::size_t>(near));
  });
  try {
    share_fault_over(raw_, mine);
  } catch (...) {
    MPI_Comm_free(&part);
    throw;
  }
  found->raw = part;
  call<MPI_Comm_rank>(part, &found->rank);
  call<MPI_Allgather>(&rank, 1, MPI_INT, found->members.data(), 1, MPI_INT, part);
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

} // namespace armada::detail
