#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/predefined_attributes.hpp>

namespace armada {
namespace {

std::optional<int> attribute(int key, char const* name) {
  job::require_running(name);
  int* value = nullptr;
  int found = 0;
  call<MPI_Comm_get_attr>(MPI_COMM_WORLD, key, static_cast<void*>(&value), &found);
  if (found == 0 || value == nullptr) return std::nullopt;
  return *value;
}

} // namespace

int tag_ub() { return attribute(MPI_TAG_UB, "tag_ub").value_or(32767); }
bool wtime_is_global() { return attribute(MPI_WTIME_IS_GLOBAL, "wtime_is_global").value_or(0) != 0; }
std::optional<int> universe_size() { return attribute(MPI_UNIVERSE_SIZE, "universe_size"); }
std::optional<int> appnum() { return attribute(MPI_APPNUM, "appnum"); }

std::optional<int> host_rank() {
  auto const rank = attribute(MPI_HOST, "host_rank");
  return rank == MPI_PROC_NULL ? std::nullopt : rank;
}

std::optional<int> io_rank() {
  auto const rank = attribute(MPI_IO, "io_rank");
  if (rank == MPI_PROC_NULL) return std::nullopt;
  if (rank != MPI_ANY_SOURCE) return rank;
  int mine = 0;
  call<MPI_Comm_rank>(MPI_COMM_WORLD, &mine);
  return mine;
}

int last_used_code() { return attribute(MPI_LASTUSEDCODE, "last_used_code").value_or(MPI_ERR_LASTCODE); }

} // namespace armada
