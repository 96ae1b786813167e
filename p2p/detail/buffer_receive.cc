#include <armada/core/job.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>

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
                          ", tag ", arrived.MPI_TAG, ", is an object"));
  if (count == MPI_UNDEFINED)
    throw type_error(text("recv on ", job::whoami(), ": the message from rank ", arrived.MPI_SOURCE, ", tag ",
                          arrived.MPI_TAG, ", is no whole number of elements of ", element_bytes, " bytes"));
  return {arrived.MPI_SOURCE, arrived.MPI_TAG, static_cast<std::int64_t>(bytes), count};
}

void check_whole(status const& arrived, std::size_t wanted, std::string_view name) {
  if (arrived.source == proc_null || arrived.count == static_cast<std::int64_t>(wanted)) return;
  throw type_error(text("recv of a ", name, " on ", job::whoami(), ": ", arrived.count, " elements came from rank ",
                        arrived.source, ", and the value has ", wanted));
}

MPI_Message wait_for_message(MPI_Comm comm, from const& origin, MPI_Status& probed) {
  MPI_Message message = MPI_MESSAGE_NULL;
  if (background_is_empty()) {
    call<MPI_Mprobe>(origin.source.value, origin.tag, comm, &message, &probed);
  } else {
    wait_until([&] {
      int found = 0;
      call<MPI_Improbe>(origin.source.value, origin.tag, comm, &found, &message, &probed);
      return found != 0;
    });
  }
  return message;
}

MPI_Count message_bytes(MPI_Status const& arrived) {
  MPI_Count bytes = 0;
  call<MPI_Get_elements_x>(&arrived, MPI_BYTE, &bytes);
  return bytes;
}

} // namespace armada::detail
