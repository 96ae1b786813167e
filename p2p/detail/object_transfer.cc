#include <armada/core/call.hpp>
#include <armada/p2p/detail/object_transfer.hpp>
#include <armada/p2p/object_limits.hpp>

#include <algorithm>
#include <cstring>

namespace armada::detail {
namespace {

/// Calls `each(span)` for the parts of `bytes` of at most one chunk; once for no bytes never.
template <class Byte, class Each>
void for_each_chunk(std::span<Byte> bytes, Each each) {
  auto const chunk = std::max<std::size_t>(current_object_limits().chunk, 1);
  for (; !bytes.empty(); bytes = bytes.subspan(std::min(chunk, bytes.size())))
    each(bytes.first(std::min(chunk, bytes.size())));
}

/// How much of the message goes first; everything on a communicator without a twin.
std::size_t first_bytes(encoded const& object, communicator_state const& comm) {
  if (comm.twin() == MPI_COMM_NULL) return object.message.size();
  return std::min(object.message.size(), std::max(current_object_limits().first_message, sizeof(frame)));
}

MPI_Count length(std::span<std::byte const> bytes) { return static_cast<MPI_Count>(bytes.size()); }

/// Calls `send(bytes)` for each message that follows the first.
template <class Send>
void for_each_following(encoded const& object, std::size_t first, Send send) {
  for_each_chunk(std::span(object.message).subspan(first), send);
  for (auto const& block : object.blocks) for_each_chunk(block, send);
}

int id_of(encoded const& object) {
  frame head;
  std::memcpy(&head, object.message.data(), sizeof(head));
  return head.id;
}

} // namespace

void send_encoded(communicator const& comm, encoded const& object, to const& destination) {
  auto const& state = *comm.state();
  int const dest = destination.dest.value;
  auto const first = first_bytes(object, state);
  call<MPI_Send_c>(object.message.data(), static_cast<MPI_Count>(first), MPI_BYTE, dest, destination.tag, state.raw());
  for_each_following(object, first, [&, id = id_of(object)](std::span<std::byte const> bytes) {
    call<MPI_Send_c>(bytes.data(), length(bytes), MPI_BYTE, dest, id, state.twin());
  });
}

object_send::object_send(communicator const& comm, encoded object, to const& destination) : object_(std::move(object)) {
  auto const& state = *comm.state();
  int const dest = destination.dest.value;
  auto const first = first_bytes(object_, state);
  call<MPI_Isend_c>(object_.message.data(), static_cast<MPI_Count>(first), MPI_BYTE, dest, destination.tag, state.raw(),
                    &first_);
  for_each_following(object_, first, [&, id = id_of(object_)](std::span<std::byte const> bytes) {
    call<MPI_Isend_c>(bytes.data(), length(bytes), MPI_BYTE, dest, id, state.twin(),
                      &rest_.emplace_back(MPI_REQUEST_NULL));
  });
}

void object_send::wait_rest() {
  call<MPI_Waitall>(static_cast<int>(rest_.size()), rest_.data(), MPI_STATUSES_IGNORE);
  rest_.clear();
}

bool object_send::test_rest() {
  int done = 0;
  call<MPI_Testall>(static_cast<int>(rest_.size()), rest_.data(), &done, MPI_STATUSES_IGNORE);
  return done != 0;
}

object_send::~object_send() {
  for (auto const raw : rest_) request(raw, request_kind::send); // each waits as it goes
}

object_receive::object_receive(communicator const& comm, from const& origin, std::uint64_t type, std::string_view name)
    : comm_(comm.state()), origin_(origin), type_(type), name_(name) {}

void object_receive::matched_receive(MPI_Message message, MPI_Status const& probed) {
  MPI_Count bytes = 0;
  call<MPI_Get_elements_x>(&probed, MPI_BYTE, &bytes);
  message_.resize(static_cast<std::size_t>(bytes));
  MPI_Status arrived{};
  call<MPI_Mrecv_c>(message_.data(), bytes, MPI_BYTE, &message, &arrived);
  first_arrived(arrived);
}

void object_receive::receive_first() {
  MPI_Status arrived{};
  if (comm_->twin() == MPI_COMM_NULL) {
    MPI_Message message = MPI_MESSAGE_NULL;
    call<MPI_Mprobe>(origin_.source.value, origin_.tag, comm_->raw(), &message, &arrived);
    return matched_receive(message, arrived);
  }
  MPI_Request request = post_first();
  try {
    call<MPI_Wait>(&request, &arrived);
  } catch (mpi_error const& e) {
    rethrow(e);
  }
  first_arrived(arrived);
}

void object_receive::rethrow(mpi_error const& e) const {
  if (e.error_class() != MPI_ERR_TRUNCATE) throw;
  throw type_error(
      text("receive of a ", name_, " on ", job::whoami(), ": the message is no object but a longer buffer"));
}

MPI_Request object_receive::post_first() {
  MPI_Request request = MPI_REQUEST_NULL;
  if (comm_->twin() == MPI_COMM_NULL) return request;
  message_.resize(std::max(current_object_limits().first_message, sizeof(frame)));
  call<MPI_Irecv_c>(message_.data(), static_cast<MPI_Count>(message_.size()), MPI_BYTE, origin_.source.value,
                    origin_.tag, comm_->raw(), &request);
  return request;
}

bool object_receive::probe_first() {
  if (here_ || comm_->twin() != MPI_COMM_NULL) return true;
  int found = 0;
  MPI_Message message = MPI_MESSAGE_NULL;
  MPI_Status probed{};
  call<MPI_Improbe>(origin_.source.value, origin_.tag, comm_->raw(), &found, &message, &probed);
  if (found != 0) matched_receive(message, probed);
  return found != 0;
}

void object_receive::first_arrived(MPI_Status const& arrived) {
  here_ = true;
  MPI_Count bytes = 0;
  call<MPI_Get_elements_x>(&arrived, MPI_BYTE, &bytes);
  sender_ = {arrived.MPI_SOURCE, arrived.MPI_TAG, bytes, 1};
  message_.resize(static_cast<std::size_t>(bytes));
}

/// The whole archive, received and checked; its memory is this object's.
std::span<std::byte const> object_receive::receive_archive() {
  if (!here_) receive_first();
  if (sender_.source == proc_null) return {};
  head_ = read_frame(message_, type_, name_);
  auto const first = message_.size();
  // Grown as chunks arrive, so that a forged length costs no more than the messages behind it.
  for (auto left = head_.archive_bytes + sizeof(frame) - first; left > 0;) {
    auto const part = std::min<std::uint64_t>(left, std::max<std::size_t>(current_object_limits().chunk, 1));
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status probed{};
    MPI_Count bytes = 0;
    call<MPI_Mprobe>(sender_.source, head_.id, comm_->twin(), &message, &probed);
    call<MPI_Get_elements_x>(&probed, MPI_BYTE, &bytes);
    if (static_cast<std::uint64_t>(bytes) != part)
      throw format_error(
          text("object message on ", job::whoami(), ": a part of ", bytes, " bytes where ", part, " were due"));
    auto const at = message_.size();
    message_.resize(at + part);
    call<MPI_Mrecv_c>(message_.data() + at, bytes, MPI_BYTE, &message, &probed);
    left -= part;
  }
  auto const archive = std::span<std::byte const>(message_).subspan(sizeof(frame));
  check_archive(head_, archive);
  return archive;
}

void object_receive::receive_block(std::span<std::byte> block) {
  for_each_chunk(block, [&](std::span<std::byte> part) {
    MPI_Status arrived{};
    call<MPI_Recv_c>(part.data(), length(part), MPI_BYTE, sender_.source, head_.id, comm_->twin(), &arrived);
    MPI_Count bytes = 0;
    call<MPI_Get_elements_x>(&arrived, MPI_BYTE, &bytes);
    if (bytes != length(part))
      throw format_error(
          text("object message on ", job::whoami(), ": a block of ", bytes, " bytes where ", part.size(), " were due"));
  });
}

} // namespace armada::detail
