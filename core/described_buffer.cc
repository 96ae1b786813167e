#include <armada/core/call.hpp>
#include <armada/core/described_buffer.hpp>
#include <armada/core/job.hpp>

namespace armada::detail {

void free_datatype(MPI_Datatype type) noexcept { MPI_Type_free(&type); }

void check_typed(void const* address, bool is_absolute, MPI_Count count, MPI_Datatype type) {
  job::require_running("typed");
  if (count < 0) throw argument_error(text("typed on ", job::whoami(), ": count is ", count));
  if (type == MPI_DATATYPE_NULL)
    throw argument_error(text("typed on ", job::whoami(), ": the datatype is MPI_DATATYPE_NULL"));
  if (address == nullptr && !is_absolute && count > 0)
    throw argument_error(text("typed on ", job::whoami(), ": a null pointer with ", count,
                              " items; pass armada::absolute for a datatype of absolute addresses"));
}

std::int64_t bytes_in(MPI_Datatype type) {
  MPI_Count bytes = 0;
  call<MPI_Type_size_x>(type, &bytes);
  return bytes;
}

packed_bytes pack_described(void const* address, MPI_Count count, MPI_Datatype type, MPI_Comm comm) {
  MPI_Count room = 0;
  call<MPI_Pack_size_c>(count, type, comm, &room);
  packed_bytes packed{std::vector<std::byte>(static_cast<std::size_t>(room))};
  MPI_Count used = 0;
  call<MPI_Pack_c>(address, count, type, static_cast<void*>(packed.bytes.data()), room, &used, comm);
  packed.bytes.resize(static_cast<std::size_t>(used));
  return packed;
}

} // namespace armada::detail
