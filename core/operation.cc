#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/operation.hpp>
#include <armada/core/resource.hpp>

#include <memory>
#include <vector>

namespace armada::detail {
namespace {

class user_operation final : public resource {
public:
  user_operation(MPI_User_function* function, bool commutes) {
    call<MPI_Op_create>(function, commutes ? 1 : 0, &operation_);
    enter();
  }
  void release() noexcept override {
    leave();
    if (job::running()) MPI_Op_free(&operation_);
  }
  [[nodiscard]] std::string describe() const override { return {}; }
  [[nodiscard]] MPI_Op raw() const noexcept { return operation_; }

private:
  MPI_Op operation_ = MPI_OP_NULL;
};

} // namespace

MPI_Op make_operation(MPI_User_function* function, bool commutes) {
  job::require_running("reduction");
  static auto* const kept = new std::vector<std::unique_ptr<user_operation>>; // outlives every static
  return kept->emplace_back(std::make_unique<user_operation>(function, commutes))->raw();
}

} // namespace armada::detail
