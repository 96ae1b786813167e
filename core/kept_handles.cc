#include <armada/core/call.hpp>
#include <armada/core/kept_handles.hpp>

namespace armada::detail {
namespace {

int run_action(MPI_Comm, int, void* action, void*) {
  reinterpret_cast<void (*)()>(action)();
  return MPI_SUCCESS;
}

} // namespace

void at_finalise(void (*action)()) {
  int key = MPI_KEYVAL_INVALID;
  call<MPI_Comm_create_keyval>(MPI_COMM_NULL_COPY_FN, run_action, &key, static_cast<void*>(nullptr));
  call<MPI_Comm_set_attr>(MPI_COMM_SELF, key, reinterpret_cast<void*>(action));
  call<MPI_Comm_free_keyval>(&key); // once the attribute has gone
}

} // namespace armada::detail
