#include <armada/core/call.hpp>
#include <armada/core/job.hpp>
#include <armada/p2p/attached_buffer.hpp>
#include <armada/p2p/object_limits.hpp>

#include <algorithm>

namespace armada {
namespace {

bool attached = false;

} // namespace

attached_buffer::attached_buffer(std::size_t bytes) {
  job::require_running("attached_buffer");
  if (attached) throw lifecycle_error(detail::text("attached_buffer on ", job::whoami(), ": there is one already"));
  memory_.resize(std::max<std::size_t>(bytes, MPI_BSEND_OVERHEAD)); // MPICH refuses less
  attach();
  attached = true;
}

attached_buffer::~attached_buffer() {
  attached = false;
  if (!job::running()) return;
  try {
    detach();
  } catch (std::exception const& e) {
    job::abort(e.what());
  }
}

void attached_buffer::attach() {
  call<MPI_Buffer_attach_c>(static_cast<void*>(memory_.data()), static_cast<MPI_Count>(memory_.size()));
}

void attached_buffer::detach() {
  void* address = nullptr;
  MPI_Count bytes = 0;
  call<MPI_Buffer_detach_c>(static_cast<void*>(&address), &bytes);
}

void attached_buffer::flush() {
  detach();
  attach();
}

std::size_t detail::buffered_bytes(MPI_Count count, MPI_Datatype type) {
  MPI_Count packed = 0;
  call<MPI_Pack_size_c>(count, type, MPI_COMM_SELF, &packed);
  return static_cast<std::size_t>(packed) + MPI_BSEND_OVERHEAD;
}

std::size_t detail::buffered_object_bytes(std::size_t bytes) {
  auto const& limits = current_object_limits();
  std::size_t const first = std::min(bytes, std::max(limits.first_message, sizeof(frame)));
  // A large block may begin a new message; there are no more of these than there are blocks of the smallest size.
  std::size_t const messages =
      2 + (bytes - first) / std::max<std::size_t>(limits.chunk, 1) + (bytes - first) / smallest_block;
  return bytes + messages * (MPI_BSEND_OVERHEAD + 16);
}

} // namespace armada
