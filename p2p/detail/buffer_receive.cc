#include <armada/core/byte_buffer.hpp>
#include <armada/core/job.hpp>
#include <armada/p2p/detail/buffer_receive.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

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

/// The first bytes of what has come.
message_head head_of(receive_room const& room, receive_memory const& memory) {
  message_head head{};
  if (room.dense_memory != nullptr) {
    std::memcpy(head.data(), room.dense_memory, head.size());
    return head;
  }
  constexpr std::int64_t most = 1 << 20; // a longer item is not looked into
  auto const item = bytes_in(memory.type);
  if (item == 0 || item > most || memory.count == 0) return head;
  auto const items = std::min<MPI_Count>(memory.count, static_cast<MPI_Count>(head.size()) / item + 1);
  auto const packed = pack_described(memory.address, items, memory.type, MPI_COMM_SELF);
  std::copy_n(packed.bytes.begin(), std::min(packed.bytes.size(), head.size()), head.begin());
  return head;
}

} // namespace

void drop_parts(MPI_Comm twin, int source, int id, std::uint64_t due) {
  byte_buffer dropped;
  while (due > 0) {
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status probed{};
    call<MPI_Mprobe>(source, id, twin, &message, &probed);
    auto const bytes = message_bytes(probed);
    dropped.resize(static_cast<std::size_t>(bytes));
    call<MPI_Mrecv_c>(static_cast<void*>(dropped.data()), bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    due -= std::min(due, std::max<std::uint64_t>(static_cast<std::uint64_t>(bytes), 1));
  }
}

void refuse_object(MPI_Status const& arrived, MPI_Count bytes, message_head const& head, MPI_Comm twin) {
  if (!looks_like_frame(head)) [[likely]]
    return;
  if (twin != MPI_COMM_NULL) {
    try {
      auto const object = read_frame(head, "buffer");
      auto const whole = sizeof(frame) + object.archive_bytes + object.block_bytes;
      auto const here = static_cast<std::uint64_t>(bytes);
      drop_parts(twin, arrived.MPI_SOURCE, object.id, whole - std::min(whole, here));
    } catch (format_error const&) { // damaged: nobody knows what follows
    }
  }
  refuse(arrived, "is an object");
}

status counted_status(MPI_Status const& arrived, MPI_Count bytes, receive_room const& room) {
  if (room.whole_units && bytes % room.unit_bytes != 0)
    refuse(arrived, text("is no whole number of elements of ", room.memory_bytes, " bytes"));
  auto const units = bytes / room.unit_bytes;
  return {arrived.MPI_SOURCE, arrived.MPI_TAG, room.whole_units ? units * room.memory_bytes : bytes, units};
}

status checked_status(MPI_Status const& arrived, receive_room const& room, receive_memory const& memory) {
  auto const bytes = message_bytes(arrived);
  if (bytes >= static_cast<MPI_Count>(sizeof(frame))) refuse_object(arrived, bytes, head_of(room, memory), room.twin);
  return counted_status(arrived, bytes, room);
}

held_message::~held_message() {
  if (raw_ == MPI_MESSAGE_NULL || raw_ == MPI_MESSAGE_NO_PROC || !job::running()) return;
  try { // into nothing, which is an error, and takes it off the network
    call<MPI_Mrecv>(static_cast<void*>(nullptr), 0, MPI_BYTE, &raw_, MPI_STATUS_IGNORE);
  } catch (error const&) {
    return;
  }
}

void held_message::receive(receive_memory const& memory, MPI_Status& arrived) {
  MPI_Message raw = std::exchange(raw_, MPI_MESSAGE_NULL);
  call<MPI_Mrecv_c>(memory.address, memory.count, memory.type, &raw, &arrived);
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

} // namespace armada::detail
