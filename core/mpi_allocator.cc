#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/core/mpi_allocator.hpp>

#include <cstdint>
#include <utility>

#include <sys/mman.h>

namespace armada::detail {
namespace {

/// Whether the kernel would map so much: MPICH crashes where it does not, or gives less (quirk 14g).
bool fits(std::size_t bytes) {
  constexpr std::size_t small = 1 << 20;
  if (bytes <= small) return true;
  if (!std::in_range<MPI_Aint>(bytes)) return false;
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory != MAP_FAILED && ::munmap(memory, bytes) == 0;
}

} // namespace

void* allocate_memory(std::size_t bytes) {
  job::require_running("mpi_allocator");
  void* memory = nullptr;
  if (fits(bytes) &&
      MPI_Alloc_mem(static_cast<MPI_Aint>(bytes), MPI_INFO_NULL, static_cast<void*>(&memory)) == MPI_SUCCESS &&
      memory != nullptr)
    return memory;
  throw out_of_memory(text("mpi_allocator on ", job::whoami(), ": MPI has no ", bytes, " bytes"));
}

void free_memory(void* memory) noexcept {
  if (job::running()) MPI_Free_mem(memory);
}

} // namespace armada::detail
