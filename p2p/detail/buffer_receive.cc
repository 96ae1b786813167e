#include <armada/core/job.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>

#include <algorithm>

namespace armada::detail {

void rethrow_receive_error(mpi_error const& e, from const& origin, receive_room const& room) {
  if (e.error_class() != MPI_ERR_TRUNCATE) throw;
  int const source = origin.source.value;
  throw truncation_error(text("recv on ", job::whoami(), ": the message from ",
                              source == any_source ? std::string("some rank") : text("rank ", source),
                              " is longer than the buffer of ", room.units,
                              " elements = ", room.units * room.memory_bytes, " bytes"));
}

namespace {

[[noreturn]] void refuse(MPI_Status const& arrived, std::string_view why) {
  throw type_error(text("recv into a buffer on ", job::whoami(), ": the message from rank ", arrived.MPI_SOURCE,
                        ", tag ", arrived.MPI_TAG, ", ", why));
}

} // namespace

void throw_object_in_buffer(MPI_Status const& arrived) { refuse(arrived, "is an object"); }

status checked_status(MPI_Status const& arrived, receive_room const& room) {
  auto const bytes = message_bytes(arrived);
  if (room.dense_memory != nullptr &&
      looks_like_frame({room.dense_memory, static_cast<std::size_t>(std::max<std::int64_t>(0, bytes))}))
    throw_object_in_buffer(arrived);
  if (room.whole_units && bytes % room.unit_bytes != 0)
    refuse(arrived, text("is no whole number of elements of ", room.memory_bytes, " bytes"));
  auto const units = bytes / room.unit_bytes;
  return {arrived.MPI_SOURCE, arrived.MPI_TAG, room.whole_units ? units * room.memory_bytes : bytes, units};
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
