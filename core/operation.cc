#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/kept_handles.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/resource.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>

namespace armada {
namespace detail {
namespace {

constexpr std::size_t slots = operation::limit;

/// MPI's user functions are told nothing of which operation they are: each slot has a function of its own.
struct slot_table {
  std::mutex mutex;
  std::array<combiner_base*, slots> combiners{};
};

slot_table& table() {
  static auto* const instance = new slot_table; // outlives every static
  return *instance;
}

template <std::size_t Slot>
void run_slot(void* in, void* inout, MPI_Count* count, MPI_Datatype*) {
  table().combiners[Slot]->run(in, inout, *count); // set before MPI had the function
}

template <std::size_t... Slot>
constexpr std::array<MPI_User_function_c*, slots> functions_of(std::index_sequence<Slot...>) {
  return {run_slot<Slot>...};
}
constexpr auto functions = functions_of(std::make_index_sequence<slots>());

std::size_t take_slot(combiner_base& combiner) {
  std::scoped_lock const lock(table().mutex);
  auto& all = table().combiners;
  auto const free = std::find(all.begin(), all.end(), nullptr);
  if (free == all.end())
    throw unsupported(text("make_operation on ", job::whoami(), ": all ", slots,
                           " operations with state are in use; let one go, or use a callable without state"));
  *free = &combiner;
  return static_cast<std::size_t>(free - all.begin());
}

void give_slot_back(std::size_t slot) noexcept {
  std::scoped_lock const lock(table().mutex);
  table().combiners[slot] = nullptr;
}

} // namespace

/// A callable, its slot, and MPI's handle.
class user_operation final : public resource {
public:
  user_operation(std::unique_ptr<combiner_base> combiner, bool commutes)
      : combiner_(std::move(combiner)), slot_(take_slot(*combiner_)) {
    try {
      call<MPI_Op_create_c>(functions[slot_], commutes ? 1 : 0, &raw_);
    } catch (...) {
      give_slot_back(slot_);
      throw;
    }
    enter();
  }
  ~user_operation() override {
    release();
    give_slot_back(slot_);
  }
  void release() noexcept override {
    leave();
    if (raw_ != MPI_OP_NULL && job::running()) MPI_Op_free(&raw_);
    raw_ = MPI_OP_NULL;
  }
  [[nodiscard]] std::string describe() const override { return "an operation"; }
  [[nodiscard]] MPI_Op raw() const noexcept { return raw_; }

private:
  std::unique_ptr<combiner_base> combiner_;
  std::size_t slot_;
  MPI_Op raw_ = MPI_OP_NULL;
};

MPI_Op keep_operation(MPI_User_function_c* function, bool commutes) {
  job::require_running("reduction");
  MPI_Op kept = MPI_OP_NULL;
  call<MPI_Op_create_c>(function, commutes ? 1 : 0, &kept); // one with an int count cannot take more (quirk 40)
  return kept_handles<MPI_Op, MPI_Op_free>::keep(kept);
}

void operation_threw() noexcept {
  try {
    throw;
  } catch (std::exception const& e) {
    job::abort(text("the operation of a reduction threw: ", e.what()));
  } catch (...) {
    job::abort("the operation of a reduction threw something that is no std::exception");
  }
}

} // namespace detail

operation::operation() noexcept : raw_(MPI_OP_NULL) {}
operation::operation(operation&& other) noexcept
    : owned_(std::move(other.owned_)), raw_(std::exchange(other.raw_, MPI_OP_NULL)) {}
operation& operation::operator=(operation&& other) noexcept {
  owned_ = std::move(other.owned_);
  raw_ = std::exchange(other.raw_, MPI_OP_NULL);
  return *this;
}
operation::~operation() = default;

int operation::in_use() noexcept {
  std::scoped_lock const lock(detail::table().mutex);
  auto const& all = detail::table().combiners;
  return static_cast<int>(all.size()) - static_cast<int>(std::count(all.begin(), all.end(), nullptr));
}

operation operation::borrow(MPI_Op raw) {
  if (raw == MPI_OP_NULL) throw argument_error("operation::borrow: the handle is MPI_OP_NULL");
  operation result;
  result.raw_ = raw;
  return result;
}

operation operation::own(std::unique_ptr<detail::combiner_base> combiner, bool commutes) {
  job::require_running("make_operation");
  operation result;
  result.owned_ = std::make_unique<detail::user_operation>(std::move(combiner), commutes);
  return result;
}

MPI_Op operation::raw() const {
  MPI_Op const raw = owned_ ? owned_->raw() : raw_;
  if (raw == MPI_OP_NULL) throw lifecycle_error("operation: this one was freed, or never was one");
  return raw;
}

bool is_commutative(operation const& op) {
  int commutes = 0;
  call<MPI_Op_commutative>(op.raw(), &commutes);
  return commutes != 0;
}

} // namespace armada
