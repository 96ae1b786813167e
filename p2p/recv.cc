#include <armada/core/frame.hpp>
#include <armada/core/job.hpp>
#include <armada/p2p/recv.hpp>

namespace armada::detail {

void rethrow_receive_error(mpi_error const& e, from const& origin, std::size_t room, std::size_t element_bytes) {
  if (e.error_class() != MPI_ERR_TRUNCATE) throw;
  int const source = origin.source.value;
  throw truncation_error(text("recv on ", job::whoami(), ": the message from ",
                              source == any_source ? std::string("some rank") : text("rank ", source),
                              " is longer than the buffer of ", room, " elements = ", room * element_bytes, " bytes"));
}

status checked_status(MPI_Status const& arrived, MPI_Datatype type, std::size_t element_bytes,
                      std::span<std::byte const> memory) {
  MPI_Count count = 0;
  call<MPI_Get_count_c>(&arrived, type, &count);
  auto const bytes = count == MPI_UNDEFINED ? memory.size() : static_cast<std::size_t>(count) * element_bytes;
  if (looks_like_frame(memory.first(std::min(bytes, memory.size()))))
    throw type_error(text("recv into a buffer on ", job::whoami(), ": the message from rank ", arrived.MPI_SOURCE,
                          ", tag ", arrived.MPI_TAG, " is an object"));
  if (count == MPI_UNDEFINED)
    throw type_error(text("recv on ", job::whoami(), ": the message from rank ", arrived.MPI_SOURCE, ", tag ",
                          arrived.MPI_TAG, " is no whole number of elements of ", element_bytes, " bytes"));
  return {arrived.MPI_SOURCE, arrived.MPI_TAG, static_cast<std::int64_t>(bytes), count};
}

} // namespace armada::detail
